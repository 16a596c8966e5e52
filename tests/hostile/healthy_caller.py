"""A well-behaved caller. Arguments: TARGET DEADLINE_SECONDS.

For each line on standard input it waits for the calls that have begun, and prints those that ended since the last
line as JSON: when each began (time.monotonic), how many seconds it took, its code. It ends with standard input.
"""

import asyncio
import json
import sys
import time

import grpc

from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from harness import DOCUMENTED_NUMBER, DOCUMENTED_REQUEST

PERIOD_SECONDS = 0.01
WARM_UP_CALLS = 20


async def call(stub, deadline, rows):
    begin = time.monotonic()
    try:
        answer = await stub.GetTrackingNumber(DOCUMENTED_REQUEST, timeout=deadline)
        code = "OK" if answer.tracking_number == DOCUMENTED_NUMBER else f"another's: {answer.tracking_number}"
    except grpc.aio.AioRpcError as error:
        code = f"{error.code().name}: {error.details()}"
    rows.append((begin, time.monotonic() - begin, code))


async def call_on(stub, deadline, rows, calls):
    """Makes one call per period, whether or not earlier ones have ended."""
    due = time.monotonic()
    while True:
        task = asyncio.create_task(call(stub, deadline, rows))
        calls.add(task)
        task.add_done_callback(calls.discard)
        due = max(due + PERIOD_SECONDS, time.monotonic())
        await asyncio.sleep(due - time.monotonic())


async def main(target, deadline):
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    rows, calls = [], set()
    async with grpc.aio.insecure_channel(target) as channel:
        stub = LogisticsServiceStub(channel)
        for _ in range(WARM_UP_CALLS):
            await call(stub, 30, [])
        calling = asyncio.create_task(call_on(stub, deadline, rows, calls))
        while await reader.readline():
            if calls:
                await asyncio.wait(list(calls))
            print(json.dumps(rows), flush=True)
            rows.clear()
        calling.cancel()
        if calls:
            await asyncio.wait(list(calls))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
