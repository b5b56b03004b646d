"""The run's index: the report opens, every other document is listed under its reader."""

from __future__ import annotations

import pytest

from coachkit.delivery.documents.formats import BRIEFS
from coachkit.delivery.index import READER_NAMES, IndexEntry, IndexHeading, write_index

FILES = tuple(
    f"managers/m1/{name}"
    for name in ("coach_brief.docx", "coach_brief.html", "development_plan.html", "development_plan.ipynb",
                 "development_plan.xlsx", "sponsor_summary.html")
)  # fmt: skip
HEADING = IndexHeading("Programme", "Client", "Autumn", "r1", "2026-09-30", "0.1", "ab" * 32)


def entry(*files: str) -> IndexEntry:
    return IndexEntry("Ann <b>", "Unit", "M1", "", "", "done", files)


def test_every_brief_has_a_name_on_the_index():
    assert set(READER_NAMES) == set(BRIEFS)


def test_the_report_itself_opens_whatever_else_there_is():
    assert entry(*FILES).page == "managers/m1/development_plan.html"
    assert entry(*FILES[:2]).page == ""
    assert entry(*FILES).notebook == "managers/m1/development_plan.ipynb"


def test_documents_are_listed_by_reader_and_format():
    assert entry(*FILES).downloads == (
        ("Report", (("page", FILES[2]), ("xlsx", FILES[4]))),
        ("Coach's brief", (("docx", FILES[0]), ("page", FILES[1]))),
        ("Sponsor's summary", (("page", FILES[5]),)),
    )


@pytest.mark.case("SEC-01")
def test_the_page_links_every_document_and_escapes_names(tmp_path):
    cohort = IndexEntry(
        "Cohort diagnostics",
        "",
        "",
        "",
        "",
        "done",
        ("cohort/cohort_diagnostics.html", "cohort/cohort_diagnostics.pdf"),
    )
    page = write_index(tmp_path, HEADING, [cohort, entry(*FILES)]).read_text("utf-8")
    assert all(f'href="{file}"' in page for file in (*FILES, *cohort.files))
    assert "Ann &lt;b&gt;" in page
    assert "Sponsor&#39;s summary for M1 as page" in page
