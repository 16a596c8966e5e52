"""Finds out by reflection alone what TARGET serves, calls METHOD with the JSON REQUEST, and watches its health.

look_around.py TARGET SERVICE METHOD REQUEST; writes one line of JSON for each.
"""

import json
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, Parse
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SECONDS_MAX = 10


def call(channel, database, service, method, request):
    found = DescriptorPool(database).FindServiceByName(service).FindMethodByName(method)
    question, answer = GetMessageClass(found.input_type), GetMessageClass(found.output_type)
    rpc = channel.unary_unary(f"/{service}/{method}", question.SerializeToString, answer.FromString)
    return MessageToDict(rpc(Parse(request, question()), timeout=SECONDS_MAX), preserving_proto_field_name=True)


def health(channel, service):
    stub, request = HealthStub(channel), HealthCheckRequest(service=service)
    watch = stub.Watch(request, timeout=SECONDS_MAX)
    answers = [stub.Check(request, timeout=SECONDS_MAX), next(watch)]
    watch.cancel()
    return [HealthCheckResponse.ServingStatus.Name(answer.status) for answer in answers]


def main(target, service, method, request):
    with grpc.insecure_channel(target) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        print(json.dumps(sorted(database.get_services())))
        print(json.dumps(call(channel, database, service, method, request)))
        print(json.dumps(health(channel, service)))


main(*sys.argv[1:])
