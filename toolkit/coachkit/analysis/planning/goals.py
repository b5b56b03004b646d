"""Goals of a plan: one per priority, SMART, each with a five-step attainment ladder and a measure.

References
----------
Kiresuk, T. J. and Sherman, R. E. (1968). Goal attainment scaling: a general method for evaluating comprehensive
community mental health programs. Community Mental Health Journal, 4, 443-453.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from coachkit.analysis.planning.dates import after_weeks
from coachkit.analysis.planning.library import GoalTemplate, PlanLibrary
from coachkit.analysis.planning.priorities import interval_text
from coachkit.analysis.records import CompetencyScore, Goal, Measure, Priority

PLACEHOLDER = "{competency}"  # stands for the competency's name in the templates that fit any competency
CONFIRMED_WEIGHT, ASKED_WEIGHT = 2, 1  # a goal on a clear gap counts double in the attainment score


def choose_goal_template(library: PlanLibrary, competency_id: str, role_level: str) -> GoalTemplate | None:
    """The first goal template for this level, else the first for any level, else the first of all.

    Returns None when the library has no goal for the competency, not even a general one.
    """
    templates = library.goals_for(competency_id)
    fitting = [t for t in templates if role_level in t.levels] or [t for t in templates if not t.levels]
    return next(iter(fitting or templates), None)


def write_goal(priority: Priority, template: GoalTemplate, start: date) -> Goal:
    """Turn a template into the manager's goal with a due date on a working day.

    The ladder is written before work starts; the manager edits its wording in the first session.
    """
    named = _naming(priority)
    much_less, less, expected, more, much_more = map(named, template.ladder.steps())
    return Goal(
        id=template.id,
        competency_id=priority.competency_id,
        title=named(template.title),
        specific=named(template.specific),
        measured_by=named(template.measured_by),
        achievable=named(template.achievable),
        relevant=named(template.relevant),
        due_on=after_weeks(start, template.weeks).isoformat(),
        ladder=(much_less, less, expected, more, much_more),
        weight=CONFIRMED_WEIGHT if priority.is_confirmed else ASKED_WEIGHT,
        owner="You",
    )


def write_measure(priority: Priority, template: GoalTemplate, score: CompetencyScore | None, start: date) -> Measure:
    """The goal's measure, its baseline worded with the present estimate and interval."""
    named = _naming(priority)
    now = "no score can be shown yet" if score is None else interval_text(score)
    return Measure(
        what=named(template.measure.what),
        baseline=f"{named(template.measure.baseline_prompt)} Questionnaire now: {now}.",
        target=named(template.measure.target),
        owner=template.measure.owner,
        review_on=after_weeks(start, template.weeks).isoformat(),
    )


def _naming(priority: Priority) -> Callable[[str], str]:
    return lambda text: text.replace(PLACEHOLDER, priority.name)
