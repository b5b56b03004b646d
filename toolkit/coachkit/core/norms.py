"""Where a score lies in its cohort: no percentiles for small cohorts, shrunken means for small units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coachkit.core.cohort import Minimums
from coachkit.core.intraclass import icc_reml
from coachkit.errors import CoachkitError

BANDS_FROM, PERCENTILES_FROM = 30, 100  # managers; Crawford & Howell (1998) on small norm samples
RANK_Z = 1.645  # standard errors, 90 % interval of the normal distribution
BAND_EDGES = (0.10, 0.30, 0.70, 0.90)
BAND_NAMES = ("lowest tenth", "below the middle", "middle", "above the middle", "highest tenth")


@dataclass(frozen=True, slots=True)
class CohortPosition:
    """Where one score lies in its cohort.

    ``kind``: ``none`` (too few managers to show a cohort), ``range`` (a dot between ``lowest`` and ``highest``),
    ``band`` (``band_low``..``band_high`` from an interval of the rank), ``percentile`` (0-100).
    ``rank_low`` and ``rank_high`` (0-1) hold the 90 % interval of the rank for bands and percentiles.
    """

    kind: Literal["none", "range", "band", "percentile"]
    n: int
    lowest: float | None = None
    highest: float | None = None
    band_low: str | None = None
    band_high: str | None = None
    percentile: float | None = None
    rank_low: float | None = None
    rank_high: float | None = None


def place_in_cohort(
    score: float,
    cohort: np.ndarray,
    minimums: Minimums | None = None,
    *,
    standard_error: float = 0.0,
    n_resamples: int = 400,
    random_state: int = 0,
) -> CohortPosition:
    """Place a score in its cohort as precisely as the cohort's size allows.

    Parameters
    ----------
    score : float
        In scale points.
    cohort : array (n_managers,)
        Scores of the cohort; NaN = missing.
    minimums : Minimums, optional
        Below ``minimums.cohort`` managers nothing is shown.
    standard_error : float
        Error of ``score`` in scale points; a rank is no surer than the score it ranks.
    n_resamples : int
        Bootstrap samples behind a band.
    random_state : int

    Returns
    -------
    CohortPosition
        Below 30 managers the 10th and 90th percentile as range, so that no single manager's score is the end
        of it; 30-99 the bands covering a 90 % interval of the percentile rank, which carries the score's error and
        a bootstrap of the cohort; from 100 the rank, with the ranks of ``score`` 1.645 errors down and up.

    References
    ----------
    Crawford & Howell (1998), The Clinical Neuropsychologist 12, 482-486.

    Examples
    --------
    >>> place_in_cohort(3.0, np.arange(200) / 50).percentile
    75.25
    >>> place_in_cohort(3.0, np.arange(9.0)).kind
    'none'
    """
    present = cohort[~np.isnan(cohort)]
    n = len(present)
    if n < (minimums or Minimums()).cohort or np.isnan(score):
        return CohortPosition("none", n)
    if n < BANDS_FROM:
        low, high = np.quantile(present, (0.10, 0.90))
        return CohortPosition("range", n, float(low), float(high))
    if n < PERCENTILES_FROM:
        low, high = _rank_interval(score, standard_error, present, n_resamples, random_state)
        return CohortPosition("band", n, band_low=_band(low), band_high=_band(high), rank_low=low, rank_high=high)
    low, high = (_rank(score + sign * RANK_Z * standard_error, present) for sign in (-1, 1))
    return CohortPosition("percentile", n, percentile=100 * _rank(score, present), rank_low=low, rank_high=high)


def shrink_unit_means(
    scores: pd.Series,
    units: pd.Series,
    errors: pd.Series | None = None,
    estimator: Literal["moments", "reml"] = "moments",
) -> pd.DataFrame:
    """Unit means drawn towards the mean of all units as far as they are uncertain (empirical Bayes).

    Parameters
    ----------
    scores, units : Series (n_managers,)
        Scores in scale points and the unit of each manager; missing scores are left out.
    errors : Series, optional
        Standard error of each score. A unit whose mean squared error exceeds the pooled variance within units
        takes it instead, because scores already drawn together differ less than they err.
    estimator : {"moments", "reml"}
        How the variance between units is estimated; "reml" gives the predictions of a linear mixed model and
        takes no ``errors``.

    Returns
    -------
    DataFrame indexed by unit
        ``n``, ``mean``, ``shrunken`` and ``weight`` (0-1, share of the unit's own mean).

    Raises
    ------
    CoachkitError
        If ``errors`` are given with the estimator "reml".

    Notes
    -----
    weight = tau^2 / (tau^2 + v_u), v_u the error variance of the unit's mean, tau^2 the between-unit variance
    by moments (DerSimonian & Laird), at least 0, or by restricted maximum likelihood.

    References
    ----------
    Efron & Morris (1975), Journal of the American Statistical Association 70, 311-319; DerSimonian & Laird
    (1986), Controlled Clinical Trials 7, 177-188.

    Examples
    --------
    >>> table = shrink_unit_means(pd.Series([1.0, 3, 3, 5]), pd.Series(["a", "a", "b", "b"]))
    >>> table["shrunken"].round(2).to_dict()
    {'a': 2.5, 'b': 3.5}
    """
    if estimator == "reml" and errors is not None:
        raise CoachkitError("the estimator 'reml' takes its error from the scores. Leave errors out, or use 'moments'.")
    frame = pd.DataFrame({"x": np.asarray(scores, dtype=float), "unit": np.asarray(units)})
    frame["error"] = 0.0 if errors is None else np.asarray(errors, dtype=float) ** 2
    frame = frame.dropna()
    grouped = frame.groupby("unit")
    n, mean = grouped.size(), grouped["x"].mean()
    freedom = max(len(frame) - len(n), 1)
    within = ((frame["x"] - frame["unit"].map(mean)) ** 2).sum() / freedom
    noise = np.maximum(within, grouped["error"].mean()) / n
    between = _between(mean.to_numpy(), noise.to_numpy())
    if estimator == "reml":
        found = icc_reml(frame["x"], frame["unit"])
        if np.isfinite(found.between):
            between, noise = found.between, found.within / n
    weight = between / (between + noise) if between > 0 else noise * 0.0
    centre = np.average(mean, weights=1 / (between + noise)) if (between + noise > 0).all() else mean.mean()
    return pd.DataFrame({"n": n, "mean": mean, "shrunken": weight * mean + (1 - weight) * centre, "weight": weight})


def _between(mean: np.ndarray, noise: np.ndarray) -> float:
    if len(mean) < 2 or not (noise > 0).all():
        return float(mean.var(ddof=1)) if len(mean) > 1 else 0.0
    w = 1 / noise
    q = (w * (mean - np.average(mean, weights=w)) ** 2).sum()
    return max(0.0, (q - (len(mean) - 1)) / (w.sum() - (w**2).sum() / w.sum()))


def _rank(score: float, cohort: np.ndarray) -> float:
    """Share of the cohort below the score; ties count half."""
    return float(((cohort < score) + 0.5 * (cohort == score)).mean(axis=-1))


def _rank_interval(
    score: float, error: float, cohort: np.ndarray, n_resamples: int, random_state: int
) -> tuple[float, float]:
    rng = np.random.default_rng(random_state)
    drawn = rng.choice(cohort, size=(n_resamples, len(cohort)))
    own = score + error * rng.standard_normal((n_resamples, 1))
    ranks = ((drawn < own) + 0.5 * (drawn == own)).mean(axis=1)
    low, high = np.quantile(ranks, (0.05, 0.95))
    return float(low), float(high)


def _band(rank: float) -> str:
    return BAND_NAMES[int(np.searchsorted(BAND_EDGES, rank, side="right"))]
