"""Find groups of similar need profiles, or refuse: an estimator in the manner of scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from coachkit.analysis.segments.archetypes import archetype_shapes
from coachkit.analysis.segments.grouping import Grouping, find_groups
from coachkit.analysis.segments.partition import shape_of
from coachkit.analysis.segments.saved import SegmentSolution
from coachkit.analysis.segments.structure_test import test_structure
from coachkit.errors import CoachkitError

ALPHA = 0.04  # a little below .05, for the null is fitted to the cohort and so itself uncertain
FEWEST_MANAGERS = 20
DESCRIPTIVE_BELOW = 100  # below this the groups describe the cohort, no more
FEWEST_COMPETENCIES = 3
MOST_SMALL, MOST_LARGE = 4, 6
SMALLEST_GROUP, SMALLEST_SHARE = 5, 0.10
MOST_TESTED = 400  # a larger cohort is tested on a random part of this size


class NeedSegments(ClusterMixin, BaseEstimator):
    """Group managers by the shape of their profiles, only if there is structure to be found.

    Parameters
    ----------
    n_null : int
        Structureless cohorts in the structure test, at least ``1 / alpha - 1``.
    n_bootstrap : int
        Regroupings for stability and membership.
    alpha : float
        Largest p value that counts as structure.
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
    Steps: centre each profile on its own mean; test against cohorts without structure; fit mixtures that start from
    the data and, where the columns are competencies with stated need patterns, from every choice of these; take the
    one with the best evidence that has no group too small and none unstable; average membership over regroupings of
    bootstrap samples. The result does not depend on the order of the rows.

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

    def __init__(self, n_null: int = 99, n_bootstrap: int = 99, alpha: float = ALPHA, random_state: int = 0) -> None:
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
            If the standard errors do not fit the scores, or there are too few simulated cohorts or regroupings.
        ValueError
            If the scores are not a table of numbers.
        """
        self._check_settings()
        scores, error = self._as_arrays(X, standard_errors, reset=True)
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
        """Membership probabilities of managers, new ones too, shape (n, n_segments_); NaN without a complete profile.

        Where no structure was found, everyone belongs to the one group.

        Raises
        ------
        CoachkitError
            If the cohort was too small to look for groups.
        """
        check_is_fitted(self, "verdict_")
        scores, error = self._as_arrays(X, standard_errors, reset=False)
        if self.verdict_ == "too_few":
            raise CoachkitError(f"no groups to assign to: {self.reason_} Use the situation diagnosis instead.")
        if self.solution_ is None:
            return np.where(np.isfinite(scores).all(axis=1), 1.0, np.nan)[:, None]
        return self.solution_.posterior(scores, error)

    def __sklearn_tags__(self) -> Tags:
        """A manager without a complete profile is left out, so missing scores are allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    @property
    def competency_ids_(self) -> tuple[str, ...]:
        """Names of the columns; ``x0``, ``x1`` ... where they had none."""
        unnamed = [f"x{number}" for number in range(self.n_features_in_)]
        return tuple(str(name) for name in getattr(self, "feature_names_in_", unnamed))

    def _as_arrays(
        self, scores: object, standard_errors: object, *, reset: bool
    ) -> tuple[np.ndarray, np.ndarray | None]:
        values = validate_data(self, scores, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        return values, None if standard_errors is None else _squared(standard_errors, values.shape)

    def _check_settings(self) -> None:
        """Refuse settings with which "no structure" would be the only answer possible."""
        least = int(np.ceil(1 / self.alpha - 1 - 1e-9))
        if self.n_null < least:
            raise CoachkitError(
                f"n_null = {self.n_null} simulated cohorts cannot give a p value of {self.alpha} or less. "
                f"Take at least {least}."
            )
        if self.n_bootstrap < 1:
            raise CoachkitError(f"n_bootstrap = {self.n_bootstrap} regroupings say nothing. Take at least 1.")

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
        patterns = archetype_shapes(self.competency_ids_).to_numpy()
        test = test_structure(shapes[part], None if error is None else error[part], ks, self.n_null, rng, patterns)
        self.p_value_ = test.p_value
        if test.p_value > self.alpha:
            self.reason_ = (
                f"The profiles group no more tightly than those of simulated cohorts without groups: {test.p_value:.0%} "
                f"of these group as tightly or more (p = {test.p_value:.2f}, n = {n}). Differences between managers "
                "are gradual; read each profile on its own."
            )
            return
        noise = np.zeros(n) if error is None else error.mean(axis=1)
        found = find_groups(shapes, noise, ks, smallest_group(n) / n, _with_flat(patterns), self.n_bootstrap, rng)
        if found is None:
            self.reason_ = (
                f"There is some structure (p = {test.p_value:.2f}), but no division keeps at least "
                f"{smallest_group(n)} managers in every group and holds up when the cohort is drawn again."
            )
            return
        self._accept(found, float(noise.mean()), rows, n_rows)

    def _accept(self, found: Grouping, noise: float, rows: np.ndarray, n_rows: int) -> None:
        mixture, k, n = found.mixture, len(found.mixture.weights), len(rows)
        self.solution_ = SegmentSolution(
            competency_ids=self.competency_ids_,
            centres=tuple(tuple(row) for row in mixture.centres.tolist()),
            weights=tuple((mixture.weights / mixture.weights.sum()).tolist()),
            variance=mixture.people + found.stability.wobble + noise,
            error_variance=noise,
            names=tuple(f"S{number + 1}" for number in range(k)),
        )
        self.n_segments_, self.verdict_, self.stability_ = k, "segments", found.stability.jaccard
        self.labels_ = np.full(n_rows, -1)
        self.labels_[rows] = found.membership.argmax(axis=1)
        self.membership_ = np.full((n_rows, k), np.nan)
        self.membership_[rows] = found.membership
        scope = "They describe this cohort only. " if n < DESCRIPTIVE_BELOW else ""
        self.reason_ = (
            f"The profiles of {n} managers group more tightly than simulated cohorts without groups "
            f"(p = {self.p_value_:.2f}). {scope}Groups overlap: read the membership, not only the label."
        )


def _squared(standard_errors: object, shape: tuple[int, ...]) -> np.ndarray:
    """Error variances that fit the scores; an unknown one is the cohort's typical one."""
    errors = np.asarray(standard_errors, dtype=float)
    if errors.shape != shape:
        raise CoachkitError(f"standard errors of shape {errors.shape} do not fit scores of shape {shape}.")
    known = errors[np.isfinite(errors)]
    if (known < 0).any():
        raise CoachkitError("standard errors must be 0 or more.")
    typical = float(np.median(known)) if known.size else 0.0
    return np.where(np.isfinite(errors), errors, typical) ** 2


def _too_few(n: int, n_competencies: int) -> str:
    if n_competencies < FEWEST_COMPETENCIES:
        return f"{n_competencies} competencies have no shape to compare; at least {FEWEST_COMPETENCIES} are needed."
    return (
        f"{n} {'manager has' if n == 1 else 'managers have'} a complete profile; below {FEWEST_MANAGERS} any grouping would be chance. "
        "Use the tally of situations instead."
    )


def smallest_group(n: int) -> int:
    """Managers a group must hold in a cohort of n.

    Examples
    --------
    >>> smallest_group(24), smallest_group(200)
    (5, 20)
    """
    return max(SMALLEST_GROUP, int(np.ceil(SMALLEST_SHARE * n)))


def _with_flat(patterns: np.ndarray) -> np.ndarray:
    """Stated patterns and, if there are any, the flat profile of managers without a need that stands out."""
    return np.vstack([patterns, np.zeros(patterns.shape[1])]) if len(patterns) else patterns
