"""h2spec, case by case: the sidecar passes all that a bare server of the same gRPC passes."""

import concurrent.futures
import subprocess
import xml.etree.ElementTree

from harness import BUILD, ROOT, SidecarCase
from local_pair import Program, wait_until

H2SPEC = ROOT / ".tools/bin/h2spec"
CASE_SECONDS = 1  # for an expected frame; a case without it fails
RUN_SECONDS_MAX = 120
CASES_MIN = 140
REPEATS = 3  # of cases that fail only on the sidecar, since some depend on timing
# Run in parallel, since they mostly wait.
SECTIONS = ["generic", "hpack", *(f"http2/{number}" for number in (3, 4, 5.1, 5.3, 5.4, 5.5, 6, 7, 8))]


class H2specTest(SidecarCase):
    def section(self, target, name):
        """The passed cases and all cases; a case is its section and its description."""
        host, port = target.rsplit(":", 1)
        report = self.folder / f"{port}-{name.replace('/', '-')}.xml"
        command = [H2SPEC, name, "-h", host, "-p", port, "-o", str(CASE_SECONDS), "-j", report]
        subprocess.run(command, stdout=subprocess.DEVNULL, timeout=RUN_SECONDS_MAX)
        passed, every = set(), set()
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            name = (case.get("package"), case.get("classname"))
            every.add(name)
            if not len(case):
                passed.add(name)
        return passed, every

    def cases(self, *targets, sections=SECTIONS):
        """The same for all sections of each target."""
        with concurrent.futures.ThreadPoolExecutor(len(sections) * len(targets)) as pool:
            runs = [[pool.submit(self.section, target, name) for name in sections] for target in targets]
            return [[set().union(*found) for found in zip(*(run.result() for run in of_one))] for of_one in runs]

    def start_bare(self):
        bare = self._until_cleanup(Program([BUILD / "tests/load/echo_server"]))
        bare.target = wait_until(lambda: bare.lines or bare.require_running(), "the bare server")[0]
        return bare

    def test_all_that_bare_grpc_passes(self):
        _, sidecar = self.start_both()
        (bare_passed, every), (passed, _) = self.cases(self.start_bare().target, sidecar.target)
        for _ in range(REPEATS):
            missing = bare_passed - passed
            if not missing:
                break
            passed |= self.cases(sidecar.target, sections=sorted({package for package, _ in missing}))[0][0]
        print(f"of {len(every)} cases bare gRPC passes {len(bare_passed)}, the sidecar {len(passed & every)}")
        self.assertGreaterEqual(len(every), CASES_MIN)
        self.assertEqual(sorted(bare_passed - passed), [])
        sidecar.require_running()
