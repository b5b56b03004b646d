"""From the finding that there is structure to the groups: how many, who belongs, how surely."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coachkit.analysis.segments.mixture import Mixture, candidate_mixtures, fit_anchored, fit_free
from coachkit.analysis.segments.stability import UNSTABLE, Stability, assess_stability

MOST_SEARCHED = 1_000  # in a larger cohort, groups are found on a random part of this size, then refitted to all
MOST_REDRAWN = 400  # managers in a regrouping for stability


@dataclass(frozen=True)
class Grouping:
    """Groups of all shapes, largest first, their stability, and each manager's membership (n, k)."""

    mixture: Mixture
    stability: Stability
    membership: np.ndarray


def find_groups(
    shapes: np.ndarray,
    error: np.ndarray,
    ks: range,
    smallest_share: float,
    patterns: np.ndarray,
    n_bootstrap: int,
    rng: np.random.Generator,
) -> Grouping | None:
    """Find the groups with the best evidence among those large enough and stable.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
    error : ndarray of shape (n,)
        Error variance of each manager's scores.
    ks : range
        Numbers of groups allowed.
    smallest_share : float
        Smallest share (0-1) of managers a group may hold.
    patterns : ndarray of shape (m, p)
        Stated patterns, the flat profile last; may be empty.
    n_bootstrap : int
    rng : numpy Generator

    Returns
    -------
    Grouping or None
        None if no division is both stable and without too small a group.
    """
    part = _part(len(shapes), MOST_SEARCHED, rng)
    for found in _promising(shapes[part], error[part], ks, smallest_share, patterns):
        small = part[_part(len(part), MOST_REDRAWN, rng)]
        local = found if len(small) == len(part) else _carry(found, shapes[small], error[small], patterns)
        stability = assess_stability(shapes[small], error[small], local, patterns, n_bootstrap, rng)
        if stability.jaccard.min() < UNSTABLE:
            continue
        whole = found if len(part) == len(shapes) else _carry(found, shapes, error, patterns)
        membership = stability.membership if len(small) == len(shapes) else whole.membership
        if _smallest(membership) >= smallest_share:
            return _largest_first(Grouping(whole, stability, membership))
    return None


def _promising(
    shapes: np.ndarray, error: np.ndarray, ks: range, smallest_share: float, patterns: np.ndarray
) -> list[Mixture]:
    """The best mixture for each number of groups, best first; those with too small a group left out."""
    best: dict[int, Mixture] = {}
    for mixture in candidate_mixtures(shapes, error, ks, patterns):
        k = len(mixture.weights)
        if _smallest(mixture.membership) >= smallest_share and (k not in best or mixture.criterion < best[k].criterion):
            best[k] = mixture
    return sorted(best.values(), key=lambda mixture: mixture.criterion)


def _carry(found: Mixture, shapes: np.ndarray, error: np.ndarray, patterns: np.ndarray) -> Mixture:
    """Fit the same kind of mixture to other rows of the cohort; its groups keep their places."""
    if found.patterns:
        return fit_anchored(shapes, error, patterns, found.patterns)
    return fit_free(shapes, error, found.centres)


def _smallest(membership: np.ndarray) -> float:
    """Share of the smallest group when everyone is counted where they most probably belong."""
    return np.bincount(membership.argmax(axis=1), minlength=membership.shape[1]).min() / len(membership)


def _largest_first(grouping: Grouping) -> Grouping:
    """Number groups by size, ties by their centre, so that equal cohorts get equal numbers."""
    mixture, stability = grouping.mixture, grouping.stability
    sizes = np.bincount(grouping.membership.argmax(axis=1), minlength=len(mixture.weights))
    order = np.lexsort((*mixture.centres.T, -sizes))
    return Grouping(
        replace(
            mixture,
            centres=mixture.centres[order],
            weights=mixture.weights[order],
            membership=mixture.membership[:, order],
            patterns=tuple(mixture.patterns[j] for j in order) if mixture.patterns else (),
        ),
        replace(stability, jaccard=stability.jaccard[order], membership=stability.membership[:, order]),
        grouping.membership[:, order],
    )


def _part(n: int, most: int, rng: np.random.Generator) -> np.ndarray:
    return np.arange(n) if n <= most else np.sort(rng.permutation(n)[:most])
