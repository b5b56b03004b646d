"""How far groups, and each manager's place in them, hold up when the cohort is drawn again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachkit.analysis.segments.partition import centres_of, partition, squared_distances

# Hennig's bands of the mean Jaccard similarity (fpc::clusterboot).
UNSTABLE, DOUBTFUL, STABLE = 0.60, 0.75, 0.85
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Stability:
    """Mean Jaccard similarity of each group (k,), and membership averaged over the refits (n, k)."""

    jaccard: np.ndarray
    membership: np.ndarray
    variance: float


def stability_band(jaccard: float) -> str:
    """Word a mean Jaccard similarity.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis, 52,
    258-271.

    Examples
    --------
    >>> [stability_band(j) for j in (0.5, 0.6, 0.8, 0.9)]
    ['unstable', 'doubtful', 'stable', 'very stable']
    """
    if jaccard < UNSTABLE:
        return "unstable"
    if jaccard < DOUBTFUL:
        return "doubtful"
    return "stable" if jaccard <= STABLE else "very stable"


def assess_stability(
    shapes: np.ndarray,
    error_variance: np.ndarray | None,
    labels: np.ndarray,
    n_bootstrap: int,
    rng: np.random.Generator,
) -> Stability:
    """Regroup bootstrap samples and compare with the groups found.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
    error_variance : ndarray of shape (n, p) or None
        Squared standard errors; a manager measured less well gets a less certain membership.
    labels : ndarray of shape (n,)
        Groups 0 .. k-1.
    n_bootstrap : int
    rng : numpy Generator

    Returns
    -------
    Stability
    """
    k = int(labels.max()) + 1
    centres = centres_of(shapes, labels, k)
    variance = own_variance(shapes, labels, k)
    widths = widths_of(variance, error_variance, len(shapes))
    jaccard, membership = np.zeros(k), np.zeros((len(shapes), k))
    for _ in range(n_bootstrap):
        rows = rng.integers(0, len(shapes), len(shapes))
        again = partition(shapes[rows], [k])[0]
        jaccard += _best_overlaps(labels[rows], again, rows, k)
        matched = _match(centres, centres_of(shapes[rows], again, k))
        weights = _weights(again, k)[_order(centres, centres_of(shapes[rows], again, k))]
        membership += posterior(shapes, matched, weights, widths)
    return Stability(jaccard / n_bootstrap, membership / n_bootstrap, variance)


def own_variance(shapes: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Variance of a competency within groups, in squared scale points (one value, degrees of freedom corrected)."""
    n, p = shapes.shape
    spread = ((shapes - centres_of(shapes, labels, k)[labels]) ** 2).sum()
    return max(float(spread / (max(n - k, 1) * (p - 1))), _SMALLEST_SPREAD)


def widths_of(variance: float, error_variance: np.ndarray | None, n: int) -> np.ndarray:
    """Variance around a group's centre for each manager: the spread of people plus that manager's own error."""
    if error_variance is None:
        return np.full(n, variance)
    error = error_variance.mean(axis=1)
    people = max(variance - float(error.mean()), 0.25 * variance)
    return people + np.minimum(error, 4 * variance)


def posterior(shapes: np.ndarray, centres: np.ndarray, weights: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Probability (0-1) that each profile belongs to each group, rows summing to one."""
    log = np.log(np.maximum(weights, 1e-9)) - squared_distances(shapes, centres) / (2 * widths[:, None])
    odds = np.exp(log - log.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _weights(labels: np.ndarray, k: int) -> np.ndarray:
    return (np.bincount(labels, minlength=k) + 1) / (len(labels) + k)


def _order(centres: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Which refitted centre answers to each original one."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(squared_distances(centres, found))[1]


def _match(centres: np.ndarray, found: np.ndarray) -> np.ndarray:
    return found[_order(centres, found)]


def _best_overlaps(labels: np.ndarray, again: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Largest Jaccard similarity of every original group (as far as it was drawn) with a regrouped one."""
    _, first = np.unique(rows, return_index=True)
    before = labels[first][:, None] == np.arange(k)
    after = again[first][:, None] == np.arange(k)
    both = before.T.astype(float) @ after
    either = before.sum(axis=0)[:, None] + after.sum(axis=0)[None] - both
    return (both / np.maximum(either, 1)).max(axis=1)
