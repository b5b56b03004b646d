"""The documentation of tables and settings is the one the code works by."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from coachkit.engagement.column_docs import BEGIN, column_table, renew_column_tables
from coachkit.engagement.schema import load_tables
from coachkit.engagement.settings import EngagementSettings, FileSettings
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_reader import read_yaml

PAGE = Path(__file__).parents[2] / "docs" / "engagement-folder.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def test_column_tables_in_the_page_are_current(page):
    assert renew_column_tables(page) == page


def test_every_table_is_on_the_page(page):
    for name, spec in load_tables().items():
        assert BEGIN.format(name=name) in page
        assert column_table(spec) in page


def test_renewing_replaces_an_old_table_and_keeps_the_rest():
    begin = BEGIN.format(name="units")
    old = f"before\n{begin}\nold\n<!-- end of columns -->\nafter"
    renewed = renew_column_tables(old)
    assert "old" not in renewed
    assert renewed.startswith(f"before\n{begin}\n| column |")
    assert renewed.endswith("<!-- end of columns -->\nafter")


def test_every_setting_is_on_the_page(page):
    reference = page[page.index("## engagement.yaml") :]
    for record in (EngagementSettings, FileSettings):
        for item in fields(record):
            if item.name != "not_after":
                assert re.search(rf"\b{item.name}\b", reference), item.name


def test_examples_on_the_page_are_valid_settings(page):
    base = "client: C\npurpose: P\nowner: O\nretention_date: 2027-12-31\nwaves:\n  - id: w1\n"
    examples = [text for text in re.findall(r"```yaml\n(.*?)```", page, flags=re.S) if "files:" in text]
    assert len(examples) == 4
    for example in examples:
        settings = decode(read_yaml(base + example, name="engagement.yaml"), EngagementSettings)
        assert settings.files
