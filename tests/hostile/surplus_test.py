"""An unrequested answer never becomes the answer to another call."""

import concurrent.futures
import socket

import grpc

from firstmile.v1 import auth_tokens_pb2
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from harness import BUILD
from hostile_case import HostileCase
from local_pair import Sidecar, tokens_line, write_config
from stray_upstream import (
    STRAY_SHOP,
    StrayUpstream,
    certificate,
    grant,
    number_answer,
    number_of,
    pair_of,
)

CALLS = 300
SHOPS = range(700_000, 700_010)
EVERY = 10  # answers, one has a surplus
CALL_SECONDS = 10
STRAY = number_answer(STRAY_SHOP)


def together(connection, answer, number):
    """In one packet, and in one record of TLS."""
    connection.sendall(answer + STRAY if number % EVERY == 0 else answer)


def apart(connection, answer, number):
    """In two packets, and in two records of TLS."""
    connection.sendall(answer)
    if number % EVERY == 0:
        connection.sendall(STRAY)


def records_in_one_packet(connection, answer, number):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    apart(connection, answer, number)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


def behind_the_body(connection, answer, number):
    """The head by itself; then the body with the surplus in one packet and one record. Who reads as much as the head
    announces leaves the surplus in the library of TLS, where no socket tells of it."""
    head, body = answer.split(b"\r\n\r\n", 1)
    connection.sendall(head + b"\r\n\r\n")
    connection.sendall(body + STRAY if number % EVERY == 0 else body)


def chunked(connection, answer, number):
    body = answer.split(b"\r\n\r\n", 1)[1]
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    connection.sendall(whole + STRAY if number % EVERY == 0 else whole)


def half(connection, answer, number):
    """The beginning of an answer that the next one would complete."""
    connection.sendall(answer + STRAY[:40] if number % EVERY == 0 else answer)


def many(connection, answer, number):
    connection.sendall(answer + 100 * STRAY if number % EVERY == 0 else answer)


def byte(connection, answer, number):
    connection.sendall(answer + b"\n" if number % EVERY == 0 else answer)


def plain(connection, answer, number):
    connection.sendall(answer)


class SurplusCase(HostileCase):
    def start(self, send, tls=False, stored_tokens=False):
        pair = certificate(self.folder) if tls else None
        self.upstream = StrayUpstream(send, pair)
        self.addCleanup(self.upstream.close)
        tokens = {} if stored_tokens else {shop: f"accessof{shop}" for shop in SHOPS}
        more = [tokens_line(self.folder)] if stored_tokens else []
        trust = f'ca_file: "{pair[0]}"' if tls else ""
        config = write_config(self.folder, self.upstream.base_url, tokens, upstream=trust, more=more)
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))
        self.stubs = self.stubs_of(self.sidecar)

    def ask(self, call):
        """The shop's own number, another one, or the error."""
        shop = SHOPS[call % len(SHOPS)]
        with self.upstream.sending:
            pass  # waits for the surplus; otherwise the next request might already be sent
        request = GetTrackingNumberRequest(shop_id=shop, order_sn=f"ORDER{call}")
        try:
            found = self.stubs.logistics.GetTrackingNumber(request, timeout=CALL_SECONDS).tracking_number
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"
        return "right" if found == number_of(shop) else f"WRONG: {found}"

    def assert_all_right(self, ends):
        wrong = [end for end in ends if end.startswith("WRONG")]
        self.assertEqual(len(wrong), 0, f"of {len(ends)} got another call's answer, such as {wrong[:1]}")
        self.assertEqual({end for end in ends}, {"right"})
        self.sidecar.require_running()

    def hold(self, send, **options):
        self.start(send, **options)
        self.assert_all_right([self.ask(call) for call in range(CALLS)])

    def hold_at_once(self, send, **options):
        self.start(send, **options)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assert_all_right(list(pool.map(self.ask, range(CALLS))))

    def hold_later(self, stray, **options):
        """The surplus arrives while the connection is idle."""
        self.start(plain, **options)
        ends = []
        for call in range(CALLS):
            if call % EVERY == EVERY // 2:
                self.upstream.to_all(stray)
            ends.append(self.ask(call))
        self.assert_all_right(ends)


class SurplusTest(SurplusCase):
    def test_in_one_packet(self):
        self.hold(together)

    def test_in_one_record_of_tls(self):
        self.hold(together, tls=True)

    def test_in_two_packets(self):
        self.hold(apart)

    def test_in_two_records_of_tls(self):
        self.hold(apart, tls=True)

    def test_in_two_records_of_one_packet(self):
        self.hold(records_in_one_packet, tls=True)

    def test_behind_the_body(self):
        self.hold(behind_the_body)

    def test_behind_the_body_in_one_record_of_tls(self):
        self.hold(behind_the_body, tls=True)

    def test_behind_chunks(self):
        self.hold(chunked)

    def test_behind_chunks_over_tls(self):
        self.hold(chunked, tls=True)

    def test_half_an_answer(self):
        self.hold(half)

    def test_a_hundred_answers(self):
        self.hold(many)

    def test_a_single_byte(self):
        self.hold(byte)

    def test_later(self):
        self.hold_later(STRAY)

    def test_later_over_tls(self):
        self.hold_later(STRAY, tls=True)

    def test_half_an_answer_later(self):
        self.hold_later(STRAY[:40])

    def test_beside_16_calls_at_a_time(self):
        self.hold_at_once(together)

    def test_beside_16_calls_at_a_time_over_tls(self):
        self.hold_at_once(behind_the_body, tls=True)


def with_another_grant(connection, answer, number):
    """Sends another shop's tokens after every second answer."""
    connection.sendall(answer + grant(STRAY_SHOP, number) if number % 2 else answer)


def with_another_grant_behind_the_body(connection, answer, number):
    head, body = answer.split(b"\r\n\r\n", 1)
    connection.sendall(head + b"\r\n\r\n")
    connection.sendall(body + grant(STRAY_SHOP, number) if number % 2 else body)


class SurplusTokensTest(SurplusCase):
    """The same with refreshes: no shop ever holds, or sends, another shop's tokens."""

    def hold(self, send, **options):
        self.start(send, stored_tokens=True, **options)
        tokens = [
            auth_tokens_pb2.ImportedTokens(subject={"shop_id": shop}, refresh_token=pair_of(shop, 0)[1]) for shop in SHOPS
        ]
        self.stubs.auth.ImportTokens(auth_tokens_pb2.ImportTokensRequest(tokens=tokens), timeout=CALL_SECONDS)
        ends = []
        for call in range(CALLS // 2):
            ends.append(self.ask(call))
            shop = SHOPS[call % len(SHOPS)]
            self.stubs.auth.RefreshNow(auth_tokens_pb2.RefreshNowRequest(subject={"shop_id": shop}), timeout=CALL_SECONDS)
        self.assert_all_right(ends)
        self.assertEqual(self.upstream.foreign, [])

    def test_in_one_packet(self):
        self.hold(with_another_grant)

    def test_in_one_record_of_tls(self):
        self.hold(with_another_grant, tls=True)

    def test_behind_the_body_in_one_record_of_tls(self):
        self.hold(with_another_grant_behind_the_body, tls=True)
