"""Find groups of similar need profiles, or refuse: an estimator in the manner of scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from coachkit.analysis.segments.partition import (
    centres_of,
    partition,
    shape_of,
    squared_distances,
)
from coachkit.analysis.segments.saved import SegmentSolution
from coachkit.analysis.segments.stability import UNSTABLE, Stability, assess_stability
from coachkit.analysis.segments.structure_test import StructureTest, test_structure
from coachkit.errors import CoachkitError

FEWEST_MANAGERS = 20
DESCRIPTIVE_BELOW = 100  # below this the groups describe the cohort, no more
FEWEST_COMPETENCIES = 3
MOST_SMALL, MOST_LARGE = 4, 6
SMALLEST_GROUP, SMALLEST_SHARE = 5, 0.10
MOST_TESTED = 400  # a larger cohort is tested, and its groups are found, on a random part of this size
LARGE_COHORT = 5_000
MOST_GROUPED = 2_000
_LLOYD_STEPS = 3


class NeedSegments(ClusterMixin, BaseEstimator):
    """Group managers by the shape of their profiles, only if there is structure to be found.

    Parameters
    ----------
    n_null : int
        Structureless cohorts in the structure test.
    n_bootstrap : int
        Regroupings for stability and membership.
    alpha : float
        Probability (0-1) of finding structure where there is none.
    random_state : int

    Attributes
    ----------
    n_segments_ : int
        0 too few, 1 no structure, else the number of groups.
    verdict_ : {"segments", "no_structure", "too_few"}
    reason_ : str
        Why, in a sentence.
    labels_ : ndarray of shape (n,)
        Groups 0 .. k-1, largest first; -1 for managers without a complete profile or when there are too few.
    membership_ : ndarray of shape (n, n_segments_)
        Probabilities; NaN rows for managers without a complete profile.
    stability_ : ndarray of shape (n_segments_,)
        Mean Jaccard similarity over bootstrap samples; empty unless groups were found.
    p_value_ : float or None
    solution_ : SegmentSolution or None
        What is needed to place new managers.

    Notes
    -----
    Steps: centre each profile on its own mean; test against cohorts without structure; among the numbers of groups
    that beat the same null take the one that beats it most, has no group that is too small and no unstable group.
    The result does not depend on the order of the rows.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis, 52,
    258-271.

    Examples
    --------
    >>> flat = np.random.default_rng(0).normal(size=(12, 6))
    >>> NeedSegments().fit(flat).verdict_
    'too_few'
    """

    def __init__(self, n_null: int = 99, n_bootstrap: int = 99, alpha: float = 0.05, random_state: int = 0) -> None:
        self.n_null = n_null
        self.n_bootstrap = n_bootstrap
        self.alpha = alpha
        self.random_state = random_state

    def fit(self, X: object, y: None = None, standard_errors: object = None) -> NeedSegments:  # noqa: ARG002, N803
        """Find groups.

        Parameters
        ----------
        X : array-like of shape (n_managers, n_competencies)
            Scores in scale points; NaN = no score.
        y : ignored
        standard_errors : array-like of shape (n_managers, n_competencies), optional
            Standard errors of the scores. Without them the null matches the covariance only.

        Raises
        ------
        CoachkitError
            If the scores are not a table, or the standard errors do not fit them.
        """
        self.feature_names_in_ = np.array(_columns(X), dtype=object)
        scores, error = _as_arrays(X, standard_errors)
        self.n_features_in_ = scores.shape[1]
        self.complete_ = np.isfinite(scores).all(axis=1)
        self._refuse(len(scores), "no_structure", 1, "")
        n = int(self.complete_.sum())
        if n < FEWEST_MANAGERS or self.n_features_in_ < FEWEST_COMPETENCIES:
            self._refuse(len(scores), "too_few", 0, _too_few(n, self.n_features_in_))
            return self
        rows = np.flatnonzero(self.complete_)
        rows = rows[np.lexsort(scores[rows].T)]  # an order of the values' own: rows may arrive in any
        shapes = shape_of(scores[rows])
        self._search(shapes, None if error is None else error[rows], rows, len(scores))
        return self

    def predict(self, X: object) -> np.ndarray:  # noqa: N803
        """Most probable group of each manager; -1 without a complete profile."""
        probability = self.predict_proba(X)
        complete = np.isfinite(probability).all(axis=1)
        return np.where(complete, np.nan_to_num(probability).argmax(axis=1), -1)

    def predict_proba(self, X: object, standard_errors: object = None) -> np.ndarray:  # noqa: N803
        """Membership probabilities of managers, new ones too, shape (n, n_segments_).

        Raises
        ------
        CoachkitError
            If no groups were formed.
        """
        check_is_fitted(self, "verdict_")
        if self.solution_ is None:
            raise CoachkitError(f"no groups to assign to: {self.reason_} Use the situation diagnosis instead.")
        scores, error = _as_arrays(X, standard_errors)
        return self.solution_.posterior(scores, error)

    def _refuse(self, n_rows: int, verdict: str, n_segments: int, reason: str) -> None:
        self.verdict_, self.n_segments_, self.reason_ = verdict, n_segments, reason
        self.p_value_, self.solution_ = None, None
        self.stability_ = np.empty(0)
        self.labels_ = np.where(self.complete_ & (n_segments == 1), 0, -1)
        self.membership_ = np.full((n_rows, n_segments), np.nan)
        self.membership_[self.complete_] = 1.0

    def _search(self, shapes: np.ndarray, error: np.ndarray | None, rows: np.ndarray, n_rows: int) -> None:
        rng = np.random.default_rng(self.random_state)
        n = len(shapes)
        ks = range(2, (MOST_SMALL if n < DESCRIPTIVE_BELOW else MOST_LARGE) + 1)
        part = np.sort(rng.permutation(n)[:MOST_TESTED])
        if np.ptp(shapes, axis=0).max() <= 0:
            self.reason_ = "All profiles have the same shape."
            return
        test = test_structure(shapes[part], None if error is None else error[part], ks, self.n_null, rng)
        self.p_value_ = test.p_value
        if test.p_value > self.alpha:
            self.reason_ = (
                f"The profiles group no more tightly than those of simulated cohorts without groups: {test.p_value:.0%} "
                f"of these group as tightly or more (p = {test.p_value:.2f}, n = {n}). Differences between managers "
                "are gradual; read each profile on its own."
            )
            return
        found = self._best_partition(shapes, error, test, rng)
        if found is None:
            self.reason_ = (
                f"There is some structure (p = {test.p_value:.2f}), but no division keeps at least "
                f"{_smallest(n)} managers in every group and holds up when the cohort is drawn again."
            )
            return
        self._accept(shapes, error, rows, n_rows, *found)

    def _best_partition(
        self, shapes: np.ndarray, error: np.ndarray | None, test: StructureTest, rng: np.random.Generator
    ) -> tuple[np.ndarray, Stability] | None:
        """The division that beats the null most, with no group too small or unstable."""
        n = len(shapes)
        part = np.arange(n) if n < LARGE_COHORT else np.sort(rng.permutation(n)[:MOST_GROUPED])
        own = None if error is None else error[part]
        for k in sorted(test.excess, key=lambda k: (-test.excess[k], k)):
            if test.excess[k] < test.critical:
                return None
            labels = _largest_first(partition(shapes[part], [k])[0], shapes[part])
            if np.bincount(labels).min() < _smallest(len(part)):
                continue
            small = part if len(part) <= MOST_TESTED else np.sort(rng.permutation(len(part))[:MOST_TESTED])
            chosen = slice(None) if small is part else small
            stability = assess_stability(
                shapes[part][chosen], None if own is None else own[chosen], labels[chosen], self.n_bootstrap, rng
            )
            if stability.jaccard.min() >= UNSTABLE:
                return _assign_all(shapes, shapes[part], labels), stability
        return None

    def _accept(
        self,
        shapes: np.ndarray,
        error: np.ndarray | None,
        rows: np.ndarray,
        n_rows: int,
        labels: np.ndarray,
        stability: Stability,
    ) -> None:
        k = int(labels.max()) + 1
        centres = centres_of(shapes, labels, k)
        weights = np.bincount(labels, minlength=k) / len(labels)
        self.solution_ = SegmentSolution(
            competency_ids=tuple(str(name) for name in self.feature_names_in_),
            centres=tuple(tuple(row) for row in centres.tolist()),
            weights=tuple(weights.tolist()),
            variance=stability.variance,
            error_variance=0.0 if error is None else float(error.mean()),
            names=tuple(f"S{number + 1}" for number in range(k)),
        )
        membership = stability.membership
        if len(membership) < len(shapes):
            membership = self.solution_.posterior(shapes, error)
        self.n_segments_, self.verdict_, self.stability_ = k, "segments", stability.jaccard
        self.labels_ = np.full(n_rows, -1)
        self.labels_[rows] = labels
        self.membership_ = np.full((n_rows, k), np.nan)
        self.membership_[rows] = membership
        scope = "They describe this cohort only. " if len(shapes) < DESCRIPTIVE_BELOW else ""
        self.reason_ = (
            f"The profiles of {len(shapes)} managers group more tightly than simulated cohorts without groups "
            f"(p = {self.p_value_:.2f}). {scope}Groups overlap: read the membership, not only the label."
        )


def _as_arrays(scores: object, standard_errors: object) -> tuple[np.ndarray, np.ndarray | None]:
    values = np.asarray(scores, dtype=float)
    if values.ndim != 2:
        raise CoachkitError(f"expected a table of managers x competencies. Got {values.ndim} dimension(s).")
    if standard_errors is None:
        return values, None
    errors = np.asarray(standard_errors, dtype=float)
    if errors.shape != values.shape:
        raise CoachkitError(f"standard errors of shape {errors.shape} do not fit scores of shape {values.shape}.")
    known = errors[np.isfinite(errors)]
    if (known < 0).any():
        raise CoachkitError("standard errors must be 0 or more.")
    typical = float(np.median(known)) if known.size else 0.0
    return values, np.where(np.isfinite(errors), errors, typical) ** 2


def _columns(scores: object) -> list[str]:
    if isinstance(scores, pd.DataFrame):
        return [str(name) for name in scores.columns]
    return [f"x{number}" for number in range(np.asarray(scores).shape[-1])]


def _too_few(n: int, n_competencies: int) -> str:
    if n_competencies < FEWEST_COMPETENCIES:
        return f"{n_competencies} competencies have no shape to compare; at least {FEWEST_COMPETENCIES} are needed."
    return (
        f"{n} managers have a complete profile; below {FEWEST_MANAGERS} any grouping would be chance. "
        "Use the tally of situations instead."
    )


def _smallest(n: int) -> int:
    return max(SMALLEST_GROUP, int(np.ceil(SMALLEST_SHARE * n)))


def _largest_first(labels: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Number groups by size, ties by their centre, so that equal cohorts get equal numbers."""
    k = int(labels.max()) + 1
    centres, sizes = centres_of(shapes, labels, k), np.bincount(labels, minlength=k)
    order = np.lexsort((*centres.T, -sizes))
    return np.argsort(order)[labels]


def _assign_all(shapes: np.ndarray, part: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Carry groups found on a part of the cohort over to all of it, with a few k-means steps."""
    if len(part) == len(shapes):
        return labels
    k = int(labels.max()) + 1
    centres = centres_of(part, labels, k)
    for _ in range(_LLOYD_STEPS):
        everyone = squared_distances(shapes, centres).argmin(axis=1)
        centres = centres_of(shapes, everyone, k)
    return everyone
