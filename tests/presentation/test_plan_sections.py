"""The plan says what was found, what is unclear and what is missing, for every kind of dossier."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fixtures.dossiers import longest_dossier, manager_dossier, profile, sparse_dossier, unclear_dossier

from coachkit.analysis import records as r
from coachkit.analysis.profile_records import FROZEN_NOTE
from coachkit.presentation import plan_sections as plan
from coachkit.presentation.blocks import BulletList, Callout, Cover, Figure, FormField, Heading, Paragraph, Quote, Table
from coachkit.presentation.plan_profile import LONGEST_COMMENT, ROOM
from coachkit.presentation.show import make_bundle

DOSSIERS = {
    "ordinary": manager_dossier,
    "sparse": sparse_dossier,
    "unclear": unclear_dossier,
    "longest": longest_dossier,
}


def said(blocks) -> str:
    return make_bundle(*blocks)["text/plain"]


def of_kind(blocks, kind):
    return [block for block in blocks if isinstance(block, kind)]


@pytest.mark.parametrize("name", plan.__all__)
@pytest.mark.parametrize("dossier", DOSSIERS.values(), ids=DOSSIERS.keys())
def test_every_section_has_something_to_say_about_every_dossier(name, dossier):
    blocks = getattr(plan, name)(dossier())
    if name != "measures_section" and name != "evidence_section" and name != "worksheets_section":
        assert blocks
    assert not [block for block in of_kind(blocks, Heading) if block.level < 3]
    assert all(block.alt.strip() for block in of_kind(blocks, Figure))
    assert "None" not in said(blocks).replace("None of the", "")
    assert "nan" not in said(blocks).lower().split()


def test_the_cover_names_the_person_and_what_every_page_repeats():
    (cover,) = plan.plan_cover(manager_dossier())
    assert isinstance(cover, Cover)
    assert (cover.person, cover.paper) == ("Wojciech Dąbrowska", "A4")
    assert cover.lines == ("Head of networks · Network Operations · Established in the role", "September 2026")
    assert cover.footer == "Confidential · for development only · run 20260930-101500-ab12"


def test_the_headline_comes_first():
    first, second = plan.headline_section(manager_dossier())
    assert first.runs[0].text == "Growing in Organisation output would make the most difference."
    assert second.tone == "lead"


def test_the_numbers_are_in_words_beside_the_range():
    table = of_kind(plan.numbers_section(manager_dossier()), Table)[0]
    assert [cell.text for cell in table.rows[0]] == [
        "Organisation output", "2.8", "2.3 to 3.3", "3.5", "more than 9 in 10", "almost certain",
        "Likely below target",
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[-1]] == ["Own growth", "–", "–", "3.5", "–", "–", "Too few answers"]


def test_remarks_on_the_answers_and_frozen_figures_are_printed():
    frozen = profile(is_frozen=True, notes=(FROZEN_NOTE,))
    text = said(plan.numbers_section(manager_dossier(profile=frozen)))
    assert "One form gives the same answer to every item." in text
    assert text.count("those of the earlier report") == 1


def test_groups_stand_side_by_side_and_small_ones_say_so():
    table = of_kind(plan.self_other_section(manager_dossier()), Table)[0]
    assert [cell.text for cell in table.header] == [
        "Competency", "You", "Line manager", "Peers", "Direct reports", "All others", "You minus others",
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[0]] == [
        "Opportunities",
        "2.2",
        "3.0 (1)",
        "3.4 (4)",
        "too few",
        "3.2",
        "−1.0",
    ]
    assert [cell.text for cell in table.rows[9]][2:5] == ["–", "too few", "in others"]


def test_comments_are_grouped_by_question_and_keep_their_words():
    blocks = plan.comments_section(manager_dossier())
    assert [b.text for b in of_kind(blocks, Heading)] == ["What works well?", "What would help most?"]
    assert "أستمع قبل أن أقرر" in [quote.text for quote in of_kind(blocks, Quote)]


def test_withheld_comments_are_not_counted():
    text = said(plan.comments_section(manager_dossier(profile=profile(comments=()))))
    assert text == "No comments can be shown: none were written, or too few to keep their authors confidential."


def test_many_long_comments_are_cut_and_that_is_said():
    blocks = plan.comments_section(longest_dossier())
    quotes = of_kind(blocks, Quote)
    assert sum(len(quote.text) for quote in quotes) <= ROOM + LONGEST_COMMENT + 10
    assert all(quote.text.endswith("[…]") for quote in quotes)
    assert f"{30 - len(quotes)} more are left out" in said(blocks)


def test_an_unclear_case_says_so_and_asks():
    text = said(plan.situation_section(unclear_dossier()))
    assert text.startswith("Unclear: decide in conversation. Two situations are about equally likely.")
    assert "What to ask: How does your line manager see your results against expectations?" in text
    assert "To be decided in conversation" in said(plan.recommendation_section(unclear_dossier()))
    assert "Agreed by telephone." in said(plan.recommendation_section(unclear_dossier()))


def test_evidence_stands_for_and_against_with_what_is_missing():
    table = of_kind(plan.evidence_section(manager_dossier()), Table)[0]
    assert [cell.text for cell in table.header] == ["Situation", "For", "Against", "Missing"]
    assert [cell.text for cell in table.rows[0]] == [
        "From technology to the whole organisation (more than 9 in 10)",
        "Technical strength is rated 4.6 of 5.",
        "The chance that Own growth lies below target is 2 in 10.",
        "share of time spent hands-on",
    ]


def test_a_column_without_evidence_is_left_out():
    dossier = manager_dossier()
    findings = tuple(replace(f, evidence=f.evidence[:1], missing=()) for f in dossier.diagnosis.findings)
    blocks = plan.evidence_section(manager_dossier(diagnosis=replace(dossier.diagnosis, findings=findings)))
    table = of_kind(blocks, Table)[0]
    assert [cell.text for cell in table.header] == ["Situation", "For"]
    assert table.note == "Nothing known speaks against it."


def test_person_or_system_is_told_once_each():
    text = said(plan.evidence_section(manager_dossier()))
    assert "Shared in your unit: Improvement. Other managers of the unit show the same pattern" in text
    assert "Specific to your own work, it seems: Organisation output. This stands out" in text
    assert "cannot be told for Change planning." in text


def test_a_segment_is_worded_as_answers_not_traits():
    dossier = manager_dossier(segment_name="lower in Improvement", segment_membership={"A": 0.72, "B": 0.28})
    text = said(plan.evidence_section(dossier))
    assert "“lower in Improvement” (7 in 10); this describes answers, not you." in text


def test_the_recommendation_gives_reason_confidence_alternative_and_what_would_change_it():
    table = of_kind(plan.recommendation_section(manager_dossier()), Table)[0]
    assert [row[0].text for row in table.rows] == [
        "Why", "How sure", "What else would do", "What would change this", "Worked on", "We will know by",
    ]  # fmt: skip
    assert table.rows[1][1].text == "High confidence."
    assert table.rows[4][1].text == "Opportunities, Business cases and Organisation output"


def test_conditions_that_are_not_met_come_before_coaching():
    blocks = plan.recommendation_section(sparse_dossier())
    assert said(blocks).startswith("Not now, but later: No coaching or mentoring for now")
    assert of_kind(blocks, Callout)[-1].runs[0].text == "No answers yet."


def test_goals_carry_smart_and_a_ladder_from_minus_two_to_plus_two():
    blocks = plan.goals_section(manager_dossier())
    ladder = of_kind(blocks, Table)[0]
    assert of_kind(blocks, Heading)[0].text == "Goal 1: Cost, capacity and service steered together"
    assert [cell.text for cell in ladder.header] == [
        "−2 much less",
        "−1 less",
        "0 what we expect",
        "+1 more",
        "+2 much more",
    ]
    assert [cell.strong for cell in ladder.rows[0]] == [False, False, True, False, False]
    assert "Due: 5 April 2027; owner: you." in said(blocks)


def test_actions_tell_first_step_and_evidence():
    table = of_kind(plan.actions_section(manager_dossier()), Table)[0]
    assert table.rows[0][1].text == "Organisation output: Room for your own work.\nOn the job, 1 hour"
    assert table.rows[1][1].text.endswith("With others")


def test_worksheets_come_in_order_with_space_to_write():
    blocks = plan.worksheets_section(manager_dossier())
    assert [b.text for b in of_kind(blocks, Heading)] == [
        "Business case on one page", "Change plan on one page", "Benefits register",
    ]  # fmt: skip
    assert [field.label for field in of_kind(blocks, FormField)] == [
        "The problem",
        "Cost, full",
        "First visible result",
    ]
    assert all(not cell.text for table in of_kind(blocks, Table) for row in table.rows for cell in row)


def test_sessions_have_dates_questions_and_a_log():
    blocks = plan.sessions_section(manager_dossier())
    proposed, log = of_kind(blocks, Table)
    assert [cell.text for cell in proposed.rows[0]][1] == "19 October 2026, 90 min"
    assert "What will you do by Friday?" in said(blocks)
    assert log.caption == "Session log (GROW)"


def test_mentoring_shows_the_agreement_only_where_it_is_part_of_the_plan():
    assert of_kind(plan.mentoring_section(manager_dossier()), BulletList)[0].ordered
    assert "not part of this plan" in said(plan.mentoring_section(unclear_dossier()))


def test_measures_have_baseline_owner_and_dates():
    blocks = plan.measures_section(manager_dossier())
    assert [cell.text for cell in of_kind(blocks, Table)[0].rows[0]] == [
        "One page of figures", "No page today", "Used monthly", "Finance partner", "5 April 2027",
    ]  # fmt: skip
    assert "Reviews: 16 November 2026 and 5 April 2027." in said(blocks)


@pytest.mark.case("PRIV-14")
def test_limits_purpose_and_origin_are_printed():
    text = said(plan.limits_section(manager_dossier()))
    for words in (
        "must not be used for hiring, pay, promotion or dismissal", "have not been validated", "confidential",
        "Run 20260930-101500-ab12", "coachkit 0.1.0", "seed 2026", "9f" * 32, "31 December 2028", "Director of People",
    ):  # fmt: skip
        assert words in text
    assert "anonym" not in text.lower()


@pytest.mark.case("PRIV-14")
def test_the_plan_never_says_anonymous():
    for make in DOSSIERS.values():
        blocks = [block for name in plan.__all__ for block in getattr(plan, name)(make())]
        assert "anonym" not in said(blocks).lower()


def test_a_dossier_of_another_instrument_needs_no_short_names():
    scores = tuple(replace(score, short_name="") for score in profile().scores)
    blocks = plan.profile_section(manager_dossier(profile=profile(scores=scores)))
    assert isinstance(blocks[0], Figure)
    assert isinstance(
        plan.strengths_section(
            manager_dossier(plan=replace(r.DevelopmentPlan("M", "", (), (), (), (), (), (), (), ())))
        )[0],
        (BulletList, Paragraph),
    )


@pytest.mark.parametrize(("has_others", "is_said"), [(False, False), (True, True)])
def test_priorities_are_set_against_the_others_only_where_there_are_others(has_others, is_said):
    """A questionnaire of one's own may have as many competencies as the plan has priorities."""
    dossier = manager_dossier()
    priorities = dossier.plan.priorities
    chosen = {priority.competency_id for priority in priorities}
    scores = dossier.profile.scores
    shown = tuple(score for score in scores if score.competency_id in chosen) if not has_others else scores
    few = replace(dossier, profile=replace(dossier.profile, scores=shown))
    lead = said(plan.priorities_section(few)).split(".")[0]
    assert (", not " in lead) == is_said
