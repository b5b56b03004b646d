"""Does a scale measure alike in two sets of forms: alphas, means of the same managers, shifts of single items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.errors import CoachkitError


@dataclass(frozen=True, slots=True)
class AlphaComparison:
    """Two independent alphas: first minus second, Feldt's ratio ``(1 - first) / (1 - second)``, two-sided ``p``."""

    difference: float
    ratio: float
    p: float


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Mean of paired differences (first minus second) in scale points with its error and two-sided ``p``."""

    difference: float
    standard_error: float
    p: float
    n: int


def compare_alphas(first: float, n_first: int, second: float, n_second: int) -> AlphaComparison:
    """Feldt's test of whether a scale is as consistent in one set of forms as in another.

    Parameters
    ----------
    first, second : float
        Cronbach's alphas of the same items.
    n_first, n_second : int
        Forms behind each.

    Raises
    ------
    CoachkitError
        With fewer than two forms or an alpha of 1.

    Notes
    -----
    The ratio of 1 - alpha follows F(n_first - 1, n_second - 1). Forms about the same manager are not
    independent, so for raters' forms the p value is approximate.

    References
    ----------
    Feldt (1969), Psychometrika 34, 363-373.

    Examples
    --------
    >>> found = compare_alphas(0.70, 101, 0.85, 101)
    >>> round(found.ratio, 2), found.p < 0.001
    (2.0, True)
    """
    from scipy.special import fdtr, fdtrc  # loads only when sets of forms are compared

    if min(n_first, n_second) < 2 or not (first < 1 and second < 1):
        raise CoachkitError(
            f"need two or more forms and alphas below 1, but got {n_first} and {n_second} forms with alphas "
            f"{first!r} and {second!r}."
        )
    ratio = (1 - first) / (1 - second)
    degrees = (n_first - 1, n_second - 1)
    lower, upper = fdtr(*degrees, ratio), fdtrc(*degrees, ratio)
    return AlphaComparison(float(first - second), float(ratio), float(min(1.0, 2 * min(lower, upper))))


def compare_paired(apart: np.ndarray) -> PairedComparison:
    """Mean of paired differences by Student's t.

    Parameters
    ----------
    apart : array (n_pairs,)
        First minus second, in scale points; NaN = one side is missing.

    Returns
    -------
    PairedComparison
        NaN below two pairs; ``p`` is 1 where no pair differs and 0 where all differ by the same amount.

    References
    ----------
    Student (1908), Biometrika 6, 1-25.

    Examples
    --------
    >>> found = compare_paired(np.array([1.0, 0, 2]))
    >>> found.difference, round(found.standard_error, 4), round(found.p, 4)
    (1.0, 0.5774, 0.2254)
    """
    from scipy.special import stdtr  # loads only when sets of forms are compared

    present = np.asarray(apart, dtype=float)
    present = present[~np.isnan(present)]
    if len(present) < 2:
        return PairedComparison(float("nan"), float("nan"), float("nan"), len(present))
    mean, error = float(present.mean()), float(present.std(ddof=1) / np.sqrt(len(present)))
    if error == 0:
        return PairedComparison(mean, error, 1.0 if mean == 0 else 0.0, len(present))
    return PairedComparison(mean, error, float(2 * stdtr(len(present) - 1, -abs(mean / error))), len(present))


def compare_items(apart: pd.DataFrame) -> pd.DataFrame:
    """Shift of each item beyond the shift of the whole scale, for the same managers in two sets of forms.

    Parameters
    ----------
    apart : DataFrame (n_pairs, n_items)
        First minus second, in scale points; a pair with a missing item is left out.

    Returns
    -------
    DataFrame indexed by item
        ``shift`` (scale points, sums to 0), ``standard_error``, ``p`` (two-sided) and ``n`` pairs.

    Notes
    -----
    An item that moves by itself is a sign that it is read differently (differential item functioning); the
    method is a screening with observed scores, not a test of measurement invariance.

    References
    ----------
    Vandenberg & Lance (2000), Organizational Research Methods 3, 4-70, on invariance across groups and waves.

    Examples
    --------
    >>> compare_items(pd.DataFrame({"a": [1.0, 1.0, 1.0], "b": [0.0, 0.0, 0.0]}))["shift"].to_dict()
    {'a': 0.5, 'b': -0.5}
    """
    complete = apart.dropna()
    own = complete.sub(complete.mean(axis=1), axis=0)
    rows = {item: compare_paired(own[item].to_numpy()) for item in own}
    table = {item: (found.difference, found.standard_error, found.p, found.n) for item, found in rows.items()}
    return pd.DataFrame.from_dict(table, orient="index", columns=["shift", "standard_error", "p", "n"])
