"""The segment benchmark measures what it says, on cohorts that are what they say."""

import numpy as np
import pytest

from coachkit.analysis.benchmarks import segments as benchmark
from coachkit.analysis.benchmarks.segment_cohorts import STRUCTURELESS, WITHIN, grouped_cohort, structureless_cohort
from coachkit.analysis.segments.partition import shape_of, squared_distances

TINY = benchmark.BenchmarkSize(
    structureless=((24, 2),), grouped=(("situations", 40, 3.0, 2),), n_null=29, n_bootstrap=5, n_naive=1
)


def nearest(centres):
    return np.sqrt(squared_distances(centres, centres)[np.triu_indices(len(centres), 1)].min())


@pytest.mark.parametrize("kind", ["situations", "evenly spaced"])
def test_separation_is_the_distance_of_the_nearest_centres_in_spreads_within_groups(kind):
    cohort = grouped_cohort(4000, 2.0, np.random.default_rng(1), kind)
    assert nearest(cohort.centres) == pytest.approx(2 * WITHIN)
    shapes = shape_of(cohort.scores.to_numpy())
    within = shapes - cohort.centres[cohort.group]
    assert np.sqrt((within**2).sum() / (4000 * 9)) == pytest.approx(WITHIN, rel=0.03)


def test_the_oracle_is_as_right_as_it_is_sure():
    cohort = grouped_cohort(4000, 2.0, np.random.default_rng(2))
    right = (cohort.oracle_labels() == cohort.group).mean()
    assert right == pytest.approx(cohort.oracle.max(axis=1).mean(), abs=0.02)
    assert len(set(cohort.oracle_labels(3))) == 3


@pytest.mark.parametrize("kind", STRUCTURELESS)
def test_structureless_cohorts_have_scores_with_their_errors(kind):
    scores, errors = structureless_cohort(500, kind, np.random.default_rng(3))
    assert scores.shape == errors.shape == (500, 10)
    skewness = (((scores - scores.mean()) / scores.std()) ** 3).mean().mean()
    largest = np.abs(np.corrcoef(shape_of(scores.to_numpy()).T) - np.eye(10)).max()
    assert (skewness < -0.4) == (kind in ("skewed", "ceiling"))
    assert (largest > 0.4) == (kind == "correlated")
    assert ((scores == 5).to_numpy().mean() > 0.1) == (kind == "ceiling")
    assert (errors.to_numpy().max() / errors.to_numpy().min() > 3) == (kind == "uneven raters")


def test_every_figure_is_given_for_ours_and_the_naive_methods(monkeypatch):
    monkeypatch.setitem(benchmark.SIZES, "quick", TINY)
    table = benchmark.benchmark_segments("quick", random_state=1)
    assert list(table.columns) == benchmark.COLUMNS
    claimed = table[table["figure"] == "groups claimed"]
    assert set(claimed["method"]) == {benchmark.OURS, benchmark.SILHOUETTE, benchmark.BIC}
    assert set(claimed.loc[claimed["separation"] == 0, "cohort"]) == set(STRUCTURELESS)
    rand = table[table["figure"] == "adjusted Rand"].set_index("method")["value"]
    assert rand["oracle"] >= rand[benchmark.OURS] > 0.5
    shares = table[table["figure"].isin(["groups claimed", "confidence", "accuracy"])]
    assert shares["value"].between(0, 1).all()
    again = benchmark.benchmark_segments("quick", random_state=1)
    assert again.equals(table)


def test_the_naive_methods_find_groups_where_there_are_none():
    scores, _ = structureless_cohort(40, "normal", np.random.default_rng(4))
    assert benchmark.kmeans_by_silhouette(scores).max() >= 1
    assert benchmark.mixture_by_bic(scores).shape == (40,)
