"""Which rater groups may be shown, which are pooled, and which stay out of every figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from coachkit.core.cohort import FLOOR, Minimums
from coachkit.core.instrument import RaterGroup

NONE, HIDDEN, POOLED, SHOWN = 0, 1, 2, 3
STATUS_NAMES: tuple[Literal["none", "hidden", "pooled", "shown"], ...] = ("none", "hidden", "pooled", "shown")
POOL_DECIMALS = 2  # a pooled mean is rounded, so that its fraction does not count the raters either


@dataclass(frozen=True)
class GroupRelease:
    """What may be known about rater groups: arrays (n_managers, n_groups, n_competencies) unless stated.

    Attributes
    ----------
    status : int array
        ``NONE`` nobody has a score, ``HIDDEN`` too few, ``POOLED`` only inside the pool, ``SHOWN``. The
        self group is always shown or none.
    score : array
        Mean in scale points of shown groups, else NaN.
    n : int array
        Raters of shown groups, else 0.
    pool_score : array (n_managers, n_competencies)
        Mean over all raters of the pooled groups together, rounded; NaN = no pool.
    pool_n : int array (n_managers, n_competencies)
        Raters the pool has at least: each hidden group counts as one, so that none can be counted; 0 = no
        pool. For error estimates only, not for display.
    """

    status: np.ndarray
    score: np.ndarray
    n: np.ndarray
    pool_score: np.ndarray
    pool_n: np.ndarray

    @property
    def is_released(self) -> np.ndarray:
        """True where the group's raters stand behind some published figure."""
        return self.status >= POOLED


def release_groups(
    mean: np.ndarray,
    n: np.ndarray,
    groups: tuple[RaterGroup, ...],
    minimums: Minimums | None = None,
    withdrawn: np.ndarray | None = None,
) -> GroupRelease:
    """Suppress the means of small rater groups, each manager and competency by itself.

    Parameters
    ----------
    mean, n : arrays (n_managers, n_groups, n_competencies)
        Unreleased means in scale points and numbers of raters.
    groups : tuple of RaterGroup
        In the order of the second axis. Groups that are not confidential are named beforehand: shown from one
        rater and never pooled.
    minimums : Minimums, optional
    withdrawn : bool array (n_managers, n_groups), optional
        Groups that must not appear at all, because an erasure would expose a single answer.

    Returns
    -------
    GroupRelease

    Notes
    -----
    A confidential group with ``n >=`` its minimum (never below the floor of 3) is shown. The hidden groups
    are published as one pool when they are two or more with at least ``minimums.pooled_raters`` raters.
    Otherwise the smallest shown confidential group joins them if the pool then is large enough; else the
    hidden raters stay out of every figure, totals included.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4 (complementary suppression).

    Examples
    --------
    >>> peer, report = RaterGroup("peer", "Peers"), RaterGroup("report", "Direct reports")
    >>> release = release_groups(np.array([[[3.0], [4.0]]]), np.array([[[4], [2]]]), (peer, report))
    >>> [STATUS_NAMES[s] for s in release.status[0, :, 0]], float(release.pool_score[0, 0])
    (['pooled', 'pooled'], 3.33)
    """
    minimums = minimums or Minimums()
    n = n if withdrawn is None else np.where(withdrawn[:, :, None], 0, n)
    confidential = np.array([g.is_confidential and not g.is_self for g in groups])[None, :, None]
    smallest = np.array([max(g.minimum, FLOOR) for g in groups])[None, :, None]
    is_small = confidential & (n > 0) & (n < smallest)
    status = np.where(n == 0, NONE, np.where(is_small, HIDDEN, SHOWN)).astype(np.int8)
    in_pool = _pool(n, is_small, confidential & (status == SHOWN), minimums.pooled_raters)
    status[in_pool] = POOLED
    shown = status == SHOWN
    size = (n * in_pool).sum(axis=1)
    total = np.where(in_pool, mean * n, 0.0).sum(axis=1)
    return GroupRelease(
        status,
        np.where(shown, mean, np.nan),
        np.where(shown, n, 0),
        np.where(size > 0, np.round(total / np.maximum(size, 1), POOL_DECIMALS), np.nan),
        _least_size(n, is_small, in_pool, minimums.pooled_raters),
    )


def _pool(n: np.ndarray, is_small: np.ndarray, is_candidate: np.ndarray, minimum: int) -> np.ndarray:
    n_small = is_small.sum(axis=1, keepdims=True)
    stands_alone = (n_small >= 2) & ((n * is_small).sum(axis=1, keepdims=True) >= minimum)
    size = np.where(is_candidate, n, np.iinfo(np.int64).max)
    next_smallest = np.zeros_like(is_small)
    np.put_along_axis(next_smallest, size.argmin(axis=1, keepdims=True), values=True, axis=1)
    joined = is_small | (next_smallest & is_candidate)
    may_join = (n_small >= 1) & is_candidate.any(axis=1, keepdims=True)
    may_join &= (n * joined).sum(axis=1, keepdims=True) >= minimum
    return np.where(stands_alone, is_small, joined & may_join)


def _least_size(n: np.ndarray, is_small: np.ndarray, in_pool: np.ndarray, minimum: int) -> np.ndarray:
    least = np.where(is_small, 1, n)
    return np.where(in_pool.any(axis=1), np.maximum((least * in_pool).sum(axis=1), minimum), 0)
