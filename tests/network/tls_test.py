"""Shopee behind TLS: its certificate is verified, and its faults are reported."""

from authority import EXPIRED, Authority
from network_case import NetworkCase, free_port

OLD_TLS = "TLSv1.1"


class TlsTest(NetworkCase):
    def refused(self, *words, **nginx):
        port = free_port()
        self.start_nginx(port, **nginx)
        self.assert_unreachable(self.start_towards(port), "TLS: ", *words)

    def test_shopee_is_found_by_its_name_and_answers(self):
        port = free_port()
        self.start_nginx(port)
        self.assert_answered(self.start_towards(port))
        self.assertGreater(self.name_server.questions, 0)

    def test_a_certificate_that_has_expired(self):
        self.refused("the certificate of Shopee has expired", days=EXPIRED)

    def test_a_certificate_of_an_unknown_authority(self):
        other = Authority(self.folder / "other")
        self.refused("is of an authority that is not trusted (upstream.ca_file)", authority=other)

    def test_another_hosts_certificate(self):
        self.refused("the certificate of Shopee is for another host", "platform.test", host="other.test")

    def test_a_version_of_yesterday(self):
        self.refused("Shopee supports neither TLS 1.2 nor TLS 1.3", protocols=OLD_TLS)

    def test_a_certificate_that_is_renewed_needs_no_restart(self):
        port = free_port()
        nginx = self.start_nginx(port, days=EXPIRED)
        sidecar = self.start_towards(port)
        self.assert_unreachable(sidecar, "has expired")
        nginx.stop()
        self.start_nginx(port)
        self.assert_recovers(self.stubs_of(sidecar))
