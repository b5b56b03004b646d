"""Is there any structure? Compare how tightly profiles group with cohorts of the same spread that have no groups.

Every clustering method finds groups in structureless data, and stable ones too; so groups are formed only if
profiles are tighter than those of simulated cohorts with the same covariance between managers and the same rater
error, manager by manager.

Tightness is looked for where groups would show: k groups lie in k - 1 dimensions, so profiles are seen along their
own leading directions, and along those of the stated need patterns. Every view is scaled to unit spread in all
directions first, for spread alone is no sign of groups; the null then hardly depends on an estimated covariance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coachkit.analysis.segments.partition import shape_of
from coachkit.analysis.segments.tightness import cohort_tightness

_EIGEN_FLOOR = 1e-10
_SUMMED = 3  # groups that are there show in several views; chance tightness rather in one


@dataclass(frozen=True, slots=True)
class StructureTest:
    """Result of the test. ``excess`` is, by number of groups, how many standard deviations tighter than the null.

    ``excess`` takes the view in which that number of groups stands out most; a number no view is tried with is absent.
    """

    p_value: float
    excess: dict[int, float]


def test_structure(
    shapes: np.ndarray,
    error_variance: np.ndarray | None,
    ks: Sequence[int],
    n_null: int,
    rng: np.random.Generator,
    patterns: np.ndarray | None,
) -> StructureTest:
    """Test "no structure" by a parametric bootstrap from the measurement model.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
        Profiles centred on their own mean.
    error_variance : ndarray of shape (n, p) or None
        Squared standard error of every score, in squared scale points; without it the null has the covariance only.
    ks : sequence of int
        Numbers of groups tried.
    n_null : int
        Structureless cohorts drawn.
    rng : numpy Generator
    patterns : ndarray of shape (m, p) or None
        Stated need patterns, each centred on its own mean.

    Returns
    -------
    StructureTest

    Notes
    -----
    For each view and k the statistic is -log(W_k / W_1), W the spread within groups, standardised by the null
    cohorts; the test sums the three largest over views and k, in the null cohorts too, so that trying several is paid for.

    References
    ----------
    Tibshirani, R., Walther, G. & Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. JRSS B, 63, 411-423. Liu, Y. et al. (2008). Statistical significance of clustering for high-dimension,
    low-sample size data. JASA, 103, 1281-1293.
    """
    draw = _Null.fitted_to(shapes, error_variance)
    cohorts = np.concatenate([shapes[None], draw.cohorts(n_null, rng)])
    tightness, tried = cohort_tightness(cohorts, ks, patterns)
    null = tightness[1:]
    excess = (tightness - null.mean(axis=0)) / np.maximum(null.std(axis=0, ddof=1), _EIGEN_FLOOR)
    best = np.sort(excess, axis=1)[:, -_SUMMED:].sum(axis=1)
    p_value = (1 + int((best[1:] >= best[0]).sum())) / (n_null + 1)
    by_k: dict[int, float] = {}
    for k, value in zip(tried, excess[0].tolist(), strict=True):
        by_k[k] = max(value, by_k.get(k, -np.inf))
    return StructureTest(p_value, by_k)


test_structure.__test__ = False  # pytest: the name means a statistical test


@dataclass(frozen=True)
class _Null:
    """Structureless cohorts: one normal distribution of true shapes plus each manager's own rater error."""

    mean: np.ndarray
    root: np.ndarray
    error_sd: np.ndarray
    bend: np.ndarray

    @classmethod
    def fitted_to(cls, shapes: np.ndarray, error_variance: np.ndarray | None) -> _Null:
        covariance = _steady_covariance(shapes)
        error = np.zeros_like(shapes) if error_variance is None else error_variance
        share = _usable_share(covariance, _centred_covariance(error.mean(axis=0)))
        true = covariance - share * _centred_covariance(error.mean(axis=0))
        values, vectors = np.linalg.eigh((true + true.T) / 2)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return cls(shapes.mean(axis=0), root, np.sqrt(share * error), _bend_of(shapes))

    def cohorts(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Draw cohorts, shape (number, n, p)."""
        size = (number, *self.error_sd.shape)
        true = rng.standard_normal(size) @ self.root.T
        drawn = true + shape_of(rng.standard_normal(size) * self.error_sd)
        return self.mean + shape_of(_skew(drawn, self.bend))


def _bend_of(shapes: np.ndarray) -> np.ndarray:
    """How far each competency's distribution is bent: c of ``b z + c (z² - 1)`` with the observed skewness.

    Scores pile up at the ends of a scale, and skewed profiles look grouped; the null must be as skewed. Skewness within
    the sampling error of normal data (6 / n) is not followed. The quadratic reaches skewness up to about 2.8.
    """
    z = (shapes - shapes.mean(axis=0)) / np.maximum(shapes.std(axis=0), _EIGEN_FLOOR)
    skewness = (z**3).mean(axis=0)
    noise = 6 / len(shapes)
    steady = np.clip(skewness, -2.5, 2.5) * np.maximum(1 - noise / np.maximum(skewness**2, noise), 0.0)
    grid = np.linspace(-1, 1, 401) / np.sqrt(2)
    return np.interp(steady, 6 * (1 - 2 * grid**2) * grid + 8 * grid**3, grid)


def _skew(drawn: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Bend every column to its skewness, mean and spread unchanged in expectation."""
    spread = np.maximum(drawn.std(axis=-2, keepdims=True), _EIGEN_FLOOR)
    z = drawn / spread
    return spread * (np.sqrt(1 - 2 * bend**2) * z + bend * (z**2 - 1))


def _steady_covariance(shapes: np.ndarray) -> np.ndarray:
    """Covariance whose eigenvalues are no more spread out than the population's.

    A small sample's eigenvalues scatter more than the true ones, which would make the null look tighter than it is.
    Ledoit and Wolf's intensity s removes that scatter in the mean when applied as sqrt(1 - s) to the deviations.
    """
    from sklearn.covariance import ledoit_wolf_shrinkage

    covariance = np.cov(shapes.T)
    p = len(covariance)
    even = (np.eye(p) - 1 / p) * np.trace(covariance) / (p - 1)
    keep = np.sqrt(1 - ledoit_wolf_shrinkage(shapes))
    return even + keep * (covariance - even)


def _centred_covariance(variances: np.ndarray) -> np.ndarray:
    """Covariance of independent errors after each profile is centred on its own mean."""
    p = len(variances)
    centre = np.eye(p) - 1 / p
    return centre * variances @ centre


def _usable_share(covariance: np.ndarray, error: np.ndarray) -> float:
    """Largest share (0-1) of the stated error that the observed covariance can hold without turning negative."""
    from scipy.linalg import eigh

    if not error.any():
        return 0.0
    values, vectors = np.linalg.eigh(covariance)
    keep = values > values.max() * 1e-9
    basis = vectors[:, keep] / np.sqrt(values[keep])
    largest = eigh(basis.T @ error @ basis, eigvals_only=True)[-1]
    return float(min(1.0, 1.0 / max(largest, _EIGEN_FLOOR)))
