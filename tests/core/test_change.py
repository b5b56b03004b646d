"""Change and goal attainment, against published and hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from coachkit.core.change import expected_after, gas_t_score, paired_change, reliable_change
from coachkit.errors import CoachkitError


@pytest.mark.parametrize(
    ("levels", "weights", "expected"),
    [
        ([1, 1, 1], None, 63.69),
        ([0, 0, 0], None, 50.0),
        ([-1, -1, -1], None, 36.31),
        ([1, 0, -1], [3, 2, 1], 54.41),
        ([2, 0, -1], [2, 1, 1], 60.0),
        ([1], None, 60.0),
    ],
)
def test_gas_t_scores_of_kiresuk_and_sherman(levels, weights, expected):
    assert gas_t_score(levels, weights) == pytest.approx(expected, abs=0.005)


def test_gas_is_unchanged_by_the_unit_of_weights():
    assert gas_t_score([2, 0, -1], [20, 10, 10]) == pytest.approx(gas_t_score([2, 0, -1], [2, 1, 1]))


@pytest.mark.parametrize(
    ("levels", "kwargs", "message"),
    [
        ([], {}, "at least one goal"),
        ([3], {}, r"between -2 and \+2"),
        ([float("nan")], {}, r"between -2 and \+2"),
        ([1, 1], {"weights": [1]}, "got 1 weights for 2 goals"),
        ([1], {"weights": [0]}, "weight above 0"),
        ([1], {"rho": 1.0}, "from 0 to below 1"),
    ],
)
def test_gas_refuses_goals_it_cannot_score(levels, kwargs, message):
    with pytest.raises(CoachkitError, match=message):
        gas_t_score(levels, **kwargs)


def test_reliable_change_of_jacobson_and_truax():
    # pre 47.5, post 32.5, SD 7.5, reliability .88: RC = -4.08, threshold 7.20
    result = reliable_change(47.5, 32.5, 7.5, 0.88)
    assert result.index == pytest.approx(-4.0825, abs=1e-4)
    assert result.threshold == pytest.approx(7.2015, abs=1e-4)
    assert result.verdict == "declined"


@pytest.mark.parametrize(("after", "verdict"), [(3.97, "no_reliable_change"), (3.99, "improved")])
def test_reliable_change_starts_at_its_threshold(after, verdict):
    # sd .5, R .5: threshold 1.96 * .5 = .98
    assert reliable_change(3.0, after, 0.5, 0.5).verdict == verdict


def test_unchanged_managers_are_rarely_flagged():
    rng = np.random.default_rng(5)
    true = rng.normal(3.5, 0.5, 4000)
    noise = 0.5 * np.sqrt(1 / 0.7 - 1)
    before, after = (true + rng.normal(0, noise, 4000) for _ in range(2))
    sd = float(before.std(ddof=1))
    flagged = [
        reliable_change(b, a, sd, 0.7).verdict != "no_reliable_change" for b, a in zip(before, after, strict=True)
    ]
    assert 0.03 <= np.mean(flagged) <= 0.07


@pytest.mark.parametrize(
    ("sd", "reliability", "message"), [(0, 0.8, "must be above 0"), (0.5, 1.0, "from 0 to below 1")]
)
def test_reliable_change_refuses_impossible_errors(sd, reliability, message):
    with pytest.raises(CoachkitError, match=message):
        reliable_change(3, 4, sd, reliability)


def test_same_raters_are_compared_with_themselves():
    result = paired_change(np.array([3.0, 2.0, np.nan, 4.0, 3.0]), np.array([4.0, 2.5, 3.0, 4.5, 4.0]), 0.6)
    assert result.change == pytest.approx(0.75)
    assert result.standard_error == pytest.approx(0.3)
    assert (result.low, result.high) == pytest.approx((0.162, 1.338))
    assert result.n_raters == 4


def test_paired_change_needs_someone_twice():
    with pytest.raises(CoachkitError, match="no rater answered at both times"):
        paired_change(np.array([np.nan]), np.array([3.0]), 0.5)


def test_expected_score_regresses_to_the_mean():
    assert expected_after(2.0, 3.6, 0.75) == pytest.approx(2.4)


def test_a_small_cohort_needs_a_larger_change():
    """1.96 x tail of t(11) = 2.201: a change of 2.1 errors is reliable against norms, not within twelve managers."""
    error = 0.5 * np.sqrt(2 * 0.3)
    known, small = (reliable_change(3.0, 3.0 + 2.1 * error, 0.5, 0.7, freedom) for freedom in (np.inf, 11))
    assert (known.verdict, small.verdict) == ("improved", "no_reliable_change")
    assert small.threshold == pytest.approx(2.20099 * error, rel=1e-4)
    with pytest.raises(CoachkitError, match="freedom is 0"):
        reliable_change(3.0, 4.0, 0.5, 0.7, 0)
