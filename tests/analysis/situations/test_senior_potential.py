"""Growing towards a more senior role: fires, stays silent, cannot tell, asks for the wish."""

import pytest

from coachkit.analysis.situations import diagnose

ID = "senior_potential"
STRONG = dict.fromkeys(("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO"), 4.2)
SEEN = {"performance_vs_expectations": 5, "potential_rating": 5, "aspires_to_senior": True}


def diagnosis(build, rules, one):
    return diagnose(build.cohort({"M1": one}), rules).diagnosis("M1")


def finding(build, rules, one):
    return diagnosis(build, rules, one).finding(ID)


def test_fires_for_strong_results_few_gaps_and_potential_seen_by_another(build, rules):
    found = finding(build, rules, build.settled(STRONG, **SEEN))
    assert found.status == "recognised"
    assert any("10 of 10 competencies show no clear gap" in e.text for e in found.evidence)


def test_readiness_alone_is_enough(build, rules):
    one = build.settled(STRONG, **SEEN | {"potential_rating": None, "readiness": "1-2 years"})
    found = finding(build, rules, one)
    assert found.status == "recognised"
    assert any("ready for a more senior role in one to two years" in e.text for e in found.evidence)


@pytest.mark.parametrize("changes", [{"performance_vs_expectations": 3}, {"potential_rating": 2}])
def test_stays_silent_when_one_condition_is_absent(build, rules, changes):
    assert finding(build, rules, build.settled(STRONG, **SEEN | changes)).probability == 0


@pytest.mark.parametrize("rater", ["self", "M1", " Self "])
def test_potential_rated_by_the_manager_does_not_count(build, rules, rater):
    found = finding(build, rules, build.settled(STRONG, **SEEN | {"potential_rated_by": rater}))
    assert found.status == "cannot_tell"
    assert found.missing == ("potential or readiness for a more senior role, judged by someone else",)


@pytest.mark.parametrize(("n_gaps", "status"), [(3, "recognised"), (4, "unlikely")])
def test_seven_of_ten_without_a_gap_are_enough(build, rules, n_gaps, status):
    scores = STRONG | dict.fromkeys(list(STRONG)[:n_gaps], 2.4)
    assert finding(build, rules, build.settled(scores, **SEEN)).status == status


def test_nobody_is_steered_against_their_wish(build, rules):
    found = finding(build, rules, build.settled(STRONG, **SEEN | {"aspires_to_senior": False}))
    assert found.probability == 0
    assert any("not wanted" in e.text and e.direction == "against" for e in found.evidence)


def test_a_missing_wish_is_asked_for_never_inferred(build, rules):
    one = build.settled(STRONG, **SEEN, without=("aspires_to_senior",))
    found = diagnosis(build, rules, one)
    assert found.finding(ID).missing == ("whether a more senior role is wanted",)
    assert found.most_useful_missing == "whether a more senior role is wanted"
    assert found.question_to_ask == rules.fields["aspires_to_senior"].question


def test_cannot_tell_without_a_performance_rating(build, rules):
    one = build.settled(STRONG, **SEEN, without=("performance_vs_expectations",))
    assert finding(build, rules, one).status == "cannot_tell"


def test_an_unrecorded_rater_of_potential_is_noted(build, rules):
    found = finding(build, rules, build.settled(STRONG, **SEEN, without=("potential_rated_by",)))
    assert found.status == "recognised"
    assert any(e.field == "potential_rated_by" for e in found.evidence)
