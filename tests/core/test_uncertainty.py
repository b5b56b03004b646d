"""Reliability of composites, estimates, errors and probabilities: hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.core.measurement import MeasurementSettings, describe_settings
from coachkit.core.uncertainty import (
    composite_reliability,
    effective_raters,
    estimate_true_scores,
    probability_below,
    probability_in_bottom,
    read_probability,
    stratum_means,
    true_score_sd,
)
from coachkit.errors import SettingsError


@pytest.mark.parametrize(("n", "r", "expected"), [(1, 0.3, 0.3), (4, 0.3, 0.631579), (3, 0.37, 0.637931)])
def test_one_group_gives_spearman_brown(n, r, expected):
    got = composite_reliability(np.array([2.0]), np.array([n]), np.array([r]))
    assert got == pytest.approx(expected, abs=1e-6)


def test_three_groups_by_hand():
    # w = 1/3: (1/9) [ (1/.5 - 1)/1 + (1/.4 - 1)/3 + (1/.25 - 1)/6 ] = (1/9)(1 + .5 + .5) = .2222; R = .8182
    got = composite_reliability(np.ones(3), np.array([1, 3, 6]), np.array([0.5, 0.4, 0.25]))
    assert got == pytest.approx(9 / 11)


def test_absent_groups_carry_no_weight():
    got = composite_reliability(np.ones(2), np.array([0, 4]), np.array([0.5, 0.3]))
    assert got == pytest.approx(4 * 0.3 / (1 + 3 * 0.3))


def test_nobody_has_no_reliability_and_no_raters():
    assert np.isnan(composite_reliability(np.ones(2), np.zeros(2, dtype=int), np.array([0.5, 0.3])))
    assert effective_raters(np.ones(2), np.zeros(2, dtype=int)) == 0


def test_effective_raters_of_unequal_groups_by_hand():
    # 1 / ((1/4)(1/1 + 1/4)) = 3.2
    assert effective_raters(np.ones(2), np.array([1, 4])) == pytest.approx(3.2)


def test_estimate_and_error_by_hand():
    # R = .75, x = 2.4, m = 3.6: .75 * 2.4 + .25 * 3.6 = 2.7; sd_true .4 -> .4 * .5 = .2
    estimate, error = estimate_true_scores(np.array([2.4, np.nan]), np.array([0.75, np.nan]), np.full(2, 3.6), 0.4)
    assert estimate == pytest.approx([2.7, np.nan], nan_ok=True)
    assert error == pytest.approx([0.2, np.nan], nan_ok=True)


def test_equal_reliability_gives_sd_times_root_of_r_one_minus_r():
    observed = np.array([2.5, 3.0, 3.5, 4.0, 4.5])
    reliability = np.full(5, 0.64)
    sd_true = true_score_sd(observed, reliability, np.zeros(5, dtype=int))
    _, error = estimate_true_scores(observed, reliability, observed.mean(), sd_true)
    assert error == pytest.approx(observed.std(ddof=1) * np.sqrt(0.64 * 0.36))


def test_true_spread_is_taken_within_strata():
    observed = np.array([2.0, 3.0, 4.0, 12.0, 13.0, 14.0])
    sd = true_score_sd(observed, np.ones(6), np.array([0, 0, 0, 1, 1, 1]))
    assert sd == pytest.approx(1.0)


def test_one_score_has_no_spread():
    assert np.isnan(true_score_sd(np.array([3.0, np.nan]), np.array([0.5, np.nan]), np.zeros(2, dtype=int)))


def test_stratum_means_skip_missing():
    assert stratum_means(np.array([1.0, np.nan, 5.0]), np.array([0, 0, 1])).tolist() == [1.0, 5.0]


@pytest.mark.parametrize(
    ("target", "estimate", "error", "expected"),
    [(3.5, 3.5, 0.2, 0.5), (3.5, 3.1, 0.4, 0.841345), (3.0, 3.5, 0.25, 0.022750), (3.0, 3.0, 0.0, 0.5)],
)
def test_probability_below_target_is_the_normal_integral(target, estimate, error, expected):
    got = probability_below(np.array([target]), np.array([estimate]), np.array([error]))
    assert got == pytest.approx([expected], abs=1e-6)


def test_no_estimate_has_no_probability():
    assert np.isnan(probability_below(np.array([3.0]), np.array([np.nan]), np.array([np.nan]))).all()


@pytest.mark.parametrize(
    ("p", "reading"),
    [(1.0, "priority"), (0.80, "priority"), (0.7999, "ask"), (0.2001, "ask"), (0.20, "strength"), (0, "strength")],
)
def test_reading_changes_at_the_stated_limits(p, reading):
    assert read_probability(p, MeasurementSettings()) == reading


def test_bottom_three_of_equal_scores_is_three_in_c():
    got = probability_in_bottom(np.full((1, 10), 3.0), np.full((1, 10), 0.3))
    assert got == pytest.approx(np.full((1, 10), 0.3), abs=1e-4)


def test_bottom_one_of_two_is_the_normal_integral_of_the_difference():
    # difference .5 with error sqrt(.3^2 + .4^2) = .5: Phi(1)
    got = probability_in_bottom(np.array([[3.0, 3.5]]), np.array([[0.3, 0.4]]), size=1)
    assert got == pytest.approx(np.array([[0.841345, 0.158655]]), abs=1e-3)


def test_bottom_three_agrees_with_simulation():
    rng = np.random.default_rng(7)
    estimate, error = 3.5 + rng.normal(0, 0.4, (4, 10)), rng.uniform(0.15, 0.4, (4, 10))
    drawn = estimate[:, None] + error[:, None] * rng.normal(size=(4, 40_000, 10))
    simulated = (np.argsort(np.argsort(drawn, axis=2), axis=2) < 3).mean(axis=1)
    assert np.abs(probability_in_bottom(estimate, error) - simulated).max() < 0.012


def test_missing_competencies_are_left_out_of_the_ranking():
    estimate = np.array([[1.0, 5.0, 5.0, 5.0, np.nan], [1.0, 5.0, 5.0, np.nan, np.nan]])
    got = probability_in_bottom(estimate, np.full((2, 5), 0.1))
    assert got[0] == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3, np.nan], abs=1e-3, nan_ok=True)
    assert np.isnan(got[1]).all()  # three competencies have no bottom three


def test_default_quadrature_is_fine_enough():
    rng = np.random.default_rng(3)
    estimate, error = 3.5 + rng.normal(0, 0.4, (50, 10)), rng.uniform(0.1, 0.45, (50, 10))
    nodes = MeasurementSettings().quadrature_nodes
    fine = probability_in_bottom(estimate, error, 3, 96)
    assert np.abs(probability_in_bottom(estimate, error, 3, nodes) - fine).max() < 1e-3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0.05, 0.6)), min_size=4, max_size=10))
def test_bottom_probabilities_sum_to_three_and_fall_with_the_estimate(pairs):
    estimate, error = (np.array([column]) for column in zip(*pairs, strict=True))
    got = probability_in_bottom(estimate, error, 3, 400)
    assert got.sum() == pytest.approx(3, abs=0.01)
    lower = estimate.copy()
    lower[0, 0] -= 0.3
    assert probability_in_bottom(lower, error, 3, 400)[0, 0] >= got[0, 0] - 1e-6


@settings(max_examples=50, deadline=None)
@given(st.floats(1, 5), st.floats(1, 5), st.floats(0.1, 0.95))
def test_estimate_lies_between_score_and_mean(x, mean, reliability):
    estimate, _ = estimate_true_scores(np.array([x]), np.array([reliability]), np.array([mean]), np.array([0.5]))
    assert min(x, mean) - 1e-9 <= estimate[0] <= max(x, mean) + 1e-9


def test_more_raters_never_widen_the_error():
    n = np.arange(1, 30)[:, None]
    reliability = composite_reliability(np.ones((1, 1)), n, np.full((1, 1), 0.3))
    assert (np.diff(reliability) > 0).all()


def test_settings_refuse_contradictions():
    with pytest.raises(SettingsError, match="must be below priority_probability"):
        MeasurementSettings(strength_probability=0.9)
    with pytest.raises(SettingsError, match="must lie between 0 and 1"):
        MeasurementSettings(self_reliability=1.0)


def test_every_setting_states_unit_source_and_status():
    for row in describe_settings(MeasurementSettings()):
        assert row["unit"]
        assert row["source"]
        assert row["status"] in {"default", "convention", "validated"}
