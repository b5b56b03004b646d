"""Where scores lie beside others: in the cohort, between units, with and without flagged forms, between waves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coachkit.core.norms import CohortPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPlace(CohortPosition):
    """Where one estimate lies among the managers who took part, as precisely as their number allows.

    ``side`` says on which side of the cohort's middle the whole 95 % range of the estimate lies, or that it reaches
    over the middle.
    """

    competency_id: str
    side: Literal["below", "above", "open"]


@dataclass(frozen=True, slots=True)
class NormRow:
    """Scores at the edges of a competency's bands; ``lows`` and ``highs`` are 90 % bootstrap intervals."""

    competency_id: str
    name: str
    n: int
    shares: tuple[float, ...]
    scores: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class UnitMean:
    """One unit on one competency: mean as rated, and drawn towards all units as far as chance explains (95 % range)."""

    unit_id: str
    competency_id: str
    n_managers: int
    rated: float
    shrunken: float
    low: float
    high: float
    side: Literal["below", "above", "open"]


@dataclass(frozen=True, slots=True)
class FlaggedMean:
    """Mean estimate of the cohort on one competency, with all forms and without the flagged ones."""

    competency_id: str
    name: str
    mean: float
    mean_without: float


@dataclass(frozen=True, slots=True)
class QualityEffect:
    """What hasty and straight-line forms change in the cohort; without ``rows`` where too few forms are flagged.

    ``n_changed`` of ``n_readings`` readings would be others without the flagged forms; None = too few to say.
    """

    n_forms: int
    n_flagged: int | None
    rows: tuple[FlaggedMean, ...] = ()
    n_readings: int = 0
    n_changed: int | None = None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One competency (or ``composite``) between two waves, by raters other than self, in scale points.

    ``low``..``high`` is the 95 % range of the change; ``expected`` the score now if nothing had changed, drawn
    towards the mean as extreme scores are.
    """

    competency_id: str
    name: str
    before: float
    after: float
    change: float
    low: float
    high: float
    expected: float
    verdict: Literal["improved", "declined", "no_reliable_change"]


@dataclass(frozen=True, slots=True)
class ManagerChange:
    """One manager between two waves: every competency that can be compared, and the priorities of then together."""

    earlier: str
    later: str
    scores: tuple[ScoreChange, ...]
    composite: ScoreChange | None = None
    composite_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompetencyChange:
    """One competency of the managers rated at both waves; counts are None where they are too small to be given.

    ``is_clear`` allows for the number of competencies compared.
    """

    competency_id: str
    name: str
    n: int
    change: float
    low: float
    high: float
    n_improved: int | None
    n_same: int | None
    n_declined: int | None
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class CohortChange:
    """The cohort between two waves; without ``rows`` where fewer managers than a cohort were rated at both."""

    earlier: str
    later: str
    rows: tuple[CompetencyChange, ...] = ()
