"""Released groups to one "others" score: weights, reliability and effective number of raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachkit.core.confidentiality import POOLED, SHOWN, GroupRelease
from coachkit.core.instrument import RaterGroup
from coachkit.core.uncertainty import composite_reliability, effective_raters


@dataclass(frozen=True)
class Composite:
    """Others' view of each manager and competency: arrays (n_managers, n_competencies).

    Attributes
    ----------
    observed : array
        Weighted mean of the released groups and the pool, self never among them; NaN = nothing released.
    others : array
        The same, published as "others"; NaN too where it would rest on named raters alone although the
        instrument has confidential groups.
    reliability, n_effective : arrays
        Inter-rater reliability (0-1) and effective number of raters of ``observed``.
    """

    observed: np.ndarray
    others: np.ndarray
    reliability: np.ndarray
    n_effective: np.ndarray

    @property
    def rests_on_named(self) -> np.ndarray:
        """True where the observed score rests on named raters (the line manager) alone."""
        return ~np.isnan(self.observed) & np.isnan(self.others)


def combine_groups(release: GroupRelease, groups: tuple[RaterGroup, ...], single_rater: np.ndarray) -> Composite:
    """Combine released groups by their declared weights; a pool carries the weights of its parts.

    Parameters
    ----------
    release : GroupRelease
    groups : tuple of RaterGroup
        In the order of the release's second axis.
    single_rater : array (n_groups, n_competencies)
        Reliability of one rater.

    Returns
    -------
    Composite
        Computed from released figures only, so that it tells nothing more than they do. The pool counts with
        the plain mean of its parts' noise, because their shares would give away their sizes.
    """
    external = np.array([not group.is_self for group in groups])
    weight = np.array([group.weight for group in groups])[None, :, None] * external[None, :, None]
    counted = np.where(external[None, :, None], release.n, 0)
    pooled = release.status == POOLED
    n_parts = np.maximum(pooled.sum(axis=1), 1)
    noise = np.where(pooled, (1 / single_rater - 1)[None], 0.0).sum(axis=1) / n_parts
    scores = _stack(np.where(counted > 0, release.score, 0.0), np.nan_to_num(release.pool_score))
    n = _stack(counted, release.pool_n)
    weights = _stack(np.broadcast_to(weight, release.n.shape), (weight * pooled).sum(axis=1))
    reliability = _stack(np.broadcast_to(single_rater, release.n.shape), 1 / (1 + noise))
    present = np.where(n > 0, weights, 0.0)
    total = present.sum(axis=1)
    observed = np.where(total > 0, (present * scores).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
    return Composite(
        observed,
        np.where(_may_be_called_others(release, groups), observed, np.nan),
        np.where(total > 0, composite_reliability(weights, n, reliability, axis=1), np.nan),
        effective_raters(weights, n, axis=1),
    )


def _may_be_called_others(release: GroupRelease, groups: tuple[RaterGroup, ...]) -> np.ndarray:
    confidential = np.array([g.is_confidential and not g.is_self for g in groups])
    if not confidential.any():
        return np.ones(release.pool_n.shape, dtype=bool)
    return ((release.status == SHOWN) & confidential[None, :, None]).any(axis=1) | (release.pool_n > 0)


def _stack(parts: np.ndarray, pool: np.ndarray) -> np.ndarray:
    return np.concatenate([parts, pool[:, None, :]], axis=1)
