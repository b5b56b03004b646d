"""Sentences carry the right numbers, rounded to what they allow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.fixtures.dossiers import SCORES, competency_score, manager_dossier, profile, sparse_dossier

from coachkit.presentation import narrative


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "less than 1 in 10"), (0.049, "less than 1 in 10"), (0.05, "1 in 10"), (0.5, "5 in 10"), (0.949, "9 in 10"),
     (0.95, "more than 9 in 10"), (1.0, "more than 9 in 10"), (None, "not known")],
)  # fmt: skip
def test_a_probability_is_a_count_out_of_ten_and_never_certain(probability, words):
    assert narrative.in_ten(probability) == words


def test_the_profile_is_told_by_reading():
    assert narrative.profile_finding(profile()) == (
        "Four of ten competencies are likely below the target of your role: Organisation output, Opportunities, "
        "Business cases and Change planning. Three are likely at or above it, two are not clear and worth asking about "
        "and one had too few answers."
    )


def test_without_a_gap_nothing_is_called_a_gap():
    scores = tuple(competency_score(n) for n, row in enumerate(SCORES) if row[2] != "priority")
    assert narrative.profile_finding(profile(scores=scores)).startswith("None of the six competencies is clearly below")


def test_without_answers_the_profile_says_so():
    assert "too few answers to show a profile" in narrative.profile_finding(sparse_dossier().profile)


def test_self_and_others_name_the_blind_spot():
    text = narrative.self_other_finding(manager_dossier().profile)
    assert text.startswith(
        "You rate yourself higher than others do on Change planning; others rate you higher than you do"
    )
    assert text.endswith("On Change planning the others' view also lies below target, so ask there first.")


def test_agreement_is_told_as_agreement():
    agreeing = tuple(
        replace(s, self_other=replace(s.self_other, verdict="agree", is_blind_spot=False)) for s in profile().scores
    )
    assert narrative.self_other_finding(profile(scores=agreeing)).startswith("You and the others see you alike")


def test_hidden_groups_say_why():
    shown, hidden, none = competency_score(0).groups[1], competency_score(9).groups[1], competency_score(9).groups[0]
    assert [narrative.group_words(group) for group in (shown, hidden, none, None)] == [
        "3.4 (4)", "too few", "–", "–",
    ]  # fmt: skip


def test_costs_are_ranges_with_three_digits():
    assert narrative.money_range(10812, 21655, "GBP") == "GBP 10,800 to 21,700"
    assert narrative.money_range(None, 3, "GBP") == "no rate given"


def test_no_sentence_promises_anonymity():
    sources = [getattr(narrative, name) for name in dir(narrative) if isinstance(getattr(narrative, name), dict)]
    assert "anonym" not in str(sources).lower()
