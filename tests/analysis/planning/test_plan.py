from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.analysis.planning import build_plan
from coachkit.analysis.records import (
    Attribution,
    CompetencyScore,
    Diagnosis,
    Intervention,
    ItemScore,
    Profile,
    Recommendation,
    SelfOther,
)
from coachkit.engagement.library import load_library

START = date(2026, 3, 2)  # a Monday
IDS = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
LIBRARY = load_library()
SHORT = Intervention("short_coaching", "Short coaching", "6 sessions", 6, 6, 1.5, 4, ("PEO", "TEAM", "OPP"))
LONG = Intervention("long_coaching", "Long coaching", "8-12 sessions", 8, 12, 1.5, 6, ("IMP", "PEO", "BEN"))
MENTORING = Intervention("mentoring", "Mentoring", "monthly", 10, 12, 1.25, 12, ("GRO",))
TEAM = Intervention("team_coaching", "Team coaching", "6-10 sessions", 6, 10, 3.0, 12, ("PLAN", "BEN"))
TRAINING = Intervention("training_first", "Training first", "2 days", 2, 2, 7.0, 2, ("PEO", "TEAM"))
NOTHING = Intervention("no_intervention", "No intervention now", "none", 0, 0, 0.0, 0, ())


def score(competency_id, p, reading=None, target=3.0):
    if p is None:
        values, reading = (None,) * 4, "no_data"
    else:
        estimate = round(target + 0.8 * (0.5 - p), 2)
        values = (estimate, 0.3, estimate - 0.5, estimate + 0.5)
        reading = reading or ("priority" if p >= 0.8 else "strength" if p <= 0.2 else "ask")
    return CompetencyScore(
        competency_id, f"The whole of {competency_id}", f"Short {competency_id}", "", target, None, (), values[0], 6.0,
        0.7, *values, p, None, reading, SelfOther(None, None, "cannot_tell"),
    )  # fmt: skip


def profile(items=(), **chances):
    return Profile("M001", "2026", tuple(score(c, chances.get(c, 0.4)) for c in IDS), items=items)


def diagnosis(outcome="recognised", ids=("new_manager",), **fields):
    return Diagnosis("M001", outcome, ids if outcome == "recognised" else (), "", (), **fields)


def recommendation(*interventions, **fields):
    given_fields = {"success_measures": ("Goal attainment of 50 or more",), **fields}
    return Recommendation("M001", interventions, "", 0.8, "", "", "", **given_fields)


def plan(chances, help_=(SHORT,), found=None, level="new", items=(), **fields):
    return build_plan(
        profile(items, **chances), found or diagnosis(), recommendation(*help_, **fields), LIBRARY, START, level
    )


def chosen(built):
    return [(p.competency_id, p.is_confirmed) for p in built.priorities]


# ------------------------------------------------------------------ priorities and strengths
def test_priorities_are_the_most_probable_gaps_and_never_more_than_three():
    built = plan({"CASE": 0.99, "PLAN": 0.98, "BEN": 0.97, "IMP": 0.84, "OUT": 0.83})
    assert chosen(built) == [("CASE", True), ("PLAN", True), ("BEN", True)]


def test_focus_decides_between_gaps_of_similar_probability():
    assert chosen(plan({"CASE": 0.92, "BEN": 0.93, "OUT": 0.91, "TEAM": 0.90}))[0] == ("TEAM", True)
    assert chosen(plan({"CASE": 0.99, "TEAM": 0.85}))[0] == ("CASE", True)


def test_one_clear_gap_is_joined_by_one_unconfirmed_priority_of_the_focus():
    built = plan({"CASE": 0.95, "OUT": 0.62, "PEO": 0.61})
    assert chosen(built) == [("CASE", True), ("PEO", False)]
    assert "Not clear yet" in built.priorities[1].why


def test_one_clear_gap_stays_alone_when_nothing_else_is_more_likely_than_not():
    assert chosen(plan({"CASE": 0.95})) == [("CASE", True)]


def test_recognised_situation_without_a_clear_gap_offers_its_focus_unconfirmed():
    assert chosen(plan({"PEO": 0.7, "TEAM": 0.6, "CASE": 0.79})) == [("PEO", False), ("TEAM", False)]


def test_no_clear_gap_gives_a_single_topic_for_a_first_conversation():
    built = plan({"CASE": 0.6}, found=diagnosis("unclear"), status="decide_in_conversation")
    assert chosen(built) == [("CASE", False)]
    assert "Nothing is clearly below target" in built.priorities[0].why
    assert "first conversation" in built.headline
    assert built.sessions[0].title == "First conversation: decide together"


def test_without_any_gap_the_focus_of_the_help_is_offered_as_a_stretch():
    chances = dict.fromkeys(IDS, 0.1) | {"GRO": 0.01}
    built = plan(chances, help_=(MENTORING,), found=diagnosis(ids=("senior_potential",)))
    assert chosen(built) == [("GRO", False)]
    assert "No gap to close" in built.priorities[0].why
    assert "GRO" not in [s.competency_id for s in built.strengths]


def test_gap_shared_by_the_unit_is_also_a_matter_for_the_unit():
    found = diagnosis(attributions=(Attribution("IMP", "shared", ""), Attribution("CASE", "specific", "")))
    built = plan({"IMP": 0.9, "CASE": 0.9}, found=found)
    why = {p.competency_id: p.why for p in built.priorities}
    assert "matter for the unit" in why["IMP"]
    assert "matter for the unit" not in why["CASE"]


def test_strengths_are_those_read_as_strength():
    built = plan({"CASE": 0.9, "BEH": 0.01, "GRO": 0.1})
    assert chosen(replace(built, priorities=built.strengths)) == [("BEH", True), ("GRO", True)]


def test_without_a_clear_strength_the_relatively_strongest_is_offered_with_care():
    built = plan({"CASE": 0.9, "OUT": 0.25})
    assert [(s.competency_id, s.is_confirmed) for s in built.strengths] == [("OUT", False)]
    assert "not clearly above" in built.strengths[0].why


# ------------------------------------------------------------------ goals, actions, measures
def test_each_priority_has_one_goal_of_its_level_due_on_a_working_day():
    new = plan({"CASE": 0.9, "PEO": 0.9}, level="new")
    senior = plan({"CASE": 0.9, "PEO": 0.9}, level="senior")
    assert [goal.id for goal in new.goals] == ["PEO-G1", "CASE-G1"]
    assert [goal.id for goal in senior.goals] == ["PEO-G2", "CASE-G2"]
    assert new.goals[0].due_on == "2026-06-01"  # 13 weeks after Monday 2 March
    assert all(len(set(goal.ladder)) == 5 for goal in new.goals)


def test_confirmed_goals_count_double():
    built = plan({"CASE": 0.95, "PEO": 0.61})
    assert [goal.weight for goal in built.goals] == [2, 1]


def test_two_priorities_get_three_kinds_of_action_each_and_three_get_two():
    two = plan({"CASE": 0.9, "PEO": 0.9})
    assert [a.kind for a in two.actions] == ["on_the_job", "with_others", "learning"] * 2
    three = plan({"CASE": 0.9, "PEO": 0.9, "OUT": 0.9})
    assert len(three.actions) == 6
    assert {a.kind for a in three.actions} == {"on_the_job", "with_others", "learning"}


@pytest.mark.parametrize("level", ["new", "established", "senior"])
def test_actions_fit_the_level(level):
    built = plan({"CASE": 0.9, "PEO": 0.9}, level=level)
    assert all(level in action.levels for action in built.actions)


def test_action_trains_the_indicator_others_rated_lowest():
    items = tuple(ItemScore(f"CASE0{k}", "CASE", "", None, 2.0 if k == 3 else 4.0) for k in (1, 2, 3, 4))
    assert plan({"CASE": 0.9}, items=items).actions[0].id == "CASE-J3"
    assert plan({"CASE": 0.9}).actions[0].id == "CASE-J1"


def test_baseline_holds_the_estimate_with_its_interval_in_words():
    measure = plan({"CASE": 0.9}).measures[0]
    assert "estimate 2.7, likely between 2.2 and 3.2" in measure.baseline
    assert (measure.owner, measure.review_on) == ("Finance partner", "2026-08-31")


def test_measures_end_with_lasting_behaviour_and_what_was_agreed():
    measures = plan({"CASE": 0.9}).measures
    assert measures[1].target.startswith("A rise larger than the measurement error")
    assert measures[2].what == "Goal attainment of 50 or more"


def test_competency_of_another_questionnaire_gets_general_content_with_its_name():
    other = Profile("M001", "2026", (score("XYZ", 0.95),))
    built = build_plan(other, diagnosis(), recommendation(SHORT), LIBRARY, START, "unheard_of")
    assert built.goals[0].title == "A change others can see: The whole of XYZ"
    assert [a.competency_id for a in built.actions] == ["XYZ"] * 3
    assert "{" not in str(built)


# ------------------------------------------------------------------ sessions, worksheets, mentoring
def test_sessions_are_spread_over_the_dose():
    days = [date.fromisoformat(s.planned_on) for s in plan({"PEO": 0.9}).sessions]
    assert len(days) == 6
    assert days[0] == date(2026, 3, 16)
    gaps = [(b - a).days for a, b in pairwise(days)]
    assert all(18 <= gap <= 24 for gap in gaps)  # 122 days / 6 sessions, moved off weekends


def test_shorter_dose_drops_the_sessions_marked_for_longer_ones():
    four = replace(SHORT, sessions_low=4)
    built = plan({"PEO": 0.9}, help_=(four,))
    assert len(built.sessions) == 4
    assert built.sessions[-1].title == plan({"PEO": 0.9}).sessions[-1].title  # the closing session stays
    assert [s.number for s in built.sessions] == [1, 2, 3, 4]


def test_situation_chooses_the_variant_of_a_session():
    new = plan({"PEO": 0.9}).sessions
    beyond = plan({"PEO": 0.9}, found=diagnosis(ids=("beyond_technology",))).sessions
    assert new[0].agenda != beyond[0].agenda


def test_training_comes_first_and_mentoring_after_coaching():
    built = plan({"PEO": 0.9}, help_=(MENTORING, SHORT, TRAINING))
    labels = [s.title.split(":")[0] for s in built.sessions]
    assert labels == ["Training first"] * 2 + ["Short coaching"] * 6 + ["Mentoring"] * 2
    assert {a.kind for a in built.actions} >= {"learning"}


def test_every_plan_holds_case_change_and_benefits_and_mentoring_adds_its_own_page():
    pages = ["business_case", "change_plan", "benefits_register"]
    assert [w.id for w in plan({"PEO": 0.9}).worksheets] == pages
    assert [w.id for w in plan({"PEO": 0.9}, help_=(MENTORING,)).worksheets] == [*pages, "specific_situation"]


@pytest.mark.parametrize(
    ("chances", "situation", "expected"),
    [
        ({"CASE": 0.9}, "new_manager", "business_case"),
        ({"PEO": 0.9}, "beyond_technology", "business_case"),
        ({"BEN": 0.9}, "new_manager", "change_plan"),
        ({"PEO": 0.9}, "stale_organisation", "change_plan"),
    ],
)
def test_the_page_nearest_to_priorities_and_situation_comes_first(chances, situation, expected):
    assert plan(chances, found=diagnosis(ids=(situation,))).worksheets[0].id == expected


def test_mentoring_brings_the_agreement_and_questions_for_the_situation():
    built = plan({"GRO": 0.9}, help_=(MENTORING,), found=diagnosis(ids=("senior_potential",)))
    assert built.mentoring is not None
    own = next(s for s in LIBRARY.mentoring.bank.sets if s.situation_id == "senior_potential")
    assert built.mentoring.questions[0] == own.questions[0]
    assert len(built.mentoring.questions) <= 12
    assert plan({"GRO": 0.9}).mentoring is None


# ------------------------------------------------------------------ honest variants
def test_unmet_conditions_leave_what_to_settle_and_what_can_be_done_alone():
    gate = ("The line manager does not support it yet.",)
    built = plan({"CASE": 0.9, "PEO": 0.9}, help_=(SHORT, MENTORING), gate=gate, status="not_now")
    assert [s.title for s in built.sessions] == ["What to settle first"]
    assert built.sessions[0].agenda == gate
    assert built.mentoring is None
    assert [a.kind for a in built.actions] == ["learning", "on_the_job"] * 2
    assert "one point needs to be settled" in built.headline
    assert "specific_situation" not in [w.id for w in built.worksheets]


def test_unknown_condition_is_settled_before_the_planned_sessions():
    built = plan({"PEO": 0.9}, gate=("Ask whether taking part is the manager's own wish.",))
    assert built.sessions[0].title == "What to settle first"
    assert [s.number for s in built.sessions] == list(range(1, 8))


def test_open_situation_and_open_condition_are_settled_in_one_conversation():
    gate = ("Confirm that no HR process is open.",)
    found = diagnosis("unclear", question_to_ask="How long have you led people?")
    built = plan({"PEO": 0.9}, found=found, status="decide_in_conversation", gate=gate)
    assert built.sessions[0].title == "First conversation: decide together"
    assert {gate[0], "How long have you led people?"} <= set(built.sessions[0].agenda)
    assert built.sessions[1].title.startswith("Short coaching")


def test_no_intervention_says_that_nothing_is_called_for():
    built = plan(dict.fromkeys(IDS, 0.05), help_=(NOTHING,), found=diagnosis("no_intervention"))
    assert "Nothing in these results calls for coaching or mentoring now" in built.headline
    assert built.sessions == ()
    assert chosen(built)[0][1] is False
    assert "No gap to close" in built.priorities[0].why


def test_too_few_answers_give_no_goals_but_a_conversation():
    nothing = dict.fromkeys(IDS)
    built = plan(nothing, help_=(), found=diagnosis("not_enough_data"), status="decide_in_conversation")
    assert built.headline.startswith("There are too few answers")
    assert (built.goals, built.strengths) == ((), ())
    assert built.sessions[0].title.startswith("First conversation")
    assert built.measures[0].what == "Answers that can be shown"


def test_profile_without_any_competency_still_gives_a_first_conversation():
    empty = Profile("M001", "2026", ())
    built = build_plan(empty, diagnosis("not_enough_data"), recommendation(), LIBRARY, START)
    assert [p.name for p in built.priorities] == ["First conversation"]


@pytest.mark.parametrize(("ask", "share"), [({}, "All"), ({"PEO": 0.5}, "Most")])
def test_somebody_with_potential_is_not_told_that_nothing_is_below_target(ask, share):
    found = diagnosis("recognised", ("senior_potential",))
    built = plan(dict.fromkeys(IDS, 0.05) | ask, found=found)
    assert built.headline.startswith(
        f"{share} of your results are likely at or above the target of your role, so the question is what comes next."
    )


def test_headline_names_what_matters_and_how_sure():
    assert plan({"CASE": 0.99, "PEO": 0.99}).headline == (
        "Most is to be gained in Short PEO and Short CASE; we are very sure that both lie below the target of your role "
        "(chance more than 9 in 10 each)."
    )
    assert "fairly sure that it lies below" in plan({"CASE": 0.85}).headline


# ------------------------------------------------------------------ properties
CHANCES = st.one_of(st.none(), st.floats(0, 1))
OUTCOMES = st.sampled_from(["recognised", "unclear", "none_of_the_five", "no_intervention", "not_enough_data"])
HELP = st.lists(
    st.sampled_from([SHORT, LONG, MENTORING, TEAM, TRAINING, NOTHING]), unique_by=lambda h: h.id, max_size=3
).filter(lambda chosen: not {SHORT.id, LONG.id} <= {h.id for h in chosen})


@settings(max_examples=60, deadline=None)
@given(
    chances=st.fixed_dictionaries(dict.fromkeys(IDS, CHANCES)),
    outcome=OUTCOMES,
    help_=HELP,
    status=st.sampled_from(["proposed", "decide_in_conversation", "not_now"]),
    gate=st.sampled_from([(), ("Confirm that no HR process is open.",)]),
    start=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    level=st.sampled_from(["new", "established", "senior", ""]),
)
def test_any_readings_give_one_to_three_priorities_and_ordered_working_days(
    chances, outcome, help_, status, gate, start, level
):
    arguments = (
        profile(**chances),
        diagnosis(outcome),
        recommendation(*help_, status=status, gate=gate),
        LIBRARY,
        start,
        level,
    )
    built = build_plan(*arguments)
    assert 1 <= len(built.priorities) <= 3
    assert len({p.competency_id for p in built.priorities}) == len(built.priorities)
    assert not {p.competency_id for p in built.priorities} & {s.competency_id for s in built.strengths}
    assert len(built.sessions) <= 17  # training 2, coaching 8, team 6, and a first conversation
    assert len(built.worksheets) <= 4
    planned = [s.planned_on for s in built.sessions]
    assert planned == sorted(planned)
    assert list(built.review_dates) == sorted(set(built.review_dates))
    every = [*planned, *built.review_dates, *(g.due_on for g in built.goals), *(m.review_on for m in built.measures)]
    days = [date.fromisoformat(day) for day in every]
    assert all(day > start and day.weekday() < 5 for day in days)
    assert build_plan(*arguments) == built


@given(p=st.floats(0.8, 1), found=st.sampled_from(["steady_state", "beyond_technology", "stale_organisation"]))
@settings(max_examples=20, deadline=None)
def test_no_plan_words_a_person_as_failing(p, found):
    built = plan({"IMP": p, "OUT": p}, help_=(LONG,), found=diagnosis(ids=(found,)))
    text = str(built).lower()
    assert not [w for w in ("failing", "failure", "weakness", "deficit", "incompetent", "underperformer") if w in text]
