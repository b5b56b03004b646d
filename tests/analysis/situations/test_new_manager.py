"""New to managing people: fires, stays silent, cannot tell, edge of the threshold."""

import pytest

from coachkit.analysis.situations import diagnose

ID = "new_manager"
FIRST_MONTHS = {"months_in_role": 4, "months_managing_people_before_role": 0, "management_training_hours": 4}


def finding(build, rules, one):
    return diagnose(build.cohort({"M1": one}), rules).diagnosis("M1").finding(ID)


def test_fires_in_the_first_months_of_a_first_management_role(build, rules):
    found = finding(build, rules, build.settled(**FIRST_MONTHS))
    assert found.status == "recognised"
    assert found.title == "New to managing people"
    assert "Months in the present role: 4 (the rule looks for at most 12)." in [e.text for e in found.evidence]


def test_stays_silent_with_earlier_experience(build, rules):
    found = finding(build, rules, build.settled(months_in_role=4, months_managing_people_before_role=24))
    assert found.status == "unlikely"
    assert found.probability == 0
    assert [e.direction for e in found.evidence if e.field == "months_managing_people_before_role"] == ["against"]


def test_a_first_management_role_stands_for_no_experience(build, rules):
    one = build.settled(months_in_role=4, first_management_role=True, without=("months_managing_people_before_role",))
    assert finding(build, rules, one).status == "recognised"


def test_a_later_management_role_stands_for_experience(build, rules):
    one = build.settled(months_in_role=4, first_management_role=False, without=("months_managing_people_before_role",))
    found = finding(build, rules, one)
    assert found.probability == 0
    assert "This is not the first management role." in [e.text for e in found.evidence]


def test_cannot_tell_when_the_months_in_role_decide_and_are_missing(build, rules):
    one = build.settled(months_managing_people_before_role=0, without=("months_in_role",))
    found = finding(build, rules, one)
    assert found.status == "cannot_tell"
    assert found.probability is None
    assert found.missing == ("months in the present role",)
    assert "With the answer “about three months” this would become recognised" in found.would_change


def test_can_tell_when_a_missing_field_cannot_change_the_answer(build, rules):
    one = build.settled(months_in_role=60, without=("months_managing_people_before_role",))
    found = finding(build, rules, one)
    assert found.status == "unlikely"
    assert found.missing == ("months of managing people before this role",)


@pytest.mark.parametrize(("months", "low", "high"), [(10.7, 0.95, 1), (12, 0.45, 0.75), (13.3, 0, 0.0)])
def test_the_edge_of_a_year_is_not_a_cliff(build, rules, months, low, high):
    one = build.settled(months_in_role=months, months_managing_people_before_role=0, management_training_hours=4)
    assert low <= finding(build, rules, one).probability <= high


def test_little_training_and_people_gaps_add_plausibility(build, rules):
    edge = {"months_in_role": 12, "months_managing_people_before_role": 0}
    plain = finding(build, rules, build.settled(**edge, management_training_hours=40))
    supported = finding(build, rules, build.settled({"PEO": 2.9}, **edge, management_training_hours=2))
    assert supported.probability > plain.probability + 0.15


def test_an_early_performance_rating_is_left_out_of_account(build, rules):
    one = build.settled(**FIRST_MONTHS, performance_vs_expectations=1)
    diagnosis = diagnose(build.cohort({"M1": one}), rules).diagnosis("M1")
    assert any("too early to judge" in e.text for e in diagnosis.finding(ID).evidence)
    assert not [e for e in diagnosis.finding("steady_state").evidence if "rated 1" in e.text]
