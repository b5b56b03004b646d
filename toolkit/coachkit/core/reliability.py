"""How consistent a scale is: alpha with its interval, omega total, item statistics, Spearman-Brown, SEM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coachkit.errors import CoachkitError

Band = Literal["very high", "high", "acceptable", "low", "too low"]
# Nunnally & Bernstein (1994), Psychometric Theory, p. 264
BANDS: tuple[tuple[float, Band], ...] = ((0.90, "very high"), (0.80, "high"), (0.70, "acceptable"), (0.60, "low"))


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha of a scale.

    ``low`` and ``high`` are Feldt's interval, ``standard_error`` Duhachek's; ``item_rest`` (correlation of each
    item with the sum of the others) and ``alpha_if_deleted`` are Series by item; ``n`` counts all rows.
    """

    alpha: float
    low: float
    high: float
    standard_error: float
    item_rest: pd.Series
    alpha_if_deleted: pd.Series
    n: int


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega total and which omega it is."""

    omega: float
    definition: str
    loadings: pd.Series


def cronbach_alpha(items: pd.DataFrame | np.ndarray, confidence: float = 0.95) -> Alpha:
    """Cronbach's alpha from pairwise covariances, with intervals and item statistics.

    Parameters
    ----------
    items : DataFrame (n_rows, n_items)
        Keyed ratings; NaN = no rating.
    confidence : float
        Coverage of the interval (0-1).

    Returns
    -------
    Alpha
        Coefficients are NaN where an item has no variance or two items share fewer than two rows.

    Raises
    ------
    CoachkitError
        With fewer than two items or two rows.

    Notes
    -----
    alpha = k / (k - 1) (1 - sum of variances / variance of the sum). Missing ratings: covariances of each pair
    use the rows that have both, while n is the number of all rows, as R's psych does. Alpha treats raters as
    interchangeable and says nothing about disagreement between them.

    References
    ----------
    Cronbach (1951), Psychometrika 16; Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11,
    93-103; Duhachek & Iacobucci (2004), Journal of Applied Psychology 89, 792-808.

    Examples
    --------
    >>> result = cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]}))
    >>> round(result.alpha, 4), result.n
    (0.75, 4)
    """
    ratings, names = _ratings(items)
    covariance, n = _pairwise_covariance(ratings), len(ratings)
    alpha = _alpha(covariance)
    low, high = _feldt(alpha, n, len(names), confidence)
    return Alpha(
        alpha,
        low,
        high,
        _duhachek(covariance, n),
        pd.Series(_item_rest(covariance), index=names, name="item_rest", copy=False),
        pd.Series(_alpha_without(covariance), index=names, name="alpha_if_deleted", copy=False),
        n,
    )


def omega_total(items: pd.DataFrame | np.ndarray) -> Omega:
    """McDonald's omega total of a one-factor model fitted by maximum likelihood.

    Parameters
    ----------
    items : DataFrame (n_rows, n_items)
        Keyed ratings; rows with a missing rating are left out.

    Returns
    -------
    Omega
        (sum of loadings)^2 over the model-implied variance of the sum; ``loadings`` in scale points.

    Raises
    ------
    CoachkitError
        With fewer than three items (the model is not identified), fewer complete rows than items, or an item
        without variance.

    References
    ----------
    McDonald (1999), Test Theory, ch. 6; Joreskog (1967), Psychometrika 32, 443-482.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> common = rng.normal(size=(4000, 1))
    >>> result = omega_total(common + rng.normal(size=(4000, 4)))  # true omega 16 / 20
    >>> round(result.omega, 2)
    0.8
    """
    ratings, names = _ratings(items)
    frame = pd.DataFrame(ratings, columns=names).dropna()
    if frame.shape[1] < 3 or len(frame) <= frame.shape[1]:
        raise CoachkitError(
            f"omega needs three or more items and more complete rows than items, but got {frame.shape[1]} items and "
            f"{len(frame)} complete rows. Use cronbach_alpha instead."
        )
    spread = frame.std(ddof=1).to_numpy()
    if (spread == 0).any():
        constant = frame.columns[spread == 0]
        raise CoachkitError(f"items {list(constant)} have no variance. Leave them out of the scale.")
    standard, unique = _one_factor(np.corrcoef(frame.to_numpy(), rowvar=False))
    loadings = standard * spread
    common = loadings.sum() ** 2
    omega = common / (common + (unique * spread**2).sum())
    definition = "omega total, one-factor maximum likelihood, model-implied variance"
    return Omega(float(omega), definition, pd.Series(loadings, index=frame.columns, name="loading"))


def spearman_brown(reliability: float, factor: float) -> float:
    """Reliability of a measure ``factor`` times as long (or of the mean of ``factor`` raters).

    References
    ----------
    Spearman (1910); Brown (1910), British Journal of Psychology 3, 271-322.

    Examples
    --------
    >>> round(spearman_brown(0.30, 4), 4)
    0.6316
    """
    if factor <= 0:
        raise CoachkitError(f"factor is {factor!r}, but a test length must be above 0.")
    return factor * reliability / (1 + (factor - 1) * reliability)


def sem(sd: float, reliability: float) -> float:
    """Standard error of measurement, ``sd sqrt(1 - reliability)``.

    References
    ----------
    Lord & Novick (1968), Statistical Theories of Mental Test Scores, section 3.

    Examples
    --------
    >>> sem(0.5, 0.64)
    0.3
    """
    if not 0 <= reliability <= 1:
        raise CoachkitError(f"reliability is {reliability!r}, but must lie between 0 and 1.")
    return float(sd * np.sqrt(1 - reliability))


def read_reliability(value: float) -> Band:
    """Word a reliability coefficient by the usual bands .60 .70 .80 .90.

    Examples
    --------
    >>> [read_reliability(x) for x in (0.92, 0.7, 0.59)]
    ['very high', 'acceptable', 'too low']
    """
    return next((name for least, name in BANDS if value >= least), "too low")


def _ratings(items: pd.DataFrame | np.ndarray) -> tuple[np.ndarray, pd.Index]:
    """Ratings as an array, and the items' names."""
    ratings = np.asarray(items, dtype=float)
    if ratings.ndim != 2 or ratings.shape[1] < 2 or len(ratings) < 2:
        shape = ratings.shape if ratings.ndim == 2 else (len(ratings), 1)
        raise CoachkitError(
            f"a scale needs at least two items and two rows, but got {shape[1]} item(s) and {shape[0]} row(s)."
        )
    return ratings, items.columns if isinstance(items, pd.DataFrame) else pd.RangeIndex(ratings.shape[1])


def _pairwise_covariance(ratings: np.ndarray) -> np.ndarray:
    """Covariances over n - 1, each from the rows that hold both items."""
    if np.isnan(ratings.sum()):
        return pd.DataFrame(ratings).cov(ddof=1).to_numpy()
    apart = ratings - ratings.mean(axis=0)
    return apart.T @ apart / (len(ratings) - 1)


def _alpha(covariance: np.ndarray) -> float:
    k, total = len(covariance), covariance.sum()
    if k < 2 or not total > 0:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))


def _alpha_without(covariance: np.ndarray) -> np.ndarray:
    """Alpha of the other items, for every item at once; NaN where none is defined."""
    k, own = len(covariance), np.diag(covariance)
    rest = covariance.sum() - 2 * covariance.sum(axis=0) + own
    if k < 3:
        return np.full(k, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rest > 0, (k - 1) / (k - 2) * (1 - (own.sum() - own) / rest), np.nan)


def _feldt(alpha: float, n: int, k: int, confidence: float) -> tuple[float, float]:
    from scipy.special import fdtri  # loads only when a scale is examined

    tail, degrees = (1 - confidence) / 2, (n - 1, (n - 1) * (k - 1))
    low = 1 - (1 - alpha) * fdtri(*degrees, 1 - tail)
    return float(low), float(1 - (1 - alpha) * fdtri(*degrees, tail))


def _duhachek(covariance: np.ndarray, n: int) -> float:
    k, total, trace = len(covariance), covariance.sum(), np.trace(covariance)
    if not total > 0:
        return float("nan")
    square = covariance @ covariance
    inner = total * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    variance = 2 * k**2 / ((k - 1) ** 2 * total**3) * inner / n
    return float(np.sqrt(max(variance, 0.0)))


def _item_rest(covariance: np.ndarray) -> np.ndarray:
    own, with_total, total = np.diag(covariance), covariance.sum(axis=0), covariance.sum()
    rest = total - 2 * with_total + own
    product = own * rest
    with np.errstate(invalid="ignore"):
        return np.where(product > 0, (with_total - own) / np.sqrt(np.maximum(product, 1e-300)), np.nan)


def _one_factor(correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loadings and unique variances of one factor, by maximum likelihood over the unique variances."""
    from scipy.optimize import minimize  # loads only when omega is asked for

    def scaled(unique: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        root = np.sqrt(unique)
        return np.linalg.eigh(correlation / np.outer(root, root))

    def loss(unique: np.ndarray) -> float:
        values = scaled(unique)[0][:-1]
        return float((values - np.log(values) - 1).sum())

    def slope(unique: np.ndarray) -> np.ndarray:
        loading = loadings(unique)
        return (np.diag(np.outer(loading, loading)) + unique - np.diag(correlation)) / unique**2

    def loadings(unique: np.ndarray) -> np.ndarray:
        values, vectors = scaled(unique)
        loading = np.sqrt(unique) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
        return loading if loading.sum() >= 0 else -loading

    smallest = 0.005
    start = np.clip((1 - 0.5 / len(correlation)) / np.diag(np.linalg.pinv(correlation)), smallest, 1.0)
    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10}
    bounds = [(smallest, 1.0)] * len(start)
    found = minimize(loss, start, jac=slope, method="L-BFGS-B", bounds=bounds, options=options).x
    return loadings(found), found
