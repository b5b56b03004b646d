"""The appendix gives every scale its page, with the figures of its record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fixtures.dossiers import cohort_dossier

from coachkit.analysis.records import GroupAgreement, ItemQuality, ScaleQuality
from coachkit.presentation.blocks import BulletList, Heading, PageBreak, Table
from coachkit.presentation.html import render_blocks
from coachkit.presentation.scale_pages import scale_pages

ITEMS = (
    ItemQuality("BEH01", "stays calm", 0.6712, 0.8123, "goes with the others"),
    ItemQuality("BEH02", "listens <fully>", -0.05, None, "stands apart: reread its wording"),
)
PEERS = GroupAgreement(
    "peer", "Peers", 43, 3.7, 0.884, 0.93, 0.41, 0.352, None, "Peers: raters of the same manager mostly agree."
)
SCALE = ScaleQuality(
    "BEH", "Behaviours", 279, 0.868, 0.84, 0.89, {"peer": 0.36}, "Well.", 0.87, 0.277, 0.17, ITEMS, (PEERS,),
    ("The items hang together well.", "Every item goes with the others."),
)  # fmt: skip


@pytest.fixture
def dossier():
    return replace(
        cohort_dossier(), scales=(SCALE, replace(SCALE, name="Own growth")), measurement_notes=("Peers differ.",)
    )


def test_every_scale_has_a_page_after_the_comparisons(dossier):
    blocks = scale_pages(dossier)
    assert [block.text for block in blocks if isinstance(block, Heading)] == [
        "Can groups and waves be compared?",
        "Behaviours",
        "Own growth",
    ]
    assert sum(isinstance(block, PageBreak) for block in blocks) == 1


def test_a_page_says_what_the_figures_mean_before_it_shows_them(dossier):
    page = scale_pages(replace(dossier, scales=(SCALE,), measurement_notes=()))
    assert [type(block) for block in page] == [PageBreak, Heading, BulletList, Table, Table]
    assert [entry[0].text for entry in page[2].entries] == list(SCALE.reading)


def test_figures_are_those_of_the_record(dossier):
    items, groups = scale_pages(replace(dossier, scales=(SCALE,), measurement_notes=()))[-2:]
    assert [cell.text for cell in items.rows[1]] == [
        "BEH02",
        "listens <fully>",
        "−0.05",
        "–",
        "stands apart: reread its wording",
    ]
    assert "0.28 points" in items.note
    assert [cell.text for cell in groups.rows[0]] == ["Peers", "43", "0.88", "93%", "0.41", "0.35", "–"]


def test_indicators_are_escaped(dossier):
    assert "listens &lt;fully&gt;" in render_blocks(scale_pages(dossier))


def test_a_record_of_an_earlier_version_has_no_page(dossier):
    bare = ScaleQuality("OPP", "Opportunities", 174, 0.85, 0.81, 0.88, {"peer": 0.38}, "Well.")
    assert scale_pages(replace(dossier, scales=(bare,), measurement_notes=())) == ()
