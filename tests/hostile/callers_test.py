"""Callers whose requests or slow reading try to harm others."""

import importlib
import json
import pkgutil
import subprocess

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import MessageFactory

import firstmile.v1
from frames import (
    CANCEL,
    DATA,
    END_HEADERS,
    END_STREAM,
    HEADERS,
    RST_STREAM,
    Connection,
    call,
    call_headers,
    frame,
    header,
    message,
)
from harness import DOCUMENTED_SHOP, FIRSTMILED
from hostile_case import ADMIN, HostileCase
from local_pair import write_config

SERVICES = [
    importlib.import_module(f"firstmile.v1.{module.name}")
    for module in pkgutil.iter_modules(firstmile.v1.__path__)
    if module.name.endswith("_service_pb2")
]
LONG_BYTES = 900_000  # below gRPC's limit of a message
INVALID_CALLS = 3000  # each logs a line through Protobuf; together more than a pipe holds
CALL_SECONDS = 10


class TextsTest(HostileCase):
    """Makes every text of every request far too long."""

    def test_a_text_of_900_kb_is_refused_wherever_it_stands_and_other_shops_do_not_notice(self):
        _, sidecar = self.start_both()
        found = {}
        with grpc.insecure_channel(sidecar.target) as channel:
            for method in methods():
                for path, request in requests_with_a_long_text(method.input_type):
                    name = f"{method.full_name.removeprefix('firstmile.v1.')} {path}"
                    found[name] = self.end_of_call(channel, method, request)
        for name, end in found.items():
            print(f"{name:90} {end}")
        wrong = {name: end for name, end in found.items() if end not in ("INVALID_ARGUMENT", "RESOURCE_EXHAUSTED")}
        self.assertGreater(len(found), 50)
        self.assertEqual(wrong, {})
        self.assert_healthy(sidecar)

    def end_of_call(self, channel, method, request):
        path = f"/{method.containing_service.full_name}/{method.name}"
        kind = channel.unary_stream if method.server_streaming else channel.unary_unary
        try:
            answer = kind(path, request_serializer=lambda m: m.SerializeToString())(request, timeout=CALL_SECONDS)
            if method.server_streaming:
                next(answer)
                answer.cancel()
            return "OK"
        except grpc.RpcError as error:
            return error.code().name


def methods():
    for module in SERVICES:
        for service in module.DESCRIPTOR.services_by_name.values():
            yield from service.methods


def requests_with_a_long_text(kind):
    """The path of each text in a request, and a request in which only that is wrong, as far as one can tell."""
    for field in kind.fields:
        for path, change in long_texts(field):
            request = plausible(kind)
            change(request)
            yield path, request


def long_texts(field):
    """Path and setter of each text in a field."""
    long = LONG_BYTES * "x"
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        value = long if field.type == FieldDescriptor.TYPE_STRING else long.encode()
        if field.label == FieldDescriptor.LABEL_REPEATED:
            yield f"{field.name}[]", lambda m: getattr(m, field.name).append(value)
        else:
            yield field.name, lambda m: setattr(m, field.name, value)
    elif field.type == FieldDescriptor.TYPE_MESSAGE and field.message_type.GetOptions().map_entry:
        yield f"{field.name}{{value}}", lambda m: getattr(m, field.name).update({DOCUMENTED_SHOP: long})
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        for inner in field.message_type.fields:
            for path, change in long_texts(inner):
                yield f"{field.name}.{path}", lambda m, change=change: change(part_of(m, field))


def part_of(message, field):
    part = getattr(message, field.name)
    return part.add() if field.label == FieldDescriptor.LABEL_REPEATED else part


def plausible(kind):
    """A request with its subject and some value in every single text and number."""
    message = MessageFactory().GetPrototype(kind)()
    for field in kind.fields:
        if field.containing_oneof:
            continue
        if field.name == "shop_ids":
            message.shop_ids.append(DOCUMENTED_SHOP)
        elif field.name == "shop_id":
            message.shop_id = DOCUMENTED_SHOP
        elif field.name in ("account", "subject"):
            getattr(message, field.name).shop_id = DOCUMENTED_SHOP
        elif field.type == FieldDescriptor.TYPE_STRING and field.label != FieldDescriptor.LABEL_REPEATED:
            setattr(message, field.name, {"from_date": "2025-01-01", "to_date": "2025-01-02"}.get(field.name, "2025-01-03"))
        elif field.type == FieldDescriptor.TYPE_STRING:
            getattr(message, field.name).append("x")
    return message


REQUEST = b"\x08\xc0\xcf\x24\x12\x0e201214JASXYXY6"  # the documented GetTrackingNumberRequest

# Frames, on stream 1, of calls that break gRPC's rules.
RULE_BREAKERS = {
    "no path": frame(HEADERS, END_HEADERS | END_STREAM, 1, header(":method", "POST") + header(":scheme", "http")),
    "an empty path": call(1, REQUEST, path=""),
    "a path of 7 kB": call(1, REQUEST, path="/" + 7000 * "x"),
    "an unknown service": call(1, REQUEST, path="/firstmile.v1.NoService/Get"),
    "a path with control characters": call(1, REQUEST, path="/firstmile.v1.\x01\x7f\xff/Get"),
    "GET": frame(HEADERS, END_HEADERS | END_STREAM, 1, call_headers().replace(b"\x04POST", b"\x03GET")),
    "no media type": frame(HEADERS, END_HEADERS, 1, call_headers().replace(b"application/grpc", b"application/json"))
    + frame(DATA, END_STREAM, 1, message(REQUEST)),
    "a deadline of centuries": call(1, REQUEST, more=[("grpc-timeout", "99999999H")]),
    "a deadline that is none": call(1, REQUEST, more=[("grpc-timeout", "-1S"), ("grpc-timeout", "x")]),
    "a deadline of nothing": call(1, REQUEST, more=[("grpc-timeout", "0n")]),
    "an encoding that nobody knows": call(1, REQUEST, more=[("grpc-encoding", "rot13")]),
    "a message that is compressed by nothing": frame(HEADERS, END_HEADERS, 1, call_headers())
    + frame(DATA, END_STREAM, 1, message(REQUEST, compressed=True)),
    "gzip that is none": frame(HEADERS, END_HEADERS, 1, call_headers(more=[("grpc-encoding", "gzip")]))
    + frame(DATA, END_STREAM, 1, message(REQUEST, compressed=True)),
    "a message of 4 GB, as it says": frame(HEADERS, END_HEADERS, 1, call_headers())
    + frame(DATA, END_STREAM, 1, b"\0\xff\xff\xff\xff" + REQUEST),
    "a flag that is none": frame(HEADERS, END_HEADERS, 1, call_headers())
    + frame(DATA, END_STREAM, 1, b"\x7f" + message(REQUEST)[1:]),
    "half a message": frame(HEADERS, END_HEADERS, 1, call_headers()) + frame(DATA, END_STREAM, 1, message(REQUEST)[:9]),
    "no message": frame(HEADERS, END_HEADERS | END_STREAM, 1, call_headers()),
    "three messages": frame(HEADERS, END_HEADERS, 1, call_headers()) + frame(DATA, END_STREAM, 1, 3 * message(REQUEST)),
    "Protobuf that is none": call(1, b"\xff" * 1000),
    "groups in groups": call(1, b"\x0b" * 100_00),
    "a length beyond the message": call(1, b"\x12\xff\xff\xff\xff\x0f"),
    "a field number of zero": call(1, b"\x00\x00"),
    "10,000 unknown fields": call(1, REQUEST + b"\xf8\x07\x01" * 5000),
    "metadata that is no text": call(1, REQUEST, more=[("x-firstmile-caller", b"\x00\r\n\x1b[31m\xff")]),
    "binary metadata that is no base64": call(1, REQUEST, more=[("x-bin", "!!!!")]),
    "a caller's name of 7 kB": call(1, REQUEST, more=[("x-firstmile-caller", 7000 * "n")]),
    "a stream that resets itself": call(1, REQUEST) + frame(RST_STREAM, 0, 1, CANCEL),
}


class RulesTest(HostileCase):
    def test_each_call_that_breaks_a_rule_ends(self):
        _, sidecar = self.start_both(more=[ADMIN])
        for name, frames in RULE_BREAKERS.items():
            with self.subTest(call=name), Connection(sidecar.target) as connection:
                connection.send(frames)
                if frames.endswith(CANCEL):
                    continue  # it has ended
                self.assertTrue(connection.ends(1, CALL_SECONDS), "neither a status nor an end")
        self.assert_ready(sidecar)
        self.assert_healthy(sidecar)
        self.assertEqual([line for line in self.whole_log(sidecar) if "\x1b" in line or "\\u001b" in line], [])


class NoMessageTest(HostileCase):
    """A call that is taken back at once ends before its message: a flood of them must cost little."""

    def test_a_call_without_its_message_is_refused_and_leaves_no_log_line(self):
        _, sidecar = self.start_both()
        calls = {
            "/firstmile.v1.LogisticsService/GetTrackingNumber": "stream_unary",
            "/firstmile.v1.LogisticsService/StreamShippingDocument": "stream_stream",
            "/firstmile.v1.AuthService/ListShops": "stream_unary",
            "/firstmile.v1.AuthService/WatchShops": "stream_stream",
        }
        for path, kind in calls.items():
            with self.subTest(call=path), grpc.insecure_channel(sidecar.target) as channel:
                with self.assertRaises(grpc.RpcError) as caught:
                    answer = getattr(channel, kind)(path)(iter(()), timeout=CALL_SECONDS)
                    list(answer)  # a stream fails when it is read
                self.assertEqual(caught.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
                self.assertEqual(caught.exception.details(), "the call ended before its request message")
        self.assertEqual([line for line in self.whole_log(sidecar) if '"method"' in line], [])


class UnreadStderrTest(HostileCase):
    def test_texts_that_are_not_utf_8_do_not_stop_a_sidecar_whose_log_nobody_reads(self):
        emulator = self.start_emulator()
        config = write_config(self.folder, emulator.base_url, emulator.shop_tokens())
        sidecar = subprocess.Popen(
            [FIRSTMILED, "--config", config, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(sidecar.stderr.close)
        self.addCleanup(sidecar.wait)
        self.addCleanup(sidecar.kill)
        event = {}
        while event.get("event") != "listening":
            event = json.loads(sidecar.stderr.readline())
        sidecar.target = event["detail"]  # no line is read after this one
        request = b"\x08\xc0\xcf\x24\x12\x04\xff\xfe\xc0\x80"  # a shop, and an order_sn that is no text
        with Connection(sidecar.target) as connection:
            for number in range(INVALID_CALLS):
                stream = 2 * number + 1
                connection.send(call(stream, request))
                if number % 100 == 99:
                    self.assertTrue(connection.wait_for(HEADERS, stream, seconds=CALL_SECONDS), "no answer any more")
        self.assert_healthy(sidecar)
