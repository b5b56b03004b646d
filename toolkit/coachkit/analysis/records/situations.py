"""What the diagnosis says about one manager or one unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that spoke for or against a situation, as a sentence with its numbers."""

    text: str
    direction: Literal["for", "against", "context"]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One situation for one manager (or unit): how probable, why, and what is missing."""

    situation_id: str
    title: str
    probability: float | None
    status: Literal["recognised", "possible", "unlikely", "cannot_tell"]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    would_change: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Person or system, for one competency: shared by the unit, specific to the manager, or cannot tell."""

    competency_id: str
    verdict: Literal["shared", "specific", "cannot_tell"]
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings for one manager and the headline drawn from them.

    ``headline_ids`` are the recognised situations (may be several, may be empty); ``outcome`` says which kind
    of answer this is.
    """

    manager_id: str
    outcome: Literal["recognised", "unclear", "none_of_the_five", "no_intervention", "not_enough_data"]
    headline_ids: tuple[str, ...]
    summary: str
    findings: tuple[Finding, ...]
    most_useful_missing: str | None = None
    question_to_ask: str | None = None
    attributions: tuple[Attribution, ...] = ()

    def finding(self, situation_id: str) -> Finding:
        """The finding of one situation (KeyError for an unknown id)."""
        return next(f for f in self.findings if f.situation_id == situation_id)


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """The stale_organisation situation for one unit, and the unit's figures behind it."""

    unit_id: str
    unit_name: str
    n_managers: int
    finding: Finding
    figures: dict[str, float | None] = field(default_factory=dict)
