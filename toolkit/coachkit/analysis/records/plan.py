"""The manager's plan: priorities, goals, actions, sessions, measures and pages to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Action:
    """One action of the library, chosen for a plan."""

    id: str
    competency_id: str
    kind: Literal["on_the_job", "with_others", "learning"]
    title: str
    purpose: str
    first_step: str
    evidence_of_success: str
    levels: tuple[str, ...] = ()
    effort: str = ""


@dataclass(frozen=True, slots=True)
class Priority:
    """One of the two or three things to work on, and why it was chosen."""

    competency_id: str
    name: str
    why: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal written before work starts: SMART, with a goal attainment ladder from -2 to +2."""

    id: str
    competency_id: str
    title: str
    specific: str
    measured_by: str
    achievable: str
    relevant: str
    due_on: str
    ladder: tuple[str, str, str, str, str]
    weight: int
    owner: str


@dataclass(frozen=True, slots=True)
class Session:
    """One planned session with its agenda; ``grow`` holds one question each for goal, reality, options, will."""

    number: int
    title: str
    purpose: str
    planned_on: str
    minutes: int
    agenda: tuple[str, ...]
    grow: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of success with its baseline, target, owner and date."""

    what: str
    baseline: str
    target: str
    owner: str
    review_on: str


@dataclass(frozen=True, slots=True)
class WorksheetField:
    """One thing to fill in: a label, a hint written by a coach, and how many lines to leave."""

    label: str
    hint: str
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A page to fill in: business case, change plan, benefits register, specific situation."""

    id: str
    title: str
    intro: str
    fields: tuple[WorksheetField, ...]
    columns: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class MentoringAgreement:
    """The agreement between manager and mentor, and an agenda of questions to draw on."""

    intro: str
    clauses: tuple[str, ...]
    agenda: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DevelopmentPlan:
    """The manager's plan: a few priorities, goals, actions, sessions, measures and pages to work on."""

    manager_id: str
    headline: str
    strengths: tuple[Priority, ...]
    priorities: tuple[Priority, ...]
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    sessions: tuple[Session, ...]
    measures: tuple[Measure, ...]
    review_dates: tuple[str, ...]
    worksheets: tuple[Worksheet, ...]
    mentoring: MentoringAgreement | None = None
