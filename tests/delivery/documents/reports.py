"""Reports from sparse to overfull, and texts that try to be code, for the tests of every format."""

from __future__ import annotations

from dataclasses import replace

from tests.delivery.documents.pages import cohort_blocks, plan_blocks
from tests.fixtures.dossiers import (
    cohort_dossier,
    empty_cohort,
    longest_dossier,
    manager_dossier,
    segmented_cohort,
    sparse_dossier,
    unclear_dossier,
)

from coachkit.presentation.blocks import Cover, Figure
from coachkit.presentation.plots.canvas import Canvas

REPORTS = {
    "plan": lambda: plan_blocks(manager_dossier()),
    "sparse": lambda: plan_blocks(sparse_dossier()),
    "unclear": lambda: plan_blocks(unclear_dossier()),
    "longest": lambda: plan_blocks(longest_dossier()),
    "cohort": lambda: cohort_blocks(cohort_dossier()),
    "segments": lambda: cohort_blocks(segmented_cohort()),
    "empty": lambda: cohort_blocks(empty_cohort()),
}


HOSTILE = (
    "<img src=x onerror=\"document.documentElement.setAttribute('pwn',1)\">",
    "</script><script>alert(1)</script>",
    '#read("/etc/passwd") #let x = 1',
    "A$AP $\\frac{$ *a _b #1 @label ann@example.org `raw` <label> // no /* comment",
    "\\input{/etc/passwd} \\write18{id} ~ -- --- ... \"quotes\" 'single'",
    "{{ 7*7 }} {% include '/etc/passwd' %} %(x)s ${HOME} {x.__class__}",
    '=HYPERLINK("http://127.0.0.1:9/") =1+1',
    "![x](/etc/passwd) [x](javascript:alert(1)) https://example.org/a",
    "a\x07b\ufffec\x00d",
)


def with_drawing(blocks, text):
    """Blocks whose figure holds ``text`` the way that our own figures do."""
    canvas = Canvas(20)
    canvas.text(0, 10, text)
    return tuple(replace(block, svg=canvas.svg()) if isinstance(block, Figure) else block for block in blocks)


def cover(**changes):
    values = {"title": "Plan", "person": "", "lines": (), "confidential": "Confidential", "footer": "run 1"}
    return Cover(**{**values, **changes})
