"""What is recommended, why, how surely, and what has to be settled first."""

from dataclasses import replace

import pytest

from coachkit.analysis.interventions import Override, recommend
from coachkit.analysis.situations import diagnose
from coachkit.errors import SettingsError, UnknownNameError

STRONG = dict.fromkeys(("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO"), 4.2)
SEEN = {"performance_vs_expectations": 5, "potential_rating": 5, "aspires_to_senior": True}
NEW = {"months_in_role": 4, "months_managing_people_before_role": 0}
WIDER = {"OUT": 2.8, "OPP": 2.9, "BEH": 4.2}
STALE = {
    "unit_name": "Asset care",
    "improvement_share_pct": 4,
    "improvement_goal_pct": 15,
    "benefit_planned": 100.0,
    "benefit_realised": 2.0,
}


@pytest.fixture
def advise(build, rules, catalogue):
    def run(one, overrides=None, units=None):
        profiles = build.cohort({"M1": one, "M2": build.settled()}, units=units)
        return recommend(diagnose(profiles, rules), profiles, catalogue, overrides)["M1"]

    return run


def ids(advice):
    return [one.id for one in advice.interventions]


@pytest.mark.parametrize(
    ("scores", "changes", "technical", "expected"),
    [
        ({}, NEW | {"management_training_hours": 4}, 3.0, ["training_first", "short_coaching"]),
        ({}, NEW | {"management_training_hours": 40}, 3.0, ["short_coaching"]),
        ({}, {"performance_vs_expectations": 2}, 3.0, ["long_coaching"]),
        (WIDER, {}, 4.7, ["short_coaching", "mentoring"]),
        (WIDER, NEW | {"management_training_hours": 40}, 4.7, ["short_coaching", "mentoring"]),
        (STRONG, SEEN, 3.0, ["mentoring"]),
        (STRONG | {"PLAN": 2.8}, SEEN, 3.0, ["mentoring", "short_coaching"]),
        ({"PLAN": 2.8}, {}, 3.0, ["training_first"]),
        ({}, {}, 3.0, ["no_intervention"]),
    ],
    ids=[
        "new",
        "new trained",
        "steady",
        "beyond",
        "new and beyond",
        "senior",
        "senior one gap",
        "none of five",
        "none",
    ],
)
def test_each_situation_gets_its_help(build, advise, scores, changes, technical, expected):
    advice = advise(build.settled(scores, technical=technical, **changes))
    assert ids(advice) == expected
    assert advice.reason
    assert advice.alternative
    assert advice.would_change
    assert advice.gate == ()


def test_unknown_training_hours_lead_to_training_first(build, advise):
    assert ids(advise(build.settled(**NEW, without=("management_training_hours",))))[0] == "training_first"


def test_one_clear_gap_beside_potential_gets_four_sessions_on_it(build, advise):
    advice = advise(build.settled(STRONG | {"PLAN": 2.8}, **SEEN))
    skill = advice.interventions[1]
    assert (skill.sessions_low, skill.sessions_high, skill.focus) == (4, 4, ("PLAN",))
    assert "Change plan" in advice.reason


def test_a_unit_that_shares_the_pattern_gets_team_coaching(build, rules, catalogue):
    people = {f"M{i}": build.settled({"IMP": 2.7}) for i in range(6)}
    profiles = build.cohort(people, units={"U1": STALE})
    advice = recommend(diagnose(profiles, rules), profiles, catalogue)["M0"]
    assert ids(advice) == ["team_coaching"]
    assert advice.confidence > 0.9


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("open_hr_process", True, "not the right time to start"),
        ("volunteered", False, "not your own wish"),
        ("line_manager_supports", False, "line manager first the time it takes"),
    ],
)
def test_coaching_does_not_start_against_a_readiness_condition(build, advise, field, value, words):
    advice = advise(build.settled(performance_vs_expectations=2, **{field: value}))
    assert advice.status == "not_now"
    assert ids(advice) == ["no_intervention"]
    assert words in advice.gate[0]
    assert "long coaching" in advice.reason


def test_unknown_readiness_is_settled_first(build, advise):
    advice = advise(build.settled(performance_vs_expectations=2, without=("volunteered", "line_manager_supports")))
    assert advice.status == "proposed"
    assert ids(advice) == ["long_coaching"]
    assert len(advice.gate) == 2


def test_no_gate_stands_before_no_intervention(build, advise):
    advice = advise(build.settled(open_hr_process=True))
    assert advice.status == "proposed"
    assert advice.gate == ()


def test_a_missing_wish_for_a_senior_role_is_asked_first(build, advise, catalogue):
    advice = advise(build.settled(STRONG, **SEEN, without=("aspires_to_senior",)))
    assert advice.status == "decide_in_conversation"
    assert catalogue.wish_to_ask in advice.gate


def test_an_unclear_diagnosis_is_decided_in_conversation(build, advise):
    advice = advise(build.settled(WIDER, technical=4.7, performance_vs_expectations=2))
    assert advice.status == "decide_in_conversation"
    assert advice.confidence_text.startswith("Low confidence, so it is decided in conversation")


def test_an_open_question_alone_proposes_nothing(build, advise):
    advice = advise(build.settled(without=("performance_vs_expectations",)))
    assert advice.interventions == ()
    assert advice.status == "decide_in_conversation"
    assert "ask before offering help" in advice.reason


def test_too_little_data_gives_no_confidence(build, advise):
    advice = advise(build.person(dict.fromkeys(build.profile, build.nan), technical=build.nan))
    assert advice.interventions == ()
    assert advice.confidence is None


def test_one_view_alone_makes_the_words_less_sure_and_not_the_probability(build, rules, catalogue):
    profiles = build.cohort({"M1": build.settled(STRONG, **SEEN), "M2": build.settled()})
    heard = recommend(diagnose(profiles, rules), profiles, catalogue)["M1"]
    profiles.others.loc["M1"] = build.nan
    unheard = recommend(diagnose(profiles, rules), profiles, catalogue)
    assert heard.confidence_text.startswith("High confidence")
    assert unheard["M1"].confidence_text.startswith("Fair confidence")
    assert unheard["M1"].confidence_text.endswith("alone: hear others before you decide.")
    assert unheard["M1"].confidence == heard.confidence
    assert "alone" not in unheard["M2"].confidence_text


def test_confidence_names_no_rival_below_one_in_twenty(build, advise):
    advice = advise(build.settled(performance_vs_expectations=2))
    assert advice.confidence > 0.9
    assert advice.confidence_text.startswith("High confidence in the situation: ")
    assert "next comes" not in advice.confidence_text


def test_an_override_keeps_its_reason_and_author(build, advise):
    choice = {"M1": (["mentoring"], "Already works well with a mentor", "A. Consultant")}
    advice = advise(build.settled(performance_vs_expectations=2), choice)
    assert ids(advice) == ["mentoring"]
    assert advice.override_reason == "Already works well with a mentor (A. Consultant)"
    assert advice.status == "proposed"


def test_an_override_does_not_lift_the_gate(build, advise):
    choice = {"M1": Override(("mentoring",), "Asked for it", "A. Consultant")}
    advice = advise(build.settled(performance_vs_expectations=2, open_hr_process=True), choice)
    assert advice.status == "not_now"
    assert ids(advice) == ["no_intervention"]
    assert advice.override_reason == "Asked for it (A. Consultant)"


@pytest.mark.parametrize(
    ("choice", "error", "match"),
    [
        ({"M1": (["mentorin"], "x", "y")}, UnknownNameError, "unknown intervention 'mentorin'. Closest: 'mentoring'"),
        ({"M9": (["mentoring"], "x", "y")}, UnknownNameError, "unknown manager 'M9'"),
        ({"M1": (["mentoring"], " ", "y")}, SettingsError, "lacks its reason or author"),
    ],
)
def test_an_override_that_cannot_be_kept_is_refused(build, advise, choice, error, match):
    with pytest.raises(error, match=match):
        advise(build.settled(), choice)


def test_the_dose_comes_from_the_catalogue(build, rules, catalogue):
    offer = catalogue.offers["steady_state"]
    changed = replace(offer, parts=(replace(offer.parts[0], sessions_low=3, sessions_high=5),))
    edited = replace(catalogue, offers=catalogue.offers | {"steady_state": changed})
    profiles = build.cohort({"M1": build.settled(performance_vs_expectations=2)})
    one = recommend(diagnose(profiles, rules), profiles, edited)["M1"].interventions[0]
    assert (one.sessions_low, one.sessions_high) == (3, 5)


def test_recommendations_follow_roster_order(build, rules, catalogue):
    profiles = build.cohort({name: build.settled() for name in ("Z", "A", "M")})
    assert list(recommend(diagnose(profiles, rules), profiles, catalogue)) == ["Z", "A", "M"]
