"""What a plan is made of: actions, goals with ladders, session agendas, mentoring and worksheets.

These records are both the shape of the YAML files under ``templates/`` and what :func:`build_plan` draws on.

========================================  =====================================================
file                                      record
========================================  =====================================================
``templates/actions/<COMP>.yaml``         :class:`ActionFile` (``ANY.yaml``: for any competency)
``templates/goals/<COMP>.yaml``           :class:`GoalFile` (``ANY.yaml``: for any competency)
``templates/sessions/<intervention>.yaml``  :class:`SessionPlan`
``templates/mentoring/agreement.yaml``    :class:`MentoringTerms`
``templates/mentoring/questions.yaml``    :class:`QuestionBank`
``templates/worksheets/<id>.yaml``        :class:`coachkit.analysis.records.Worksheet`
========================================  =====================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coachkit.analysis.records import Worksheet

ANY = "ANY"  # competency id of the templates that fit every competency, also those of an imported instrument

ActionKind = Literal["on_the_job", "with_others", "learning"]


# ------------------------------------------------------------------ actions and goals
@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """One action: what to do, why, the step for this week and what somebody else would notice.

    ``item_id`` names the item of the instrument whose indicator the action trains ("" for none);
    ``levels`` the role levels it suits (empty: every level).
    """

    id: str
    kind: ActionKind
    title: str
    purpose: str
    first_step: str
    evidence_of_success: str
    effort: str
    levels: tuple[str, ...] = ()
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class ActionFile:
    """The actions of one competency, as one YAML file."""

    competency_id: str
    actions: tuple[ActionTemplate, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class GoalLadder:
    """Five observable outcomes, written before work starts, from much less (-2) to much more (+2)."""

    much_less: str
    less: str
    expected: str
    more: str
    much_more: str

    def steps(self) -> tuple[str, str, str, str, str]:
        """The five steps from -2 to +2."""
        return (self.much_less, self.less, self.expected, self.more, self.much_more)


@dataclass(frozen=True, slots=True)
class GoalMeasure:
    """How a goal is measured: what, how to take the baseline, the target and who should own it."""

    what: str
    baseline_prompt: str
    target: str
    owner: str


@dataclass(frozen=True, slots=True)
class GoalTemplate:
    """A goal by role level (``levels`` empty: every level), due ``weeks`` weeks after the start."""

    id: str
    title: str
    specific: str
    measured_by: str
    achievable: str
    relevant: str
    weeks: int
    ladder: GoalLadder
    measure: GoalMeasure
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalFile:
    """The goals of one competency, as one YAML file."""

    competency_id: str
    goals: tuple[GoalTemplate, ...]
    source: str = ""


# ------------------------------------------------------------------ sessions
@dataclass(frozen=True, slots=True)
class AgendaEntry:
    """One step of a session: how many minutes, and what happens."""

    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class GrowQuestions:
    """One question each for goal, reality, options and will (what next)."""

    goal: str
    reality: str
    options: str
    will: str

    def questions(self) -> tuple[str, str, str, str]:
        """The four questions in the order they are asked."""
        return (self.goal, self.reality, self.options, self.will)


@dataclass(frozen=True, slots=True)
class SessionTemplate:
    """One session of an intervention; the agenda's minutes add up to ``minutes``.

    ``number`` counts meetings from 1; gaps are meant (mentoring may describe meetings 1, 2, 6 and 12 only).
    ``from_dose``: the session is left out when fewer sessions than this are planned (0: always kept).
    ``before`` and ``after`` say in one or two sentences what the manager prepares and takes away.
    """

    number: int
    title: str
    purpose: str
    minutes: int
    agenda: tuple[AgendaEntry, ...]
    grow: GrowQuestions
    before: str
    after: str
    from_dose: int = 0


@dataclass(frozen=True, slots=True)
class SessionVariant:
    """Sessions that replace those of the same number when the situation is recognised."""

    situation_id: str
    sessions: tuple[SessionTemplate, ...]


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """The sessions of one intervention, with variants by situation."""

    intervention_id: str
    title: str
    intro: str
    sessions: tuple[SessionTemplate, ...]
    variants: tuple[SessionVariant, ...] = ()
    source: str = ""

    def sessions_for(self, situation_ids: tuple[str, ...]) -> tuple[SessionTemplate, ...]:
        """All sessions by number; variants of the situations replace defaults, the first listed wins."""
        chosen = {session.number: session for session in self.sessions}
        for situation_id in reversed(situation_ids):
            for variant in self.variants:
                if variant.situation_id == situation_id:
                    chosen.update({session.number: session for session in variant.sessions})
        return tuple(chosen[number] for number in sorted(chosen))


# ------------------------------------------------------------------ mentoring
@dataclass(frozen=True, slots=True)
class MentoringTerms:
    """The agreement between manager and mentor, and the standing agenda of a meeting."""

    intro: str
    clauses: tuple[str, ...]
    agenda: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions to draw on in one situation; ``situation_id`` ``any`` fits everybody."""

    situation_id: str
    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """The mentoring question bank: one set per situation, and one that fits everybody."""

    sets: tuple[QuestionSet, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class MentoringGuide:
    """Everything a plan takes from ``templates/mentoring``."""

    terms: MentoringTerms
    bank: QuestionBank


# ------------------------------------------------------------------ the library
@dataclass(frozen=True, slots=True)
class PlanLibrary:
    """All templates a plan is built from."""

    actions: tuple[ActionFile, ...]
    session_plans: tuple[SessionPlan, ...]
    mentoring: MentoringGuide
    worksheets: tuple[Worksheet, ...]
    goal_templates: tuple[GoalFile, ...]

    def actions_for(self, competency_id: str) -> tuple[ActionTemplate, ...]:
        """The actions of one competency; those for any competency when it has none of its own."""
        return _of_competency(self.actions, competency_id, "actions")

    def goals_for(self, competency_id: str) -> tuple[GoalTemplate, ...]:
        """The goal templates of one competency; those for any competency when it has none of its own."""
        return _of_competency(self.goal_templates, competency_id, "goals")

    def session_plan(self, intervention_id: str) -> SessionPlan | None:
        """The session plan of one intervention, or None when the library has none."""
        return next((plan for plan in self.session_plans if plan.intervention_id == intervention_id), None)

    def worksheet(self, worksheet_id: str) -> Worksheet | None:
        """One worksheet, or None when the library has none of that id."""
        return next((sheet for sheet in self.worksheets if sheet.id == worksheet_id), None)


def _of_competency(files: tuple, competency_id: str, entries: str) -> tuple:
    by_id = {file.competency_id: getattr(file, entries) for file in files}
    return by_id.get(competency_id, by_id.get(ANY, ()))
