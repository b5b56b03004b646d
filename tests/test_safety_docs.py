"""docs/safety.md and the tests name the same cases."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IDS = re.compile(r"(?:SEC|PRIV|IN)-\d\d|P\d{1,2}")


def cases_in_tests() -> set[str]:
    marks = re.compile(r"""mark\.case\(\s*((?:["'][^"']+["'],?\s*)+)\)""")
    found = (text for path in (ROOT / "tests").rglob("*.py") for text in marks.findall(path.read_text("utf-8")))
    return {case for text in found for case in IDS.findall(text)}


def cases_in_docs() -> set[str]:
    return set(
        re.findall(
            r"^\| ((?:SEC|PRIV|IN)-\d\d|P\d{1,2}) \|", (ROOT / "docs/safety.md").read_text("utf-8"), re.MULTILINE
        )
    )


def test_every_promise_has_a_test():
    assert cases_in_docs() - cases_in_tests() == set()


def test_every_tested_case_is_a_promise():
    assert cases_in_tests() - cases_in_docs() == set()
