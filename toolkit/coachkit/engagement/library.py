"""Read the plan library from ``templates/`` and refuse one that contradicts itself, all problems at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from coachkit.analysis.planning.library import (
    ActionFile,
    GoalFile,
    MentoringGuide,
    MentoringTerms,
    PlanLibrary,
    QuestionBank,
    SessionPlan,
    SessionTemplate,
)
from coachkit.analysis.records import Worksheet
from coachkit.engagement.resources import find_resource
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_reader import read_yaml
from coachkit.errors import SettingsError, SettingsProblemsError

_T = TypeVar("_T")


def load_library(folder: str | Path | None = None) -> PlanLibrary:
    """Load actions, goals, sessions, mentoring and worksheets.

    Parameters
    ----------
    folder : path, optional
        A templates folder of your own with the same sub-folders; the shipped one when left out.

    Returns
    -------
    PlanLibrary
        Checked: unique ids, agendas that add up, ladders of five distinct steps.

    Raises
    ------
    SettingsError
        If a folder or file is missing, or the content contradicts itself; names every problem found.
    SettingsProblemsError
        If a file cannot be read in its form; carries the problems of all files.

    Examples
    --------
    >>> library = load_library()
    >>> len(library.goals_for("PEO"))
    2
    """
    root = Path(folder) if folder is not None else find_resource("templates")
    reader = _Reader(root)
    actions = reader.all("actions", ActionFile)
    goals = reader.all("goals", GoalFile)
    sessions = reader.all("sessions", SessionPlan)
    terms = reader.all("mentoring", MentoringTerms, "agreement.yaml")
    bank = reader.all("mentoring", QuestionBank, "questions.yaml")
    worksheets = reader.all("worksheets", Worksheet)
    reader.refuse_unreadable()
    library = PlanLibrary(actions, sessions, MentoringGuide(terms[0], bank[0]), worksheets, goals)
    contradictions = check_library(library)
    if contradictions:
        raise SettingsError("the plan library cannot be used:\n" + "\n".join(f"- {text}" for text in contradictions))
    return library


def check_library(library: PlanLibrary) -> tuple[str, ...]:
    """Every contradiction inside a library as one sentence; empty when it is sound."""
    return (
        *_repeated_ids(library),
        *_blank_ladders(library),
        *_agendas_off(library),
    )


class _Reader:
    """Reads the files of one templates folder and collects what stands in the way."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list = []
        self.missing: list[str] = []

    def all(self, name: str, cls: type[_T], pattern: str = "*.yaml") -> tuple[_T, ...]:
        paths = sorted((self.root / name).glob(pattern))
        if not paths:
            self.missing.append(f"{name}/{pattern}")
        read = (self._load(path, cls) for path in paths)
        return tuple(entry for entry in read if entry is not None)

    def refuse_unreadable(self) -> None:
        if self.problems:
            raise SettingsProblemsError(self.problems)
        if self.missing:
            raise SettingsError(
                f"the templates folder lacks {', '.join(self.missing)}. Copy the shipped templates folder whole, "
                "then edit the files you want to change."
            )

    def _load(self, path: Path, cls: type[_T]) -> _T | None:
        try:
            return decode(read_yaml(path, name=path.relative_to(self.root).as_posix()), cls)
        except SettingsProblemsError as error:
            self.problems.extend(error.problems)
            return None


def _repeated_ids(library: PlanLibrary) -> Iterator[str]:
    ids = {
        "action": [action.id for file in library.actions for action in file.actions],
        "goal": [goal.id for file in library.goal_templates for goal in file.goals],
        "worksheet": [sheet.id for sheet in library.worksheets],
        "actions file for competency": [file.competency_id for file in library.actions],
        "goals file for competency": [file.competency_id for file in library.goal_templates],
        "session plan for": [plan.intervention_id for plan in library.session_plans],
    }
    for kind, given in ids.items():
        for repeated, times in Counter(given).items():
            if times > 1:
                yield f"{kind} {repeated!r} is given {times} times. Give each its own id."


def _blank_ladders(library: PlanLibrary) -> Iterator[str]:
    for goal in (goal for file in library.goal_templates for goal in file.goals):
        steps = {step.strip().lower() for step in goal.ladder.steps()}
        if len(steps) < 5 or "" in steps:
            yield f"goal {goal.id!r}: its ladder needs five different steps, got {len(steps - {''})}."
        if goal.weeks < 1:
            yield f"goal {goal.id!r}: weeks is {goal.weeks}, but must be 1 or more."


def _agendas_off(library: PlanLibrary) -> Iterator[str]:
    for plan in library.session_plans:
        groups = {"": plan.sessions} | {variant.situation_id: variant.sessions for variant in plan.variants}
        for situation, sessions in groups.items():
            where = f"sessions of {plan.intervention_id!r}" + (f", variant {situation!r}" if situation else "")
            yield from _session_problems(where, sessions)


def _session_problems(where: str, sessions: tuple[SessionTemplate, ...]) -> Iterator[str]:
    numbers = [session.number for session in sessions]
    if len(set(numbers)) < len(numbers) or min(numbers, default=1) < 1:
        yield f"{where}: session numbers must be different and start at 1 or later, got {numbers}."
    for session in sessions:
        total = sum(entry.minutes for entry in session.agenda)
        if total != session.minutes:
            yield f"{where}, session {session.number}: the agenda adds up to {total} minutes, not {session.minutes}."
