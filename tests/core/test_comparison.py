"""Two sets of forms compared: alphas, paired means and shifts of single items."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.core.comparison import compare_alphas, compare_items, compare_paired
from coachkit.core.reliability import cronbach_alpha
from coachkit.errors import CoachkitError


def test_alphas_are_compared_by_their_distances_from_one():
    # (1 - .7) / (1 - .85) = 2; F(100, 100) exceeds 2 with probability .00031
    found = compare_alphas(0.70, 101, 0.85, 101)
    assert (found.difference, found.ratio) == pytest.approx((-0.15, 2.0))
    assert found.p == pytest.approx(2 * 0.000308, abs=2e-5)


def test_the_order_of_the_two_alphas_changes_only_the_sign():
    there, back = compare_alphas(0.70, 60, 0.80, 90), compare_alphas(0.80, 90, 0.70, 60)
    assert there.p == pytest.approx(back.p)
    assert there.difference == pytest.approx(-back.difference)


def test_equal_alphas_of_equal_samples_do_not_differ():
    assert compare_alphas(0.8, 50, 0.8, 50).p == pytest.approx(1.0)


def test_independent_samples_of_one_scale_differ_rarely():
    rng, flagged = np.random.default_rng(3), 0
    for _ in range(400):
        alphas = [cronbach_alpha(rng.normal(size=(60, 1)) + rng.normal(size=(60, 4))).alpha for _ in range(2)]
        flagged += compare_alphas(alphas[0], 60, alphas[1], 60).p < 0.05
    assert 0.02 <= flagged / 400 <= 0.09  # nominal .05


@pytest.mark.parametrize("given", [(1.0, 50, 0.8, 50), (0.8, 1, 0.8, 50)])
def test_alphas_that_cannot_be_compared_are_refused(given):
    with pytest.raises(CoachkitError, match="two or more forms and alphas below 1"):
        compare_alphas(*given)


def test_paired_means_by_hand():
    # differences 1, 0, 2: mean 1, sd 1, error 1 / sqrt(3), t = 1.732 with 2 degrees of freedom
    found = compare_paired(np.array([1.0, 0, 2, np.nan]))
    assert (found.difference, found.standard_error, found.n) == pytest.approx((1.0, 3**-0.5, 3))
    assert found.p == pytest.approx(0.2254, abs=1e-4)


def test_pairs_without_spread():
    assert compare_paired(np.zeros(3)).p == 1.0
    assert compare_paired(np.ones(3)).p == 0.0
    assert np.isnan(compare_paired(np.ones(1)).p)


def test_an_item_that_moves_alone_stands_out():
    rng = np.random.default_rng(8)
    before = pd.DataFrame(rng.normal(3.5, 0.5, (40, 4)), columns=list("abcd"))
    after = before + 0.3 + rng.normal(0, 0.1, (40, 4))
    after["c"] += 0.8  # the scale moves by .3 + .8 / 4, item c by .6 more
    table = compare_items(after - before)
    assert table["shift"]["c"] == pytest.approx(0.6, abs=0.08)
    assert table["shift"].sum() == pytest.approx(0, abs=1e-12)
    assert table["p"].idxmin() == "c"


def test_a_pair_with_a_missing_item_is_left_out():
    assert compare_items(pd.DataFrame({"a": [1.0, 1, np.nan], "b": [1.0, 0, 1]}))["n"].to_list() == [2, 2]
