"""How far groups, and each manager's place in them, hold up when the cohort is drawn again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coachkit.analysis.segments.mixture import Mixture, fit_anchored, fit_free, posterior
from coachkit.analysis.segments.partition import centres_of, partition, squared_distances

# Hennig's bands of the mean Jaccard similarity (fpc::clusterboot).
UNSTABLE, DOUBTFUL, STABLE = 0.60, 0.75, 0.85


@dataclass(frozen=True)
class Stability:
    """Mean Jaccard similarity of each group (k,), and membership averaged over the refits (n, k).

    ``wobble`` is the variance of a competency of a group's centre over the refits, in squared scale points.
    """

    jaccard: np.ndarray
    membership: np.ndarray
    wobble: float


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
    error: np.ndarray,
    found: Mixture,
    patterns: np.ndarray,
    n_bootstrap: int,
    rng: np.random.Generator,
) -> Stability:
    """Group bootstrap samples afresh and compare with the groups found.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
    error : ndarray of shape (n,)
        Error variance of each manager's scores; a manager measured less well gets a less certain membership.
    found : Mixture
        Groups of these shapes.
    patterns : ndarray of shape (m, p)
        Stated patterns that the groups' ``patterns`` count in, the flat profile last.
    n_bootstrap : int
    rng : numpy Generator

    Returns
    -------
    Stability
    """
    k = len(found.weights)
    labels = found.membership.argmax(axis=1)
    jaccard, membership, centres = np.zeros(k), np.zeros((len(shapes), k)), []
    for _ in range(n_bootstrap):
        rows = rng.integers(0, len(shapes), len(shapes))
        again = _group_afresh(shapes[rows], error[rows], found, patterns)
        jaccard += _best_overlaps(labels[rows], again.membership.argmax(axis=1), rows, k)
        order = _order(found.centres, again.centres)
        centres.append(again.centres[order])
        membership += posterior(shapes, centres[-1], again.weights[order], again.people + error)[0]
    return Stability(jaccard / n_bootstrap, membership / n_bootstrap, float(np.var(centres, axis=0).mean()))


def _group_afresh(shapes: np.ndarray, error: np.ndarray, found: Mixture, patterns: np.ndarray) -> Mixture:
    if found.patterns:
        return fit_anchored(shapes, error, patterns, found.patterns)
    k = len(found.weights)
    return fit_free(shapes, error, centres_of(shapes, partition(shapes, [k])[0], k))


def _order(centres: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Which refitted centre answers to each original one."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(squared_distances(centres, found))[1]


def _best_overlaps(labels: np.ndarray, again: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Largest Jaccard similarity of every original group (as far as it was drawn) with a regrouped one."""
    _, first = np.unique(rows, return_index=True)
    before = labels[first][:, None] == np.arange(k)
    after = again[first][:, None] == np.arange(k)
    both = before.T.astype(float) @ after
    either = before.sum(axis=0)[:, None] + after.sum(axis=0)[None] - both
    return (both / np.maximum(either, 1)).max(axis=1)
