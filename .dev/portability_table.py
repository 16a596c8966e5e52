"""What a run of the whole suite on another system came to, in one table.

Arguments: NAME DEMO BUILD_LOG JUNIT_FILE, where DEMO says how ./dev demo ended. Exits with 1 unless everything was built,
the demo passed, and so did every test.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree


def unbuilt(log):
    """What ninja could not make."""
    return [line.removeprefix("FAILED: ").strip() for line in log.splitlines() if line.startswith("FAILED: ")]


def why_left_out(case):
    """The test's own words, else those of ctest."""
    output = case.findtext("system-out") or ""
    told = re.search(r"Skipped\n(.+)|^skipped: (.+)", output, re.MULTILINE)
    if told:
        return (told.group(1) or told.group(2)).strip()
    skipped = case.find("skipped")
    return skipped.get("message", "") if skipped is not None else case.get("status", "")


def main(name, demo, build_log, junit):
    failed_steps = unbuilt(pathlib.Path(build_log).read_text(errors="replace"))
    suite = xml.etree.ElementTree.parse(junit).getroot()
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    passed = [name for name, case in cases.items() if case.get("status") == "run"]
    failed = [name for name, case in cases.items() if case.get("status") == "fail"]
    left_out = {name: why_left_out(case) for name, case in cases.items() if name not in {*passed, *failed}}

    print(f"\n{name}\n  built     {'everything' if not failed_steps else f'all but {len(failed_steps)} steps'}")
    for step in failed_steps:
        print(f"              {step}")
    print(f"  demo      {demo}\n  tests     {len(cases)}\n  passed    {len(passed)}\n  failed    {len(failed)}")
    for test in failed:
        print(f"              {test}")
    print(f"  left out  {len(left_out)}")
    for test, reason in left_out.items():
        print(f"              {test}: {reason}")
    return 1 if failed_steps or failed or left_out or demo != "passed" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
