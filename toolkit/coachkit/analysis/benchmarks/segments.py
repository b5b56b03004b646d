"""How often segmentation claims groups that are not there, misses those that are, and how well it recovers them.

Ours beside two usual ways of clustering on the same cohorts: k-means with the number of groups of the best
silhouette, and normal mixtures with the best BIC. What "separation" means stands in
:mod:`coachkit.analysis.benchmarks.segment_cohorts`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.analysis.benchmarks.segment_cohorts import (
    STRUCTURELESS,
    KnownCohort,
    grouped_cohort,
    structureless_cohort,
)
from coachkit.analysis.segments.estimator import DESCRIPTIVE_BELOW, MOST_SMALL, NeedSegments, smallest_group
from coachkit.analysis.segments.partition import shape_of

OURS, SILHOUETTE, BIC = "coachkit", "k-means + silhouette", "normal mixture + BIC"
COLUMNS = ["figure", "cohort", "n", "separation", "method", "cohorts", "value", "low", "high"]
_Rows = Iterable[dict[str, object]]


@dataclass(frozen=True)
class BenchmarkSize:
    """Cohort sizes and numbers of cohorts.

    ``structureless`` holds (n, cohorts), ``grouped`` (kind, n, separation, cohorts). The naive methods run on the first
    ``n_naive`` cohorts of each.
    """

    structureless: tuple[tuple[int, int], ...]
    grouped: tuple[tuple[str, int, float, int], ...]
    n_null: int = 99
    n_bootstrap: int = 99
    n_naive: int = 20
    largest_naive: int = 400

    def naive_cohorts(self, n: int) -> int:
        """Number of cohorts of n managers the naive methods run on."""
        return self.n_naive if n <= self.largest_naive else 0


QUICK = BenchmarkSize(
    structureless=((24, 10), (40, 6), (200, 3)),
    grouped=(("situations", 24, 2.0, 10), ("situations", 40, 2.0, 6), ("situations", 200, 2.0, 3)),
    n_null=59,
    n_bootstrap=29,
    n_naive=3,
)
FULL = BenchmarkSize(
    structureless=((24, 300), (40, 300), (200, 200), (2000, 100)),
    grouped=(
        *(("situations", n, 2.0, cohorts) for n, cohorts in ((24, 80), (40, 60), (60, 40), (120, 50), (200, 30))),
        *(("evenly spaced", n, 3.0, cohorts) for n, cohorts in ((24, 30), (60, 30), (200, 20))),
        *(("situations", n, 1.0, cohorts) for n, cohorts in ((24, 30), (60, 30), (200, 20))),
        *(("off patterns", n, 2.0, cohorts) for n, cohorts in ((24, 30), (60, 30), (200, 20))),
        ("situations", 2000, 2.0, 3),
    ),
    n_naive=10,
)
SIZES = {"quick": QUICK, "full": FULL}


def benchmark_segments(size: str = "quick", random_state: int = 0) -> pd.DataFrame:
    """Measure segmentation on simulated cohorts.

    Parameters
    ----------
    size : {"quick", "full"}
        Quick takes less than a minute, full about a quarter of an hour, on one core.
    random_state : int

    Returns
    -------
    DataFrame
        One row a figure, cohort, n, separation and method. ``figure`` is ``groups claimed`` (a false positive in
        structureless cohorts, power in the others), ``adjusted Rand`` (a refusal counts as 0) and the same
        ``where groups were formed``, ``segments`` (their mean number), ``confidence`` (mean of the largest membership)
        or ``accuracy`` (share placed with most of their true group; to be compared with confidence).
        ``low`` and ``high`` bound the value with 95 % confidence.

    References
    ----------
    Hubert, L. & Arabie, P. (1985). Comparing partitions. Journal of Classification, 2, 193-218. Wilson, E. B. (1927).
    Probable inference, the law of succession, and statistical inference. JASA, 22, 209-212.
    """
    plan = SIZES[size]
    rows = [*_structureless(plan, random_state), *_grouped(plan, random_state)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _structureless(plan: BenchmarkSize, random_state: int) -> _Rows:
    for n, cohorts in plan.structureless:
        for number, kind in enumerate(STRUCTURELESS):
            rng = np.random.default_rng([random_state, n, number])
            drawn = [structureless_cohort(n, kind, rng) for _ in range(cohorts)]
            ours = [_claims(scores, errors, plan) for scores, errors in drawn]
            naive = [mixture_by_bic(scores).max() > 0 for scores, _ in drawn[: plan.naive_cohorts(n)]]
            # The silhouette is not defined for one group: that method never refuses.
            for method, claims in ((OURS, ours), (SILHOUETTE, [True] * len(naive)), (BIC, naive)):
                if claims:
                    yield _row("groups claimed", kind, n, 0.0, method, len(claims), float(np.mean(claims)))


def _claims(scores: pd.DataFrame, errors: pd.DataFrame, plan: BenchmarkSize) -> bool:
    ours = NeedSegments(n_null=plan.n_null, n_bootstrap=1).fit(scores, standard_errors=errors)
    return ours.p_value_ is not None and bool(ours.p_value_ <= ours.alpha)


def _grouped(plan: BenchmarkSize, random_state: int) -> _Rows:
    for number, (kind, n, separation, cohorts) in enumerate(plan.grouped):
        rng = np.random.default_rng([random_state, n, 100 + number])
        drawn = [grouped_cohort(n, separation, rng, kind) for _ in range(cohorts)]
        runs = pd.DataFrame(
            [_recover(cohort, plan, naive=at < plan.naive_cohorts(n)) for at, cohort in enumerate(drawn)]
        )
        for name in runs:
            figure, method = str(name).split("|")
            values = runs[name].dropna().to_numpy(dtype=float)
            if len(values):
                yield _row(figure, kind, n, separation, method, len(values), float(values.mean()), values)


def _recover(cohort: KnownCohort, plan: BenchmarkSize, *, naive: bool) -> dict[str, float]:
    from sklearn.metrics import adjusted_rand_score

    ours = NeedSegments(n_null=plan.n_null, n_bootstrap=plan.n_bootstrap)
    ours.fit(cohort.scores, standard_errors=cohort.errors)
    allowed = MOST_SMALL if len(cohort.group) < DESCRIPTIVE_BELOW else None
    labels = {
        "oracle": cohort.oracle_labels(),
        "oracle, groups as allowed": cohort.oracle_labels(allowed),
        "oracle, groups and sizes as allowed": cohort.oracle_labels(allowed, smallest_group(len(cohort.group))),
        OURS: ours.labels_,
    }
    result = {f"groups claimed|{OURS}": float(ours.p_value_ is not None and ours.p_value_ <= ours.alpha)}
    if naive:
        labels |= {SILHOUETTE: kmeans_by_silhouette(cohort.scores), BIC: mixture_by_bic(cohort.scores)}
        result |= {f"groups claimed|{name}": float(labels[name].max() > 0) for name in (SILHOUETTE, BIC)}
    result |= {f"adjusted Rand|{name}": adjusted_rand_score(cohort.group, own) for name, own in labels.items()}
    if ours.solution_ is not None:
        result[f"adjusted Rand where groups were formed|{OURS}"] = result[f"adjusted Rand|{OURS}"]
        result[f"segments|{OURS}"] = float(ours.n_segments_)
        result[f"confidence|{OURS}"] = float(ours.membership_.max(axis=1).mean())
        result[f"accuracy|{OURS}"] = _share_at_home(cohort.group, ours.labels_)
    return result


def kmeans_by_silhouette(scores: pd.DataFrame) -> np.ndarray:
    """Label managers by k-means on their shapes, k = 2..6 with the largest mean silhouette."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    shapes = shape_of(scores.to_numpy())
    fitted = [KMeans(k, n_init=10, random_state=0).fit_predict(shapes) for k in range(2, 7)]
    return max(fitted, key=lambda labels: silhouette_score(shapes, labels))


def mixture_by_bic(scores: pd.DataFrame) -> np.ndarray:
    """Label managers by a normal mixture on their shapes, 1..6 components and three covariances, the best BIC."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    shapes = shape_of(scores.to_numpy()) @ _shape_axes(scores.shape[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = [
            GaussianMixture(k, covariance_type=covariance, random_state=0).fit(shapes)
            for covariance in ("spherical", "diag", "full")
            for k in range(1, 7)
        ]
    return min(fitted, key=lambda model: model.bic(shapes)).predict(shapes)


def _shape_axes(p: int) -> np.ndarray:
    """Orthonormal axes (p, p-1) of the shapes, which have one dimension less than the profile."""
    return np.linalg.svd(np.eye(p) - 1 / p)[0][:, : p - 1]


def _share_at_home(group: np.ndarray, labels: np.ndarray) -> float:
    """Share of managers who are in the segment that holds most of their true group."""
    table = pd.crosstab(group, labels)
    return float(table.max(axis=1).sum() / len(group))


def _row(
    figure: str,
    cohort: str,
    n: int,
    separation: float,
    method: str,
    cohorts: int,
    value: float,
    values: np.ndarray | None = None,
) -> dict[str, object]:
    if figure == "groups claimed":
        low, high = _wilson(value, cohorts)
    else:
        half = 1.96 * float(values.std(ddof=1)) / np.sqrt(cohorts) if values is not None and cohorts > 1 else np.nan
        low, high = value - half, value + half
    return dict(zip(COLUMNS, (figure, cohort, n, separation, method, cohorts, value, low, high), strict=True))


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z = 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
