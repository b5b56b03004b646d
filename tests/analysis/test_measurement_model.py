"""Single-rater reliability: the prior of the rater group blended with the cohort's own, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from coachkit.analysis.measurement_model import estimate_single_rater
from coachkit.core.instrument import RaterGroup
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores

GROUPS = (
    RaterGroup("manager", "Line manager", is_confidential=False, minimum=1, single_rater_reliability=0.50),
    RaterGroup("peer", "Peers", single_rater_reliability=0.37),
)
SETTINGS = MeasurementSettings()


def raters(n_managers, scores_of):
    """One line manager and two peers each; ``scores_of(manager)`` gives the three scores."""
    table = np.array([scores_of(manager) for manager in range(n_managers)], dtype=float)
    ids = tuple(f"M{i}" for i in range(n_managers))
    manager, group = np.repeat(np.arange(n_managers), 3), np.tile([0, 1, 1], n_managers)
    return RaterScores(ids, manager, group, np.arange(3 * n_managers).astype(object), table.reshape(-1, 1), None)


def estimate(scores, settings=SETTINGS):
    found = estimate_single_rater(scores, SimpleNamespace(rater_groups=GROUPS), settings)
    return found[0], found[-1]


def half_apart(manager):
    """Peers half a point above and below 3 (even managers) or 4 (odd ones)."""
    middle = 3 + manager % 2
    return (middle, middle - 0.5, middle + 0.5)


def test_the_cohort_is_blended_with_the_prior_by_the_number_of_managers():
    # 16 managers: MSB = 2 * 16 * .25 / 15 = 8/15, MSW = 16 * .5 / 16 = 1/2, ICC(1) = (8/15 - 1/2) / (8/15 + 1/2)
    icc1 = (8 / 15 - 1 / 2) / (8 / 15 + 1 / 2)
    reliability, n = estimate(raters(16, half_apart))
    assert icc1 == pytest.approx(1 / 31)
    assert reliability[1, 0] == pytest.approx((30 * 0.37 + 16 * icc1) / 46)
    assert n[1, 0] == 16


def test_a_group_of_one_rater_each_keeps_its_prior():
    reliability, n = estimate(raters(16, half_apart))
    assert (reliability[0, 0], n[0, 0]) == (0.50, 0)


def test_below_fifteen_managers_the_prior_stands_alone():
    assert SETTINGS.minimum_managers_reliability == 15
    reliability, n = estimate(raters(14, half_apart))
    assert (reliability[1, 0], n[1, 0]) == (0.37, 0)
    assert estimate(raters(15, half_apart))[1][1, 0] == 15


def test_only_managers_with_two_raters_of_the_group_count():
    reliability, n = estimate(raters(20, lambda m: half_apart(m) if m < 16 else (3, 4, np.nan)))
    assert n[1, 0] == 16
    assert reliability[1, 0] == pytest.approx((30 * 0.37 + 16 / 31) / 46)


def test_the_weight_of_the_prior_is_a_setting():
    reliability, _ = estimate(raters(16, half_apart), MeasurementSettings(prior_weight_managers=16.0))
    assert reliability[1, 0] == pytest.approx((0.37 + 1 / 31) / 2)


@pytest.mark.parametrize(
    ("scores_of", "bound"),
    [(lambda m: (3, 2.0, 4.0), "lowest_reliability"), (lambda m: (3, 3 + m % 2, 3 + m % 2), "highest_reliability")],
    ids=["opposed", "unanimous"],
)
def test_extremes_of_a_large_cohort_are_kept_within_bounds(scores_of, bound):
    reliability, _ = estimate(raters(900, scores_of))
    assert reliability[1, 0] == getattr(SETTINGS, bound)
