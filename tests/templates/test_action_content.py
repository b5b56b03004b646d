"""Reads every action and goal as a strict editor would."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from coachkit.analysis.planning.library import ANY
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.library import load_library

LIBRARY = load_library()
INSTRUMENT = load_instrument("manager_transition")
COMPETENCIES = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
ACTIONS = [(f.competency_id, action) for f in LIBRARY.actions for action in f.actions]
GOALS = [(f.competency_id, goal) for f in LIBRARY.goal_templates for goal in f.goals]
LEVELS = {"new", "established", "senior"}
KINDS = {"on_the_job", "with_others", "learning"}
LIMITS = {"title": 75, "purpose": 170, "first_step": 230, "evidence_of_success": 190, "effort": 55}
GOAL_LIMITS = {"title": 70, "specific": 190, "measured_by": 110, "achievable": 110, "relevant": 120}
AMERICAN = re.compile(
    r"\b(\w*organiz\w*|\w*recogniz\w*|\w*prioritiz\w*|behavior\w*|color\w*|center\w*|program|programs|fulfill|"
    r"analyz\w*|realiz\w*|summariz\w*|favorite|labor|judgment|learned lessons|gotten)\b",
    re.IGNORECASE,
)
FILLER = re.compile(
    r"\b(leverage|synerg\w*|holistic\w*|empower\w*|journey|paradigm|game.?changer|comfort zone|authentic self|mindset|"
    r"inner child|deep dive|low.hanging|think outside|best practices?|utili[sz]e|impactful|unlock|toolbox)\b",
    re.IGNORECASE,
)
JUDGING = re.compile(r"\b(failing|incompetent|weaknesses?|deficits?|poor performer|underachiev\w*)\b", re.IGNORECASE)


def texts_of_action(action):
    return {name: getattr(action, name) for name in LIMITS}


def texts_of_goal(goal):
    measure = goal.measure
    ladder = {f"step {k}": step for k, step in zip(range(-2, 3), goal.ladder.steps(), strict=True)}
    words = {name: getattr(goal, name) for name in GOAL_LIMITS}
    return words | ladder | {"what": measure.what, "baseline": measure.baseline_prompt, "target": measure.target}


ALL_TEXTS = [(a.id, n, t) for _, a in ACTIONS for n, t in texts_of_action(a).items()] + [
    (g.id, n, t) for _, g in GOALS for n, t in texts_of_goal(g).items()
]


# ------------------------------------------------------------------ coverage
@pytest.mark.parametrize("competency_id", COMPETENCIES)
def test_each_competency_has_nine_actions_and_three_of_each_kind(competency_id):
    kinds = Counter(action.kind for action in LIBRARY.actions_for(competency_id))
    assert sum(kinds.values()) >= 9
    assert all(kinds[kind] >= 3 for kind in KINDS)


@pytest.mark.parametrize("competency_id", COMPETENCIES)
def test_each_level_finds_an_action_of_every_kind(competency_id):
    actions = LIBRARY.actions_for(competency_id)
    found = {(level, action.kind) for action in actions for level in action.levels}
    assert found == {(level, kind) for level in LEVELS for kind in KINDS}


@pytest.mark.parametrize("competency_id", COMPETENCIES)
def test_each_indicator_is_trained_by_an_action(competency_id):
    trained = {action.item_id for action in LIBRARY.actions_for(competency_id)}
    items = {item.id for item in INSTRUMENT.items if item.competency_id == competency_id}
    assert trained == items


@pytest.mark.parametrize("competency_id", COMPETENCIES)
def test_each_level_finds_exactly_one_of_two_goals(competency_id):
    goals = LIBRARY.goals_for(competency_id)
    assert len(goals) == 2
    assert Counter(level for goal in goals for level in goal.levels) == dict.fromkeys(LEVELS, 1)


def test_ids_name_competency_and_kind():
    letters = {"on_the_job": "J", "with_others": "O", "learning": "L"}
    for competency_id, action in ACTIONS:
        assert re.fullmatch(rf"{competency_id}-{letters[action.kind]}\d", action.id)
    assert all(goal.id.startswith(f"{competency_id}-G") for competency_id, goal in GOALS)


def test_general_templates_name_the_competency_and_the_others_never_do():
    for competency_id, entry in (*ACTIONS, *GOALS):
        assert ("{competency}" in entry.title) == (competency_id == ANY), entry.id


# ------------------------------------------------------------------ wording
@pytest.mark.parametrize("field", LIMITS)
def test_actions_keep_to_a_length_that_prints(field):
    too_long = {a.id: len(getattr(a, field)) for _, a in ACTIONS if not 5 <= len(getattr(a, field)) <= LIMITS[field]}
    assert not too_long


def test_goals_keep_to_a_length_that_prints():
    limits = GOAL_LIMITS | {f"step {k}": 150 for k in range(-2, 3)} | {"what": 75, "baseline": 75, "target": 75}
    long = [(g.id, n, len(t)) for _, g in GOALS for n, t in texts_of_goal(g).items() if len(t) > limits[n]]
    assert not long


@pytest.mark.parametrize("field", ["title", "purpose", "first_step", "evidence_of_success"])
def test_no_text_is_used_twice(field):
    repeated = [text for text, n in Counter(getattr(a, field).lower() for _, a in ACTIONS).items() if n > 1]
    assert not repeated


def test_no_two_first_steps_are_nearly_the_same():
    close = [
        (a.id, b.id)
        for (_, a), (_, b) in combinations(ACTIONS, 2)
        if SequenceMatcher(None, a.first_step, b.first_step, autojunk=False).quick_ratio() > 0.8
        and SequenceMatcher(None, a.first_step, b.first_step, autojunk=False).ratio() > 0.7
    ]
    assert not close


@pytest.mark.parametrize("pattern", [AMERICAN, FILLER, JUDGING], ids=["American spelling", "filler", "judging"])
def test_wording_is_british_plain_and_respectful(pattern):
    assert not [(where, name, text) for where, name, text in ALL_TEXTS if pattern.search(text)]


def test_sentences_end_and_titles_do_not():
    open_ended = [(w, n) for w, n, t in ALL_TEXTS if n not in {"title", "effort", "what"} and t[-1] not in ".?"]
    closed = [(w, n) for w, n, t in ALL_TEXTS if n in {"title", "effort", "what"} and t[-1] in ".!;,"]
    assert not open_ended
    assert not closed


def test_first_step_is_addressed_to_the_manager_and_starts_with_something_to_do():
    passive = re.compile(r"^(The|It|This|You|Your|A|An|There)\b")
    assert not [a.id for _, a in ACTIONS if passive.search(a.first_step)]


def test_evidence_names_somebody_or_something_to_look_at():
    felt = re.compile(r"\byou (feel|believe|are aware|understand)\b", re.IGNORECASE)
    assert not [a.id for _, a in ACTIONS if felt.search(a.evidence_of_success)]


# ------------------------------------------------------------------ ladders
@pytest.mark.parametrize("goal", [goal for _, goal in GOALS], ids=lambda goal: goal.id)
def test_ladder_has_five_distinct_steps(goal):
    assert len({step.lower() for step in goal.ladder.steps()}) == 5


@pytest.mark.parametrize("goal", [goal for _, goal in GOALS], ids=lambda goal: goal.id)
def test_goal_is_due_within_a_year_and_not_before_a_month(goal):
    assert 4 <= goal.weeks <= 52


def test_checks_would_notice_bad_wording():
    assert AMERICAN.search("prioritize")
    assert not AMERICAN.search("The organisation recognises a programme of behaviour")
    assert FILLER.search("Leverage your network")
    assert JUDGING.search("a failing manager")
