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
MOST_QUESTIONS = 12


def choose_worksheets(
    priorities: tuple[Priority, ...],
    diagnosis: Diagnosis,
    recommendation: Recommendation,
    library: PlanLibrary,
    is_waiting: bool = False,
) -> tuple[Worksheet, ...]:
    """Give every plan its business case, change plan and benefits register, and mentoring its own page.

    Parameters
    ----------
    is_waiting : bool
        True while readiness conditions stand in the way: the page that belongs to mentoring is left out.

    Returns
    -------
    tuple of Worksheet
        The page nearest to the priorities and the situation first; none without enough data.
    """
    if diagnosis.outcome == "not_enough_data":
        return ()
    ids = _worksheet_ids(priorities, diagnosis, _help_ids(recommendation, is_waiting))
    found = [library.worksheet(worksheet_id) for worksheet_id in ids]
    return tuple(sheet for sheet in found if sheet is not None)


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
    is_change_nearer = bool(chosen & CHANGE_COMPETENCIES) or "stale_organisation" in situations
    is_case_nearer = bool(chosen & CASE_COMPETENCIES) or "beyond_technology" in situations
    ids = ["business_case", "change_plan"]
    if is_change_nearer and not is_case_nearer:
        ids.reverse()
    return [*ids, "benefits_register", *(["specific_situation"] if "mentoring" in help_ids else [])]


def _questions(diagnosis: Diagnosis, library: PlanLibrary) -> tuple[str, ...]:
    """Questions for the recognised situations first, then those for everybody, each once."""
    wanted = (*diagnosis.headline_ids, "any")
    sets = library.mentoring.bank.sets
    asked = (q for situation in wanted for s in sets if s.situation_id == situation for q in s.questions)
    return tuple(dict.fromkeys(asked))[:MOST_QUESTIONS]
