"""A platform with wrong answers. Arguments: [--tls CERTIFICATE KEY]. Prints its port on standard error.

A request's order_sn names the answer of hostile_answers.ANSWERS; any other is answered well, after PLATFORM_MS. Each
connection has a process of its own, so that a flood on one takes no time from the others.
"""

import dataclasses
import os
import signal
import socket
import ssl
import sys
import time
import urllib.parse

import hostile_answers

PLATFORM_SECONDS = 0.025  # hostile_case.PLATFORM_MS
REQUEST_BYTES_MAX = 1 << 20
WAYBILL_BYTES = int(os.environ.get("HOSTILE_WAYBILL_BYTES", 8 << 20))
WAYBILL = hostile_answers.ok(b"%PDF-1.4" + bytes(WAYBILL_BYTES)).replace(b"application/json", b"application/pdf")


@dataclasses.dataclass
class Request:
    path: str
    query: dict
    body: bytes


def read_request(connection):
    """None at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more or len(data) > REQUEST_BYTES_MAX:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    while len(body) < int(fields.get("content-length", 0)):
        body += connection.recv(65536)
    path, _, query = lines[0].split(" ")[1].partition("?")
    return Request(path, dict(urllib.parse.parse_qsl(query)), body)


def serve(connection):
    while (request := read_request(connection)) is not None:
        answer = hostile_answers.ANSWERS.get(request.query.get("order_sn"))
        if request.path.endswith("/get_waybill"):
            connection.sendall(WAYBILL)
        elif answer is None:
            time.sleep(PLATFORM_SECONDS)  # a typical response time
            connection.sendall(hostile_answers.ok(hostile_answers.GOOD))
        elif answer(connection, request) is hostile_answers.END:
            return


def serve_in_child(listener, connection, context):
    listener.close()
    connection.settimeout(30)
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        serve(connection)
        connection.close()
    except OSError:
        pass  # the client has closed
    finally:
        os._exit(0)


def main(arguments):
    context = None
    if arguments[:1] == ["--tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments[1:3])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listener.getsockname()[1], file=sys.stderr, flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if os.fork() == 0:
            serve_in_child(listener, connection, context)
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
