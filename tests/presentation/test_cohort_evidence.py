"""What stands behind the cohort's figures, in sentences and tables."""

from __future__ import annotations

from dataclasses import replace

from tests.fixtures.dossiers import COMPETENCIES, cohort_dossier

from coachkit.analysis import records as r
from coachkit.presentation import cohort_evidence as evidence
from coachkit.presentation import cohort_sections as cohort
from coachkit.presentation.blocks import Callout, Paragraph, Table


def text_of(blocks):
    return "".join(run.text for block in blocks if isinstance(block, Paragraph | Callout) for run in block.runs)


def row(**changes):
    base = r.CompetencyChange("IMP", COMPETENCIES[4][1], 40, 0.21, 0.06, 0.36, 6, 34, 0, is_clear=True)
    return replace(base, **changes)


def test_one_rater_cells_are_withheld_with_a_sentence():
    (callout,) = evidence.dominance_blocks(cohort_dossier(dominated=("One person gave more than half.",)))
    assert callout.title == "Withheld figures"
    assert "Withheld figures" in [
        b.title for b in cohort.participation_section(cohort_dossier(dominated=("x",))) if isinstance(b, Callout)
    ]
    assert evidence.dominance_blocks(cohort_dossier()) == ()


def test_flagged_forms_are_told_with_and_without():
    rows = (r.FlaggedMean("OPP", "Opportunities", 3.41, 3.39), r.FlaggedMean("IMP", "Improvement", 3.2, 3.5))
    effect = r.QualityEffect(443, 27, rows, 480, 24)
    text = text_of(evidence.quality_blocks(cohort_dossier(quality=effect)))
    assert "27 of 443 forms" in text
    assert "Without them the mean moves on Improvement (3.2 to 3.5), and 24 of 480 readings" in text
    assert "The consultant decides" in text
    few = text_of(evidence.quality_blocks(cohort_dossier(quality=replace(effect, rows=rows[:1], n_changed=None))))
    assert "no mean of the group moves by a tenth of a point, and only a few readings" in few


def test_a_few_flagged_forms_are_not_counted():
    text = text_of(evidence.quality_blocks(cohort_dossier(quality=r.QualityEffect(443, None))))
    assert text.startswith("Hasty or uniform forms. A few forms")
    assert not [word for word in text.split() if word.isdigit()]


def test_units_stand_beside_each_other_as_rated_and_allowing_for_chance():
    means = (
        r.UnitMean("U1", "IMP", 8, 2.8, 2.94, 2.6, 3.3, "below"),
        r.UnitMean("U2", "IMP", 9, 3.7, 3.62, 3.3, 3.9, "open"),
    )
    blocks = evidence.unit_means_blocks(cohort_dossier(unit_means=means))
    table = next(block for block in blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]] == ["Network Operations", "2.8", "2.9 (2.6 to 3.3)"]
    assert "Network Operations lies clearly below the middle of the units on Improvement" in text_of(blocks)
    assert "All other differences between units may be chance." in text_of(blocks)
    open_means = tuple(replace(mean, side="open") for mean in means)
    assert "no unit lies clearly" in text_of(evidence.unit_means_blocks(cohort_dossier(unit_means=open_means)))


def test_the_change_of_the_cohort_claims_only_what_is_clear():
    change = r.CohortChange(
        "March", "September", (row(), row(competency_id="OPP", name="Opportunities", is_clear=False))
    )
    lead, table = evidence.change_section(cohort_dossier(change=change))
    assert lead.runs[0].text.startswith(
        "As a group these managers are rated higher on Improvement (+0.2) than in March;"
    )
    assert [cell.text for cell in table.rows[0]][1:] == ["40", "+0.2 (+0.1 to +0.4)", "6", "0"]
    hidden = r.CohortChange("March", "September", (row(n_improved=None, n_declined=None, is_clear=False),))
    lead, table = evidence.change_section(cohort_dossier(change=hidden))
    assert "within error, on every competency" in lead.runs[0].text
    assert [cell.text for cell in table.rows[0]][-2:] == ["few", "few"]


def test_a_first_wave_and_a_cohort_too_small_say_so():
    assert "first wave" in text_of(evidence.change_section(cohort_dossier()))
    none = r.CohortChange("March", "September", ())
    assert "Too few managers" in text_of(evidence.change_section(cohort_dossier(change=none)))


def test_norms_come_with_their_ranges():
    norm = r.NormRow("OPP", "Opportunities", 48, (0.1, 0.9), (2.9, 4.0), (2.5, 3.8), (3.1, 4.2))
    (table,) = evidence.norms_section(cohort_dossier(norms=(norm,)))
    assert [cell.text for cell in table.header][2:] == ["10% lie below", "90% lie below"]
    assert [cell.text for cell in table.rows[0]][2:] == ["2.9 (2.5 to 3.1)", "4.0 (3.8 to 4.2)"]
    assert "too few managers for norms" in text_of(evidence.norms_section(cohort_dossier()))


def test_hidden_kinds_of_answer_are_not_counted():
    dossier = cohort_dossier(outcomes={"recognised": 40, "unclear": None, "none_of_the_five": None}, n_managers=48)
    tables = [block for block in cohort.situations_section(dossier) if isinstance(block, Table)]
    shown = next(table for table in tables if table.caption == "Kind of answer")
    assert [table_row[1].text for table_row in shown.rows] == ["40", cohort.SMALL_COUNT, cohort.SMALL_COUNT]
    assert "hidden to protect" in shown.note
