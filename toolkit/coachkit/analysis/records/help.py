"""Interventions, recommendations and the programme they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InterventionId = Literal[
    "short_coaching", "long_coaching", "mentoring", "team_coaching", "training_first", "no_intervention"
]


@dataclass(frozen=True, slots=True)
class Intervention:
    """One kind of help with its dose; hours are the manager's contact hours (for team_coaching: the team's)."""

    id: str
    label: str
    dose: str
    sessions_low: int
    sessions_high: int
    hours_per_session: float
    months: int
    focus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What help fits, why, how sure, what else would do, and what would change the answer.

    ``gate`` lists readiness conditions that are not met or not known; coaching starts only when it is empty.
    """

    manager_id: str
    interventions: tuple[Intervention, ...]
    reason: str
    confidence: float | None
    confidence_text: str
    alternative: str
    would_change: str
    success_measures: tuple[str, ...]
    gate: tuple[str, ...] = ()
    status: Literal["proposed", "decide_in_conversation", "not_now"] = "proposed"
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One row of the programme proposal: places, hours and cost range of one intervention."""

    intervention_id: str
    label: str
    places: int
    places_if_confirmed: int
    hours_low: float
    hours_high: float
    cost_low: float | None
    cost_high: float | None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeProposal:
    """Places, hours and a cost range for the whole programme; ``currency`` as in engagement.yaml."""

    lines: tuple[ProposalLine, ...]
    currency: str
    cost_low: float | None
    cost_high: float | None
    notes: tuple[str, ...] = ()
