"""proto/API.md is fresh and whole, its lines work as pasted after ./dev serve, and what it says of all calls is so."""

import collections
import contextlib
import importlib
import io
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.request
from unittest import mock

import grpc
from google.protobuf.descriptor_pb2 import MethodOptions

import manual
from grpcurl_test import messages
from harness import GRPCURL, ROOT, grpcurl
from serve_case import ServeCase

PROTOS = sorted(path.stem for path in (ROOT / "proto/firstmile/v1").glob("*.proto"))
FILES = [importlib.import_module(f"firstmile.v1.{name}_pb2").DESCRIPTOR for name in PROTOS]
RPCS = {f"{s.name}/{m.name}": m for file in FILES for s in file.services_by_name.values() for m in s.methods}
NAMES = collections.Counter(rpc.name for rpc in RPCS.values())


def title_of(name):
    """The heading of an rpc's section."""
    service, rpc = name.split("/")
    return rpc if NAMES[rpc] == 1 else f"{rpc} of {service}"


SIDES = {
    message.full_name: name for name, rpc in RPCS.items() for message in (rpc.input_type, rpc.output_type)
}
LINE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENDPOINT = re.compile(r"`(?:GET|POST) (/api/v2/[a-z_/]+)`")
REQUIRED = re.compile(r"^\| `(\w+)` \|[^|]+\| required(?:,[^|]*)? \|", re.MULTILINE)


def sections():
    """The page below each heading of the third level, and ErrorReason's, by its name."""
    titles = re.split(r"^##(?:#| (?=ErrorReason$)) ?(\w[^\n]*)$", manual.PAGE.read_text(), flags=re.MULTILINE)
    return dict(zip(titles[1::2], titles[2::2]))


def is_read(name):
    return RPCS[name].GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page, cls.sections = manual.PAGE.read_text(), sections()

    def rows(self, title, name):
        return len(re.findall(rf"^\|(?: \d+ \|)? `{name}` \|", self.sections[title], re.MULTILINE))

    def test_is_fresh(self):
        self.assertEqual(self.page, manual.text(), "run ./dev contract")

    def test_each_rpc_has_a_section_with_one_line_to_try(self):
        for name in RPCS:
            with self.subTest(name):
                (line,) = LINE.findall(self.sections[title_of(name)])
                self.assertTrue(line.endswith(f" 127.0.0.1:50051 firstmile.v1.{name}\n"), line)

    def test_each_field_has_one_row(self):
        for file in FILES:
            for name, message in file.message_types_by_name.items():
                rpc = SIDES.get(message.full_name)
                title = title_of(rpc) if rpc else name
                for field in message.fields:
                    with self.subTest(f"{name}.{field.name}"):
                        both_sides = rpc is not None and self.in_both_sides(RPCS[rpc], field.name)
                        self.assertEqual(self.rows(title, field.name), 2 if both_sides else 1)

    @staticmethod
    def in_both_sides(rpc, field):
        return field in rpc.input_type.fields_by_name and field in rpc.output_type.fields_by_name

    def test_each_enum_value_has_one_row(self):
        for file in FILES:
            for name, enum in file.enum_types_by_name.items():
                for value in enum.values:
                    with self.subTest(value.name):
                        shown = value.name.removeprefix("ERROR_REASON_")
                        self.assertEqual(self.rows(name, shown), 1)

    def test_each_link_leads_to_one_heading(self):
        page = LINE.sub("", self.page)
        headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        anchors = collections.Counter(f"#{heading.lower().replace(' ', '-')}" for heading in headings)
        self.assertEqual([anchor for anchor, count in anchors.items() if count > 1], [])
        links = set(re.findall(r"\]\(([^)]+)\)", page))
        self.assertEqual([link for link in links if link.startswith("#") and link not in anchors], [])
        files = [link for link in links if not link.startswith("#")]
        self.assertEqual([link for link in files if not (manual.PAGE.parent / link).exists()], [])


class GeneratorTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="firstmile-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self):
        told = io.StringIO()
        with (
            mock.patch("sys.argv", ["manual.py", "--check"]),
            contextlib.redirect_stdout(told),
            contextlib.redirect_stderr(told),
        ):
            return manual.main(), told.getvalue()

    def test_a_stale_page_is_named_and_left_as_it_is(self):
        page = self.folder / "API.md"
        page.write_text("old\n")
        with mock.patch.object(manual, "PAGE", page):
            code, told = self.check()
        self.assertEqual((code, page.read_text()), (1, "old\n"))
        self.assertIn("API.md: stale", told)

    def test_wrong_examples_are_named(self):
        for change, named in (
            (lambda examples: examples.pop("FirstMileService/GetDetail"), "FirstMileService/GetDetail: no example"),
            (lambda examples: examples.update({"FirstMileService/Lost": {}}), "FirstMileService/Lost: no such rpc"),
            (lambda examples: examples["AuthService/ListShops"].update(date={}), "AuthService/ListShops: no such key"),
            (lambda examples: examples["AuthService/ListShops"].update(after="AuthService/ForgetShop"), "ForgetShop"),
            (lambda examples: examples["AuthService/ForgetShop"].pop("effect"), "ForgetShop"),
            (lambda examples: examples["AuthService/ForgetShop"].update(data={"subject": "it's"}), "ForgetShop"),
        ):
            with self.subTest(named):
                examples = json.loads(manual.EXAMPLES.read_text())
                change(examples)
                changed = self.folder / "examples.json"
                changed.write_text(json.dumps(examples))
                with mock.patch.object(manual, "EXAMPLES", changed):
                    code, told = self.check()
                self.assertEqual(code, 1)
                self.assertIn(named, told)


class LinesTest(ServeCase):
    def setUp(self):
        super().setUp()
        self.sections = sections()
        self.examples = manual.load_examples(RPCS)

    def start(self):
        """Another fresh pair; the lines that follow are for it."""
        self.pair, self.greeting = self.serve()

    def paste(self, name):
        """Runs the line of an rpc; it succeeds, or ends as the page says."""
        section = self.sections[title_of(name)]
        line = self.here(LINE.search(section)[1], self.greeting).replace(".tools/bin/grpcurl", str(GRPCURL))
        bash = ["bash", "-o", "errexit", "-o", "pipefail", "-c", line]
        run = subprocess.run(bash, cwd=ROOT, capture_output=True, text=True, timeout=60)
        end = self.examples[name].get("ends_with")
        if end:
            self.assertIn(f" {end}.", " ".join(section.split()))
            self.assertIn(f"Code: {end}", run.stderr)
            return
        self.assertEqual(run.returncode, 0, f"{line}\n{run.stderr}")
        self.assert_tells_something(name, run.stdout)

    def assert_tells_something(self, name, output):
        """Something besides the header where there is something to tell; a batch has an element that worked."""
        answers = messages(output)
        if any(field.name != "header" for field in RPCS[name].output_type.fields):
            self.assertTrue(any(answer.keys() - {"header"} for answer in answers), output)
        if "outcomes" in RPCS[name].output_type.fields_by_name:
            self.assertIn("OUTCOME_STATE_SUCCEEDED", output)

    def requests(self, path):
        with urllib.request.urlopen(f"{self.greeting['emulator']}counters", timeout=30) as answer:
            return json.load(answer)["requests"].get(path, 0)

    def test_each_line_works_as_pasted_in_the_order_of_the_page(self):
        self.start()
        for name in self.examples:
            with self.subTest(name):
                path = ENDPOINT.search(self.sections[title_of(name)])
                before = path and self.requests(path[1])
                self.paste(name)
                if path:
                    self.assertGreater(self.requests(path[1]), before, path[1])

    def test_a_read_needs_no_line_before_it(self):
        self.start()
        for name in self.examples:
            if is_read(name) and "after" not in self.examples[name]:
                with self.subTest(name):
                    self.paste(name)

    def test_another_line_needs_only_what_the_page_names(self):
        """Each on a fresh pair: what a write leaves behind helps no other."""
        for name in self.examples:
            after = self.examples[name].get("after")
            if is_read(name) and not after:
                continue
            with self.subTest(name):
                self.start()
                if after:
                    self.assertIn(f"Run the line of [{title_of(after)}](", self.sections[title_of(name)])
                    self.paste(after)
                self.paste(name)
                self.pair.terminate()
                self.pair.wait(60)

    def test_what_is_required_is_asked_for(self):
        self.start()
        checked = 0
        for name in self.examples:
            request = self.sections[title_of(name)].split("\n**")[1]
            for field in REQUIRED.findall(request):
                with self.subTest(f"{name} {field}"):
                    data = {key: value for key, value in self.examples[name]["data"].items() if key != field}
                    answer = grpcurl(self.greeting["gRPC"], f"firstmile.v1.{name}", data=data)
                    self.assertEqual(answer.returncode, 64 + grpc.StatusCode.INVALID_ARGUMENT.value[0], answer.stdout)
                    self.assertIn(f'"field": "{field}"', answer.stderr)
                    checked += 1
        self.assertGreater(checked, 60)


class AllCallsTest(ServeCase):
    """What the page says under "What holds for all calls" and no other test holds."""

    def setUp(self):
        super().setUp()
        self.target = self.serve()[1]["gRPC"]

    def ask(self, name, data):
        return grpcurl(self.target, f"firstmile.v1.{name}", data=data)

    def test_a_failed_call_has_a_reason_of_the_table(self):
        told = self.ask("LogisticsService/GetTrackingNumber", {"shop_id": 600000, "order_sn": "NOSUCHORDER"}).stderr
        self.assertIn('"domain": "firstmile"', told)
        reason = re.search(r'"reason": "(\w+)"', told)[1]
        self.assertIn(f"| `{reason}` |", sections()["ErrorReason"])

    def test_a_shop_of_several_fails_alone(self):
        told = messages(self.ask("FirstMileService/StreamUnbindOrders", {"shop_ids": [600001, 699999]}).stdout)
        (failed,) = (message for message in told if "failure" in message)
        self.assertEqual((failed["shop_id"], failed["last"]), ("699999", True))
        self.assertEqual(failed["failure"]["reason"], "ERROR_REASON_NO_ACCESS_TOKEN")
        self.assertTrue(any(message["shop_id"] == "600001" and message.get("last") for message in told))

    def test_json_has_ids_as_text_and_takes_numbers_too(self):
        for shop in (600001, "600001"):
            (first, *_) = messages(self.ask("FirstMileService/StreamUnbindOrders", {"shop_ids": [shop]}).stdout)
            self.assertEqual(first["shop_id"], "600001")

    def test_a_text_has_at_most_256_bytes_unless_its_table_says_otherwise(self):
        for size, reason in ((256, "NOT_FOUND"), (257, "REQUEST_INVALID")):
            answer = self.ask("LogisticsService/GetTrackingNumber", {"shop_id": 600000, "order_sn": "A" * size})
            self.assertIn(f'"reason": "{reason}"', answer.stderr)

    def test_an_rpc_that_does_not_exist_has_no_details(self):
        with grpc.insecure_channel(self.target) as channel:
            call = channel.unary_unary("/firstmile.v1.FirstMileService/Nothing").future(b"", timeout=30)
            error = call.exception()
        self.assertEqual(error.code(), grpc.StatusCode.UNIMPLEMENTED)
        self.assertNotIn("grpc-status-details-bin", dict(error.trailing_metadata()))
