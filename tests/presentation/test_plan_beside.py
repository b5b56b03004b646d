"""One manager beside others and beside an earlier time, worded as far as the figures carry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fixtures.dossiers import CHANGE, COMPETENCIES, PLACES, manager_dossier

from coachkit.analysis import records as r
from coachkit.presentation.blocks import Figure, Paragraph, Table
from coachkit.presentation.plan_beside import change_blocks, place_blocks, ranges_of
from coachkit.presentation.plan_sections import profile_section


def text_of(blocks):
    return "".join(run.text for block in blocks if isinstance(block, Paragraph) for run in block.runs)


def places(kind, **values):
    return tuple(
        r.CohortPlace(kind, values.pop("n", 24), competency_id=key, side="open", **values) for key, _, _ in COMPETENCIES
    )


def test_bands_are_told_from_the_top_and_never_as_ranks():
    text = text_of(place_blocks(manager_dossier(places=PLACES)))
    assert text.startswith("Beside the 48 managers with results. Above the middle or at the upper end: Opportunities")
    assert "in the middle or a little below: Business cases" in text
    assert text.index("upper end") < text.index("a little below")
    assert "Sure even when the ranges of your estimates are allowed for: Opportunities" in text
    assert "%" not in text


def test_a_place_that_the_range_does_not_bear_is_said_to_be_open():
    open_places = tuple(replace(place, side="open") for place in PLACES)
    assert "each could lie on either side of the middle" in text_of(place_blocks(manager_dossier(places=open_places)))


def test_one_side_for_nearly_all_is_said_by_its_exceptions():
    below = tuple(replace(place, side="below" if n else "open") for n, place in enumerate(PLACES))
    text = text_of(place_blocks(manager_dossier(places=below)))
    assert "all except Opportunities lie below the middle" in text


def test_percentiles_are_rounded_to_five_with_their_range():
    found = places("percentile", n=120, percentile=38.4, percentile_low=11.0, percentile_high=71.2)
    assert "Opportunities 40 (10 to 70)" in text_of(place_blocks(manager_dossier(places=found)))


def test_a_small_cohort_is_a_line_in_the_figure():
    dossier = manager_dossier(places=places("range", lowest=3.15, highest=3.9))
    text = text_of(place_blocks(dossier))
    assert "holds the middle eight in ten" in text
    assert "below it on Business cases and Organisation output and above it on People" in text
    assert ranges_of(dossier)["OPP"] == (3.15, 3.9)
    with_line, without = (profile_section(d)[0] for d in (dossier, manager_dossier()))
    assert isinstance(with_line, Figure)
    assert "middle 8 in 10 managers" in with_line.svg
    assert "middle 8 in 10 managers" not in without.svg


def test_without_places_nothing_is_said():
    assert place_blocks(manager_dossier()) == ()
    assert change_blocks(manager_dossier()) == ()


def test_a_change_names_its_size_and_the_table_shows_the_composite_first():
    paragraph, table = change_blocks(manager_dossier(change=CHANGE))
    assert isinstance(table, Table)
    assert "Others now rate you higher on Change planning (+0.8) and Delivering benefit (+1.2): more" in text_of(
        [paragraph]
    )
    assert [cell.text for cell in table.rows[0]] == [
        "Priorities of March 2026 together", "2.6", "3.0", "+0.4 (−0.1 to +0.9)", "2.8", "no clear change",
    ]  # fmt: skip
    assert len(table.rows) == 3
    assert "Opportunities and Business cases; surer than each alone." in table.note
    assert "is no progress yet" in table.note


@pytest.mark.parametrize("verdict", ["declined", "no_reliable_change"])
def test_a_drop_or_no_change_is_worded_without_blame(verdict):
    scores = tuple(replace(score, change=-0.9, verdict=verdict) for score in CHANGE.scores[:1])
    text = text_of(change_blocks(manager_dossier(change=replace(CHANGE, scores=scores))))
    if verdict == "declined":
        assert "lower on Opportunities (−0.9): more" in text
        assert "Ask what changed around you before you draw a conclusion." in text
    else:
        assert "a change shows only from about 0.7 points on" in text
