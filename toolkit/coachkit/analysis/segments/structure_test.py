"""Is there any structure? Compare how tightly profiles group with cohorts of the same spread that have no groups.

Every clustering method finds groups in structureless data, and stable ones too; so groups are formed only if
profiles are tighter than those of simulated cohorts with the same covariance between managers and the same rater
error, manager by manager.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coachkit.analysis.segments.partition import partition, shape_of, within_spread

_EIGEN_FLOOR = 1e-10


@dataclass(frozen=True, slots=True)
class StructureTest:
    """Result of the test. ``excess`` is, by number of groups, how many standard deviations tighter than the null."""

    p_value: float
    excess: dict[int, float]
    critical: float


def test_structure(
    shapes: np.ndarray,
    error_variance: np.ndarray | None,
    ks: Sequence[int],
    n_null: int,
    rng: np.random.Generator,
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

    Returns
    -------
    StructureTest

    Notes
    -----
    For each k the statistic is -log(W_k / W_1), W the spread within groups, standardised over observed and null
    cohorts together; the test takes the largest over k, so that trying several k is paid for.

    References
    ----------
    Tibshirani, R., Walther, G. & Hastie, T. (2001). Estimating the number of clusters in a data set via the gap
    statistic. JRSS B, 63, 411-423. Liu, Y. et al. (2008). Statistical significance of clustering for high-dimension,
    low-sample size data. JASA, 103, 1281-1293.
    """
    draw = _Null.fitted_to(shapes, error_variance)
    cohorts = [shapes, *(draw.cohort(rng) for _ in range(n_null))]
    tightness = np.array([_tightness(cohort, ks) for cohort in cohorts])
    null = tightness[1:]
    excess = (tightness - null.mean(axis=0)) / np.maximum(null.std(axis=0, ddof=1), _EIGEN_FLOOR)
    best = excess.max(axis=1)
    p_value = (1 + int((best[1:] >= best[0]).sum())) / (n_null + 1)
    by_k = dict(zip(ks, excess[0].tolist(), strict=True))
    return StructureTest(p_value, by_k, float(np.quantile(best[1:], 0.95)))


test_structure.__test__ = False  # pytest: the name means a statistical test


def _tightness(shapes: np.ndarray, ks: Sequence[int]) -> list[float]:
    total = float(((shapes - shapes.mean(axis=0)) ** 2).sum())
    return [-np.log(max(within_spread(shapes, labels), _EIGEN_FLOOR) / total) for labels in partition(shapes, ks)]


@dataclass(frozen=True)
class _Null:
    """Structureless cohorts: one normal distribution of true shapes plus each manager's own rater error."""

    mean: np.ndarray
    root: np.ndarray
    error_sd: np.ndarray

    @classmethod
    def fitted_to(cls, shapes: np.ndarray, error_variance: np.ndarray | None) -> _Null:
        covariance = _steady_covariance(shapes)
        error = np.zeros_like(shapes) if error_variance is None else error_variance
        share = _usable_share(covariance, _centred_covariance(error.mean(axis=0)))
        true = covariance - share * _centred_covariance(error.mean(axis=0))
        values, vectors = np.linalg.eigh((true + true.T) / 2)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return cls(shapes.mean(axis=0), root, np.sqrt(share * error))

    def cohort(self, rng: np.random.Generator) -> np.ndarray:
        n, p = self.error_sd.shape
        true = rng.standard_normal((n, p)) @ self.root.T
        return self.mean + true + shape_of(rng.standard_normal((n, p)) * self.error_sd)


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
