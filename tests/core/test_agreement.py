"""Agreement statistics, against published and hand-worked values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachkit.core.agreement import average_deviation, compare_self_other, icc, rwg, rwg_j
from coachkit.errors import CoachkitError

# Shrout & Fleiss (1979), Psychological Bulletin 86, Table 2: six targets rated by four judges
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])
TARGETS = np.repeat(np.arange(6), 4)


def test_icc_equals_the_published_one_way_values():
    result = icc(SHROUT_FLEISS.ravel(), TARGETS)
    assert result.icc1 == pytest.approx(0.17, abs=0.005)  # ICC(1,1) of Table 4
    assert result.icc2 == pytest.approx(0.44, abs=0.005)  # ICC(1,k)
    assert (result.n_groups, result.mean_group_size) == (6, 4.0)


def test_icc_from_mean_squares_by_hand():
    # group means 1.5, 3.5, 5.5: MSB = 8, MSW = .5; ICC(1) = 7.5 / 8.5, ICC(2) = 7.5 / 8
    result = icc(np.arange(1.0, 7), np.repeat(list("abc"), 2))
    assert result.icc1 == pytest.approx(7.5 / 8.5)
    assert result.icc2 == pytest.approx(7.5 / 8)


def test_icc_with_unequal_groups_uses_the_mean_size():
    # groups (1,), (4,), (5, 6, 8, 9): grand mean 5.5, MSB = 31.5 / 2, MSW = 10 / 3, k = 6 / 3
    result = icc(np.array([1.0, 4, 5, 6, 8, 9]), np.array(list("abcccc")))
    assert result.icc1 == pytest.approx((15.75 - 10 / 3) / (15.75 + 10 / 3))
    assert result.icc2 == pytest.approx((15.75 - 10 / 3) / 15.75)
    assert result.mean_group_size == 2


@given(st.permutations(range(24)))
def test_icc_ignores_row_order(order):
    shuffled = icc(SHROUT_FLEISS.ravel()[list(order)], TARGETS[list(order)])
    assert shuffled.icc1 == pytest.approx(icc(SHROUT_FLEISS.ravel(), TARGETS).icc1, abs=1e-12)


def test_icc_leaves_missing_values_out():
    values = np.append(SHROUT_FLEISS.ravel(), np.nan)
    assert icc(values, np.append(TARGETS, 6)) == icc(SHROUT_FLEISS.ravel(), TARGETS)


@pytest.mark.parametrize("groups", [np.zeros(4), np.arange(4)])
def test_icc_needs_several_groups_and_repeated_ratings(groups):
    assert np.isnan(icc(np.arange(4.0), groups).icc1)


def test_icc_refuses_unequal_lengths():
    with pytest.raises(CoachkitError, match="got 3 values but 2 groups"):
        icc(np.arange(3.0), np.arange(2))


def test_rwg_by_hand():
    # variances .5, 0 and 8 (clipped to chance 2)
    got = rwg(np.array([4.0, 5, 3, 3, 1, 5]), np.repeat(list("abc"), 2))
    assert got.to_dict() == pytest.approx({"a": 0.75, "b": 1.0, "c": 0.0})


def test_rwg_chance_depends_on_the_options():
    got = rwg(np.array([4.0, 5]), np.array(["a", "a"]), n_options=7)
    assert got["a"] == pytest.approx(1 - 0.5 / 4)


def test_rwg_of_one_rating_cannot_be_told():
    assert np.isnan(rwg(np.array([4.0]), np.array(["a"]))["a"])
    with pytest.raises(CoachkitError, match="at least 2 options"):
        rwg(np.array([4.0, 5]), np.array(["a", "a"]), n_options=1)


def test_rwg_j_by_hand():
    # item variances 0 and .5: mean .25, v = .125, q = .875; 2 q / (2 q + v) = .9333
    items = pd.DataFrame({"a": [4.0, 4], "b": [4.0, 5]})
    assert rwg_j(items, np.array(["g", "g"]))["g"] == pytest.approx(1.75 / 1.875)


def test_rwg_j_leaves_incomplete_raters_out_and_clips_at_chance():
    items = pd.DataFrame({"a": [4.0, 4, np.nan, 1, 5], "b": [4.0, 5, 1, 1, 5]})
    got = rwg_j(items, np.array(list("ggghh")))
    assert got.to_dict() == pytest.approx({"g": 1.75 / 1.875, "h": 0.0})


def test_average_deviation_by_hand():
    # item a: mean 2, deviations 1, 1, 0 -> 2/3; item b all alike -> 0; mean 1/3
    items = pd.DataFrame({"a": [1.0, 3, 2, np.nan], "b": [4.0, 4, 4, 1]})
    assert average_deviation(items, np.array(list("gggg")))["g"] == pytest.approx(1 / 3)


def test_agreement_refuses_unequal_lengths():
    with pytest.raises(CoachkitError, match="got 2 rows but 1 groups"):
        rwg_j(pd.DataFrame({"a": [1.0, 2], "b": [1.0, 2]}), np.array(["g"]))


def test_self_other_error_by_hand():
    difference, error = compare_self_other(np.array([4.0]), np.array([3.0]), np.array([0.3]), np.array([0.4]), 1.645)
    assert difference == pytest.approx([1.0])
    assert error == pytest.approx([0.8225])


def test_self_other_without_one_side_is_missing():
    difference, error = compare_self_other(np.array([np.nan]), np.array([3.0]), np.array([0.3]), np.array([0.4]), 1.645)
    assert np.isnan(difference).all()
    assert np.isnan(error).all()
