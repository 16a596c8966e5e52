"""Loads our stubs and another team's into one program, in the order of the arguments, and uses both."""

import importlib
import pathlib
import sys

for folder in map(pathlib.Path, sys.argv[1:]):
    for file in sorted(folder.rglob("*_pb2*.py")):
        importlib.import_module(".".join(file.relative_to(folder).with_suffix("").parts))

private = importlib.import_module("acme.private.v1.private_pb2")
common = importlib.import_module("firstmile.v1.common_pb2")
rpc = private.DESCRIPTOR.services_by_name["Parcels"].methods_by_name["Weigh"].GetOptions()
fields = private.Parcel.DESCRIPTOR.fields_by_name
print("route", rpc.Extensions[private.route], rpc.Extensions[private.route_alias])
print("column", fields["name"].GetOptions().Extensions[private.column])
print("unit", fields["weight"].GetOptions().Extensions[private.unit])
print("label", private.Size.DESCRIPTOR.values_by_name["SIZE_SMALL"].GetOptions().Extensions[private.label])
print("order", common.OrderKey.FromString(common.OrderKey(order_sn="A").SerializeToString()).order_sn)
