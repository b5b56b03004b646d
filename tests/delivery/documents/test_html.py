"""The page: self-contained, with landmarks, an escaped title and the client's colours and paper."""

from __future__ import annotations

import re
import statistics
import time

import pytest
from tests.delivery.documents.pages import cohort_page, plan_blocks, plan_page
from tests.fixtures.dossiers import longest_dossier, manager_dossier
from tests.presentation.conftest import every_block

from coachkit.delivery.documents.html import CONTENT_POLICY, css_text, render_document
from coachkit.errors import SettingsError
from coachkit.presentation.blocks import Cover, Heading, Paragraph, Run

HOSTILE_TITLE = "</title><script>alert(1)</script>{{ 7*7 }}"


def cover(**changes):
    values = {"title": "Plan", "person": "", "lines": (), "confidential": "Confidential", "footer": "run 1"}
    return Cover(**{**values, **changes})


@pytest.mark.case("SEC-03")
def test_a_title_is_escaped_and_never_a_template():
    page = render_document(every_block(HOSTILE_TITLE), HOSTILE_TITLE)
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}</title>" in page
    assert "<script" not in page


@pytest.mark.case("SEC-05")
@pytest.mark.parametrize("page", [plan_page, cohort_page])
def test_a_page_has_a_policy_and_nothing_to_load(page):
    text = page()
    assert f'content="{CONTENT_POLICY}"' in text.replace("&#39;", "'")
    assert "<script" not in text
    assert not re.search(r"(src|href|action)=[\"'](?!data:image/svg\+xml;base64,|#section-)", text)
    assert not re.search(r"url\(|@import|srcset|<link|<iframe|<object|<base|http-equiv=.refresh", text)


def test_a_page_is_structured():
    page = render_document(
        [cover(), Paragraph(runs=(Run("x"),)), Heading(level=2, text="A"), Heading(level=2, text="B")], "Plan"
    )
    for part in (
        '<html lang="en-GB">',
        "<header",
        "<nav",
        'aria-label="Contents"',
        "<main",
        "<footer",
        '<a href="#section-2"><bdi>B</bdi></a>',
    ):
        assert part in page
    assert page.count('<section aria-labelledby="section-') == 2
    assert page.count("<h1>") == 1
    assert '<h2 id="section-1">A</h2>' in page


def test_a_second_level_one_heading_becomes_a_section():
    page = render_document([cover(), Heading(level=1, text="Again")])
    assert page.count("<h1") == 1
    assert '<h2 id="section-1">Again</h2>' in page


def test_a_report_without_a_cover_still_has_a_title():
    page = render_document([], "<Plan>")
    assert "<h1>&lt;Plan&gt;</h1>" in page
    assert "<title>Report</title>" in render_document([])


def test_paper_colours_and_footer_come_from_the_cover():
    page = render_document([cover(paper="Letter", colour_primary="#123456", footer='a"</style>b')])
    assert "@page{size:Letter;" in page
    assert "color:#123456" in page
    assert page.count("</style>") == 1
    assert css_text('a"</style>b') in page


def test_odd_paper_and_language_fall_back():
    page = render_document([cover(paper="A4;}", language='en"><script>')])
    assert "@page{size:A4;" in page
    assert '<html lang="en">' in page


def test_a_colour_that_is_none_is_refused():
    with pytest.raises(SettingsError, match="is not of the form '#RRGGBB'"):
        render_document([cover(colour_accent="red;}</style>")])


@pytest.mark.case("SEC-44")
def test_a_page_tells_nothing_about_this_machine():
    page = plan_page()
    assert "/work" not in page
    assert "/home" not in page
    assert "generator" not in page


def test_the_longest_plan_stays_small_and_fast():
    blocks = plan_blocks(longest_dossier())
    page = render_document(blocks, "Development plan")
    assert len(page.encode()) <= 500_000
    times = []
    for _ in range(20):
        start = time.process_time()
        render_document(blocks, "Development plan")
        times.append(time.process_time() - start)
    assert statistics.median(times) <= 0.010


def test_the_same_blocks_give_the_same_bytes():
    assert plan_page(manager_dossier()) == plan_page(manager_dossier())
