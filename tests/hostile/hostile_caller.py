"""Requests every answer of hostile_answers, each for its own shop. Arguments: TARGET.

For each line, the deadline in seconds, it prints as JSON how each call ended.
"""

import asyncio
import json
import sys
import time

import grpc

from firstmile.v1.logistics_service_pb2_grpc import LogisticsServiceStub
from firstmile.v1.logistics_tracking_pb2 import GetTrackingNumberRequest
from firstmile_client import error_facts
from hostile_answers import ANSWERS

FIRST_SHOP = 700_000
AT_A_TIME = 16
SHOPS = {name: FIRST_SHOP + number for number, name in enumerate(ANSWERS)}


async def ask(stub, name, seconds, turn):
    request = GetTrackingNumberRequest(shop_id=SHOPS[name], order_sn=name)
    async with turn:
        begin = time.monotonic()
        try:
            answer = await stub.GetTrackingNumber(request, timeout=seconds)
            found = {"end": "OK", "number": answer.tracking_number[:200], "text": str(answer)[:5000]}
        except grpc.aio.AioRpcError as error:
            facts = error_facts(error)
            found = {"end": f"{error.code().name} {facts.reason}", "text": error.details(), "more": facts.metadata}
        return name, {**found, "seconds": time.monotonic() - begin}


async def ask_all(target, seconds):
    turn = asyncio.Semaphore(AT_A_TIME)
    async with grpc.aio.insecure_channel(target) as channel:
        stub = LogisticsServiceStub(channel)
        return dict(await asyncio.gather(*(ask(stub, name, seconds, turn) for name in SHOPS)))


def main(target):
    for line in sys.stdin:
        print(json.dumps(asyncio.run(ask_all(target, float(line)))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
