"""Bootstrap distribution of Cronbach's alpha for several scales at once, from weighted moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coachkit.errors import CoachkitError


def bootstrap_alpha(
    items: np.ndarray, scales: Sequence[Sequence[int]], n_bootstrap: int = 1000, random_state: int = 0
) -> np.ndarray:
    """Resample rows and recompute alpha, all scales on the same resamples.

    Parameters
    ----------
    items : array (n_rows, n_items)
        Keyed ratings without gaps.
    scales : sequence of sequences of int
        Columns of each scale, two or more.
    n_bootstrap : int
    random_state : int

    Returns
    -------
    array (n_bootstrap, n_scales)
        NaN where a resample has no variance.

    Raises
    ------
    CoachkitError
        With missing ratings, fewer than two rows, or a scale of one item.

    Notes
    -----
    Alpha needs only sums of items, of their squares and of the squared total; with the number of times each row
    was drawn as weights, all of them are one matrix product.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 6.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> ratings = rng.normal(size=(400, 1)) + rng.normal(size=(400, 4))  # true alpha .8
    >>> drawn = bootstrap_alpha(ratings, [range(4)], 500)
    >>> drawn.shape, bool(0.7 < np.quantile(drawn, 0.025) < 0.8 < np.quantile(drawn, 0.975) < 0.9)
    ((500, 1), True)
    """
    x = np.asarray(items, dtype=float)
    if len(x) < 2 or np.isnan(x).any() or any(len(scale) < 2 for scale in scales):
        raise CoachkitError("a bootstrap of alpha needs two or more rows without gaps and scales of two or more items.")
    x = x - x.mean(axis=0)
    totals = np.column_stack([x[:, list(scale)].sum(axis=1) for scale in scales])
    columns = np.column_stack([x, x**2, totals**2])
    n, k = x.shape
    moments = _row_counts(n, n_bootstrap, np.random.default_rng(random_state)) @ columns / n
    mean, squares, total_squares = moments[:, :k], moments[:, k : 2 * k], moments[:, 2 * k :]
    variance = squares - mean**2
    drawn = []
    for number, scale in enumerate(scales):
        chosen, size = list(scale), len(scale)
        of_total = total_squares[:, number] - mean[:, chosen].sum(axis=1) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            alpha = size / (size - 1) * (1 - variance[:, chosen].sum(axis=1) / of_total)
        drawn.append(np.where(of_total > 1e-12, alpha, np.nan))
    return np.column_stack(drawn)


def _row_counts(n: int, n_bootstrap: int, rng: np.random.Generator) -> np.ndarray:
    """How often each row is drawn in each resample, shape (n_bootstrap, n)."""
    drawn = rng.integers(0, n, (n_bootstrap, n), dtype=np.int32)
    drawn += np.arange(n_bootstrap, dtype=np.int32)[:, None] * n
    return np.bincount(drawn.ravel(), minlength=n * n_bootstrap).reshape(n_bootstrap, n).astype(float)
