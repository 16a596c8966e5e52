"""Callers whose requests, or whose reading, is meant to hurt others."""

import contextlib
import json
import os
import subprocess

import grpc
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message_factory import MessageFactory

from firstmile.v1 import (
    auth_service_pb2,
    diagnostics_service_pb2,
    first_mile_service_pb2,
    logistics_service_pb2,
)
from firstmile.v1.first_mile_numbers_pb2 import GetWaybillRequest
from firstmile.v1.first_mile_streams_pb2 import DownloadWaybillRequest
from firstmile.v1.first_mile_service_pb2_grpc import FirstMileServiceStub
from frames import (
    HEADERS,
    INITIAL_WINDOW_SIZE,
    PREFACE,
    SETTINGS,
    Connection,
    call,
    frame,
    setting,
)
from harness import BUILD, DOCUMENTED_SHOP, FIRSTMILED
from hostile_case import ADMIN, HERE, HostileCase, measured
from local_pair import Program, Sidecar, wait_until, write_config

SERVICES = (auth_service_pb2, diagnostics_service_pb2, first_mile_service_pb2, logistics_service_pb2)
LONG_BYTES = 900_000  # below gRPC's limit of a message
INVALID_CALLS = 3000  # each a line of Protobuf's log, more than a pipe holds
CALL_SECONDS = 10
READERS = 60
MEMORY_MAX_MB = 256


class TextsTest(HostileCase):
    """Every text of every request, made far too long."""

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
        self.calls_during(self.healthy_caller(sidecar), lambda: None)

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
        elif field.type == FieldDescriptor.TYPE_STRING and field.label != FieldDescriptor.LABEL_REPEATED:
            setattr(message, field.name, {"from_date": "2025-01-01", "to_date": "2025-01-02"}.get(field.name, "2025-01-03"))
        elif field.type == FieldDescriptor.TYPE_STRING:
            getattr(message, field.name).append("x")
    for oneof in kind.oneofs:
        if oneof.fields[0].type == FieldDescriptor.TYPE_INT64:
            setattr(message, oneof.fields[0].name, DOCUMENTED_SHOP)
    return message


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
        self.calls_during(self.healthy_caller(sidecar), lambda: None)


@measured
class ReadersTest(HostileCase):
    """Streams and answers that nobody reads."""

    def setUp(self):
        super().setUp()
        env = {**os.environ, "HOSTILE_ELSEWHERE": ""}
        upstream = self._until_cleanup(Program(["/usr/bin/python3", HERE / "hostile_upstream.py"], env))
        port = wait_until(lambda: upstream.lines or upstream.require_running(), "the upstream")[0]
        tokens = {DOCUMENTED_SHOP + number: f"token{number}" for number in range(READERS + 1)}
        limits = f"limits {{ memory_max_mb: {MEMORY_MAX_MB} }}"
        config = write_config(self.folder, f"http://127.0.0.1:{port}", tokens, more=[ADMIN, limits])
        self.sidecar = self._until_cleanup(Sidecar(BUILD, config))

    def test_60_paused_readers_of_waybills(self):
        """A channel for each, and none reads beyond the first piece."""
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0)]
        ends = []
        with contextlib.ExitStack() as stack, self.memory_below(self.sidecar, MEMORY_MAX_MB):
            caller = self.healthy_caller(self.sidecar)

            def attack():
                streams = []
                for number in range(1, READERS + 1):
                    channel = stack.enter_context(grpc.insecure_channel(self.sidecar.target, options))
                    request = DownloadWaybillRequest(
                        shop_id=DOCUMENTED_SHOP + number, first_mile_tracking_number_list=["N"]
                    )
                    streams.append(FirstMileServiceStub(channel).DownloadWaybill(request, timeout=30))
                for stream in streams:
                    try:
                        next(stream)
                        ends.append("a piece")
                    except grpc.RpcError as error:
                        ends.append(f"{error.code().name}: {error.details()}")

            self.calls_during(caller, attack)
            print({end: ends.count(end) for end in ends})
        self.assert_ready(self.sidecar)
        self.calls_during(self.healthy_caller(self.sidecar), lambda: None)

    def test_60_waybills_asked_for_on_a_connection_without_a_window(self):
        greeting = PREFACE + frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 0))
        path = "/firstmile.v1.FirstMileService/GetWaybill"
        with self.memory_below(self.sidecar, MEMORY_MAX_MB), Connection(self.sidecar.target, greeting) as connection:
            caller = self.healthy_caller(self.sidecar)

            def attack():
                for number in range(1, READERS + 1):
                    request = GetWaybillRequest(
                        shop_id=DOCUMENTED_SHOP + number, first_mile_tracking_number_list=["N"]
                    )
                    connection.send(call(2 * number + 1, request.SerializeToString(), path=path))
                for number in range(1, READERS + 1):
                    connection.wait_for(HEADERS, 2 * number + 1, seconds=CALL_SECONDS)

            self.calls_during(caller, attack)
        self.assert_ready(self.sidecar)
        self.calls_during(self.healthy_caller(self.sidecar), lambda: None)
