"""Sentences of a diagnosis as a manager reads them: numbers and nouns agree, and no verdict outruns its number."""

from __future__ import annotations

import pytest

from coachkit.analysis.situations import diagnose
from coachkit.analysis.situations.outcome import UNIT_SITUATION

STALE = {
    "unit_name": "Unit 1",
    "improvement_share_pct": 4,
    "improvement_goal_pct": 12,
    "benefit_planned": 400_000,
    "benefit_realised": 8_000,
    "unplanned_work_pct": 50,
    "idea_to_decision_days": 90,
}


def read(build, rules, one, **cohort):
    return diagnose(build.cohort({"M1": one}, **cohort), rules).diagnosis("M1")


def texts(found, situation):
    return [evidence.text for evidence in found.finding(situation).evidence]


def near(build, rules, scale, chance, scores=None, **facts):
    """A manager whose chance of lying below target in one competency is about ``chance``."""
    from scipy.special import ndtri

    plain = diagnose(build.cohort({"M1": build.settled()}), rules).inputs
    target, error = plain.target[scale][0], plain.standard_error[scale][0]
    return build.settled({scale: float(target - error * ndtri(chance))} | (scores or {}), **facts)


def test_one_month_and_one_hour_are_singular(build, rules):
    one = build.settled(months_in_role=4, months_managing_people_before_role=1, management_training_hours=1)
    found = texts(read(build, rules, one), "new_manager")
    assert any(text.startswith("Managed people for 1 month before this role") for text in found)
    assert any(text.startswith("Management training so far: 1 hour (") for text in found)


@pytest.mark.parametrize(("days", "words"), [("2026-08-25", "this month"), ("2026-08-01", "1 month ago")])
def test_a_role_widened_lately_is_told_in_whole_months(build, rules, days, words):
    one = build.settled(technical=4.6, responsibility_expanded_on=days)
    found = texts(read(build, rules, one), "beyond_technology")
    assert any(text.startswith(f"Responsibility was widened {words}") for text in found), found


@pytest.mark.parametrize(("chance", "is_strength"), [(0.1, True), (0.35, False)])
def test_behaviours_are_a_strength_only_where_the_profile_says_so_too(build, rules, chance, is_strength):
    found = texts(read(build, rules, near(build, rules, "BEH", chance, technical=4.6)), "beyond_technology")
    (sentence,) = [text for text in found if "Behaviours" in text]
    assert ("a strength to build on" in sentence) == is_strength


@pytest.mark.parametrize(("chance", "direction"), [(0.3, "against"), (0.5, "context"), (0.7, "for")])
def test_an_even_chance_speaks_for_neither_side(build, rules, chance, direction):
    found = read(build, rules, near(build, rules, "PEO", chance)).finding("new_manager")
    (evidence,) = [e for e in found.evidence if e.field == "PEO"]
    assert evidence.direction == direction
    assert ("speaks for neither side" in evidence.text) == (direction == "context")


@pytest.mark.parametrize(
    ("rating", "readiness", "words"),
    [
        (2, "3+ years", "sees a more senior role as a later step, in three years or more."),
        (2, None, "sees a more senior role as a later step."),
        (4, "now", "judged: potential 4 of 5, ready for a more senior role now."),
    ],
)
def test_a_judgement_of_potential_that_is_not_high_is_no_mark(build, rules, rating, readiness, words):
    one = build.settled(potential_rating=rating, readiness=readiness, potential_rated_by="head of function")
    (sentence,) = [text for text in texts(read(build, rules, one), "senior_potential") if "Someone other" in text]
    assert sentence.endswith(words)


@pytest.mark.parametrize(("moves", "words"), [((5, 5), "All of"), ((5, 0), "Half of"), ((0, 0), "None of")])
def test_key_figures_are_counted_by_those_that_got_better(build, rules, moves, words):
    kpis = [
        {
            "unit_id": "U1",
            "kpi": f"k{number}",
            "tag": "faster",
            "direction": "higher",
            "period": f"2025-Q{quarter}",
            "value": 100.0 + move * quarter,
        }
        for number, move in enumerate(moves)
        for quarter in (1, 2, 3, 4)
    ] + [
        {
            "unit_id": "U1",
            "kpi": f"k{number}",
            "tag": "faster",
            "direction": "higher",
            "period": "2026-Q1",
            "value": 100.0 + move * 5,
        }
        for number, move in enumerate(moves)
    ]
    people = {f"M{k}": build.settled(unit="U1") for k in range(6)}
    unit = diagnose(build.cohort(people, units={"U1": STALE}, kpis=kpis), rules).units[0]
    (sentence,) = [e.text for e in unit.finding.evidence if e.field == "kpi_share_flat"]
    assert sentence.startswith(f"{words} the unit's key figures got better")


def test_the_unit_does_not_hide_what_is_still_open_about_the_person(build, rules):
    people = {f"M{k}": build.settled({"IMP": 2.6}, unit="U1") for k in range(6)}
    people["M0"] = build.settled(
        {"IMP": 2.6}, unit="U1", months_in_role=5, without=("months_managing_people_before_role",)
    )
    found = diagnose(build.cohort(people, units={"U1": STALE}), rules)
    opened, plain = found.diagnosis("M0"), found.diagnosis("M1")
    assert opened.headline_ids == plain.headline_ids == (UNIT_SITUATION,)
    assert "Whether “New to managing people” fits as well cannot be told yet." in opened.summary
    assert opened.most_useful_missing == "months of managing people before this role"
    assert opened.question_to_ask.startswith("Before this role")
    assert "cannot be told yet" not in plain.summary
    assert plain.question_to_ask is None


def test_an_expected_chance_is_not_told_as_a_settled_one(build, rules):
    facts = {"months_in_role": 8, "management_training_hours": 4}
    one = build.settled({"PEO": 2.9}, **facts, without=("months_managing_people_before_role",))
    assert "in 10, as far as can be told)" in read(build, rules, one).summary


def test_an_open_answer_far_from_any_situation_is_not_told_as_near_to_one(build, rules):
    """Only the performance rating is missing, and everything else speaks against."""
    summary = read(build, rules, build.settled(without=("performance_vs_expectations",))).summary
    assert summary.startswith("None of the five situations stands out so far; something not known yet")


def test_no_question_is_asked_whose_answers_would_leave_a_situation_unlikely(build, rules):
    """Nearest is the move beyond technology; little room for improvement matters only beside IMP below target."""
    facts = {"scores": {"OUT": 3.3}, "technical": 4.1, "team_kpi_trend": "flat"}
    missing = {"without": ("improvement_capacity_pct",)}
    asked = read(build, rules, near(build, rules, "IMP", 0.5, **facts, **missing))
    spared = read(build, rules, near(build, rules, "IMP", 0.22, **facts, **missing))
    assert asked.outcome == spared.outcome == "unclear"
    assert asked.most_useful_missing == "share of the team's time kept for improvement"
    assert spared.most_useful_missing is None
    assert spared.question_to_ask == rules.situations["beyond_technology"].question


def test_a_wish_is_asked_for_also_where_two_situations_compete(build, rules):
    one = build.settled(
        {"OPP": 2.8, "BEH": 4.2},
        technical=4.8,
        performance_vs_expectations=5,
        potential_rating=5,
        without=("aspires_to_senior",),
    )
    found = read(build, rules, one)
    assert found.outcome == "unclear"
    assert "“Growing towards a more senior role” (" in found.summary
    assert found.most_useful_missing == "whether a more senior role is wanted"


def test_of_two_missing_facts_the_one_that_moves_more_is_asked_for(build, rules):
    facts = {"team_kpi_trend": "flat", "without": ("performance_vs_expectations", "improvement_capacity_pct")}
    found = read(build, rules, near(build, rules, "IMP", 0.5, **facts))
    assert found.most_useful_missing == "the rating of results against expectations"
