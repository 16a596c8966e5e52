"""./dev serve: the sidecar in front of the emulator until interrupted. Arguments: BUILD_FOLDER [FLAGS]."""

import argparse
import signal
import sys
import tempfile
import threading

from local_pair import Emulator, Sidecar, StartError, write_config

GREETING = """\
gRPC      {target}
emulator  {base_url}/_emulator/
try       .tools/bin/grpcurl -plaintext {target} list
Ctrl-C ends both. A line per call follows.
"""


def parse_flags():
    parser = argparse.ArgumentParser(prog="./dev serve", description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--grpc_port", type=int, default=50051, help="0 takes a free one (default: 50051)")
    parser.add_argument(
        "--emulator_port", type=int, default=50080, help="0 takes a free one (default: 50080)"
    )
    return parser.parse_args()


def serve(flags, folder):
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    listen = f"127.0.0.1:{flags.grpc_port}"
    with Emulator(flags.build, folder, port=flags.emulator_port) as emulator:
        config = write_config(folder, emulator.base_url, emulator.shop_tokens())
        with Sidecar(flags.build, config, listen=listen, echo=sys.stderr.write) as sidecar:
            print(GREETING.format(target=sidecar.target, base_url=emulator.base_url), end="", flush=True)
            while not stopped.wait(0.2):
                emulator.require_running()
                sidecar.require_running()
            return sidecar.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="firstmile-") as folder:  # mode 0700
        try:
            return serve(parse_flags(), folder)
        except StartError as error:
            print(f"dev serve: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
