from coachkit.analysis.planning.library import (
    AgendaEntry,
    GrowQuestions,
    SessionPlan,
    SessionTemplate,
    SessionVariant,
)
from coachkit.engagement.library import load_library

LIBRARY = load_library()


def session(number, title):
    grow = GrowQuestions("g", "r", "o", "w")
    return SessionTemplate(number, title, "", 60, (AgendaEntry(60, "talk"),), grow, "", "")


PLAN = SessionPlan(
    "short_coaching",
    "Short coaching",
    "",
    (session(1, "default 1"), session(2, "default 2")),
    (
        SessionVariant("new_manager", (session(1, "new 1"),)),
        SessionVariant("beyond_technology", (session(1, "beyond 1"), session(2, "beyond 2"))),
    ),
)


def test_without_a_situation_the_default_sessions_stand():
    assert [s.title for s in PLAN.sessions_for(())] == ["default 1", "default 2"]


def test_variant_replaces_only_the_sessions_it_names():
    assert [s.title for s in PLAN.sessions_for(("new_manager",))] == ["new 1", "default 2"]


def test_first_situation_wins_where_two_have_a_variant():
    assert [s.title for s in PLAN.sessions_for(("new_manager", "beyond_technology"))] == ["new 1", "beyond 2"]


def test_competency_without_its_own_templates_gets_the_general_ones():
    assert LIBRARY.actions_for("XYZ") == LIBRARY.actions_for("ANY") != LIBRARY.actions_for("PEO")
    assert LIBRARY.goals_for("XYZ") == LIBRARY.goals_for("ANY") != LIBRARY.goals_for("PEO")


def test_absent_session_plan_and_worksheet_are_none():
    assert LIBRARY.session_plan("no_intervention") is None
    assert LIBRARY.worksheet("poem") is None
