"""One manager's released profile: scores with their uncertainty, items, comments, remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reading = Literal["priority", "strength", "ask", "no_data"]


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One rater group's released mean. ``n_raters`` is None where showing it would tell too much.

    ``status``: shown, pooled (published only together with other groups), hidden (too few), none (nobody answered).
    """

    group_id: str
    label: str
    status: Literal["shown", "pooled", "hidden", "none"]
    score: float | None = None
    n_raters: int | None = None


@dataclass(frozen=True, slots=True)
class SelfOther:
    """Self minus others, judged by the error of both. ``verdict`` is one of four classes or ``cannot_tell``."""

    difference: float | None
    error: float | None
    verdict: Literal["over", "under", "agree_good", "agree_poor", "agree", "cannot_tell"]
    is_blind_spot: bool = False


@dataclass(frozen=True, slots=True)
class CompetencyScore:
    """One competency of one manager with its uncertainty (scale points; probabilities 0-1)."""

    competency_id: str
    name: str
    short_name: str
    definition: str
    target: float
    self_score: float | None
    groups: tuple[GroupScore, ...]
    others: float | None
    n_effective: float
    reliability: float | None
    estimate: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p_below_target: float | None
    p_bottom_three: float | None
    reading: Reading
    self_other: SelfOther


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item's released mean over all others, rounded as the number of raters allows."""

    item_id: str
    competency_id: str
    indicator: str
    self_score: float | None
    others: float | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment released to the manager; ``source`` is a group label or a pooled label, never a rater."""

    question: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """A response-quality remark; flags only, nothing is dropped without the consultant."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One manager's released profile at one wave."""

    manager_id: str
    wave: str
    scores: tuple[CompetencyScore, ...]
    other_scales: tuple[CompetencyScore, ...] = ()
    items: tuple[ItemScore, ...] = ()
    comments: tuple[Comment, ...] = ()
    quality: tuple[QualityFlag, ...] = ()
    notes: tuple[str, ...] = ()
    is_frozen: bool = False

    def score(self, competency_id: str) -> CompetencyScore:
        """The score of one competency (KeyError for an id outside the instrument)."""
        for score in (*self.scores, *self.other_scales):
            if score.competency_id == competency_id:
                return score
        raise KeyError(competency_id)

    def of_reading(self, reading: Reading) -> tuple[CompetencyScore, ...]:
        """Scores with one reading, most certain first."""
        chosen = [score for score in self.scores if score.reading == reading]
        sign = -1.0 if reading != "strength" else 1.0
        return tuple(sorted(chosen, key=lambda s: (sign * (s.p_below_target or 0.0), s.competency_id)))
