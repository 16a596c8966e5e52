"""Wrong answers by name: ANSWERS. Each writes to the connection of its request.

END says that the connection is over then; others leave it to the client to keep it or not.
"""

import base64
import gzip
import itertools
import json
import os
import socket
import struct
import time
import urllib.parse

GOOD = (
    b'{"request_id":"910a2dec89025cc10cd4af33162e98f8","error":"","message":"",'
    b'"response":{"tracking_number":"MY200448706479IT"}}'
)
END = object()
ELSEWHERE_PATH = "/elsewhere"  # the target of redirects
ANSWERS = {}


def ok(body, fields=b"", status=b"200 OK"):
    """A complete, valid HTTP answer with the given content."""
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
    return head % (status, len(body), fields) + body


def answer(function):
    ANSWERS[function.__name__] = function
    return function


def bytes_answer(name, make):
    """Answers with raw bytes; the connection stays open."""
    ANSWERS[name] = lambda connection, request: connection.sendall(make() if callable(make) else make)


def last_bytes_answer(name, make):
    """The same, then closes the connection."""

    def send(connection, request):
        connection.sendall(make() if callable(make) else make)
        return END

    ANSWERS[name] = send


def flood(connection, first, again):
    """Endless bytes, as fast as they are read, at the lowest priority."""
    os.nice(19)
    connection.sendall(first)
    for data in again:
        connection.sendall(data)
    return END


def with_response(response):
    return b'{"request_id":"r","error":"","message":"","response":%s}' % response


def with_number(number):
    return with_response(b'{"tracking_number":%s}' % number)


# Bodies. The HTTP is valid.
BODIES = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "number": b"0",
    "text": b'"x"',
    "object_without_members": b"{}",
    "error_is_null": b'{"error":null}',
    "error_is_an_object": b'{"error":{"error":"x"}}',
    "error_is_a_list": b'{"error":["error_auth"]}',
    "error_is_a_number": b'{"error":7}',
    "response_is_a_number": with_response(b"5"),
    "response_is_a_list": with_response(b'[{"tracking_number":"MINE"}]'),
    "error_twice": b'{"error":"","message":"","error":"error_auth","response":{}}',
    "member_with_escapes": b'{"\\u0065rror":"error_auth","message":"no","request_id":"r"}',
    "depth_of_lists": lambda: b'{"error":"","response":' + b"[" * 100_000,
    "depth_of_objects": lambda: b'{"error":"","response":' + b'{"a":' * 1_000_000,
    "depth_closed": lambda: b'{"error":"","response":' + b"[" * 900 + b"]" * 900 + b"}",
    "depth_closed_far": lambda: b'{"error":"","response":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "members": lambda: with_response(b"{%s}" % b",".join(b'"m%d":1' % i for i in range(300_000))),
    "warnings": lambda: b'{"error":"","warning":[%s],"response":{}}' % b",".join([b'"w"'] * 300_000),
    "request_id_of_1_mb": lambda: b'{"request_id":"%s","error":"error_x","message":"m"}' % (b"r" * 1_000_000),
    "code_of_1_mb": lambda: b'{"request_id":"r","error":"error_%s","message":"m"}' % (b"c" * 1_000_000),
    "message_of_7_mb": lambda: b'{"request_id":"r","error":"error_x","message":"%s"}' % (b"m" * 7_000_000),
    "number_of_7_mb": lambda: with_number(b'"%s"' % (b"n" * 7_000_000)),
    "broken_31_mb": lambda: b'{"error":"","a":"' + b"\xff" * 31_000_000 + b'"}',
    "digits_31_mb": lambda: b'{"error":"","a":[%s1]}' % (b"123456789012345678901," * 1_400_000),
    "controls_31_mb": lambda: b'{"error":"","a":"' + b"\x01" * 31_000_000 + b'"}',
    "beyond_the_limit": lambda: b'{"error":"","a":"' + b"a" * 40_000_000 + b'"}',
    "exponent_400": with_number(b"1e400"),
    "exponent_9_digits": with_number(b"1e999999999"),
    "minus_zero": with_number(b"-0"),
    "beyond_64_bits": with_number(b"18446744073709551616"),
    "million_digits": lambda: with_number(b"9" * 1_000_000),
    "nan": with_number(b"NaN"),
    "infinity": with_number(b"-Infinity"),
    "hexadecimal": with_number(b"0x10"),
    "leading_zero": with_number(b"01"),
    "byte_order_mark": b"\xef\xbb\xbf" + GOOD,
    "utf_16": GOOD.decode().encode("utf-16"),
    "utf_16_unmarked": GOOD.decode().encode("utf-16-be"),
    "utf_32": GOOD.decode().encode("utf-32"),
    "bad_utf_8": with_number(b'"\xff\xfe\xc0\x80\xed\xa0\x80\xf5"'),
    "lone_surrogate": with_number(b'"\\ud800 \\udc00\\ud800"'),
    "nul_in_a_text": with_number(b'"MY\x00IT"'),
    "nul_escaped": with_number(b'"MY\\u0000IT"'),
    "nul_before": b"\0" + GOOD,
    "nul_behind": GOOD + b"\0",
    "two_objects": GOOD + GOOD,
    "html": b"<html><body>Bad gateway</body></html>",
    "terminal_escapes": b'{"error":"error_x","message":"\\u001b]0;owned\\u0007\\u009b31m\xc2\x9b31m\\r\\nnext","request_id":"\\u001b[2J"}',
    "comments": b"/* c */" + GOOD,
    "million_blanks": lambda: b" " * 1_000_000 + GOOD,
}
for _name, _body in BODIES.items():
    bytes_answer(_name, (lambda body: lambda: ok(body() if callable(body) else body))(_body))

bytes_answer("gzip_unasked", lambda: ok(gzip.compress(GOOD), b"Content-Encoding: gzip\r\n"))
bytes_answer(
    "gzip_bomb_unasked", lambda: ok(gzip.compress(bytes(100_000_000), 9), b"Content-Encoding: gzip\r\n")
)
bytes_answer("deflate_unasked", lambda: ok(GOOD, b"Content-Encoding: deflate\r\n"))
bytes_answer("encodings_many", lambda: ok(GOOD, b"Content-Encoding: " + b"gzip, " * 1000 + b"gzip\r\n"))


@answer
def echo(connection, request):
    """Repeats the query's token and signature in every encoding."""
    secrets = [request.query.get(name, "") for name in ("access_token", "sign")]
    words = [*secrets, *(base64.b64encode(s.encode()).decode() for s in secrets)]
    words += ["".join(f"%{ord(c):02x}" for c in s) for s in secrets]
    words += [urllib.parse.urlencode(request.query)]
    escaped = "".join(f"\\u{ord(c):04x}" for c in secrets[0])
    text = json.dumps(" ".join(words))[:-1] + " " + escaped + '"'
    body = f'{{"error":"error_param","message":{text},"request_id":"{secrets[0][:40]}"}}'
    connection.sendall(ok(body.encode()))


@answer
def echo_in_code(connection, request):
    token = request.query.get("access_token", "")
    connection.sendall(ok(f'{{"error":"{token}","message":"{token}","request_id":"{token}"}}'.encode()))


@answer
def echo_unreadable(connection, request):
    token = request.query.get("access_token", "")
    connection.sendall(ok(f"<html>{token} {urllib.parse.urlencode(request.query)}</html>".encode()))


# Heads.
bytes_answer("headers_20000", lambda: ok(GOOD, b"".join(b"X-%d: v\r\n" % i for i in range(20_000))))
bytes_answer("header_of_1_mb", lambda: ok(GOOD, b"X-Large: %s\r\n" % (b"v" * 1_000_000)))
bytes_answer("header_name_of_1_mb", lambda: ok(GOOD, b"%s: v\r\n" % (b"X" * 1_000_000)))
bytes_answer("header_without_colon", ok(GOOD, b"no colon here\r\n"))
bytes_answer("header_with_nul", ok(GOOD, b"X-Nul: a\0b\r\n"))
bytes_answer("header_with_cr", ok(GOOD, b"X-Cr: a\rInjected: b\r\n"))
bytes_answer("header_with_lf_alone", ok(GOOD, b"X-Lf: a\nInjected: b\n"))
bytes_answer("header_folded", ok(GOOD, b"X-Fold: a\r\n b\r\n\tc\r\n"))
bytes_answer("header_folded_first", b"HTTP/1.1 200 OK\r\n folded\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD)
bytes_answer("blank_before_colon", ok(GOOD, b"Content-Length : 3\r\n"))
bytes_answer("dates_wrong", ok(GOOD, b"Date: Thu, 99 Foo 99999 99:99:99 GMT\r\n"))
bytes_answer("date_of_1970", ok(GOOD, b"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"))
bytes_answer("media_type_of_90_kb", ok(GOOD, b"Content-Type: " + b"a" * 90_000 + b"\r\n"))
bytes_answer("retry_after_forever", ok(GOOD, b"Retry-After: 99999999999999999999\r\n", b"429 Too Many Requests"))
bytes_answer("cookie", ok(GOOD, b"Set-Cookie: session=hostile; Path=/\r\n"))
bytes_answer("hsts", ok(GOOD, b"Strict-Transport-Security: max-age=99999999\r\nAlt-Svc: h2=\"127.0.0.1:9\"\r\n"))


def lengths(fields, body=GOOD):
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + body


bytes_answer("two_lengths", lengths(b"Content-Length: %d\r\nContent-Length: 5\r\n" % len(GOOD)))
bytes_answer("two_lengths_alike", lengths(2 * (b"Content-Length: %d\r\n" % len(GOOD))))
bytes_answer("lengths_in_a_list", lengths(b"Content-Length: %d, 5\r\n" % len(GOOD)))
bytes_answer("length_below_zero", lengths(b"Content-Length: -1\r\n"))
bytes_answer("length_beyond_64_bits", lengths(b"Content-Length: 99999999999999999999\r\n"))
bytes_answer("length_is_no_number", lengths(b"Content-Length: many\r\n"))
last_bytes_answer("length_of_8_eb", lengths(b"Content-Length: 9223372036854775807\r\n"))
last_bytes_answer("length_too_long", lengths(b"Content-Length: %d\r\n" % (len(GOOD) + 1)))
bytes_answer("length_too_short", lengths(b"Content-Length: %d\r\n" % (len(GOOD) - 1)))
bytes_answer("length_and_chunks", lengths(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)))

# Chunks.
def chunked(body):
    return lengths(b"Transfer-Encoding: chunked\r\n", body)


WHOLE = b"%x\r\n%s\r\n" % (len(GOOD), GOOD)
bytes_answer("chunk_size_no_number", chunked(b"zz\r\n" + GOOD))
bytes_answer("chunk_size_below_zero", chunked(b"-5\r\n" + GOOD))
bytes_answer("chunk_size_of_64_bits", chunked(b"ffffffffffffffff\r\n" + GOOD))
bytes_answer("chunk_size_of_17_digits", chunked(b"1ffffffffffffffff\r\n" + GOOD))
bytes_answer("chunk_size_zeros", lambda: chunked(b"0" * 1_000_000 + WHOLE + b"0\r\n\r\n"))
bytes_answer("chunk_without_size", chunked(b"\r\n" + GOOD + b"\r\n0\r\n\r\n"))
bytes_answer("chunk_without_end", chunked(b"%x\r\n%sXX0\r\n\r\n" % (len(GOOD), GOOD)))
bytes_answer("chunk_extension_of_10_mb", lambda: chunked(b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(GOOD), b"e" * 10_000_000, GOOD)))
last_bytes_answer("chunks_that_stop", chunked(WHOLE))
bytes_answer("encoding_unknown", lengths(b"Transfer-Encoding: rot13\r\n"))
bytes_answer("encoding_twice", lengths(b"Transfer-Encoding: chunked, chunked\r\n", WHOLE + b"0\r\n\r\n"))


@answer
def trailers_endless(connection, request):
    return flood(connection, chunked(WHOLE + b"0\r\n"), itertools.repeat(b"X-Trailer: v\r\n" * 1000))


@answer
def chunks_endless(connection, request):
    """Endless chunks of one byte."""
    return flood(connection, chunked(b"1\r\n{\r\n"), itertools.repeat(b"1\r\n \r\n" * 1000))


@answer
def body_endless(connection, request):
    return flood(connection, b"HTTP/1.1 200 OK\r\n\r\n{", itertools.repeat(b" " * 65536))


@answer
def headers_endless(connection, request):
    return flood(connection, b"HTTP/1.1 200 OK\r\n", itertools.repeat(b"X-Again: v\r\n" * 1000))


@answer
def informational_endless(connection, request):
    return flood(connection, b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000))


@answer
def hints_endless(connection, request):
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\nX-Fill: %s\r\n\r\n" % (b"v" * 200)
    return flood(connection, b"", itertools.repeat(hint * 100))


@answer
def status_line_endless(connection, request):
    return flood(connection, b"HTTP/1.1 200 ", itertools.repeat(b"OK" * 32768))


bytes_answer("informational_then_good", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(GOOD))

# Redirects and other invitations to send the signature to another host.
for _code in (300, 301, 302, 303, 305, 307, 308):

    def _redirect(connection, request, code=_code):
        address = f"{elsewhere()}{ELSEWHERE_PATH}?{urllib.parse.urlencode(request.query)}"
        connection.sendall(ok(b"", f"Location: {address}\r\nRefresh: 0;url={address}\r\n".encode(), b"%d Go" % code))

    ANSWERS[f"redirect_{_code}"] = _redirect


def elsewhere():
    return os.environ["HOSTILE_ELSEWHERE"]


bytes_answer("asks_for_a_login", ok(b"", b'WWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: NTLM\r\n', b"401 Who"))
bytes_answer("asks_as_a_proxy", ok(b"", b'Proxy-Authenticate: Basic realm="x"\r\n', b"407 Who"))
bytes_answer("asks_for_an_upgrade", ok(b"", b"Upgrade: h2c\r\nConnection: Upgrade\r\n", b"426 Upgrade Required"))
bytes_answer("switches_protocols", b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + b"\x81\x05hello")

# Status lines.
for _name, _line in {
    "status_abc": b"HTTP/1.1 abc OK",
    "status_99": b"HTTP/1.1 99 OK",
    "status_1000": b"HTTP/1.1 1000 OK",
    "status_000": b"HTTP/1.1 000 OK",
    "status_299": b"HTTP/1.1 299 OK",
    "status_600": b"HTTP/1.1 600 OK",
    "status_999": b"HTTP/1.1 999 OK",
    "status_glued": b"HTTP/1.1200 OK",
    "version_9": b"HTTP/9.9 200 OK",
    "version_2": b"HTTP/2 200",
    "version_3": b"HTTP/3 200",
    "version_0": b"HTTP/1.0 200 OK",
    "version_lower": b"http/1.1 200 ok",
    "shoutcast": b"ICY 200 OK",
    "rtsp": b"RTSP/1.0 200 OK",
}.items():
    last_bytes_answer(_name, _line + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD)

last_bytes_answer("http_0_9", GOOD)
last_bytes_answer("http_2_settings", b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0")
last_bytes_answer("http_2_preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
last_bytes_answer("tls_alert", b"\x15\x03\x01\0\x02\x02\x28")
last_bytes_answer("ssh", b"SSH-2.0-OpenSSH_9.2\r\n")
last_bytes_answer("random", lambda: os.urandom(100_000))
last_bytes_answer("no_content_with_content", b"HTTP/1.1 204 No Content\r\n\r\n" + ok(GOOD))
last_bytes_answer("not_modified_with_content", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" + ok(GOOD))
bytes_answer("partial_content", ok(GOOD, b"Content-Range: bytes 0-1/9\r\n", b"206 Partial"))


# Delays and early ends.
@answer
def never(connection, request):
    time.sleep(30)
    return END


@answer
def drip_head(connection, request):
    for byte in ok(GOOD):
        connection.sendall(bytes([byte]))
        time.sleep(1)


@answer
def drip_body(connection, request):
    connection.sendall(lengths(b"Content-Length: 9999\r\n", b""))
    while True:
        connection.sendall(b" ")
        time.sleep(1)


def closes(sent):
    def close(connection, request):
        connection.sendall(sent)
        return END

    return close


ANSWERS["closes_at_once"] = closes(b"")
ANSWERS["closes_in_the_head"] = closes(ok(GOOD)[:30])
ANSWERS["closes_in_the_body"] = closes(ok(GOOD)[:-10])


@answer
def resets_the_connection(connection, request):
    connection.sendall(ok(GOOD)[:-10])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return END
