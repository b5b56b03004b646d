"""Item means and distributions: a higher minimum than competencies, and coarse rounding below eight raters."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.core.cohort import Minimums

COARSE, FINE = 0.5, 0.1  # steps of the scale to which item means are rounded, below and from Minimums.distribution


def round_item_mean(mean: np.ndarray, n: np.ndarray, minimums: Minimums, step: float = 1.0) -> np.ndarray:
    """Round item means as the number of raters allows; NaN below the item minimum.

    Parameters
    ----------
    mean, n : arrays of one shape
        Means in scale points and numbers of raters who answered the item.
    step : float
        Distance between two neighbouring ratings, in scale points.

    Examples
    --------
    >>> round_item_mean(np.array([3.3, 3.3, 3.33]), np.array([4, 5, 8]), Minimums())
    array([nan, 3.5, 3.3])
    """
    grain = np.where(n < minimums.distribution, COARSE, FINE) * step
    with np.errstate(invalid="ignore"):
        rounded = np.round(np.floor(mean / grain + 0.5 + 1e-9) * grain, 10)
    return np.where(n >= minimums.items_and_comments, rounded, np.nan)


def release_items(
    ratings: pd.DataFrame,
    may_count: dict[str, np.ndarray],
    manager: np.ndarray,
    n_managers: int,
    minimums: Minimums,
    step: float = 1.0,
) -> np.ndarray:
    """Mean of every item over the confidential raters of each manager, suppressed and rounded.

    Parameters
    ----------
    ratings : DataFrame (n_raters, n_items)
        Keyed ratings, NaN = no rating.
    may_count : dict item id -> bool array (n_raters,)
        Raters whose group is published for the item's competency; others would open the published totals.
    manager : int array (n_raters,)
        Position of the manager each rater rated.

    Returns
    -------
    array (n_managers, n_items)
        Rounded means in scale points; NaN where fewer than ``minimums.items_and_comments`` answered.
    """
    released = np.full((n_managers, ratings.shape[1]), np.nan)
    for column, (item_id, value) in enumerate(ratings.items()):
        rating = value.to_numpy()
        counts = may_count[item_id] & ~np.isnan(rating)
        n = np.bincount(manager[counts], minlength=n_managers)
        total = np.bincount(manager[counts], weights=rating[counts], minlength=n_managers)
        released[:, column] = round_item_mean(total / np.maximum(n, 1), n, minimums, step)
    return released


def describe_distribution(ratings: np.ndarray, minimums: Minimums) -> dict[float, int] | None:
    """Counts of each rating given, or None when too few answered or everyone answered alike.

    Examples
    --------
    >>> describe_distribution(np.array([3, 3, 3, 4, 4, 4, 5, 5.0]), Minimums())
    {3.0: 3, 4.0: 3, 5.0: 2}
    >>> describe_distribution(np.full(9, 4.0), Minimums()) is None
    True
    """
    values, counts = np.unique(ratings[~np.isnan(ratings)], return_counts=True)
    if counts.sum() < minimums.distribution or len(values) < 2:
        return None
    return {float(value): int(count) for value, count in zip(values, counts, strict=True)}
