"""What Prometheus sees of a running sidecar: every line parses, and real calls show."""

import json
import re
import subprocess
import urllib.error
import urllib.request

from harness import DOCUMENTED_REQUEST, FIRSTMILED, SidecarCase
from local_pair import wait_until

# The text format, version 0.0.4; values of labels here never need an escape.
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*"'
HELP = re.compile(rf"# HELP ({NAME}) (\S.*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL},?)*)\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def parse(text):
    """The samples by name and labels; raises ValueError at the first line that is none of the format's."""
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    samples, types, family = {}, {}, None
    for line in text.splitlines():
        if found := HELP.fullmatch(line):
            continue
        if found := TYPE.fullmatch(line):
            family, kind = found.groups()
            if family in types:
                raise ValueError(f"two families: {family}")
            types[family] = kind
            continue
        found = SAMPLE.fullmatch(line)
        if not found or found[1] not in [family + suffix for suffix in SUFFIXES[types[family]]]:
            raise ValueError(line)
        key = (found[1], tuple(sorted((found[2] or "").rstrip(",").split(","))))
        if key in samples:
            raise ValueError(f"twice: {line}")
        samples[key] = float(found[3])
    return samples


def buckets(samples, family, labels):
    """The counts of a histogram's buckets, by their bounds."""
    by_bound = {}
    for (name, all_labels), value in samples.items():
        bound = [label for label in all_labels if label.startswith('le="')]
        if name == f"{family}_bucket" and set(all_labels) == {*labels, *bound}:
            by_bound[float(bound[0][4:-1])] = value
    return [value for _, value in sorted(by_bound.items())]


def get(address, page):
    """Status and body."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{address}{page}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class MetricsTest(SidecarCase):
    def start_with_admin(self):
        emulator, sidecar = self.start_both(more=['admin { metrics_listen: "127.0.0.1:0" }'])
        return emulator, sidecar, self.log_lines(sidecar, "metrics_listening")[0]["detail"]

    def test_every_line_parses_and_calls_show(self):
        emulator, sidecar, admin = self.start_with_admin()
        stubs = self.stubs_of(sidecar)
        fault = {"path": "/api/v2/logistics/get_tracking_number", "action": "close", "times": 1}
        emulator.control("faults", fault)
        stubs.logistics.GetTrackingNumber(DOCUMENTED_REQUEST)
        status, text = get(admin, "/metrics")
        self.assertEqual(status, 200)
        samples = parse(text)
        operation = 'operation="LogisticsService/GetTrackingNumber"'
        self.assertEqual(samples["firstmile_calls_total", ('code="OK"', operation, 'reason=""')], 1)
        for outcome in ("no_answer", "answered"):
            key = ("firstmile_upstream_attempts_total", (operation, f'outcome="{outcome}"'))
            self.assertEqual(samples[key], 1)
        self.assertGreater(samples["process_resident_memory_bytes", ("",)], 1 << 20)
        said = subprocess.run([FIRSTMILED, "--version"], capture_output=True, text=True, timeout=30).stdout
        self.assertEqual(samples["firstmile_build_info", (f'version="{said.split()[1]}"',)], 1)

    def test_buckets_grow_up_to_the_count(self):
        _, sidecar, admin = self.start_with_admin()
        self.stubs_of(sidecar).logistics.GetTrackingNumber(DOCUMENTED_REQUEST)
        samples = parse(get(admin, "/metrics")[1])
        histograms = [key for key in samples if key[0].endswith("_count")]
        self.assertGreaterEqual(len(histograms), 4)
        for name, labels in histograms:
            values = buckets(samples, name.removesuffix("_count"), labels)
            self.assertEqual(values, sorted(values), name)
            self.assertEqual(values[-1], samples[name, labels], name)

    def test_the_parser_refuses_what_is_not_of_the_format(self):
        for line in ("a{b=1} 2", "b 1", "a x", "a 1 ", "a{} 1\na 1", ""):
            with self.subTest(line), self.assertRaises(ValueError):
                parse(f"# TYPE a counter\n{line}\n")
        with self.assertRaises(ValueError):
            parse("# TYPE a counter\na 1")

    def test_it_is_ready_and_alive_and_has_no_other_page(self):
        _, sidecar, admin = self.start_with_admin()
        self.assertEqual(get(admin, "/readiness")[0], 200)
        self.assertEqual(get(admin, "/liveness")[0], 200)
        self.assertEqual(get(admin, "/")[0], 404)

    def test_a_port_without_a_host_is_refused_with_the_choice(self):
        for address in (":9464", "9464"):
            config = self.folder / "bad.textproto"
            config.write_text(
                'upstream { base_url: "http://127.0.0.1:9" allow_plain_http: true }\n'
                "partner { partner_id: 1 }\n"
                f'admin {{ metrics_listen: "{address}" }}\n'
            )
            env = {"FIRSTMILE_PARTNER_KEY": "k" * 64}
            code, lines = self.run_to_end("--config", config, "--listen", "127.0.0.1:0", env=env)
            self.assertEqual(code, 64)
            self.assertIn("127.0.0.1:9464 serves this machine alone", lines[-1])
