"""./dev serve: the sidecar in front of the emulator until interrupted. Arguments: BUILD_FOLDER [FLAGS]."""

import argparse
import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import threading

from local_pair import Emulator, Sidecar, StartError, tokens_line, write_config

REDIRECT = 'redirect_url: "https://backend.example/shopee"'

GREETING = """\
gRPC      {target}
emulator  {base_url}/_emulator/
try       .tools/bin/grpcurl -plaintext {target} list
shops     {program} shops --config {config}
Ctrl-C ends both. A line per call follows.
"""


def parse_flags():
    parser = argparse.ArgumentParser(prog="./dev serve", description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--grpc_port", type=int, default=50051, help="0 takes a free one (default: 50051)")
    parser.add_argument(
        "--emulator_port", type=int, default=50080, help="0 takes a free one (default: 50080)"
    )
    parser.add_argument(
        "--folder_link",
        type=pathlib.Path,
        default=pathlib.Path(".build/serve"),
        help="points to configuration, keys and tokens while it runs (default: .build/serve)",
    )
    return parser.parse_args()


@contextlib.contextmanager
def linked(link, folder):
    """Lets the link point to the folder; the newest of several sessions has it."""
    fresh = pathlib.Path(folder) / "link"
    fresh.symlink_to(folder)
    os.replace(fresh, link)
    try:
        yield
    finally:
        if link.is_symlink() and os.readlink(link) == str(folder):
            link.unlink()


def serve(flags, folder):
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    listen = f"127.0.0.1:{flags.grpc_port}"
    with Emulator(flags.build, folder, port=flags.emulator_port) as emulator:
        tokens = emulator.shop_tokens()
        config = write_config(folder, emulator.base_url, tokens, more=[tokens_line(folder, more=REDIRECT)])
        with (
            Sidecar(flags.build, config, listen=listen, echo=sys.stderr.write) as sidecar,
            linked(flags.folder_link, folder),
        ):
            greeting = GREETING.format(
                target=sidecar.target,
                base_url=emulator.base_url,
                program=flags.build / "server/firstmiled",
                config=flags.folder_link / config.name,
            )
            print(greeting, end="", flush=True)
            while not stopped.wait(0.2):
                emulator.require_running()
                sidecar.require_running()
            return sidecar.stop()


def main():
    flags = parse_flags()
    folder_of_link = flags.folder_link.absolute().parent
    with tempfile.TemporaryDirectory(prefix="serve-", dir=folder_of_link) as folder:  # mode 0700
        try:
            return serve(flags, folder)
        except StartError as error:
            print(f"dev serve: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
