"""How tightly the profiles of many cohorts group, seen along a few directions; all cohorts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_STEPS = 5
_FLOOR = 1e-10
# Numbers of groups looked for, by the number of leading directions seen.
OWN_VIEWS = {1: (2,), 2: (3, 4), 3: (4, 5)}
STATED_VIEWS = {2: (3, 4)}


def cohort_tightness(
    cohorts: np.ndarray, ks: Sequence[int], patterns: np.ndarray | None
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Measure how tightly k groups hold together, view by view.

    Parameters
    ----------
    cohorts : ndarray of shape (m, n, p)
        Shapes of n managers in m cohorts.
    ks : sequence of int
        Numbers of groups allowed.
    patterns : ndarray of shape (q, p) or None
        Stated need patterns, each centred on its own mean.

    Returns
    -------
    tightness : ndarray of shape (m, n_statistics)
        -log(W_k / W_1), W the spread within groups: larger is tighter.
    tried : tuple of int
        The number of groups of each statistic.
    """
    centred = cohorts - cohorts.mean(axis=1, keepdims=True)
    stated = patterns if patterns is not None and len(patterns) else None
    statistics, tried = [], []
    for rows, views in ((centred, OWN_VIEWS), (stated, STATED_VIEWS)):
        if rows is None:
            continue
        directions = _leading_directions(rows)
        for size, usual in views.items():
            allowed = [k for k in usual if k in ks]
            if allowed and size < cohorts.shape[2]:
                seen = _evenly_spread(centred @ directions[..., :size])
                statistics.append(_tightness(seen, allowed))
                tried += allowed
    return np.concatenate(statistics, axis=1), tuple(tried)


def _leading_directions(rows: np.ndarray) -> np.ndarray:
    """Directions (..., p, p) along which the rows spread, most first."""
    return np.linalg.eigh(rows.swapaxes(-1, -2) @ rows)[1][..., ::-1]


def _evenly_spread(seen: np.ndarray) -> np.ndarray:
    """Scale to unit spread in every direction; a direction without any spread stays empty."""
    values, vectors = np.linalg.eigh(seen.swapaxes(-1, -2) @ seen / seen.shape[-2])
    floor = np.maximum(values[..., -1:] * 1e-9, _FLOOR)
    return seen @ vectors / np.sqrt(np.maximum(values, floor))[..., None, :]


def _tightness(seen: np.ndarray, ks: Sequence[int]) -> np.ndarray:
    starts = np.array([_ward_groups(rows, ks) for rows in seen])
    total = np.maximum((seen**2).sum(axis=(1, 2)), _FLOOR)
    return np.column_stack(
        [-np.log(np.maximum(_within(seen, starts[:, at], k), _FLOOR) / total) for at, k in enumerate(ks)]
    )


def _ward_groups(rows: np.ndarray, ks: Sequence[int]) -> np.ndarray:
    """Cut Ward's tree into k groups for each k: labels of shape (len(ks), n)."""
    from scipy.cluster.hierarchy import leaves_list, linkage

    tree = linkage(rows, "ward")
    n, order = len(rows), leaves_list(tree)
    # In leaf order every branch is one stretch; undoing the last merge opens the border between its two halves.
    stretch, borders, labels = {2 * n - 2: (0, n)}, [], np.empty((len(ks), n), dtype=int)
    for node in range(2 * n - 2, 2 * n - 1 - max(ks), -1):
        first, second = int(tree[node - n, 0]), int(tree[node - n, 1])
        low, high = stretch[node]
        border = low + (1 if first < n else int(tree[first - n, 3]))
        stretch[first], stretch[second] = (low, border), (border, high)
        borders.append(border)
    for at, k in enumerate(ks):
        labels[at, order] = np.searchsorted(np.sort(borders[: k - 1]), np.arange(n), side="right")
    return labels


def _within(seen: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Spread within k groups (m,) after a few k-means steps; an empty group stays at the middle."""
    squares = (seen**2).sum(axis=2)
    for step in range(_STEPS + 1):
        member = (labels[..., None] == np.arange(k)).astype(float)
        size = np.maximum(member.sum(axis=1), 1)
        centres = member.swapaxes(1, 2) @ seen / size[..., None]
        if step < _STEPS:
            labels = ((centres**2).sum(axis=2)[:, None, :] - 2 * seen @ centres.swapaxes(1, 2)).argmin(axis=2)
    return squares.sum(axis=1) - (size * (centres**2).sum(axis=2)).sum(axis=1)
