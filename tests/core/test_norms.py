"""Position in the cohort: the rule by size, and shrunken unit means."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.core.intraclass import icc_reml
from coachkit.core.norms import NormGroup, shrink_unit_means
from coachkit.errors import CoachkitError


@pytest.mark.parametrize(
    ("n", "kind"), [(9, "none"), (10, "range"), (29, "range"), (30, "band"), (99, "band"), (100, "percentile")]
)
def test_the_size_of_the_cohort_decides_how_a_score_is_placed(n, kind):
    position = NormGroup(np.linspace(2, 4, n)).place(3.0)
    assert position.kind == kind
    assert position.n == n
    assert (position.percentile is not None) == (kind == "percentile")


def test_missing_scores_do_not_count_towards_the_size():
    assert NormGroup(np.append(np.linspace(2, 4, 29), np.nan)).place(3.0).kind == "range"
    assert NormGroup(np.linspace(2, 4, 200)).place(np.nan).kind == "none"


@pytest.mark.case("PRIV-07")
def test_the_range_does_not_end_at_one_managers_score():
    cohort = np.append(np.linspace(3, 4, 19), 1.0)
    position = NormGroup(cohort).place(3.5)
    assert position.lowest > 2.9
    assert position.highest < 4.0


def test_percentile_counts_ties_half():
    assert NormGroup(np.array([2.0] * 50 + [3.0] * 50)).place(3.0).percentile == pytest.approx(75.0)


def test_bands_cover_the_uncertainty_of_small_cohorts_and_repeat_exactly():
    cohort = np.random.default_rng(1).normal(3.5, 0.5, 40)
    first, second = NormGroup(cohort).place(3.5), NormGroup(cohort).place(3.5)
    assert first == second
    assert (first.band_low, first.band_high) == ("middle", "middle")
    assert NormGroup(cohort).place(5.0).band_low == "highest tenth"


def test_unit_means_are_shrunk_by_hand():
    # means 2 and 4, within variance 2 over 2 each: noise 1; Q = 2, tau^2 = (2 - 1) / (2 - 1) = 1; weight .5
    table = shrink_unit_means(pd.Series([1.0, 3, 3, 5]), pd.Series(["a", "a", "b", "b"]))
    assert table["weight"].tolist() == pytest.approx([0.5, 0.5])
    assert table["shrunken"].tolist() == pytest.approx([2.5, 3.5])


def test_units_that_differ_by_chance_only_share_one_mean():
    table = shrink_unit_means(pd.Series([1.0, 5, 2, 4.2]), pd.Series(["a", "a", "b", "b"]))
    assert table["weight"].tolist() == [0.0, 0.0]
    assert table["shrunken"].tolist() == pytest.approx([3.05, 3.05])


def test_larger_units_keep_more_of_their_own_mean():
    rng = np.random.default_rng(3)
    units = np.repeat(["a", "b", "c", "d"], [3, 40, 10, 10])
    scores = pd.Series(rng.normal(0, 0.5, 63) + pd.Series(units).map({"a": 2.0, "b": 3.0, "c": 4.0, "d": 5.0}))
    table = shrink_unit_means(scores, pd.Series(units))
    assert table.loc["b", "weight"] > table.loc["a", "weight"] > 0


def test_unit_means_by_restricted_maximum_likelihood_use_the_components():
    scores = pd.Series([1.0, 3, 3, 5, 6, 4, 5])
    units = pd.Series(list("aabbccc"))
    found, components = shrink_unit_means(scores, units, estimator="reml"), icc_reml(scores, units)
    expected = components.between / (components.between + components.within / found["n"])
    assert found["weight"].to_numpy() == pytest.approx(expected.to_numpy())
    assert found["shrunken"].to_numpy() == pytest.approx(
        (found["weight"] * found["mean"] + (1 - found["weight"]) * components.mean).to_numpy()
    )


def test_given_errors_need_the_moment_estimator():
    with pytest.raises(CoachkitError, match="takes its error from the scores"):
        shrink_unit_means(pd.Series([1.0, 2]), pd.Series(["a", "b"]), pd.Series([0.1, 0.1]), estimator="reml")
