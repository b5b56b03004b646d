"""Split profiles into k groups: Ward's tree as the start, then k-means steps. Deterministic, no random starts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_STEPS = 8


def shape_of(scores: np.ndarray) -> np.ndarray:
    """Profiles without their level: every row minus its own mean, so that groups are not just high and low."""
    return scores - scores.mean(axis=-1, keepdims=True)


def partition(shapes: np.ndarray, ks: Sequence[int]) -> list[np.ndarray]:
    """Split rows into k groups for each k.

    Parameters
    ----------
    shapes : ndarray of shape (n, p)
    ks : sequence of int
        Numbers of groups, each below n.

    Returns
    -------
    list of ndarray of shape (n,)
        Group of each row, 0 .. k-1, for every k in ``ks``.

    References
    ----------
    Ward, J. H. (1963). Hierarchical grouping to optimize an objective function. JASA, 58, 236-244.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(shapes, "ward")
    return [_settle(shapes, fcluster(tree, k, "maxclust") - 1) for k in ks]


def centres_of(shapes: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Mean shape of each group, shape (k, p); an empty group gets the mean of all."""
    member = (labels[:, None] == np.arange(k)).astype(float)
    size = member.sum(axis=0)
    means = member.T @ shapes / np.maximum(size, 1)[:, None]
    means[size == 0] = shapes.mean(axis=0)
    return means


def squared_distances(shapes: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distance of every row from every centre, shape (n, k)."""
    cross = shapes @ centres.T
    squares = (shapes**2).sum(axis=1)[:, None] - 2 * cross + (centres**2).sum(axis=1)
    return np.maximum(squares, 0.0)


def _settle(shapes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    k = int(labels.max()) + 1
    for _ in range(_STEPS):
        nearest = squared_distances(shapes, centres_of(shapes, labels, k)).argmin(axis=1)
        if len(np.unique(nearest)) < k or np.array_equal(nearest, labels):
            return labels
        labels = nearest
    return labels
