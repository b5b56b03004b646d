"""Groups of similar answers, or the reasoned refusal to form any."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """One group of answers: a name from its most distinguishing competencies, never a trait of people.

    ``situation`` is the one whose stated need pattern the group resembles most, with the correlation ``resemblance``
    (-1..1) and what is offered in it; None if the group resembles no pattern clearly.
    """

    label: str
    name: str
    size: int
    centre: dict[str, float]
    jaccard: float | None
    stability: str
    situation: str | None = None
    resemblance: float | None = None
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """Segments, or the reasoned refusal to form any (``n_segments`` 0 or 1)."""

    n_segments: int
    verdict: Literal["segments", "no_structure", "too_few"]
    reason: str
    method: str
    p_value: float | None
    segments: tuple[SegmentSummary, ...] = ()
    membership: dict[str, dict[str, float]] = field(default_factory=dict)
