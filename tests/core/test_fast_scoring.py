"""Byte-wise scoring against the plain calculation, at the edges of blocks, rules and ranges."""

from __future__ import annotations

import numpy as np
import pytest

from coachkit.core.fast_scoring import BLOCK, encode_ratings, score_scales
from coachkit.core.instrument import Anchor, ResponseFormat
from coachkit.errors import CoachkitError, RatingOutOfRangeError


def form(low=1.0, high=5.0, step=1.0):
    return ResponseFormat(low, high, (Anchor(low, "low"), Anchor(high, "high")), step)


def plain(ratings, scales, low, high, reverse, share):
    keyed = ratings.copy()
    keyed[:, list(reverse)] = low + high - keyed[:, list(reverse)]
    scores = []
    for rows in scales:
        part = keyed[:, list(rows)]
        n = (~np.isnan(part)).sum(axis=1)
        mean = np.nansum(part, axis=1) / np.maximum(n, 1)
        scores.append(np.where((n >= share * len(rows)) & (n > 0), mean, np.nan))
    return np.array(scores)


@pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK + 1])
@pytest.mark.parametrize(("low", "high", "step"), [(1, 5, 1), (0, 10, 1), (1, 4, 0.5)])
def test_scores_equal_the_plain_calculation(n, low, high, step):
    rng = np.random.default_rng(n)
    options = np.arange(low, high + step / 2, step)
    ratings = rng.choice(options, (n, 9))
    ratings[rng.random(ratings.shape) < 0.4] = np.nan
    scales, reverse = [(0, 1, 2, 3), (4, 5), (6, 7, 8)], (1, 4)
    got = score_scales(encode_ratings(ratings, form(low, high, step)), scales, form(low, high, step), reverse, 0.5)
    np.testing.assert_allclose(got, plain(ratings, scales, low, high, reverse, 0.5), rtol=1e-6)


def test_long_scales_do_not_overflow():
    codes = np.full((40, 3), 5, dtype=np.int8)
    assert score_scales(codes, [range(40)], form()).tolist() == [[5.0, 5.0, 5.0]]
    with pytest.raises(CoachkitError, match="a scale of 90 items is too long"):
        score_scales(np.ones((90, 1), dtype=np.int8), [range(90)], form())


@pytest.mark.parametrize("wrong", [0.0, 6.0, 3.5])
def test_a_rating_that_is_no_option_is_refused(wrong):
    with pytest.raises(RatingOutOfRangeError, match="not one of the 5 options"):
        encode_ratings(np.array([[wrong]]), form())


def test_codes_of_another_type_are_refused():
    with pytest.raises(CoachkitError, match="codes are int64"):
        score_scales(np.ones((2, 2), dtype=np.int64), [[0]], form())
