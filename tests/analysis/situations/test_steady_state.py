"""Keeping things running: fires, stays silent, cannot tell, guards, edge of the threshold."""

import pytest

from coachkit.analysis.situations import diagnose

ID = "steady_state"
NOT_IMPROVING = {"improvement_capacity_pct": 4, "team_kpi_trend": "flat", "initiatives_benefit_confirmed": 0}


def finding(build, rules, one):
    return diagnose(build.cohort({"M1": one}), rules).diagnosis("M1").finding(ID)


def test_fires_when_expectations_are_not_met(build, rules):
    found = finding(build, rules, build.settled(performance_vs_expectations=2))
    assert found.status == "recognised"
    assert any("rated 2 of 5" in e.text and e.direction == "for" for e in found.evidence)


def test_fires_when_improvement_has_no_room_and_the_figures_stand_still(build, rules):
    found = finding(build, rules, build.settled({"IMP": 2.9}, **NOT_IMPROVING))
    assert found.status == "recognised"
    assert "The chance that “Continual improvement” lies below the role target is more than 9 in 10." in [
        e.text for e in found.evidence
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"team_kpi_trend": "rising", "improvement_capacity_pct": 4},
        {"team_kpi_trend": "flat", "improvement_capacity_pct": 20},
        {"months_in_role": 7, "performance_vs_expectations": 1},
    ],
)
def test_stays_silent_when_one_condition_is_absent(build, rules, changes):
    assert finding(build, rules, build.settled({"IMP": 2.9}, **changes)).status == "unlikely"


def test_whole_ratings_are_not_split_by_varying_thresholds(build, rules):
    assert finding(build, rules, build.settled(performance_vs_expectations=2)).probability > 0.95
    assert finding(build, rules, build.settled(performance_vs_expectations=3)).probability == 0


def test_cannot_tell_without_a_performance_rating(build, rules):
    diagnosis = diagnose(
        build.cohort({"M1": build.settled(without=("performance_vs_expectations",))}), rules
    ).diagnosis("M1")
    found = diagnosis.finding(ID)
    assert found.status == "cannot_tell"
    assert "What is missing decides it" in found.evidence[-1].text
    assert diagnosis.outcome == "unclear"
    assert diagnosis.most_useful_missing == "the rating of results against expectations"
    assert diagnosis.question_to_ask.endswith("?")


def test_a_missing_score_leaves_the_improvement_path_open(build, rules):
    found = finding(build, rules, build.settled({"IMP": build.nan}, **NOT_IMPROVING))
    assert found.status == "cannot_tell"
    assert found.missing == ("ratings for “Continual improvement”",)


def test_the_first_nine_months_of_a_first_management_role_are_spared(build, rules):
    spared = build.settled(months_in_role=8.9, months_managing_people_before_role=0, performance_vs_expectations=1)
    experienced = build.settled(
        months_in_role=8.9, months_managing_people_before_role=40, performance_vs_expectations=1
    )
    assert finding(build, rules, spared).probability == 0
    assert finding(build, rules, experienced).probability > 0.3


@pytest.mark.parametrize(("score", "low", "high"), [(3.5, 0.4, 0.75), (3.1, 0.9, 1), (3.9, 0, 0.1)])
def test_the_probability_follows_the_score_around_the_target(build, rules, score, low, high):
    found = finding(build, rules, build.settled({"IMP": score}, **NOT_IMPROVING))
    assert low <= found.probability <= high


def test_an_open_hr_process_is_named(build, rules):
    found = finding(build, rules, build.settled(performance_vs_expectations=2, open_hr_process=True))
    assert any("HR process" in e.text for e in found.evidence)
