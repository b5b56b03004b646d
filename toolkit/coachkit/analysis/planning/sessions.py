"""Sessions of a plan with their dates, and the conversation that settles what stands in the way.

References
----------
The order goal, reality, options, will follows Whitmore, J. (2017). Coaching for Performance, 5th edition. The number
of sessions is practice judgement: Jones, R. J., Woods, S. A. and Guillaume, Y. R. F. (2016). The effectiveness of
workplace coaching. Journal of Occupational and Organizational Psychology, 89, 249-277, found no dose effect.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from coachkit.analysis.planning.dates import after_weeks, spread
from coachkit.analysis.planning.library import PlanLibrary, SessionTemplate
from coachkit.analysis.records import Diagnosis, Intervention, Recommendation, Session

MOST_SESSIONS = 8  # mentoring meetings are listed up to here, so that the plan stays within eight printed pages
FEWEST_OF_MENTORING = 2  # ... but its first two meetings always are
WEEKS_BEFORE_STAGE = 2  # time to agree the contract before help starts, and before the next kind follows
FIRST_STAGE, LAST_STAGE = "training_first", "mentoring"  # all coaching lies between them


def plan_sessions(
    recommendation: Recommendation, diagnosis: Diagnosis, library: PlanLibrary, start: date
) -> tuple[Session, ...]:
    """Date the sessions of the recommended interventions, in order, numbered through the plan.

    Each intervention is planned at the lower end of its dose and spread evenly over its months; more is agreed
    at the review. Coaching follows training, and mentoring follows coaching; of mentoring the meetings that fit
    the page are listed, the others are the manager's own to set.

    Parameters
    ----------
    recommendation : Recommendation
        Interventions with dose; interventions the library has no sessions for are left out.
    diagnosis : Diagnosis
        Its ``headline_ids`` choose the variants of sessions.
    library : PlanLibrary
        Session plans by intervention.
    start : date
        First day of the plan; every session lies after it.
    """
    sessions: list[Session] = []
    begin = after_weeks(start, WEEKS_BEFORE_STAGE)
    for stage in _stages(recommendation.interventions):
        dated = [session for help_ in stage for session in _of_intervention(help_, diagnosis, library, begin)]
        room = max(FEWEST_OF_MENTORING, MOST_SESSIONS - len(sessions))
        sessions += dated[:room] if stage[0].id == LAST_STAGE else dated
        ends = [date.fromisoformat(session.planned_on) for session in sessions]
        begin = after_weeks(max(ends), WEEKS_BEFORE_STAGE) if ends else begin
    return _numbered(sessions)


def settle_first_session(recommendation: Recommendation, start: date) -> Session:
    """The short conversation that settles the readiness conditions before any coaching starts."""
    return Session(
        number=1,
        title="What to settle first",
        purpose="Settle with your line manager and the consultant what has to be in place before help starts.",
        planned_on=after_weeks(start, 1).isoformat(),
        minutes=30,
        agenda=tuple(recommendation.gate) or ("Agree what has to change before help can start, and by when.",),
        before="Write down what you want from the help, and what would stop you using it.",
        after="Each point has an owner and a date; set the first session once all are settled.",
    )


def decision_session(diagnosis: Diagnosis, recommendation: Recommendation, start: date) -> Session:
    """The conversation that decides what the figures leave open, built on the most useful missing fact."""
    agenda = ["What in this profile fits your own view, and what does not?"]
    agenda.append(
        diagnosis.question_to_ask or "Which work in the next six months matters most, and what is hard about it?"
    )
    if recommendation.alternative:
        agenda.append(f"Weigh the proposal against the alternative: {recommendation.alternative}")
    agenda.extend(recommendation.gate)
    agenda.append("Decide what to work on first, whether help is wanted, and when to look again.")
    return Session(
        number=1,
        title="First conversation: decide together",
        purpose="Decide together what the figures leave open; nothing is fixed before it.",
        planned_on=after_weeks(start, 1).isoformat(),
        minutes=60,
        agenda=tuple(agenda),
        before="Mark two results in the profile that surprised you and one example for each.",
        after="Write the decision, its reason and the date of the next look into this plan.",
    )


def put_first(session: Session, sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    """Put a conversation before the planned sessions and number the whole list again."""
    return _numbered([session, *sessions])


def _stages(interventions: tuple[Intervention, ...]) -> list[list[Intervention]]:
    """Training first, then coaching of any kind side by side, then mentoring; empty stages left out."""
    first = [help_ for help_ in interventions if help_.id == FIRST_STAGE]
    last = [help_ for help_ in interventions if help_.id == LAST_STAGE]
    middle = [help_ for help_ in interventions if help_.id not in {FIRST_STAGE, LAST_STAGE}]
    return [stage for stage in (first, middle, last) if stage]


def _of_intervention(help_: Intervention, diagnosis: Diagnosis, library: PlanLibrary, begin: date) -> list[Session]:
    plan = library.session_plan(help_.id)
    if plan is None:
        return []
    templates = plan.sessions_for(diagnosis.headline_ids)
    dose = help_.sessions_low or max((t.number for t in templates), default=0)
    days = spread(begin, dose, help_.months or 1)
    return [_session(help_, template, days[number - 1]) for number, template in _kept(templates, dose)]


def _kept(templates: tuple[SessionTemplate, ...], dose: int) -> list[tuple[int, SessionTemplate]]:
    """Meeting number and template of what a dose keeps; a gap left by a dropped session closes."""
    kept: list[tuple[int, SessionTemplate]] = []
    dropped = 0
    for template in templates:
        if template.from_dose > dose:
            dropped += 1
        elif template.number - dropped <= dose:
            kept.append((template.number - dropped, template))
    return kept


def _session(help_: Intervention, template: SessionTemplate, day: date) -> Session:
    return Session(
        number=template.number,
        title=f"{help_.label}: {template.title}",
        purpose=template.purpose,
        planned_on=day.isoformat(),
        minutes=template.minutes,
        agenda=tuple(f"{entry.text.rstrip('.')} ({entry.minutes} min)" for entry in template.agenda),
        grow=template.grow.questions(),
        before=template.before,
        after=template.after,
    )


def _numbered(sessions: list[Session]) -> tuple[Session, ...]:
    ordered = sorted(sessions, key=lambda session: session.planned_on)
    return tuple(replace(session, number=k) for k, session in enumerate(ordered, start=1))
