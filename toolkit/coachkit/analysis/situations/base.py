"""What every situation is made of: claims judged on draws, the draws themselves, and the check record.

A *claim* is a statement about each manager in each draw ("in this draw, IMP lies below target"). Where a fact is
missing the claim keeps three answers: ``low`` (the missing facts speak against), ``mid`` (the missing facts
drawn from the documented answers) and ``high`` (they speak for). The probability of a situation is the share of draws
whose claim holds; a gap between low and high says how much the missing facts could change it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coachkit.analysis.situations.thresholds import SituationRules

if TYPE_CHECKING:
    from coachkit.analysis.records import Evidence
    from coachkit.analysis.situations.evidence import Facts

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement judged for managers x draws, with bounds for what is not known.

    Examples
    --------
    >>> yes, no = np.array([[True, True]]), np.array([[False, False]])
    >>> unknown = Claim(no, np.array([[True, False]]), yes)
    >>> (unknown & Claim.known(yes)).shares()
    (array([0.]), array([0.5]), array([1.]))
    >>> (unknown & Claim.known(no)).shares()[2]
    array([0.])
    """

    low: Flags
    mid: Flags
    high: Flags

    @classmethod
    def known(cls, flags: Flags) -> Claim:
        """A claim without anything missing."""
        return cls(flags, flags, flags)

    @property
    def is_known(self) -> bool:
        """True if nothing behind the claim is missing for any manager."""
        return self.low is self.mid and self.mid is self.high

    def __and__(self, other: Claim) -> Claim:
        return self._combine(other, np.logical_and)

    def __or__(self, other: Claim) -> Claim:
        return self._combine(other, np.logical_or)

    def __invert__(self) -> Claim:
        if self.is_known:
            return Claim.known(~self.mid)
        return Claim(~self.high, ~self.mid, ~self.low)

    def _combine(self, other: Claim, operate: Callable[[Flags, Flags], Flags]) -> Claim:
        mid = operate(self.mid, other.mid)
        if self.is_known and other.is_known:
            return Claim.known(mid)
        return Claim(operate(self.low, other.low), mid, operate(self.high, other.high))

    def shares(self) -> tuple[Floats, Floats, Floats]:
        """Share of draws (0-1) in which the claim holds per manager: low, mid, high."""
        mid = self.mid.mean(axis=1)
        if self.is_known:
            return mid, mid, mid
        return self.low.mean(axis=1), mid, self.high.mean(axis=1)


@dataclass(frozen=True)
class Draws:
    """Random numbers shared by all managers: one column per scale, threshold and missing field.

    Sharing them (common random numbers) makes a manager's probability independent of who else is in the cohort
    and in which order, and keeps memory at draws x columns. Each column is stratified (Latin hypercube), so
    that the share of draws under one condition is exact to one draw.

    Attributes
    ----------
    normal : dict of scale id -> array (n_draws,)
        Standard normal deviates, correlated by ``shared_error``; a drawn true score is ``estimate + standard_error * normal``.
    factor : dict of (situation, threshold) -> array (n_draws,)
        Uniform multipliers of the thresholds, 1 where a threshold does not vary.
    answer : dict of field -> array (n_draws,) of int
        Which of the field's documented answers holds in a draw if the field is missing.
    spare : dict of name -> array (n_draws,)
        Uniform deviates for events counted over several managers.

    References
    ----------
    McKay, Beckman & Conover (1979), Technometrics 21, 239-245 (Latin hypercube sampling).
    """

    n: int
    normal: dict[str, Floats]
    factor: dict[tuple[str, str], Floats]
    answer: dict[str, npt.NDArray[np.intp]]
    spare: dict[str, Floats]


def make_draws(rules: SituationRules, scale_ids: tuple[str, ...], n_draws: int, random_state: int) -> Draws:
    """Draw the random numbers of one diagnosis; the same arguments give the same numbers."""
    from scipy.special import ndtri

    rng = np.random.default_rng(random_state)

    def column() -> Floats:
        return (rng.permutation(n_draws) + rng.random(n_draws)) / n_draws

    spread = rules.engine_value("threshold_spread")
    own = {scale: ndtri(column()) for scale in sorted(scale_ids)}
    factor = {
        (situation, name): 1 + spread * (2 * column() - 1) if threshold.varies else np.ones(n_draws)
        for situation, rule in sorted(rules.situations.items())
        for name, threshold in sorted(rule.thresholds.items())
    }
    answer = {}
    for field_id, rule in sorted(rules.fields.items()):
        if rule.answers:
            edges = np.cumsum([option.share for option in rule.answers])[:-1]
            answer[field_id] = np.searchsorted(edges, column(), side="right")
    unit, common = column(), ndtri(column())
    shared = rules.engine_value("shared_error")
    normal = {name: np.sqrt(shared) * common + np.sqrt(1 - shared) * value for name, value in own.items()}
    normal = {name: _normal_scores(value).astype(np.float32) for name, value in normal.items()}
    return Draws(n_draws, normal, factor, answer, {"unit": unit})


def _normal_scores(values: Floats) -> Floats:
    """Replace values by normal deviates of the same ranks, so that shares of draws stay exact to one draw."""
    from scipy.special import ndtri

    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values)) + 0.5
    return ndtri(ranks / len(values))


@dataclass(frozen=True)
class Case:
    """Some managers (or units) in front of the rules: their facts and the draws to judge them on.

    Attributes
    ----------
    context : dict of field -> array (n,)
        Context as numbers; NaN = missing. Yes is 1, no is 0.
    estimate, standard_error, target : dict of scale -> array (n,)
        Scale points; NaN = no score.
    """

    rules: SituationRules
    draws: Draws
    context: dict[str, Floats]
    estimate: dict[str, Floats]
    standard_error: dict[str, Floats]
    target: dict[str, Floats]
    profile_ids: tuple[str, ...]
    situation_id: str

    @cached_property
    def n(self) -> int:
        """Number of managers (or units)."""
        return len(next(iter(self.context.values())))

    def value(self, name: str, situation_id: str | None = None) -> float:
        """Nominal value of a threshold."""
        return self.rules.threshold(situation_id or self.situation_id, name).value

    def drawn(self, name: str, situation_id: str | None = None) -> Floats:
        """Values of a threshold over the draws, shape (1, n_draws)."""
        situation = situation_id or self.situation_id
        return (self.value(name, situation) * self.draws.factor[situation, name])[None, :]

    def field(self, field_id: str) -> Floats:
        """A context field, shape (n,); all NaN when the table has no such column."""
        return self.context.get(field_id, np.full(self.n, np.nan))

    def claim(self, field_id: str, holds: Callable[[Floats], Flags]) -> Claim:
        """Judge a field: ``holds`` receives values of shape (n, 1), or (1, n_draws) for drawn answers."""
        values = self.field(field_id)
        shape = (self.n, self.draws.n)
        mid = np.array(np.broadcast_to(holds(values[:, None]), shape))
        missing = np.isnan(values)
        if not missing.any():
            return Claim.known(mid)
        options = np.array([answer.value for answer in self.rules.fields[field_id].answers])
        mid[missing] = holds(options[self.draws.answer[field_id]][None, :])
        low, high = mid.copy(), mid.copy()
        low[missing], high[missing] = False, True
        return Claim(low, mid, high)

    def below(self, scale: str, margin: float = 0.0) -> Claim:
        """Judge whether the true score lies more than ``margin`` scale points below the role target.

        Where there is no score both answers are equally likely in ``mid``. A competency the instrument does not
        ask for is never below: no question could settle it, so it must not keep an answer open.
        """
        if scale not in self.estimate:
            return Claim.known(np.zeros((self.n, self.draws.n), dtype=bool))
        cut = self._cut(scale, margin)
        missing = np.isnan(cut)
        mid = self.draws.normal[scale][None, :] < np.where(missing, 0.0, cut).astype(np.float32)[:, None]
        if not missing.any():
            return Claim.known(mid)
        low, high = mid.copy(), mid.copy()
        low[missing], high[missing] = False, True
        return Claim(low, mid, high)

    def p_below(self, scale: str) -> Floats:
        """P(true < target) per manager, shape (n,); NaN where there is no score."""
        from scipy.special import ndtr

        return ndtr(self._cut(scale, 0.0))

    def _cut(self, scale: str, margin: float) -> Floats:
        if scale not in self.estimate or scale not in self.target:
            return np.full(self.n, np.nan)
        return standard_cut(self.target[scale] - margin, self.estimate[scale], self.standard_error[scale])


def standard_cut(target: Floats, estimate: Floats, standard_error: Floats) -> Floats:
    """How many standard errors the target lies above the estimate; infinite without error, NaN without a score.

    Examples
    --------
    >>> standard_cut(np.array([3.5, 3.5, 3.5]), np.array([3.3, 3.0, np.nan]), np.array([0.2, 0.0, 0.2])).round(2)
    array([ 1., inf, nan])
    """
    gap = target - estimate
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = gap / standard_error
    return np.where((standard_error == 0) & ~np.isnan(gap), np.where(gap > 0, np.inf, -np.inf), cut)


@dataclass(frozen=True, slots=True)
class Check:
    """One situation as code: what it asks for, and how it words what it found.

    Attributes
    ----------
    fields : context fields the rule must know; a missing one is drawn from its documented answers.
    scales : competencies the rule must know.
    thresholds, supports : names the rules file must give a number for.
    must : managers x draws, the rule including its guards.
    support : name -> share of draws (0-1) in which a supporting fact holds, NaN where unknown.
    evidence : what spoke for and against one manager.
    """

    id: str
    fields: tuple[str, ...]
    scales: tuple[str, ...]
    thresholds: tuple[str, ...]
    supports: tuple[str, ...]
    must: Callable[[Case], Claim]
    support: Callable[[Case], dict[str, Floats]]
    evidence: Callable[[Facts], tuple[Evidence, ...]]


def holds(condition: Flags, known: Flags) -> Floats:
    """1 where a known condition holds, 0 where it does not, NaN where it is not known.

    Examples
    --------
    >>> holds(np.array([True, False, False]), np.array([True, True, False]))
    array([ 1.,  0., nan])
    """
    return np.where(known, condition.astype(float), np.nan)
