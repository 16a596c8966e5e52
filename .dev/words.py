"""Names that were replaced, and metaphors, must not come back: each has the word that the field uses.

Reads every tracked text file but those that must name an old word: the tables of renames and this list.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAY_NAME_OLD_WORDS = (
    ".dev/words.py",
    ".dev/languages/lang_csharp.py",  # a keyword of C#
    "server/docs/CHANGELOG.md",
    "server/app/renamed_settings.cc",
    "server/app/config_words.h",
    "server/proto/firstmile/config/v1/config.proto",
    "server/docs/configuration.md",
    ".dev/config_page_head.md",
    "tests/app/renamed_settings_test.cc",
    "tests/e2e/token_settings_test.py",
    "tests/contract_tools/words_test.py",
    "proto/released/",
)
RETIRED = {
    r"\brooms?\b": "module",
    r"custod": "stored tokens, TokenManager",
    r"quarantin": "authorization required",
    r"\bfleets?\b": "the sidecars that share a store, or a limit",
    r"\bsweep(s|ing)?\b": "scan",
    r"\bkeepers?\b": "RefreshScheduler",
    r"\b(sign )?doctor\b": "signature diagnosis",
    r"\b(re)?seal(s|ed|ing|er)?\b(?! key id)": "encrypt",
    r"\bverdicts?\b|\bjudge(s|d|ment)?\b": "error class, classify",
    r"\bin doubt\b|\bdoubt(s|ful)?\b": "with an unknown outcome",
    r"\bLookBack|\bEvidence\b": "ReadBackFn, ReadBackResult",
    r"\bparked\b|max_pending|settle_pause|memory_max_mb|share_with_fleet": "the name in CHANGELOG.md",
    r"\b[Tt]he platform\b|\bvendor page\b": "Shopee",
    r"\b(whoever|somebody|anybody)\b": "the actor: the caller, the operator, the sidecar, Shopee",
}


def tracked_texts():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        if name.startswith(MAY_NAME_OLD_WORDS) or "/wire_" in name:
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue


def findings(texts):
    """A line for each retired word in the pairs of name and text."""
    patterns = [(re.compile(pattern), better) for pattern, better in RETIRED.items()]
    for name, text in texts:
        for number, line in enumerate(text.split("\n"), 1):
            for pattern, better in patterns:
                if found := pattern.search(line):
                    yield f"{name}:{number}: '{found.group()}': write {better}"


if __name__ == "__main__":
    found = list(findings(tracked_texts()))
    print("\n".join(found))
    sys.exit(bool(found))
