"""Do raters of one target agree, and do self and others: ICC, r_wg, average deviation, self-other gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.errors import CoachkitError


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """One-way intraclass correlations of nested data.

    ``icc1`` reliability of one rater, ``icc2`` of a group mean, over ``n_groups`` with ``mean_group_size``.
    """

    icc1: float
    icc2: float
    n_groups: int
    mean_group_size: float


def icc(values: pd.Series | np.ndarray, groups: pd.Series | np.ndarray) -> IntraclassCorrelation:
    """ICC(1) and ICC(2) of a one-way layout, by analysis of variance with the mean group size.

    Parameters
    ----------
    values, groups : array-like (n_ratings,)
        Ratings and the target (group, unit, manager) each belongs to; missing values are left out.

    Returns
    -------
    IntraclassCorrelation
        NaN coefficients when there is one group, no repeated rating, or no variance.

    Raises
    ------
    CoachkitError
        If the two differ in length.

    Notes
    -----
    ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW); ICC(2) = (MSB - MSW) / MSB; k = mean group size. A restricted
    maximum likelihood estimate would weight unequal groups differently.

    References
    ----------
    Bartko (1976), Psychological Bulletin 83, 762-765; Shrout & Fleiss (1979), Psychological Bulletin 86.

    Examples
    --------
    >>> result = icc(np.array([1.0, 2, 3, 4, 5, 6]), np.array(["a", "a", "b", "b", "c", "c"]))
    >>> round(result.icc1, 4), round(result.icc2, 4), result.n_groups, result.mean_group_size
    (0.8824, 0.9375, 3, 2.0)
    """
    x, codes = _clean(values, groups)
    n_groups = int(codes.max(initial=-1)) + 1
    return icc_from_sums(*_sums(x, codes, n_groups))


def icc_from_sums(n: np.ndarray, total: np.ndarray, within: np.ndarray, n_means: int = 1) -> IntraclassCorrelation:
    """ICC(1) and ICC(2) from each group's size, sum, and sum of squared deviations from its mean.

    ``n_means`` is the number of means taken off the sums beforehand, when groups are compared within strata.
    """
    n_ratings, n_groups = n.sum(), len(n)
    size = n_ratings / n_groups if n_groups else float("nan")
    if n_groups <= n_means or n_ratings <= n_groups:
        return IntraclassCorrelation(float("nan"), float("nan"), n_groups, float(size))
    between = (n * (total / n - total.sum() / n_ratings) ** 2).sum() / (n_groups - n_means)
    noise = within.sum() / (n_ratings - n_groups)
    if between + (size - 1) * noise <= 0:
        return IntraclassCorrelation(float("nan"), float("nan"), n_groups, float(size))
    icc1 = (between - noise) / (between + (size - 1) * noise)
    icc2 = (between - noise) / between if between > 0 else float("nan")
    return IntraclassCorrelation(float(icc1), float(icc2), n_groups, float(size))


def rwg(ratings: pd.Series | np.ndarray, groups: pd.Series | np.ndarray, n_options: int = 5) -> pd.Series:
    """Within-group agreement r_wg on one item, by group.

    Parameters
    ----------
    ratings, groups : array-like (n_ratings,)
        Ratings on equally spaced options and the group each belongs to; missing ratings are left out.
    n_options : int
        Number of options A; chance answers have the variance (A^2 - 1) / 12.

    Returns
    -------
    Series indexed by group, 0-1
        NaN for groups of one rating; variances above chance count as chance (0).

    References
    ----------
    James, Demaree & Wolf (1984), Journal of Applied Psychology 69, 85-98.

    Examples
    --------
    >>> rwg(np.array([4, 5, 3, 4.0]), np.array(["a", "a", "b", "b"])).round(2).to_dict()
    {'a': 0.75, 'b': 0.75}
    """
    frame = pd.DataFrame({"rating": np.asarray(ratings, dtype=float), "group": np.asarray(groups)})
    chance = _chance_variance(n_options)
    spread = frame.groupby("group")["rating"].var(ddof=1).clip(upper=chance)
    return (1 - spread / chance).rename("rwg")


def rwg_j(items: pd.DataFrame, groups: pd.Series | np.ndarray, n_options: int = 5) -> pd.Series:
    """Within-group agreement r_wg(J) on a scale of J parallel items, by group.

    Parameters
    ----------
    items : DataFrame (n_raters, J)
        Ratings; a rater with a missing item is left out.
    groups : array-like (n_raters,)
    n_options : int
        Number of options of the response format.

    Returns
    -------
    Series indexed by group, 0-1
        NaN for groups of one complete rater.

    Notes
    -----
    J q / (J q + v) with v the mean item variance (n - 1) over the chance variance, at most 1, and q = 1 - v.

    References
    ----------
    James, Demaree & Wolf (1984); LeBreton & Senter (2008), Organizational Research Methods 11, 815-852.

    Examples
    --------
    >>> items = pd.DataFrame({"a": [4.0, 4, 2], "b": [4.0, 5, 3]})
    >>> rwg_j(items, np.array(["g", "g", "h"])).round(3).to_dict()
    {'g': 0.933, 'h': nan}
    """
    frame, labels = _complete(items, groups)
    chance = _chance_variance(n_options)
    v = (frame.groupby(labels).var(ddof=1).mean(axis=1, skipna=False) / chance).clip(upper=1)
    scaled = items.shape[1] * (1 - v)
    return (scaled / (scaled + v)).rename("rwg_j").rename_axis("group")


def average_deviation(items: pd.DataFrame | pd.Series, groups: pd.Series | np.ndarray) -> pd.Series:
    """Average absolute deviation from the group's mean (AD_M), in scale points, averaged over items.

    Parameters
    ----------
    items : DataFrame (n_raters, J) or Series
        Ratings; a rater with a missing item is left out.
    groups : array-like (n_raters,)

    Returns
    -------
    Series indexed by group
        0 = full agreement; A/6 is a common limit for A options.

    References
    ----------
    Burke, Finkelstein & Dusig (1999), Organizational Research Methods 2, 49-68.

    Examples
    --------
    >>> average_deviation(pd.DataFrame({"a": [1.0, 3], "b": [2.0, 2]}), np.array(["g", "g"])).to_dict()
    {'g': 0.5}
    """
    frame, labels = _complete(items, groups)
    apart = (frame - frame.groupby(labels).transform("mean")).abs()
    return apart.groupby(labels).mean().mean(axis=1).rename("average_deviation").rename_axis("group")


def compare_self_other(
    self_score: np.ndarray, others: np.ndarray, self_error: np.ndarray, others_error: np.ndarray, z: float
) -> tuple[np.ndarray, np.ndarray]:
    """Self minus others and the error it must exceed to mean anything: ``z sqrt(SEM_s^2 + SEM_o^2)``.

    Parameters
    ----------
    self_score, others, self_error, others_error : arrays
        Scale points; NaN = missing.

    Returns
    -------
    difference, error : arrays
        NaN where either side is missing.

    References
    ----------
    Standard error of a difference, e.g. Lord & Novick (1968), section 3.

    Examples
    --------
    >>> compare_self_other(np.array([4.5]), np.array([3.0]), np.array([0.3]), np.array([0.4]), 2.0)
    (array([1.5]), array([1.]))
    """
    difference = self_score - others
    error = z * np.sqrt(self_error**2 + others_error**2)
    return difference, np.where(np.isnan(difference), np.nan, error)


def _chance_variance(n_options: int) -> float:
    if n_options < 2:
        raise CoachkitError(f"n_options is {n_options}, but agreement needs at least 2 options.")
    return (n_options**2 - 1) / 12


def _clean(values: object, groups: object) -> tuple[np.ndarray, np.ndarray]:
    x, labels = np.asarray(values, dtype=float), pd.Series(np.asarray(groups))
    if len(x) != len(labels):
        raise CoachkitError(f"got {len(x)} values but {len(labels)} groups. Give one group for each value.")
    has = ~np.isnan(x) & labels.notna().to_numpy()
    return x[has], pd.factorize(labels[has])[0]


def _complete(items: pd.DataFrame | pd.Series, groups: object) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.DataFrame(items).reset_index(drop=True).astype(float)
    labels = np.asarray(groups)
    if len(frame) != len(labels):
        raise CoachkitError(f"got {len(frame)} rows but {len(labels)} groups. Give one group for each row.")
    rows = frame.notna().all(axis=1).to_numpy()
    return frame[rows], labels[rows]


def _sums(x: np.ndarray, codes: np.ndarray, n_groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = np.bincount(codes, minlength=n_groups)
    total = np.bincount(codes, weights=x, minlength=n_groups)
    within = np.bincount(codes, weights=(x - (total / np.maximum(n, 1))[codes]) ** 2, minlength=n_groups)
    return n, total, within
