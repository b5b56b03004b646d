"""Forms of the intraclass correlation, against Shrout & Fleiss and hand-worked values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachkit.core.agreement import icc
from coachkit.core.intraclass import icc_reml, intraclass_forms
from coachkit.core.reliability import cronbach_alpha, spearman_brown
from coachkit.errors import CoachkitError

# Shrout & Fleiss (1979), Psychological Bulletin 86, Table 2: six targets rated by four judges
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])
PUBLISHED = {"icc1": 0.17, "icc2": 0.29, "icc3": 0.71, "icc1k": 0.44, "icc2k": 0.62, "icc3k": 0.91}  # Table 4


@pytest.mark.parametrize(("form", "value"), PUBLISHED.items())
def test_forms_equal_the_published_values(form, value):
    found = getattr(intraclass_forms(SHROUT_FLEISS), form)
    assert found.value == pytest.approx(value, abs=0.005)
    assert found.low < found.value < found.high


def test_the_mean_of_fixed_judges_is_cronbachs_alpha_with_its_interval():
    found, alpha = intraclass_forms(SHROUT_FLEISS).icc3k, cronbach_alpha(SHROUT_FLEISS)
    assert (found.value, found.low, found.high) == pytest.approx((alpha.alpha, alpha.low, alpha.high), abs=1e-12)


@pytest.mark.parametrize("form", ["icc1", "icc2", "icc3"])
def test_the_mean_of_judges_follows_spearman_brown(form):
    forms = intraclass_forms(SHROUT_FLEISS)
    assert getattr(forms, f"{form}k").value == pytest.approx(spearman_brown(getattr(forms, form).value, 4))


def test_leniency_of_a_judge_lowers_all_but_the_fixed_form():
    lenient = SHROUT_FLEISS + np.array([0, 3.0, 0, 0])
    plain, moved = intraclass_forms(SHROUT_FLEISS), intraclass_forms(lenient)
    assert moved.icc3.value == pytest.approx(plain.icc3.value)
    assert moved.icc2.value != pytest.approx(plain.icc2.value)


def test_a_target_with_a_missing_judge_is_left_out():
    with_gap = np.vstack([SHROUT_FLEISS, [7, np.nan, 3, 3]])
    assert intraclass_forms(with_gap) == intraclass_forms(SHROUT_FLEISS)


def test_limits_widen_with_confidence():
    wide, narrow = intraclass_forms(SHROUT_FLEISS, 0.99).icc2, intraclass_forms(SHROUT_FLEISS, 0.8).icc2
    assert wide.low < narrow.low < narrow.high < wide.high


def test_forms_refuse_what_cannot_be_judged():
    with pytest.raises(CoachkitError, match=r"got 6 target\(s\) and 1 judge\(s\)"):
        intraclass_forms(SHROUT_FLEISS[:, :1])
    with pytest.raises(CoachkitError, match="differ by nothing but leniency"):
        intraclass_forms(np.array([[1.0, 2], [2, 3], [3, 4]]))


def test_balanced_groups_give_the_analysis_of_variance():
    # means 1.5, 3.5, 5.5: MSB = 8, MSW = .5, so between = (8 - .5) / 2
    found = icc_reml(np.arange(1.0, 7), np.repeat(list("abc"), 2))
    assert (found.between, found.within, found.mean) == pytest.approx((3.75, 0.5, 3.5))
    assert (found.icc1, found.icc2) == pytest.approx((3.75 / 4.25, 3.75 / 4.0))
    assert (found.n_groups, found.mean_group_size) == (3, 2.0)


def restricted_loss(ratio, n, mean, within):
    """-2 log of the restricted likelihood, written out for a grid search."""
    weight = n / (1 + n * ratio)
    centre = (weight * mean).sum() / weight.sum()
    total = within + (weight * (mean - centre) ** 2).sum()
    return (n.sum() - 1) * np.log(total) + np.log(1 + n * ratio).sum() + np.log(weight.sum())


def test_unbalanced_groups_reach_the_top_of_the_restricted_likelihood():
    groups = np.repeat([0, 1, 2, 3], [2, 5, 3, 8])
    values = groups * 0.8 + np.random.default_rng(5).normal(size=18)
    grouped = pd.Series(values).groupby(groups)
    n, mean = grouped.size().to_numpy(), grouped.mean().to_numpy()
    within = ((values - mean[groups]) ** 2).sum()
    grid = np.linspace(0, 3, 30_001)
    best = grid[np.argmin([restricted_loss(ratio, n, mean, within) for ratio in grid])]
    found = icc_reml(values, groups)
    assert found.between / found.within == pytest.approx(best, abs=2e-4)


def test_no_variance_between_groups_is_zero_while_analysis_of_variance_goes_below():
    values, groups = np.array([1.0, 5, 2, 4, 1, 5]), np.repeat(list("abc"), 2)
    assert (icc_reml(values, groups).icc1, icc_reml(values, groups).between) == (0.0, 0.0)
    assert icc(values, groups).icc1 < 0


@given(st.permutations(range(18)))
def test_components_ignore_row_order(order):
    groups = np.repeat([0, 1, 2, 3], [2, 5, 3, 8])
    values = groups * 0.8 + np.random.default_rng(5).normal(size=18)
    assert icc_reml(values[order], groups[order]).icc1 == pytest.approx(icc_reml(values, groups).icc1, abs=1e-10)


@pytest.mark.parametrize(
    ("values", "groups"), [([1.0, 2], ["a", "a"]), ([1.0, 2], ["a", "b"]), ([2.0, 2, 2, 2], ["a", "a", "b", "b"])]
)
def test_components_that_cannot_be_told_are_missing(values, groups):
    assert np.isnan(icc_reml(np.array(values), np.array(groups)).icc1)


def test_components_refuse_unequal_lengths():
    with pytest.raises(CoachkitError, match="got 3 values but 2 groups"):
        icc_reml(np.arange(3.0), np.arange(2))
