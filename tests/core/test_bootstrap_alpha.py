"""The bootstrap by moments equals alpha on the resampled rows."""

from __future__ import annotations

import numpy as np
import pytest

from coachkit.core.bootstrap_alpha import bootstrap_alpha
from coachkit.core.reliability import cronbach_alpha
from coachkit.errors import CoachkitError


def ratings(n=60):
    rng = np.random.default_rng(0)
    return np.clip(np.rint(3.5 + rng.normal(0, 0.8, (n, 1)) + rng.normal(0, 0.8, (n, 7))), 1, 5)


def test_moments_give_alpha_of_the_resampled_rows():
    x, n_bootstrap = ratings(), 25
    got = bootstrap_alpha(x, [(0, 1, 2, 3), (4, 5, 6)], n_bootstrap, random_state=3)
    rows = np.random.default_rng(3).integers(0, len(x), (n_bootstrap, len(x)), dtype=np.int32)
    for drawn, alphas in zip(rows, got, strict=True):
        expected = [cronbach_alpha(x[drawn][:, columns]).alpha for columns in ([0, 1, 2, 3], [4, 5, 6])]
        assert alphas == pytest.approx(expected, abs=1e-9)


def test_a_resample_without_variance_has_no_alpha():
    assert np.isnan(bootstrap_alpha(np.full((5, 2), 3.0), [(0, 1)], 4)).all()


@pytest.mark.parametrize(("items", "scales"), [(np.array([[1.0, np.nan]] * 3), [(0, 1)]), (np.ones((3, 2)), [(0,)])])
def test_gaps_and_single_items_are_refused(items, scales):
    with pytest.raises(CoachkitError, match="without gaps and scales of two or more items"):
        bootstrap_alpha(items, scales)
