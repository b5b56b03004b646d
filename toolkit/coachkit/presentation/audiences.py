"""Who may read what: one table, applied to the records before anything is written for a reader.

The manager's plan holds all of it. The coach's or mentor's brief and the sponsor's summary are written from a
dossier in which every field that the table does not allow is empty, so no format can hold it. Mentoring is a safe
space: where the only help is mentoring, the sponsor learns that it takes place and when, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Literal

from coachkit.analysis.records import ManagerDossier

Audience = Literal["manager", "coach", "sponsor"]

_MANAGER, _COACH, _ALL = (
    frozenset({"manager"}),
    frozenset({"manager", "coach"}),
    frozenset({"manager", "coach", "sponsor"}),
)

#: Field of a dossier -> who may read it. A field named here stands for all below it.
READERS: dict[str, frozenset[str]] = {
    "manager.manager_id": _MANAGER,
    "manager.name": _ALL,
    "manager.job_title": _ALL,
    "manager.unit_name": _ALL,
    "manager.role_level": _COACH,
    "engagement": _ALL,
    "provenance": _ALL,
    "profile": _MANAGER,  # scores, items, comments, differences, remarks on answers
    "diagnosis.manager_id": _MANAGER,
    "diagnosis.outcome": _COACH,
    "diagnosis.headline_ids": _COACH,
    "diagnosis.summary": _COACH,
    "diagnosis.findings.situation_id": _COACH,
    "diagnosis.findings.title": _COACH,
    "diagnosis.findings.probability": _MANAGER,
    "diagnosis.findings.status": _COACH,
    "diagnosis.findings.evidence": _MANAGER,
    "diagnosis.findings.missing": _MANAGER,
    "diagnosis.findings.would_change": _MANAGER,
    "diagnosis.most_useful_missing": _MANAGER,
    "diagnosis.question_to_ask": _COACH,
    "diagnosis.attributions": _MANAGER,
    "recommendation.manager_id": _MANAGER,
    "recommendation.interventions.id": _ALL,
    "recommendation.interventions.label": _ALL,
    "recommendation.interventions.dose": _ALL,
    "recommendation.interventions.sessions_low": _ALL,
    "recommendation.interventions.sessions_high": _ALL,
    "recommendation.interventions.hours_per_session": _ALL,
    "recommendation.interventions.months": _ALL,
    "recommendation.interventions.focus": _COACH,
    "recommendation.reason": _COACH,
    "recommendation.confidence": _MANAGER,
    "recommendation.confidence_text": _MANAGER,
    "recommendation.alternative": _MANAGER,
    "recommendation.would_change": _MANAGER,
    "recommendation.success_measures": _COACH,
    "recommendation.gate": _MANAGER,  # may touch a personnel matter
    "recommendation.status": _ALL,
    "recommendation.override_reason": _MANAGER,
    "plan.manager_id": _MANAGER,
    "plan.headline": _MANAGER,
    "plan.strengths.competency_id": _COACH,
    "plan.strengths.name": _COACH,
    "plan.strengths.why": _MANAGER,  # quotes estimates
    "plan.strengths.is_confirmed": _COACH,
    "plan.priorities.competency_id": _COACH,
    "plan.priorities.name": _COACH,
    "plan.priorities.why": _MANAGER,  # quotes estimates
    "plan.priorities.is_confirmed": _COACH,
    "plan.goals": _ALL,
    "plan.actions": _COACH,
    "plan.sessions.number": _ALL,
    "plan.sessions.title": _COACH,
    "plan.sessions.purpose": _COACH,
    "plan.sessions.planned_on": _ALL,
    "plan.sessions.minutes": _ALL,
    "plan.sessions.agenda": _COACH,
    "plan.sessions.grow": _COACH,
    "plan.sessions.before": _COACH,
    "plan.sessions.after": _COACH,
    "plan.measures.what": _ALL,
    "plan.measures.baseline": _MANAGER,  # quotes estimates
    "plan.measures.target": _ALL,
    "plan.measures.owner": _ALL,
    "plan.measures.review_on": _ALL,
    "plan.review_dates": _ALL,
    "plan.worksheets": _MANAGER,
    "plan.mentoring": _COACH,
    "n_cohort": _MANAGER,
    "segment_name": _MANAGER,
    "segment_membership": _MANAGER,
    "cohort_means": _MANAGER,
    "places": _MANAGER,
    "change": _MANAGER,
}
#: What is agreed with a sponsor is agreed for coaching; mentoring and the manager's own work stay between the two.
SHARED_WITH_SPONSOR = frozenset({"short_coaching", "long_coaching", "team_coaching"})
_ONLY_WITH_SHARED_HELP = ("plan.goals", "plan.measures")
_ONLY_WITH_HELP = ("plan.sessions", "plan.review_dates")


def restricted(dossier: ManagerDossier, audience: Audience) -> ManagerDossier:
    """A dossier in which everything that the audience may not read is empty.

    Parameters
    ----------
    dossier : ManagerDossier
        One manager's dossier.
    audience : str
        ``manager`` (all of it), ``coach`` (a coach or mentor) or ``sponsor``.

    Returns
    -------
    ManagerDossier
        Texts, lists and records not allowed are empty, numbers None, truth values False. A field that
        :data:`READERS` does not name is not allowed to anybody.
    """
    hidden = set()
    if audience != "manager":
        hidden |= set() if has_help(dossier) else set(_ONLY_WITH_HELP)
    if audience == "sponsor":
        hidden |= set() if is_shared_with_sponsor(dossier) else set(_ONLY_WITH_SHARED_HELP)
    return _restricted(dossier, audience, "", hidden)


def has_help(dossier: ManagerDossier) -> bool:
    """Whether coaching, mentoring or training is proposed now."""
    ids = {help_.id for help_ in dossier.recommendation.interventions} - {"no_intervention"}
    return bool(ids) and dossier.recommendation.status != "not_now"


def is_shared_with_sponsor(dossier: ManagerDossier) -> bool:
    """Whether there is coaching, whose goals and outcomes the sponsor agrees to."""
    ids = {help_.id for help_ in dossier.recommendation.interventions}
    return has_help(dossier) and bool(ids & SHARED_WITH_SPONSOR)


def field_paths(value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any record
    """Every field of a record down to those named in :data:`READERS`, or to plain values."""
    if path in READERS or not _holds_records(value):
        yield path
        return
    entry = value[0] if isinstance(value, tuple) else value
    for item in fields(entry):
        yield from field_paths(getattr(entry, item.name), f"{path}.{item.name}".lstrip("."))


def _restricted(value: Any, audience: str, path: str, hidden: set[str]) -> Any:  # noqa: ANN401 - any record
    if path in hidden:
        return _emptied(value)
    if path in READERS:
        return value if audience in READERS[path] else _emptied(value)
    if isinstance(value, tuple) and (not value or _holds_records(value)):
        return tuple(_restricted(entry, audience, path, hidden) for entry in value)
    if not is_dataclass(value):
        return _emptied(value)
    changes = {
        item.name: _restricted(getattr(value, item.name), audience, f"{path}.{item.name}".lstrip("."), hidden)
        for item in fields(value)
    }
    return replace(value, **changes)


def _holds_records(value: Any) -> bool:  # noqa: ANN401 - any value
    return is_dataclass(value) or (isinstance(value, tuple) and bool(value) and is_dataclass(value[0]))


def _emptied(value: Any) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, bool):
        return False
    if isinstance(value, str | tuple | dict):
        return type(value)()
    if is_dataclass(value):
        return replace(value, **{item.name: _emptied(getattr(value, item.name)) for item in fields(value)})
    return None
