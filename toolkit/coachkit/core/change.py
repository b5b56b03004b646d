"""Has someone changed: reliable change between two waves, regression to the mean, goal attainment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coachkit.core.hyperparameters import tail_factor
from coachkit.errors import CoachkitError

RELIABLE_Z = 1.96  # Jacobson & Truax (1991): 5 % of unchanged people exceed it
RHO = 0.30  # assumed correlation between goal scores, Kiresuk & Sherman (1968)
LEVELS = (-2.0, 2.0)  # range of the goal attainment ladder


Verdict = Literal["improved", "declined", "no_reliable_change"]


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """A change score against its error.

    ``index`` is the change in standard errors of the difference; ``threshold`` the smallest change in scale
    points that counts as reliable.
    """

    index: float
    threshold: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PairedChange:
    """Mean change of the same raters with its standard error and 95 % limits, in scale points."""

    change: float
    standard_error: float
    low: float
    high: float
    n_raters: int


def reliable_change(
    before: float, after: float, sd: float, reliability: float, freedom: float = np.inf
) -> ReliableChange:
    """Reliable change index of one person.

    Parameters
    ----------
    before, after : float
        Scores in scale points; higher is better.
    sd : float
        Standard deviation of the scores before.
    reliability : float
        Of one score (0-1). For scores from different raters at the two times, the inter-rater reliability of
        the mean; internal consistency would flag far too many unchanged people.
    freedom : float
        Degrees of freedom behind ``sd`` (managers - 1); infinite, as in a norm sample, by default. A small cohort
        knows its own spread badly, and the threshold widens as the t distribution asks.

    Raises
    ------
    CoachkitError
        If ``sd`` or ``freedom`` is not positive or ``reliability`` lies outside 0 to below 1.

    Notes
    -----
    RC = (after - before) / (sd sqrt(2) sqrt(1 - reliability)); reliable from 1.96 in absolute value, or from the
    97.5 % quantile of t with ``freedom``.

    References
    ----------
    Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59, 12-19.

    Examples
    --------
    >>> result = reliable_change(47.5, 32.5, 7.5, 0.88)  # the worked example of the paper
    >>> round(result.index, 2), round(result.threshold, 2), result.verdict
    (-4.08, 7.2, 'declined')
    """
    if not sd > 0:
        raise CoachkitError(f"sd is {sd!r}, but must be above 0.")
    if not 0 <= reliability < 1:
        raise CoachkitError(f"reliability is {reliability!r}, but must lie from 0 to below 1.")
    if not freedom > 0:
        raise CoachkitError(f"freedom is {freedom!r}, but must be above 0.")
    error = sd * np.sqrt(2) * np.sqrt(1 - reliability)
    limit = RELIABLE_Z * float(tail_factor(np.asarray(freedom, dtype=float)))
    index = float((after - before) / error)
    verdict: Verdict = "no_reliable_change"
    if abs(index) >= limit:
        verdict = "improved" if index > 0 else "declined"
    return ReliableChange(index, float(limit * error), verdict)


def paired_change(before: np.ndarray, after: np.ndarray, sd_pooled: float) -> PairedChange:
    """Change seen by the same raters at both times.

    Parameters
    ----------
    before, after : arrays (n_raters,)
        Each rater's score at the two times; raters missing one are left out.
    sd_pooled : float
        Standard deviation of raters' differences, pooled over the cohort, because a few raters of one person
        cannot estimate it.

    Raises
    ------
    CoachkitError
        If no rater answered both times.

    Examples
    --------
    >>> result = paired_change(np.array([3.0, 3.0]), np.array([3.5, 4.5]), 0.5)
    >>> result.change, round(result.standard_error, 4)
    (1.0, 0.3536)
    """
    apart = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    apart = apart[~np.isnan(apart)]
    if not len(apart):
        raise CoachkitError("no rater answered at both times. Compare the means with reliable_change instead.")
    change, error = float(apart.mean()), float(sd_pooled / np.sqrt(len(apart)))
    return PairedChange(change, error, change - RELIABLE_Z * error, change + RELIABLE_Z * error, len(apart))


def expected_after(before: float, mean: float, reliability: float) -> float:
    """Score expected the second time if nothing changed: regression to the mean, ``m + R (before - m)``.

    Examples
    --------
    >>> expected_after(2.0, 3.6, 0.75)
    2.4
    """
    return mean + reliability * (before - mean)


def gas_t_score(levels: Sequence[float], weights: Sequence[float] | None = None, rho: float = RHO) -> float:
    """Goal attainment scaling T score: 50 when goals are met as expected.

    Parameters
    ----------
    levels : sequence of float
        Attainment of each goal, -2 (much less than expected) to +2 (much more).
    weights : sequence of float, optional
        Importance of each goal, above 0; equal by default.
    rho : float
        Assumed correlation between goals.

    Returns
    -------
    float
        T score with mean 50 and standard deviation 10 under the scale's assumptions.

    Raises
    ------
    CoachkitError
        Without goals, with levels outside -2 to +2, or weights that do not fit.

    Notes
    -----
    T = 50 + 10 sum(w x) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2).

    References
    ----------
    Kiresuk & Sherman (1968), Community Mental Health Journal 4, 443-453.

    Examples
    --------
    >>> round(gas_t_score([1, 1, 1]), 2), round(gas_t_score([1, 0, -1], [3, 2, 1]), 2)
    (63.69, 54.41)
    """
    x = np.atleast_1d(np.asarray(levels, dtype=float))
    w = np.ones_like(x) if weights is None else np.atleast_1d(np.asarray(weights, dtype=float))
    if not len(x):
        raise CoachkitError("no goals given. A T score needs at least one goal level.")
    if np.isnan(x).any() or (x < LEVELS[0]).any() or (x > LEVELS[1]).any():
        raise CoachkitError("goal levels must lie between -2 and +2. Correct the ladder positions.")
    if w.shape != x.shape or not (w > 0).all():
        raise CoachkitError(f"got {len(w)} weights for {len(x)} goals; each goal needs one weight above 0.")
    if not 0 <= rho < 1:
        raise CoachkitError(f"rho is {rho!r}, but must lie from 0 to below 1.")
    spread = np.sqrt((1 - rho) * (w**2).sum() + rho * w.sum() ** 2)
    return float(50 + 10 * (w * x).sum() / spread)
