"""Build a manager's development plan from the profile, the diagnosis and the recommended help."""

from __future__ import annotations

from datetime import date

from coachkit.analysis.planning.actions import choose_actions
from coachkit.analysis.planning.dates import after_weeks
from coachkit.analysis.planning.goals import choose_goal_template, write_goal, write_measure
from coachkit.analysis.planning.headline import write_headline
from coachkit.analysis.planning.library import GoalTemplate, PlanLibrary
from coachkit.analysis.planning.pages import choose_worksheets, is_coached, write_mentoring
from coachkit.analysis.planning.priorities import choose_priorities, choose_strengths, interval_text
from coachkit.analysis.planning.sessions import decision_session, plan_sessions, put_first, settle_first_session
from coachkit.analysis.records import (
    CompetencyScore,
    DevelopmentPlan,
    Diagnosis,
    Goal,
    Measure,
    Priority,
    Profile,
    Recommendation,
    Session,
)

FIRST_REVIEW_WEEKS = 6
LAST_REVIEW_WEEKS_AFTER = 13  # a quarter after the goals are due: has the behaviour stayed?
WEEKS_WITHOUT_GOALS = 12
HALF_YEAR_WEEKS = 26
MOST_AGREED_MEASURES = 2


def build_plan(
    profile: Profile,
    diagnosis: Diagnosis,
    recommendation: Recommendation,
    library: PlanLibrary,
    start_date: date,
    role_level: str = "",
) -> DevelopmentPlan:
    """Build the plan: a few priorities, a goal for each, actions, dated sessions, measures and pages.

    Parameters
    ----------
    profile : Profile
        Released scores of one manager at one wave.
    diagnosis : Diagnosis
        The situation, or the honest answer that there is none or that it is unclear.
    recommendation : Recommendation
        The help that fits. While its status is ``not_now`` the plan holds what to settle first and what the
        manager can do alone: no coaching sessions, no mentoring agreement.
    library : PlanLibrary
        Templates for actions, goals, sessions, mentoring and worksheets.
    start_date : date
        Every date of the plan is a working day after it.
    role_level : str
        Role level id of the instrument (new, established, senior); steers goals and actions.

    Returns
    -------
    DevelopmentPlan
        One to three priorities; the same input gives the same plan. Without enough answers there are no
        goals, because nothing could be measured against.
    """
    is_waiting = recommendation.status == "not_now"
    priorities = choose_priorities(profile, diagnosis, recommendation)
    strengths = choose_strengths(profile, tuple(p.competency_id for p in priorities))
    templates = _goal_templates(priorities, diagnosis, library, role_level)
    goals = tuple(write_goal(p, t, start_date) for p, t in templates)
    reviews = _review_dates(goals, recommendation, start_date)
    help_ids = {help_.id for help_ in recommendation.interventions}
    return DevelopmentPlan(
        manager_id=profile.manager_id,
        headline=write_headline(profile, priorities, strengths, diagnosis, recommendation),
        strengths=strengths,
        priorities=priorities,
        goals=goals,
        actions=choose_actions(profile, priorities, library, role_level, "training_first" in help_ids, is_waiting),
        sessions=_sessions(diagnosis, recommendation, library, start_date),
        measures=_measures(profile, templates, diagnosis, recommendation, reviews, start_date),
        review_dates=reviews,
        worksheets=choose_worksheets(priorities, diagnosis, recommendation, library, is_waiting),
        mentoring=None if is_waiting else write_mentoring(recommendation, diagnosis, library),
    )


def _goal_templates(
    priorities: tuple[Priority, ...], diagnosis: Diagnosis, library: PlanLibrary, role_level: str
) -> list[tuple[Priority, GoalTemplate]]:
    if diagnosis.outcome == "not_enough_data":
        return []
    pairs = [(p, choose_goal_template(library, p.competency_id, role_level)) for p in priorities]
    return [(priority, template) for priority, template in pairs if template is not None]


def _sessions(
    diagnosis: Diagnosis, recommendation: Recommendation, library: PlanLibrary, start: date
) -> tuple[Session, ...]:
    """Planned sessions; a conversation comes first where something is to be settled or decided."""
    if recommendation.status == "not_now":
        return (settle_first_session(recommendation, start),)
    sessions = plan_sessions(recommendation, diagnosis, library, start)
    is_open = diagnosis.outcome in {"unclear", "not_enough_data"}
    if is_open or recommendation.status == "decide_in_conversation":
        return put_first(decision_session(diagnosis, recommendation, start), sessions)
    if recommendation.gate:
        return put_first(settle_first_session(recommendation, start), sessions)
    return sessions


def _review_dates(goals: tuple[Goal, ...], recommendation: Recommendation, start: date) -> tuple[str, ...]:
    """A first look, the goals' due date, and a quarter later whether the change has stayed."""
    due = max((date.fromisoformat(goal.due_on) for goal in goals), default=None)
    due = due or after_weeks(start, WEEKS_WITHOUT_GOALS)
    days = {after_weeks(start, FIRST_REVIEW_WEEKS), due, after_weeks(due, LAST_REVIEW_WEEKS_AFTER)}
    if recommendation.status != "not_now" and any(h.id == "mentoring" for h in recommendation.interventions):
        days.add(after_weeks(start, HALF_YEAR_WEEKS))  # mentoring runs long enough to be looked at on the way
    return tuple(day.isoformat() for day in sorted(days))


def _measures(
    profile: Profile,
    templates: list[tuple[Priority, GoalTemplate]],
    diagnosis: Diagnosis,
    recommendation: Recommendation,
    reviews: tuple[str, ...],
    start: date,
) -> tuple[Measure, ...]:
    if diagnosis.outcome == "not_enough_data":
        return (_missing_answers(reviews[0]),)
    scores = {score.competency_id: score for score in profile.scores}
    measures = [write_measure(p, t, scores.get(p.competency_id), start) for p, t in templates]
    clear = [scores[p.competency_id] for p, _ in templates if p.is_confirmed and p.competency_id in scores]
    if clear:
        measures.append(_lasting_behaviour(clear, reviews[-1]))
    if recommendation.status == "proposed" and is_coached(recommendation):
        measures += [_agreed(text, reviews[-1]) for text in recommendation.success_measures]
    return tuple(measures[: len(templates) + 1 + MOST_AGREED_MEASURES])


def _missing_answers(review_on: str) -> Measure:
    return Measure(
        what="Answers that can be shown",
        baseline="Too few to show a result.",
        target="Every rater group invited reaches its minimum, or you have decided to work without it.",
        owner="Your consultant",
        review_on=review_on,
    )


def _lasting_behaviour(scores: list[CompetencyScore], review_on: str) -> Measure:
    now = "; ".join(f"{score.short_name or score.name} {interval_text(score)}" for score in scores)
    return Measure(
        what="What others see in your priorities taken together",
        baseline=f"{now[0].upper()}{now[1:]}.",
        target="A rise larger than the measurement error, rated by others, not by you.",
        owner="Your consultant",
        review_on=review_on,
    )


def _agreed(text: str, review_on: str) -> Measure:
    return Measure(
        what=text,
        baseline="Write down where it stands before session 1.",
        target="As agreed in session 1.",
        owner="You and your line manager",
        review_on=review_on,
    )
