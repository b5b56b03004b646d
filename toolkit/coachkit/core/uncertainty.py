"""How far a score can be trusted: reliability of a rater composite, estimated true scores, chance of a gap."""

from __future__ import annotations

from typing import Literal

import numpy as np

from coachkit.core.measurement import MeasurementSettings

CHUNK = 4096  # managers handled at a time, which bounds memory
REACH = 4.5  # standard errors covered by the quadrature; 7 in a million lie outside


def composite_reliability(
    weights: np.ndarray, n_raters: np.ndarray, single_rater: np.ndarray, axis: int = -1
) -> np.ndarray:
    """Inter-rater reliability of a weighted mean of rater groups.

    Parameters
    ----------
    weights, n_raters, single_rater : arrays that broadcast together
        Along ``axis`` one entry per group: weight, number of raters (0 = not part of the mean) and the
        reliability of one rater.

    Returns
    -------
    array without ``axis``
        Reliability (0-1); NaN where no group has raters.

    Notes
    -----
    R = 1 / (1 + sum_g w_g^2 (1/r_g - 1) / n_g), with the weights of the groups present summing to 1. With one
    group this is the Spearman-Brown formula n r / (1 + (n - 1) r).

    References
    ----------
    Spearman (1910); Brown (1910), British Journal of Psychology 3. Conway & Huffcutt (1997).

    Examples
    --------
    >>> float(composite_reliability(np.array([1.0]), np.array([4]), np.array([0.3])).round(6))
    0.631579
    """
    share = _shares(weights, n_raters, axis)
    noise = np.where(n_raters > 0, share**2 * (1 / single_rater - 1) / np.maximum(n_raters, 1), 0.0).sum(axis=axis)
    return np.where((n_raters > 0).any(axis=axis), 1 / (1 + noise), np.nan)


def effective_raters(weights: np.ndarray, n_raters: np.ndarray, axis: int = -1) -> np.ndarray:
    """Number of equally weighted raters whose mean would be as precise: ``1 / sum(w^2 / n)``; 0 = none.

    Examples
    --------
    >>> float(effective_raters(np.array([1, 1]), np.array([1, 3])))
    3.0
    """
    share = _shares(weights, n_raters, axis)
    total = np.where(n_raters > 0, share**2 / np.maximum(n_raters, 1), 0.0).sum(axis=axis)
    return np.where(total > 0, 1 / np.where(total > 0, total, 1.0), 0.0)


def true_score_sd(observed: np.ndarray, reliability: np.ndarray, stratum: np.ndarray) -> float:
    """Standard deviation of true scores behind observed composites of unequal reliability.

    Parameters
    ----------
    observed, reliability : arrays (n_managers,)
        Observed scores in scale points and their reliabilities; NaN = no score.
    stratum : int array (n_managers,)
        Group whose mean each manager is compared with.

    Returns
    -------
    float
        ``sqrt(var_observed / mean(1/R))`` with the variance within strata; NaN below two scores.

    Examples
    --------
    >>> true_score_sd(np.array([2.0, 3.0, 4.0]), np.full(3, 0.64), np.zeros(3, dtype=int))
    0.8
    """
    has = ~np.isnan(observed)
    x, groups = observed[has], stratum[has]
    freedom = len(x) - len(np.unique(groups))
    if freedom < 1:
        return float("nan")
    centred = x - stratum_means(x, groups)[groups]
    return float(np.sqrt((centred**2).sum() / freedom / np.mean(1 / reliability[has])))


def stratum_means(values: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Mean of the values present in each stratum 0, 1, ...; NaN for an empty one."""
    has = ~np.isnan(values)
    size = int(stratum.max(initial=0)) + 1
    n = np.bincount(stratum[has], minlength=size)
    total = np.bincount(stratum[has], weights=values[has], minlength=size)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def estimate_true_scores(
    observed: np.ndarray, reliability: np.ndarray, mean: np.ndarray, sd_true: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Estimated true scores and their standard errors.

    Returns
    -------
    estimate, standard_error : arrays
        ``R x + (1 - R) m`` and ``sd_true sqrt(1 - R)``; NaN where there is no observed score.

    Notes
    -----
    With equal reliabilities the standard error equals ``SD sqrt(R (1 - R))`` of the observed scores' SD.

    References
    ----------
    Kelley (1947), Fundamentals of Statistics, p. 409; Lord & Novick (1968), section 3.7.

    Examples
    --------
    >>> estimate, error = estimate_true_scores(np.array([2.0]), np.array([0.75]), np.array([3.6]), np.array([0.5]))
    >>> float(estimate[0]), float(error[0])
    (2.4, 0.25)
    """
    estimate = reliability * observed + (1 - reliability) * mean
    error = np.where(np.isnan(estimate), np.nan, sd_true * np.sqrt(1 - reliability))
    return estimate, error


def probability_below(target: np.ndarray, estimate: np.ndarray, standard_error: np.ndarray) -> np.ndarray:
    """P(true score < target) = Phi((target - estimate) / standard_error); NaN without an estimate.

    Examples
    --------
    >>> probability_below(np.array([3.5]), np.array([3.5]), np.array([0.3]))
    array([0.5])
    """
    from scipy.special import ndtr

    with np.errstate(invalid="ignore", divide="ignore"):
        z = (target - estimate) / standard_error
    z = np.where((target == estimate) & (standard_error == 0), 0.0, z)
    return np.where(np.isnan(estimate) | np.isnan(target), np.nan, ndtr(z))


def probability_in_bottom(
    estimate: np.ndarray, standard_error: np.ndarray, size: int = 3, nodes: int = 24
) -> np.ndarray:
    """P(a competency is among the person's own ``size`` lowest), from all estimates and their errors.

    Parameters
    ----------
    estimate, standard_error : arrays (n_managers, n_competencies)
        Scale points; NaN = no estimate.
    size : int
        How many count as the bottom.
    nodes : int
        Points of the trapezoid rule over each competency's own error.

    Returns
    -------
    array (n_managers, n_competencies)
        Probabilities; each row sums to ``size``. NaN where there is no estimate or not more than ``size``
        competencies can be compared.

    Notes
    -----
    Errors are taken as independent between competencies. The number of others below a value follows a
    Poisson-binomial distribution, which is averaged over the competency's own error.

    Examples
    --------
    >>> probability_in_bottom(np.array([[1.0, 5, 5, 5]]), np.full((1, 4), 0.1), size=1).round(3)
    array([[1., 0., 0., 0.]])
    """
    result = np.full(estimate.shape, np.nan)
    points = np.linspace(-REACH, REACH, nodes)
    weights = np.exp(-(points**2) / 2)
    weights /= weights.sum()
    for start in range(0, len(estimate), CHUNK):
        part = slice(start, start + CHUNK)
        result[part] = _bottom_chunk(estimate[part], standard_error[part], size, points, weights)
    comparable = (~np.isnan(estimate)).sum(axis=1, keepdims=True) > size
    return np.where(comparable & ~np.isnan(estimate), result, np.nan)


def read_probability(
    p_below: float, settings: MeasurementSettings
) -> Literal["priority", "strength", "ask", "no_data"]:
    """Turn P(true < target) into a reading; between the two limits the answer is to ask.

    Examples
    --------
    >>> [read_probability(p, MeasurementSettings()) for p in (0.80, 0.79, 0.2, float("nan"))]
    ['priority', 'ask', 'strength', 'no_data']
    """
    if np.isnan(p_below):
        return "no_data"
    if p_below >= settings.priority_probability:
        return "priority"
    return "strength" if p_below <= settings.strength_probability else "ask"


def _shares(weights: np.ndarray, n_raters: np.ndarray, axis: int) -> np.ndarray:
    present = np.where(n_raters > 0, weights, 0.0)
    total = present.sum(axis=axis, keepdims=True)
    return present / np.where(total > 0, total, 1.0)


def _bottom_chunk(
    estimate: np.ndarray, error: np.ndarray, size: int, points: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    from scipy.special import ndtr

    n_managers, n_competencies = estimate.shape
    safe = np.maximum(error, 1e-9)
    result = np.empty_like(estimate)
    for own in range(n_competencies):
        values = estimate[:, own, None] + safe[:, own, None] * points
        below = np.zeros((size, n_managers, len(points)))  # P(exactly k others lie below), k < size
        below[0] = 1.0
        for other in range(n_competencies):
            if other == own:
                continue
            p = ndtr((values - estimate[:, other, None]) / safe[:, other, None])
            p = np.where(np.isnan(estimate[:, other, None]), 0.0, p)
            for k in range(size - 1, 0, -1):
                below[k] += p * (below[k - 1] - below[k])
            below[0] *= 1 - p
        result[:, own] = below.sum(axis=0) @ weights
    return np.clip(result, 0.0, 1.0)
