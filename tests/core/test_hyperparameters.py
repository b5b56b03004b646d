"""Errors of estimated reliabilities, means and spreads: hand-worked values, and agreement with simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from coachkit.core.hyperparameters import reliability_error, tail_factor, widen_errors
from coachkit.core.uncertainty import composite_reliability, estimate_true_scores


def test_reliability_error_is_the_slope_of_the_formula():
    weights, n = np.ones((1, 3, 1)), np.array([1, 3, 6]).reshape(1, 3, 1)
    r = np.array([0.5, 0.4, 0.25]).reshape(1, 3, 1)
    step = 1e-6
    slope = (composite_reliability(weights, n, r + step, 1) - composite_reliability(weights, n, r, 1)) / step
    got = reliability_error(weights, n, 0.1 / r**2, 1 / r - 1)
    assert got == pytest.approx(0.1 * slope, rel=1e-4)


def test_absent_groups_add_no_error():
    weights, noise = np.ones((1, 2, 1)), np.array([1.0, 3.0]).reshape(1, 2, 1)
    n = np.array([4, 0]).reshape(1, 2, 1)
    assert reliability_error(weights, n, np.ones((1, 2, 1)), noise) == pytest.approx(0.25 / 1.25**2)
    assert reliability_error(weights, 0 * n, np.ones((1, 2, 1)), noise) == 0


@pytest.mark.parametrize("freedom", [2.0, 11.0, 47.0])
def test_1_96_errors_make_the_interval_of_the_t_distribution(freedom):
    assert 1.959964 * tail_factor(np.array([freedom])) == pytest.approx(t.ppf(0.975, freedom), rel=1e-6)


def test_known_figures_leave_the_error_alone():
    got = widen_errors(np.full((2, 1), 0.2), np.ones((2, 1)), *np.zeros((4, 2, 1)), np.array([np.inf]))
    assert got == pytest.approx(np.full((2, 1), 0.2))


def test_the_parts_of_the_error_by_hand():
    # sqrt(.3^2 + (.5 * .4)^2 + (2 * .1)^2) = sqrt(.09 + .04 + .04)
    cell = np.ones((1, 1))
    got = widen_errors(0.3 * cell, 5 * cell, 0.5 * cell, 3 * cell, 0.1 * cell, 0.4 * cell, np.array([np.inf]))
    assert got == pytest.approx(np.sqrt(0.17))


def test_small_cohorts_are_covered_when_mean_and_spread_are_estimated():
    """20 cohorts x 200 of 8 managers; the normal interval with plugged-in figures covers about .90."""
    rng, n, r = np.random.default_rng(1), 8, 0.6
    true = rng.normal(3.5, 0.4, (n, 4000))
    seen = true + rng.normal(0, 0.4 * np.sqrt(1 / r - 1), true.shape)
    mean, spread = seen.mean(axis=0), seen.std(axis=0, ddof=1) * np.sqrt(r)
    estimate, error = estimate_true_scores(seen, np.full(true.shape, r), mean, spread)
    of_mean = np.broadcast_to(spread / np.sqrt(r * n), true.shape)
    wide = widen_errors(error, seen, np.full(true.shape, r), mean, 0 * true, of_mean, np.full(4000, n - 1.0))
    assert (np.abs(true - estimate) <= 1.96 * error).mean() < 0.92
    assert (np.abs(true - estimate) <= 1.96 * wide).mean() == pytest.approx(0.95, abs=0.006)  # 3 Monte Carlo errors
