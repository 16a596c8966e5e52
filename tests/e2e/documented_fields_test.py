"""Every documented parameter reaches Shopee, and every documented member of an answer reaches the caller.

A stand-in for Shopee, made from tests/contract/documented_fields.txt alone, answers each operation in all forms of
answer_forms.py. The contract is known by its descriptors alone, so a new operation needs no line here.
"""

import collections
import functools
import importlib
import pathlib
import tempfile
import unittest

import grpc
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message_factory import MessageFactory

import answer_forms as forms
from documented import Field, operations
from documented_answers import Answer
from fake_upstream import FakeUpstream
from firstmile.v1 import auth_service_pb2_grpc, auth_tokens_pb2
from firstmile_client import error_facts
from harness import BUILD, ROOT
from local_pair import Sidecar, tokens_line, write_config
from message_fields import Filler, alternatives, leaves
from wire_values import is_of_type, named, texts_of, values

CALL_SECONDS = 20
SUBJECTS = {"shop_id": 600000, "merchant_id": 1000001}
EXTRA_TOLD_MAX = 48  # ResponseHeader.unmodeled_fields keeps no more of members of rows

# Members of an answer that have another name in the contract.
NAMES_IN_CONTRACT = {
    "fail_error": "vendor_code",  # the error of an element is a Failure, like that of a whole call
    "fail_message": "vendor_message",
    "fail_reason": "vendor_message",
    "warning": "text",  # of a text alone; it becomes a Warning, like the objects of other operations
    "success_id_list": "id",  # of an element that succeeded
    "mesage": "message",  # misspelt in the reference
    "metrics_id": "metric_id",
    "sip_affi_shops": "sip_affi_shop_list",
}

# Parameters that a page of the documents explains and its table leaves out.
EXPLAINED_ONLY = {
    "LogisticsService/ShipBooking": [
        Field("dropoff.sender_real_name", "string"),
        Field("dropoff.tracking_no", "string"),
    ],
}

# What the sidecar itself says: of an element that failed; whether a list was there, even if empty.
OWN_WORDS = {("Failure", name) for name in ("message", "http_status", "remedy")}
OWN_WORDS |= {("ShippingInfoNeeded", f"{way}_available") for way in ("dropoff", "pickup", "non_integrated")}


def methods():
    names = sorted(path.stem for path in (ROOT / "proto/firstmile/v1").glob("*.proto"))
    files = [importlib.import_module(f"firstmile.v1.{name}_pb2").DESCRIPTOR for name in names]
    services = [service for file in files for service in file.services_by_name.values()]
    return {f"{service.name}/{method.name}": method for service in services for method in service.methods}


OPERATIONS = operations()
METHODS = methods()
FACTORY = MessageFactory()


def of_each_operation(test):
    @functools.wraps(test)
    def tested(self):
        for operation in OPERATIONS:
            with self.subTest(operation.rpc):
                test(self, operation)

    return tested


class DocumentedFieldsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="firstmile-")))
        cls.upstream = FakeUpstream()
        cls.addClassCleanup(cls.upstream.close)
        config = write_config(folder, cls.upstream.base_url, {}, more=[tokens_line(folder)])
        sidecar = cls.enterClassContext(Sidecar(BUILD, config))
        cls.channel = cls.enterClassContext(grpc.insecure_channel(sidecar.target))
        tokens = [{"subject": {name: number}, "access_token": "token"} for name, number in SUBJECTS.items()]
        auth = auth_service_pb2_grpc.AuthServiceStub(cls.channel)
        auth.ImportTokens(auth_tokens_pb2.ImportTokensRequest(tokens=tokens), timeout=CALL_SECONDS)

    def request(self, operation, alternative=0):
        request = FACTORY.GetPrototype(METHODS[operation.rpc].input_type)()
        return Filler(SUBJECTS, alternative).fill(request)

    def call(self, operation, request, prepared):
        """Calls the rpc, to which Shopee answers as `prepared` says."""
        self.upstream.prepared = {operation.path: prepared}
        response = FACTORY.GetPrototype(METHODS[operation.rpc].output_type)
        path = f"/firstmile.v1.{operation.rpc}"
        rpc = self.channel.unary_unary(path, type(request).SerializeToString, response.FromString)
        return rpc(request, timeout=CALL_SECONDS)

    def exchange(self, operation, form, alternative=0):
        """One call: its request, what Shopee was asked and answered, and the response."""
        seen = []

        def prepared(asked):
            seen.append((asked, Answer(operation, named(asked), form)))
            return seen[-1][1].body

        request = self.request(operation, alternative)
        response = self.call(operation, request, prepared)
        self.assertEqual(len(seen), 1)
        return request, *seen[0], response

    def assert_told(self, answer, response):
        """The response has each member as often as the answer has it with that text."""
        found = collections.Counter((leaf.name, leaf.text) for leaf in leaves(response))
        wanted = collections.Counter((NAMES_IN_CONTRACT.get(t.field.name, t.field.name), t.text) for t in answer.told)
        for (name, text), count in wanted.items():
            as_text = found[(f"{name}_raw", text)]  # a state has its text in a field of its own
            self.assertGreaterEqual(found[(name, text)] + as_text, count, f"{name} {text} in\n{response}")

    def test_the_table_names_rpcs_of_the_contract(self):
        self.assertGreater(len(OPERATIONS), 20)
        self.assertLessEqual({operation.rpc for operation in OPERATIONS}, set(METHODS))

    @of_each_operation
    def test_each_parameter_reaches_shopee_in_its_place_and_type(self, operation):
        in_query = operation.verb == "GET"
        documented = {field.path: field for field in operation.asked + EXPLAINED_ONLY.get(operation.rpc, [])}
        reached = set()
        for alternative in range(alternatives(METHODS[operation.rpc].input_type)):
            request, asked, _, _ = self.exchange(operation, forms.Exact(), alternative)
            self.assertEqual((asked.verb, asked.path), (operation.verb, operation.path))
            self.assertFalse(asked.body if in_query else asked.query)
            for path, value in values(asked):
                self.assertIn(path, documented)
                self.assertTrue(is_of_type(documented[path].type, value, in_query), f"{path}: {value}")
                self.assert_given(request, documented[path].name, value)
                reached.add(path)
        self.assertEqual(reached, set(documented))

    def assert_given(self, request, name, value):
        given = {leaf.text for leaf in leaves(request) if leaf.name == name and not leaf.is_enum}
        if given:
            self.assertLessEqual(set(texts_of(value)), given, name)

    @of_each_operation
    def test_each_member_of_an_answer_is_told(self, operation):
        _, _, answer, response = self.exchange(operation, forms.Exact())
        self.assert_told(answer, response)

    @of_each_operation
    def test_each_member_is_told_when_its_json_type_is_another(self, operation):
        for form in forms.OtherTypes(), forms.Padded():
            _, _, answer, response = self.exchange(operation, form)
            self.assert_told(answer, response)

    @of_each_operation
    def test_members_that_are_not_documented_are_told_beside_the_others(self, operation):
        _, _, answer, response = self.exchange(operation, forms.Extra())
        self.assert_told(answer, response)
        header = " ".join(leaf.text for leaf in leaves(response.header))
        lost = [number for number in answer.extra if number not in header]
        self.assertLessEqual(len(lost), max(0, len(answer.extra) - EXTRA_TOLD_MAX), f"{lost} not in {header}")

    @of_each_operation
    def test_nothing_is_told_of_members_that_are_null_or_empty(self, operation):
        if any(field.type == "file" for field in operation.answered):
            return
        for form in forms.NOTHING:
            try:
                request, _, _, response = self.exchange(operation, form)
            except grpc.RpcError as error:
                self.assert_unknown_write(operation, error)
                continue
            repeated = {leaf.text for leaf in leaves(request)}
            told = [leaf for leaf in leaves(response) if not leaf.is_enum and leaf.text not in repeated]
            self.assertEqual([leaf for leaf in told if (leaf.holder, leaf.name) not in OWN_WORDS], [], form)

    def assert_unknown_write(self, operation, error):
        """A write whose success does not name what it has made may have made nothing."""
        level = METHODS[operation.rpc].GetOptions().idempotency_level
        self.assertNotEqual(level, MethodOptions.NO_SIDE_EFFECTS, error)
        self.assertEqual(error_facts(error).reason, "WRITE_OUTCOME_UNKNOWN")

    @of_each_operation
    def test_an_error_is_told_with_its_text(self, operation):
        error = {"error": "error_param", "message": "said by Shopee", "request_id": "its-id"}
        with self.assertRaises(grpc.RpcError) as refused:
            self.call(operation, self.request(operation), lambda _: error)
        told = " ".join([refused.exception.details(), *error_facts(refused.exception).metadata.values()])
        for text in error.values():
            self.assertIn(text, told)
