"""Forms of the intraclass correlation: designs of targets by judges, and the restricted likelihood alternative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.errors import CoachkitError


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient with its confidence limits."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class IntraclassForms:
    """The six intraclass correlations of targets rated by the same number of judges.

    ``icc1`` each target has its own judges, ``icc2`` all targets have the same judges drawn at random, ``icc3``
    these judges only (their leniency is ignored); ``icc1k``, ``icc2k``, ``icc3k`` the same for the mean of all
    ``n_judges``. ``icc3k`` equals Cronbach's alpha with the judges as items.
    """

    icc1: Coefficient
    icc2: Coefficient
    icc3: Coefficient
    icc1k: Coefficient
    icc2k: Coefficient
    icc3k: Coefficient
    n_targets: int
    n_judges: int


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Restricted maximum likelihood estimates of a one-way random model.

    ``icc1`` reliability of one rater, ``icc2`` of the mean of ``mean_group_size`` raters, ``between`` and
    ``within`` variances in squared scale points, ``mean`` of the groups (weighted by their precision).
    """

    icc1: float
    icc2: float
    between: float
    within: float
    mean: float
    n_groups: int
    mean_group_size: float


def intraclass_forms(ratings: pd.DataFrame | np.ndarray, confidence: float = 0.95) -> IntraclassForms:
    """ICC(1), ICC(2), ICC(3) and their k-judge forms from analysis of variance, with limits.

    Parameters
    ----------
    ratings : DataFrame (n_targets, n_judges)
        One column per judge; targets with a missing rating are left out.
    confidence : float
        Coverage of the limits (0-1).

    Returns
    -------
    IntraclassForms

    Raises
    ------
    CoachkitError
        With fewer than two complete targets or two judges, or without any variance within targets.

    References
    ----------
    Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428; McGraw & Wong (1996), Psychological Methods 1,
    30-46, for the limits.

    Examples
    --------
    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> forms = intraclass_forms(np.array(table))  # Shrout & Fleiss, Tables 2 and 4
    >>> round(forms.icc1.value, 2), round(forms.icc2.value, 2), round(forms.icc3.value, 2)
    (0.17, 0.29, 0.71)
    """
    x = pd.DataFrame(ratings).astype(float).dropna().to_numpy()
    n, k = x.shape
    if n < 2 or k < 2:
        raise CoachkitError(f"need two or more complete targets and judges, but got {n} target(s) and {k} judge(s).")
    targets, judges, within, residual = _mean_squares(x)
    if not residual > 0:
        raise CoachkitError("the judges differ by nothing but leniency, so there is no error to compare with.")
    one = _ratio_forms(targets / within, (n - 1, n * (k - 1)), k, confidence)
    three = _ratio_forms(targets / residual, (n - 1, (n - 1) * (k - 1)), k, confidence)
    two = _random_judges(targets, judges, residual, (n, k), confidence)
    stepped = Coefficient(*(k * part / (1 + (k - 1) * part) for part in (two.value, two.low, two.high)))
    return IntraclassForms(one[0], two, three[0], one[1], stepped, three[1], n, k)


def icc_reml(values: pd.Series | np.ndarray, groups: pd.Series | np.ndarray) -> VarianceComponents:
    """ICC(1) by restricted maximum likelihood, which weights groups of unequal size by their precision.

    Parameters
    ----------
    values, groups : array-like (n_ratings,)
        Ratings and the target each belongs to; missing values are left out.

    Returns
    -------
    VarianceComponents
        NaN where there is one group, no repeated rating or no variance. A negative variance between groups is
        reported as 0, unlike :func:`coachkit.core.agreement.icc`, which may be negative.

    Raises
    ------
    CoachkitError
        If the two differ in length.

    References
    ----------
    Patterson & Thompson (1971), Biometrika 58, 545-554; Searle, Casella & McCulloch (1992), Variance
    Components, ch. 3 and 6.

    Examples
    --------
    >>> found = icc_reml(np.array([1.0, 2, 3, 4, 5, 6]), np.array(["a", "a", "b", "b", "c", "c"]))
    >>> round(found.between, 4), round(found.within, 4), round(found.icc1, 4)  # balanced: as analysis of variance
    (3.75, 0.5, 0.8824)
    """
    x, labels = np.asarray(values, dtype=float), pd.Series(np.asarray(groups))
    if len(x) != len(labels):
        raise CoachkitError(f"got {len(x)} values but {len(labels)} groups. Give one group for each value.")
    has = ~np.isnan(x) & labels.notna().to_numpy()
    grouped = pd.Series(x[has]).groupby(labels[has].to_numpy())
    n, mean = grouped.size().to_numpy(), grouped.mean().to_numpy()
    within = float(((x[has] - grouped.transform("mean").to_numpy()) ** 2).sum())
    size = float(n.mean()) if len(n) else float("nan")
    nan = float("nan")
    if len(n) < 2 or n.sum() <= len(n) or not within > 0:
        return VarianceComponents(nan, nan, nan, nan, nan, len(n), size)
    ratio = _variance_ratio(n, mean, within)
    weight = n / (1 + n * ratio)
    centre = float(np.average(mean, weights=weight))
    noise = float((within + (weight * (mean - centre) ** 2).sum()) / (n.sum() - 1))
    return VarianceComponents(
        ratio / (1 + ratio), size * ratio / (1 + size * ratio), ratio * noise, noise, centre, len(n), size
    )


def _variance_ratio(n: np.ndarray, mean: np.ndarray, within: float) -> float:
    """Between over within variance where the slope of the restricted likelihood vanishes; 0 at the edge."""
    from scipy.optimize import brentq  # loads only when components are asked for

    def slope(ratio: float) -> float:
        weight = n / (1 + n * ratio)
        squares = (mean - np.average(mean, weights=weight)) ** 2
        fall = (weight**2 * squares).sum() / (within + (weight * squares).sum())
        return float(weight.sum() - (weight**2).sum() / weight.sum() - (n.sum() - 1) * fall)

    if slope(0.0) >= 0:
        return 0.0
    high = 1.0
    while slope(high) < 0:
        high *= 4
    return float(brentq(slope, 0.0, high, xtol=1e-14, rtol=1e-14))


def _mean_squares(x: np.ndarray) -> tuple[float, float, float, float]:
    n, k = x.shape
    by_target, by_judge, grand = x.mean(axis=1), x.mean(axis=0), x.mean()
    targets = k * ((by_target - grand) ** 2).sum() / (n - 1)
    judges = n * ((by_judge - grand) ** 2).sum() / (k - 1)
    within = ((x - by_target[:, None]) ** 2).sum() / (n * (k - 1))
    residual = ((x - by_target[:, None] - by_judge + grand) ** 2).sum() / ((n - 1) * (k - 1))
    return float(targets), float(judges), float(within), float(residual)


def _ratio_forms(ratio: float, degrees: tuple[int, int], k: int, confidence: float) -> tuple[Coefficient, Coefficient]:
    """Single-judge and mean-of-k form of an F ratio of targets over error."""
    from scipy.stats import f

    upper = (1 + confidence) / 2
    ratios = (ratio, ratio / f.ppf(upper, *degrees), ratio * f.ppf(upper, *degrees[::-1]))
    single = Coefficient(*(float((part - 1) / (part + k - 1)) for part in ratios))
    return single, Coefficient(*(float(1 - 1 / part) for part in ratios))


def _random_judges(
    targets: float, judges: float, residual: float, shape: tuple[int, int], confidence: float
) -> Coefficient:
    from scipy.stats import f

    (n, k), upper = shape, (1 + confidence) / 2
    icc = (targets - residual) / (targets + (k - 1) * residual + k * (judges - residual) / n)
    ratio, rest = judges / residual, n * (1 + (k - 1) * icc) - k * icc
    freedom = (k - 1) * (n - 1) * (k * icc * ratio + rest) ** 2
    freedom /= (n - 1) * k**2 * icc**2 * ratio**2 + rest**2
    spread = k * judges + (k * n - k - n) * residual
    least, most = f.ppf(upper, n - 1, freedom), f.ppf(upper, freedom, n - 1)
    low = n * (targets - least * residual) / (least * spread + n * targets)
    high = n * (most * targets - residual) / (spread + n * most * targets)
    return Coefficient(float(icc), float(low), float(high))
