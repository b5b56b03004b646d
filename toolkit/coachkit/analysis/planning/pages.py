"""Pages to work on: worksheets, and the mentoring agreement with its questions."""

from __future__ import annotations

from coachkit.analysis.planning.library import PlanLibrary
from coachkit.analysis.records import (
    Diagnosis,
    MentoringAgreement,
    Priority,
    Recommendation,
    Worksheet,
)

COACHING = frozenset({"short_coaching", "long_coaching", "team_coaching"})
CASE_COMPETENCIES = frozenset({"CASE", "OPP"})
CHANGE_COMPETENCIES = frozenset({"PLAN", "BEN"})
MOST_WORKSHEETS = 3  # pages to fill in are worth having only when they are filled in
MOST_QUESTIONS = 12


def choose_worksheets(
    priorities: tuple[Priority, ...],
    diagnosis: Diagnosis,
    recommendation: Recommendation,
    library: PlanLibrary,
    is_waiting: bool = False,
) -> tuple[Worksheet, ...]:
    """Choose at most three worksheets that fit the priorities, the situation and the help.

    Parameters
    ----------
    is_waiting : bool
        True while readiness conditions stand in the way: pages that belong to coaching or mentoring are left out.
    """
    ids = _worksheet_ids(priorities, diagnosis, _help_ids(recommendation, is_waiting))
    found = [library.worksheet(worksheet_id) for worksheet_id in ids]
    return tuple(sheet for sheet in found if sheet is not None)[:MOST_WORKSHEETS]


def write_mentoring(
    recommendation: Recommendation, diagnosis: Diagnosis, library: PlanLibrary
) -> MentoringAgreement | None:
    """The mentoring agreement with questions for the situation, or None when no mentoring is recommended."""
    if "mentoring" not in _help_ids(recommendation):
        return None
    terms = library.mentoring.terms
    return MentoringAgreement(terms.intro, terms.clauses, terms.agenda, _questions(diagnosis, library))


def is_coached(recommendation: Recommendation) -> bool:
    """Whether any kind of coaching is recommended."""
    return bool(COACHING & _help_ids(recommendation))


def _help_ids(recommendation: Recommendation, is_waiting: bool = False) -> frozenset[str]:
    return frozenset() if is_waiting else frozenset(h.id for h in recommendation.interventions)


def _worksheet_ids(priorities: tuple[Priority, ...], diagnosis: Diagnosis, help_ids: frozenset[str]) -> list[str]:
    chosen = {priority.competency_id for priority in priorities}
    situations = set(diagnosis.headline_ids)
    ids = []
    if chosen & CASE_COMPETENCIES or "beyond_technology" in situations:
        ids.append("business_case")
    if chosen & CHANGE_COMPETENCIES or "stale_organisation" in situations:
        ids.append("change_plan")
    if help_ids & COACHING:
        ids.append("benefits_register")
    if "mentoring" in help_ids:
        ids.append("specific_situation")
    return ids


def _questions(diagnosis: Diagnosis, library: PlanLibrary) -> tuple[str, ...]:
    """Questions for the recognised situations first, then those for everybody, each once."""
    wanted = (*diagnosis.headline_ids, "any")
    sets = library.mentoring.bank.sets
    asked = (q for situation in wanted for s in sets if s.situation_id == situation for q in s.questions)
    return tuple(dict.fromkeys(asked))[:MOST_QUESTIONS]
