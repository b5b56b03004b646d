"""Groups as a mixture: stated need patterns as a starting belief where they fit, the data's own groups where not.

Every group is a normal distribution of shapes around its centre. Its spread is that of people plus each manager's
own rater error, so that no group can become tighter than the error of its members: without this floor, likelihood
rewards groups of a few equal profiles at the ends of the scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coachkit.analysis.segments.partition import centres_of, partition, squared_distances

TRUST = 0.15  # standard deviation, in scale points, of a real group's centre around its stated pattern (default)
_STEPS = 12
_SMALLEST_SPREAD = 1e-6
_LEAST_PEOPLE = 0.1  # people differ by at least this share of the spread within groups, whatever the stated error


@dataclass(frozen=True)
class Mixture:
    """One fitted mixture of k groups.

    Attributes
    ----------
    centres : ndarray of shape (k, p)
        Mean shapes in scale points.
    weights : ndarray of shape (k,)
        Shares of the groups.
    people : float
        Variance of a competency between managers of a group without rater error, in squared scale points.
    membership : ndarray of shape (n, k)
        Probabilities of the managers the mixture was fitted to.
    criterion : float
        -2 x approximate log evidence: smaller is better.
    patterns : tuple of int
        Rows of the stated patterns the groups started from; empty for groups found from the data alone.
    """

    centres: np.ndarray
    weights: np.ndarray
    people: float
    membership: np.ndarray
    criterion: float
    patterns: tuple[int, ...] = ()


def candidate_mixtures(
    shapes: np.ndarray, error: np.ndarray, ks: Sequence[int], patterns: np.ndarray
) -> Iterator[Mixture]:
    """Fit the mixtures worth comparing: from Ward's groups for each k, and from every choice of k stated patterns.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
        Profiles centred on their own mean.
    error : ndarray of shape (n,)
        Error variance of each manager's scores, averaged over competencies.
    ks : sequence of int
        Numbers of groups.
    patterns : ndarray of shape (m, p)
        Stated shapes, the flat profile last; may be empty.

    Yields
    ------
    Mixture
    """
    for k, labels in zip(ks, partition(shapes, ks), strict=True):
        yield fit_free(shapes, error, centres_of(shapes, labels, k))
    for k in ks:
        for chosen in combinations(range(len(patterns)), k):
            yield fit_anchored(shapes, error, patterns, chosen)


def fit_free(shapes: np.ndarray, error: np.ndarray, centres: np.ndarray) -> Mixture:
    """Fit a mixture from starting centres (k, p), led by the data alone."""
    (n, p), k = shapes.shape, len(centres)
    weights, people = np.full(k, 1 / k), _first_spread(shapes, error)
    for _ in range(_STEPS):
        member, _ = posterior(shapes, centres, weights, people + error)
        mass = member / (people + error)[:, None]
        centres = mass.T @ shapes / np.maximum(mass.sum(axis=0), _SMALLEST_SPREAD)[:, None]
        weights, people = member.mean(axis=0), _people(shapes, centres, member, error)
    member, likelihood = posterior(shapes, centres, weights, people + error)
    criterion = -2 * likelihood + np.log(n) * (k * (p - 1) + k)
    return Mixture(centres, weights, people, member, float(criterion))


def fit_anchored(shapes: np.ndarray, error: np.ndarray, stated: np.ndarray, chosen: tuple[int, ...]) -> Mixture:
    """Fit a mixture whose centres are believed near ``mean + strength x stated pattern``, give or take ``TRUST``.

    Mean and strength are the cohort's own. The belief counts as much as a few managers, so in a large group the
    data decide where the centre is.

    References
    ----------
    Fraley, C. & Raftery, A. E. (2007). Bayesian regularization for normal mixture estimation and model-based
    clustering. Journal of Classification, 24, 155-181.
    """
    (n, p), k, belief = shapes.shape, len(chosen), 1 / TRUST**2
    pattern = stated[list(chosen)]
    weights, people = np.full(k, 1 / k), _first_spread(shapes, error)
    centres = shapes.mean(axis=0) + pattern - pattern.mean(axis=0)
    for _ in range(_STEPS):
        member, _ = posterior(shapes, centres, weights, people + error)
        mass = member / (people + error)[:, None]
        total = np.maximum(mass.sum(axis=0), _SMALLEST_SPREAD)
        means = mass.T @ shapes / total[:, None]
        expected = _expected_centres(means, pattern, total * belief / (total + belief))
        centres = (total[:, None] * means + belief * expected) / (total + belief)[:, None]
        weights, people = member.mean(axis=0), _people(shapes, centres, member, error)
    member, likelihood = posterior(shapes, centres, weights, people + error)
    strain = belief * ((centres - expected) ** 2).sum() + (p - 1) * np.log1p(total / belief).sum()
    criterion = -2 * likelihood + strain + np.log(n) * (p - 1 + 1 + k)
    return Mixture(centres, weights, people, member, float(criterion), chosen)


def posterior(
    shapes: np.ndarray, centres: np.ndarray, weights: np.ndarray, widths: np.ndarray
) -> tuple[np.ndarray, float]:
    """Probability (0-1) that each profile belongs to each group, and the log-likelihood of all profiles."""
    log = np.log(np.maximum(weights, 1e-9)) - squared_distances(shapes, centres) / (2 * widths[:, None])
    top = log.max(axis=1, keepdims=True)
    odds = np.exp(log - top)
    total = odds.sum(axis=1, keepdims=True)
    free = shapes.shape[1] - 1
    likelihood = (top + np.log(total)).sum() - free / 2 * np.log(2 * np.pi * widths).sum()
    return odds / total, float(likelihood)


def _first_spread(shapes: np.ndarray, error: np.ndarray) -> float:
    """Half of the spread that rater error leaves, as the start."""
    spread = shapes.var(axis=0).sum() / (shapes.shape[1] - 1)
    return max((spread - error.mean()) / 2, _LEAST_PEOPLE * spread, _SMALLEST_SPREAD)


def _people(shapes: np.ndarray, centres: np.ndarray, member: np.ndarray, error: np.ndarray) -> float:
    """Spread of people within groups once rater error is taken off."""
    within = (member * squared_distances(shapes, centres)).sum() / (len(shapes) * (shapes.shape[1] - 1))
    return max(float(within - error.mean()), _LEAST_PEOPLE * float(within), _SMALLEST_SPREAD)


def _expected_centres(means: np.ndarray, pattern: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Centres the stated patterns would give, with the mean and the strength (0 or more) that fit best."""
    share = precision / precision.sum()
    middle, middle_pattern = share @ means, share @ pattern
    shift = pattern - middle_pattern
    size = (share[:, None] * shift**2).sum()
    strength = max((share[:, None] * shift * (means - middle)).sum() / max(size, 1e-9), 0.0)
    return middle + strength * shift
