"""Cohorts with known groups, and cohorts without any, to measure segmentation on.

**Separation.** In a *situations* cohort the five groups have the need patterns of the five situations as centres, all
scaled by one factor so that the two nearest centres (steady state and stale organisation) lie ``separation`` apart.
The unit is the total standard deviation of one competency within a group: people and rater error together. The other
pairs then lie 1.4 to 3.2 times as far apart. In an *evenly spaced* cohort four groups lie ``separation`` apart each
from each, in directions that no stated pattern knows; that is the harder case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.analysis.segments.archetypes import NEED_PATTERNS, archetype_shapes
from coachkit.analysis.segments.partition import shape_of, squared_distances

COMPETENCIES = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
WITHIN = 0.45  # standard deviation of one competency within a group, scale points, rater error included
RATER_SD = 0.8  # of one rater's score around the manager's true score
LEVEL_SD = 0.3  # of the managers' general level
STRUCTURELESS = ("normal", "ceiling", "skewed", "correlated", "uneven raters")


@dataclass(frozen=True)
class KnownCohort:
    """Scores and standard errors (n, 10) in scale points, true groups (n,) and the true model's membership (n, k)."""

    scores: pd.DataFrame
    errors: pd.DataFrame
    group: np.ndarray
    oracle: np.ndarray
    centres: np.ndarray

    def oracle_labels(self, most: int | None = None, smallest: int = 1) -> np.ndarray:
        """Groups by someone who knows the true model.

        With at most ``most`` groups the two nearest are merged until there are few enough; with a ``smallest`` size, too
        small a group is merged with the nearest one until none is left.
        """
        membership, centres = self.oracle, self.centres
        while len(centres) > 1:
            sizes = np.bincount(membership.argmax(axis=1), minlength=len(centres))
            is_small = sizes.min() < smallest
            if not is_small and (most is None or len(centres) <= most):
                break
            kept, gone = _nearest_pair(centres, int(sizes.argmin()) if is_small else None)
            both = membership[:, kept] + membership[:, gone]
            membership, centres = np.delete(membership, gone, axis=1), np.delete(centres, gone, axis=0)
            membership[:, kept - (gone < kept)] = both
        return membership.argmax(axis=1)


def _nearest_pair(centres: np.ndarray, gone: int | None) -> tuple[int, int]:
    """The two nearest centres, or ``gone`` with the one nearest to it: the one to keep, the one to merge into it."""
    apart = squared_distances(centres, centres)
    np.fill_diagonal(apart, np.inf)
    if gone is not None:
        return int(apart[gone].argmin()), gone
    kept, other = np.unravel_index(apart.argmin(), apart.shape)
    return int(min(kept, other)), int(max(kept, other))


def grouped_cohort(n: int, separation: float, rng: np.random.Generator, kind: str = "situations") -> KnownCohort:
    """Draw a cohort with groups of equal size, 5 to 10 raters a manager.

    Parameters
    ----------
    n : int
    separation : float
        Distance of the two nearest group centres, in within-group standard deviations of one competency.
    rng : numpy Generator
    kind : {"situations", "off patterns", "evenly spaced"}
        Centres at the stated patterns; at patterns moved by .15 points in every competency; or four centres at
        equal distances in random directions.

    Returns
    -------
    KnownCohort
    """
    centres = separation * WITHIN * _centres(kind, rng)
    group = rng.permutation(np.arange(n) % len(centres))
    errors = _rater_error(rng.integers(5, 11, n))
    people = np.sqrt(WITHIN**2 - (errors**2).mean())
    size = (n, len(COMPETENCIES))
    level = 3.5 + rng.normal(0, LEVEL_SD, (n, 1))
    scores = level + centres[group] + rng.normal(0, people, size) + rng.standard_normal(size) * errors
    log = -squared_distances(shape_of(scores), centres) / (2 * (people**2 + errors[:, :1] ** 2))
    odds = np.exp(log - log.max(axis=1, keepdims=True))
    return KnownCohort(*_framed(scores, errors), group, odds / odds.sum(axis=1, keepdims=True), centres)


def structureless_cohort(n: int, kind: str, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw scores and standard errors (n, 10) of managers who differ gradually, in no groups.

    Parameters
    ----------
    n : int
    kind : {"normal", "ceiling", "skewed", "correlated", "uneven raters"}
        Ceiling: about one score in seven at the end of the scale. Skewed: true scores with a long lower tail
        (log-normal, skewness about -2.3; -0.6 once rater error and level are added). Correlated: two strong common factors. Uneven raters: 2 to 25 raters a manager.
    rng : numpy Generator
    """
    n_raters = rng.choice([2, 3, 5, 8, 15, 25], n) if kind == "uneven raters" else rng.integers(5, 11, n)
    errors = _rater_error(n_raters)
    true = rng.standard_normal((n, len(COMPETENCIES)))
    if kind == "skewed":
        true = (np.exp(0.18) - np.exp(0.6 * true)) / np.sqrt(np.expm1(0.36) * np.exp(0.36))
    if kind == "correlated":
        factors = np.array([[1.0, 0.9], [1, 0], [1, 0.9], [1, 0], [1, 0.9], [-0.6, 0], [-0.6, 0.9]] + [[-0.6, 0]] * 3)
        true = (true + 1.5 * rng.standard_normal((n, 2)) @ factors.T) / 1.8
    level = 3.5 + rng.normal(0, LEVEL_SD, (n, 1))
    scores = level + 0.35 * true + rng.standard_normal(true.shape) * errors
    return _framed(np.clip(scores + 0.9, 1, 5) if kind == "ceiling" else scores, errors)


def _centres(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Centres whose two nearest lie one apart (those moved off the patterns keep the patterns' scale)."""
    if kind == "evenly spaced":
        return np.linalg.qr(shape_of(rng.standard_normal((4, len(COMPETENCIES)))).T)[0].T / np.sqrt(2)
    patterns = archetype_shapes(COMPETENCIES).to_numpy()
    apart = squared_distances(patterns, patterns)[np.triu_indices(len(NEED_PATTERNS), 1)]
    if kind == "off patterns":
        patterns = shape_of(patterns + rng.normal(0, 0.15, patterns.shape))
    return patterns / np.sqrt(apart.min())


def _rater_error(n_raters: np.ndarray) -> np.ndarray:
    return np.repeat((RATER_SD / np.sqrt(n_raters))[:, None], len(COMPETENCIES), axis=1)


def _framed(scores: np.ndarray, errors: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    index = [f"M{number:04d}" for number in range(1, len(scores) + 1)]
    return pd.DataFrame(scores, index, COMPETENCIES), pd.DataFrame(errors, index, COMPETENCIES)
