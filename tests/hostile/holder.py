"""Opens connections and keeps them. Arguments: TARGET GREETING_IN_HEX.

For each line "COUNT SOURCE" on standard input it opens so many more from that address of loopback, and prints as JSON
how many are open of those it ever opened. "0 -" closes all.
"""

import json
import resource
import socket
import sys

CONNECT_SECONDS = 2
REFUSED_MAX = 50  # in a row: the server accepts no more


def open_some(address, greeting, count, source, held):
    refused = 0
    while count > 0 and refused < REFUSED_MAX:
        try:
            connection = socket.create_connection(address, CONNECT_SECONDS, (source, 0))
            connection.setblocking(False)
            if greeting:
                connection.send(greeting)
            held.append(connection)
            refused = 0
        except OSError:
            refused += 1
        count -= 1


def is_open(connection):
    try:
        while data := connection.recv(65536):
            pass
        return data is None
    except BlockingIOError:
        return True
    except OSError:
        return False


def main(target, greeting):
    host, port = target.rsplit(":", 1)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    held = []
    for line in sys.stdin:
        count, source = line.split()
        if int(count):
            open_some((host, int(port)), bytes.fromhex(greeting), int(count), source, held)
            held = [connection for connection in held if is_open(connection) or connection.close()]
        else:
            while held:
                held.pop().close()
        print(json.dumps(len(held)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
