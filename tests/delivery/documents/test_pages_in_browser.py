"""Reports in a real browser: nothing runs, nothing is fetched, everything can be read, seen and printed."""

from __future__ import annotations

import re

import pytest
from tests.delivery.documents.pages import cohort_page, plan_page
from tests.delivery.documents.reports import REPORTS
from tests.fixtures.dossiers import (
    manager_dossier,
    segmented_cohort,
    with_text_everywhere,
)
from tests.presentation.conftest import every_block

from coachkit.delivery.documents.html import render_document

pytestmark = pytest.mark.browser

PAYLOADS = {
    "img": "<img src=x onerror=\"document.documentElement.setAttribute('pwn',1)\">",
    "script": "</script><script>document.documentElement.setAttribute('pwn',1)</script>",
    "svg": "<svg onload=\"document.documentElement.setAttribute('pwn',1)\">",
    "markdown": "[x](javascript:alert(1)) ![y](http://127.0.0.1:9/)",
    "style": "</style><style>@import url(http://127.0.0.1:9/e);*{display:none}</style>",
    "head": "<base href=//e><meta http-equiv=refresh content=0;url=//e><link rel=stylesheet href=//e>",
    "data": "<a href=data:text/html,x>x</a><iframe src=//e></iframe>",
    "attribute": "\"'><table><tr onclick=alert(1)",
    "template": '{{ 7*7 }}{% include "/etc/passwd" %}{x.__class__}%(x)s${HOME}',
    "maths": r"$\frac{$ $\input{/etc/passwd}$ A$AP",
    "direction": "\u202egnp.exe\u2066 فاطمة",
    "controls": "a\x00b\x07c\x1b[31m\ud800",
    "long": "W" * 5000,
}  # fmt: skip


def page_of(report: str) -> str:
    return render_document(REPORTS[report](), report)


def assert_harmless(page) -> None:
    assert not page.evaluate("[...document.documentElement.attributes].some(a => a.name.startsWith('pwn'))")
    assert page.evaluate("document.querySelectorAll('script,iframe,object,base,link,form,input').length") == 0
    assert page.evaluate("[...document.querySelectorAll('a')].every(a => a.getAttribute('href').startsWith('#'))")
    assert page.evaluate(
        "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on')))"
    )
    assert [url for url in page.requests if not url.startswith(("file:", "data:image/svg+xml;base64,"))] == []
    assert page.complaints == []


@pytest.mark.case("SEC-01")
@pytest.mark.case("SEC-02")
@pytest.mark.case("SEC-03")
@pytest.mark.case("SEC-05")
@pytest.mark.case("SEC-09")
@pytest.mark.case("SEC-10")
@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_hostile_text_in_every_block_is_shown_and_never_run(opened, payload):
    with opened(render_document(every_block(payload), payload)) as page:
        assert_harmless(page)
        if payload.isprintable() and "\u202e" not in payload:
            squeezed = re.sub(r"\s+", " ", payload)
            assert re.sub(r"\s+", " ", page.inner_text("main")).count(squeezed) >= 20
            assert page.title() == squeezed


@pytest.mark.case("SEC-01")
@pytest.mark.case("SEC-02")
@pytest.mark.case("SEC-10")
@pytest.mark.parametrize(
    "payload", [PAYLOADS["img"], PAYLOADS["style"], PAYLOADS["template"]], ids=["img", "style", "template"]
)
@pytest.mark.parametrize(
    ("render", "dossier"), [(plan_page, manager_dossier), (cohort_page, segmented_cohort)], ids=["plan", "cohort"]
)
def test_a_hostile_text_in_every_field_of_a_dossier_is_harmless(opened, payload, render, dossier):
    with opened(render(with_text_everywhere(dossier(), payload)), 320) as page:
        assert_harmless(page)
        assert payload in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.case("SEC-05")
@pytest.mark.parametrize("report", REPORTS)
def test_a_report_asks_for_nothing_and_its_pictures_load(opened, report):
    with opened(page_of(report)) as page:
        assert_harmless(page)
        assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.alt.length > 40)")


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("report", REPORTS)
def test_nothing_runs_off_the_side(opened, report, width):
    with opened(page_of(report), width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && !e.closest('thead') && "
            "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName)"
        )
        assert wide == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("report", ["plan", "segments"])
def test_axe_finds_no_violation(opened, report, width):
    from axe_playwright_python.sync_playwright import Axe

    with opened(page_of(report), width) as page:
        results = Axe().run(page).response
        assert [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in results["violations"]] == []


@pytest.mark.parametrize("size", [360, 390])
def test_text_in_figures_reads_on_a_phone(opened, size):
    with opened(plan_page(), size) as page:
        widths = page.evaluate("[...document.images].map(i => i.getBoundingClientRect().width)")
        assert min(widths) / 345 * 9.5 >= 8.8  # the smallest text of a figure, in CSS pixels


def count_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_prints_on_at_most_eight_pages(opened, report):
    with opened(page_of(report)) as page:
        assert 1 <= count_pages(page.pdf(prefer_css_page_size=True, print_background=True)) <= 8
