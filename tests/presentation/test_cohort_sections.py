"""The cohort report: small counts hidden, gaps claimed only beyond error, refusals told as answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fixtures.dossiers import cohort_dossier, empty_cohort, segmented_cohort

from coachkit.presentation import cohort_sections as cohort
from coachkit.presentation.blocks import Figure, Heading, Table
from coachkit.presentation.show import make_bundle

DOSSIERS = {"ordinary": cohort_dossier, "segmented": segmented_cohort, "empty": empty_cohort}


def said(blocks) -> str:
    return make_bundle(*blocks)["text/plain"]


def first_table(blocks) -> Table:
    return next(block for block in blocks if isinstance(block, Table))


def cells(table: Table, row: int) -> list[str]:
    return [cell.text for cell in table.rows[row]]


@pytest.mark.parametrize("name", cohort.__all__)
@pytest.mark.parametrize("dossier", DOSSIERS.values(), ids=DOSSIERS.keys())
def test_every_section_has_something_to_say_about_every_cohort(name, dossier):
    blocks = getattr(cohort, name)(dossier())
    assert blocks
    assert not [block for block in blocks if isinstance(block, Heading)]
    assert all(block.alt.strip() for block in blocks if isinstance(block, Figure))
    assert "None" not in said(blocks).replace("None of the", "")
    assert "anonym" not in said(blocks).lower()


def test_the_headline_claims_a_gap_only_beyond_error():
    assert "clearly below their targets in Spotting opportunities" in said(cohort.headline_section(cohort_dossier()))
    within = tuple(replace(row, mean_high=3.6) for row in cohort_dossier().spread)
    text = said(cohort.headline_section(cohort_dossier(spread=within)))
    assert "within error" in text
    assert "most frequent in Opportunities (12 of 29) and Business cases (11 of 29)" in text


def test_the_headline_names_no_small_count():
    text = said(cohort.headline_section(cohort_dossier()))
    assert "short coaching for 12 managers" in text
    assert "mentoring" not in text


def test_participation_hides_counts_that_tell_too_much():
    table = first_table(cohort.participation_section(cohort_dossier()))
    assert cells(table, 1) == ["Peers", "28", "hidden", "not known", "not known", "not known"]


def test_the_heat_map_is_a_table_with_hidden_cells_said():
    blocks = cohort.heat_section(cohort_dossier())
    table = first_table(blocks)
    assert cells(table, 0) == ["Spotting opportunities aligned with business strategy", "3.0", "3.0", "hidden"]
    assert [cell.level for cell in table.rows[0]] == [None, 1, 1, None]
    assert [row[1].level for row in table.rows] == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4]
    assert "to protect small groups: Water Quality." in said(blocks)


def test_many_units_become_rows():
    units = {f"U{n}": f"Unit {n}" for n in range(1, 13)}
    table = first_table(cohort.heat_section(cohort_dossier(unit_names=units)))
    assert len(table.rows) == 12
    assert len(table.header) == 11
    assert "OPP: Spotting opportunities" in table.note


def test_readings_hide_small_counts():
    table = first_table(cohort.readings_section(cohort_dossier()))
    assert cells(table, 4)[3:] == ["small", "small", "13", "0"]
    assert cells(table, 0)[1] == "3.0 (2.9 to 3.1)"


def test_situations_hide_small_counts_and_say_what_is_open():
    text = said(cohort.situations_section(cohort_dossier()))
    assert "For 6 of 29 managers the figures leave the situation open" in text
    assert "New to managing people | fewer than can be shown | 0" in text
    assert "None of the five situations | fewer than can be shown" in text
    assert "A few managers' situations" in said(cohort.situations_section(cohort_dossier(outcomes={"unclear": 3})))
    assert "3" not in said(cohort.situations_section(cohort_dossier(outcomes={"unclear": 3}, situations=())))


def test_the_refusal_to_form_groups_is_an_answer():
    text = said(cohort.segments_section(cohort_dossier()))
    assert text.startswith("No groups that would hold: The profiles group no more tightly than chance.")
    assert said(cohort.segments_section(empty_cohort())).startswith("Too few managers for groups")


def test_groups_show_their_stability():
    blocks = cohort.segments_section(segmented_cohort())
    table = first_table(blocks)
    assert cells(table, 0) == ["A", "lower in Improvement", "14", "stable (0.81)", "none of the five"]
    assert cells(table, 2)[3] == "not tested"
    assert "a manager's own report decides" in table.note


def test_a_group_names_the_situation_it_resembles_and_its_help():
    dossier = segmented_cohort()
    nearest = replace(dossier.segments.segments[0], situation="new_manager", interventions=("short_coaching",))
    segments = replace(dossier.segments, segments=(nearest, *dossier.segments.segments[1:]))
    table = first_table(cohort.segments_section(replace(dossier, segments=segments)))
    assert cells(table, 0)[4] == "New to managing people: short coaching"


def test_person_or_system_gives_the_reason_when_it_cannot_tell():
    blocks = cohort.comparison_section(cohort_dossier())
    table = first_table(blocks)
    assert cells(table, 0)[1:] == ["31%", "the unit matters"]
    assert cells(table, 1)[1:] == ["–", "cannot tell"]
    assert "Fewer than five units." in table.note


def test_a_stale_unit_leads_and_is_not_blamed_on_people():
    text = said(cohort.unit_findings_section(cohort_dossier()))
    assert "Network Operations: start with the unit and its sponsor, not with single managers." in text
    assert text.index("Network Operations | 9 in 10, applies") < text.index("Customer Services | less than 1 in 10")


def test_the_proposal_is_a_range():
    table = first_table(cohort.proposal_section(cohort_dossier()))
    assert cells(table, 0) == ["Short coaching", "12 (+2)", "72 to 108", "GBP 10,800 to 21,600", "20"]
    assert cells(table, 1)[3] == "no rate given"
    assert cells(table, 2)[3] == "GBP 10,800 to 21,600"


def test_scale_quality_keeps_alpha_and_agreement_apart():
    table = first_table(cohort.scale_quality_section(cohort_dossier()))
    assert cells(table, 0) == [
        "Opportunities",
        "174",
        "0.85 (0.81 to 0.88)",
        "peers 0.38",
        "The items hang together well.",
    ]
