"""Released groups to one "others" score: weights, reliability and effective number of raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachkit.core.confidentiality import POOLED, SHOWN, GroupRelease
from coachkit.core.hyperparameters import reliability_error
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
    reliability_error : array
        Standard error of ``reliability``; 0 where the single-rater reliabilities were given without one.
    """

    observed: np.ndarray
    others: np.ndarray
    reliability: np.ndarray
    n_effective: np.ndarray
    reliability_error: np.ndarray

    @property
    def rests_on_named(self) -> np.ndarray:
        """True where the observed score rests on named raters (the line manager) alone."""
        return ~np.isnan(self.observed) & np.isnan(self.others)


def combine_groups(
    release: GroupRelease,
    groups: tuple[RaterGroup, ...],
    single_rater: np.ndarray,
    single_rater_error: np.ndarray | float = 0.0,
) -> Composite:
    """Combine released groups by their declared weights; a pool carries the weights of its parts.

    Parameters
    ----------
    release : GroupRelease
    groups : tuple of RaterGroup
        In the order of the release's second axis.
    single_rater : array (n_groups, n_competencies)
        Reliability of one rater.
    single_rater_error : array of the same shape, or 0
        Standard errors of ``single_rater``; 0 = known.

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
    noise, noise_error = 1 / single_rater - 1, single_rater_error / single_rater**2
    pool_noise, pool_noise_error = _mean_of_parts(noise, pooled), _mean_of_parts(noise_error, pooled)
    scores = _stack(np.where(counted > 0, release.score, 0.0), np.nan_to_num(release.pool_score))
    n = _stack(counted, release.pool_n)
    weights = _stack(np.broadcast_to(weight, release.n.shape), (weight * pooled).sum(axis=1))
    noise = _stack(np.broadcast_to(noise, release.n.shape), pool_noise)
    noise_error = _stack(np.broadcast_to(noise_error, release.n.shape), pool_noise_error)
    present = np.where(n > 0, weights, 0.0)
    total = present.sum(axis=1)
    observed = np.where(total > 0, (present * scores).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
    return Composite(
        observed,
        np.where(_may_be_called_others(release, groups), observed, np.nan),
        np.where(total > 0, composite_reliability(weights, n, 1 / (1 + noise), axis=1), np.nan),
        effective_raters(weights, n, axis=1),
        reliability_error(weights, n, noise_error, noise),
    )


def _may_be_called_others(release: GroupRelease, groups: tuple[RaterGroup, ...]) -> np.ndarray:
    confidential = np.array([g.is_confidential and not g.is_self for g in groups])
    if not confidential.any():
        return np.ones(release.pool_n.shape, dtype=bool)
    return ((release.status == SHOWN) & confidential[None, :, None]).any(axis=1) | (release.pool_n > 0)


def _mean_of_parts(values: np.ndarray, pooled: np.ndarray) -> np.ndarray:
    """Plain mean of ``values`` (n_groups, n_competencies) over each manager's pooled groups."""
    return np.where(pooled, values[None], 0.0).sum(axis=1) / np.maximum(pooled.sum(axis=1), 1)


def _stack(parts: np.ndarray, pool: np.ndarray) -> np.ndarray:
    return np.concatenate([parts, pool[:, None, :]], axis=1)
