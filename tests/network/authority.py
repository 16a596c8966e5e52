"""A certificate authority, made on the fly."""

import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
VALID = ("20200101000000Z", "20991231000000Z")
EXPIRED = ("20200101000000Z", "20200102000000Z")


class Authority:
    """`ca_file` is for clients that trust it."""

    def __init__(self, folder):
        self._folder = folder
        folder.mkdir()
        self.ca_file, self._key = folder / "ca.pem", folder / "ca_key.pem"
        self._config = folder / "ca.conf"
        self._config.write_text(CONFIG.format(folder=folder))
        (folder / "index").touch()
        (folder / "serial").write_text("01\n")
        openssl("req", "-x509", *NEW_KEY, "-days", 2, "-subj", "/CN=Test", "-keyout", self._key, "-out", self.ca_file)

    def certificate(self, host, days=VALID):
        """A certificate for the host, valid from the first to the last day, and its key."""
        name = f"{host}-{days[1]}"
        key, request, cert = (self._folder / f"{name}{ending}" for ending in (".key", ".csr", ".pem"))
        alternative = ["-addext", f"subjectAltName=DNS:{host}"]
        openssl("req", "-new", *NEW_KEY, "-subj", f"/CN={host}", *alternative, "-keyout", key, "-out", request)
        by = ["-config", self._config, "-cert", self.ca_file, "-keyfile", self._key]
        dates = ["-startdate", days[0], "-enddate", days[1]]
        openssl("ca", "-batch", "-notext", *by, *dates, "-in", request, "-out", cert)
        return cert, key


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
