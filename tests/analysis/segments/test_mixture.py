"""Mixtures: stated patterns lead where data are few, data where they are many; rater error is the least spread."""

import numpy as np
import pytest

from coachkit.analysis.segments.grouping import find_groups
from coachkit.analysis.segments.mixture import Mixture, candidate_mixtures, fit_anchored, fit_free, posterior
from coachkit.analysis.segments.partition import shape_of
from coachkit.analysis.segments.stability import assess_stability

STATED = shape_of(np.array([[-1.0, -0.8, 0, 0, 0, 0], [0, 0, -1.0, -0.8, 0, 0], [0, 0, 0, 0, -1.0, -0.8]]))
NONE = np.empty((0, 6))


def draw(n, centres, rng, spread=0.3, error=0.2):
    group = np.arange(n) % len(centres)
    shapes = centres[group] + shape_of(rng.normal(0, np.hypot(spread, error), (n, centres.shape[1])))
    return shapes, np.full(n, error**2), group


def test_few_managers_leave_the_centres_near_the_stated_patterns_and_many_do_not():
    real = STATED + shape_of(np.random.default_rng(5).normal(0, 0.3, STATED.shape))
    away = []
    for n in (15, 1500):
        shapes, error, _ = draw(n, real, np.random.default_rng(1))
        centres = fit_anchored(shapes, error, STATED, (0, 1, 2)).centres
        away.append(np.abs(centres - real).mean())
    assert away[1] < 0.04 < away[0]


def test_the_strength_of_a_pattern_is_the_cohorts_own():
    shapes, error, group = draw(60, 0.4 + 2 * STATED, np.random.default_rng(2))
    fitted = fit_anchored(shapes, error, STATED, (0, 1, 2))
    assert (fitted.membership.argmax(axis=1) == group).all()
    assert np.ptp(fitted.centres, axis=1) == pytest.approx(2 * np.ptp(STATED, axis=1), rel=0.15)


def test_no_group_becomes_tighter_than_the_error_of_its_members():
    rng = np.random.default_rng(3)
    shapes = shape_of(rng.normal(0, 0.5, (40, 6)))
    shapes[:6] = shapes[0]  # six equal profiles would be a spike of likelihood
    error = np.full(40, 0.09)
    for fitted in candidate_mixtures(shapes, error, range(2, 5), STATED):
        assert fitted.people > 0
        sure = posterior(shapes, fitted.centres, fitted.weights, fitted.people + error)[0]
        assert fitted.membership == pytest.approx(sure)


def test_the_evidence_prefers_the_true_number_of_groups():
    shapes, error, _ = draw(150, 1.5 * STATED, np.random.default_rng(4))
    best = min(candidate_mixtures(shapes, error, range(2, 6), NONE), key=lambda fitted: fitted.criterion)
    assert (len(best.weights), best.patterns) == (3, ())
    anchored = min(candidate_mixtures(shapes, error, range(2, 6), STATED), key=lambda fitted: fitted.criterion)
    assert anchored.patterns == (0, 1, 2)


def test_groups_unlike_any_stated_pattern_are_found_from_the_data():
    # steps that alternate run across all three patterns
    odd = shape_of(np.array([[1.0, -1, 1, -1, 1, -1], [-1.0, 1, -1, 1, -1, 1]]))
    shapes, error, group = draw(60, odd, np.random.default_rng(6))
    found = find_groups(shapes, error, range(2, 5), 0.1, np.vstack([STATED, np.zeros(6)]), 9, np.random.default_rng(0))
    assert found.mixture.patterns == ()
    assert len(set(zip(found.membership.argmax(axis=1), group, strict=True))) == 2


def test_arbitrary_groups_are_less_stable_than_real_ones():
    rng = np.random.default_rng(1)
    real = np.repeat([[-2.0, 2.0, 0.0], [2.0, -2.0, 0.0]], 30, axis=0) + shape_of(rng.normal(size=(60, 3)) * 0.3)
    error, none = np.zeros(60), np.empty((0, 3))
    found = fit_free(real, error, np.array([[-1.0, 1, 0], [1.0, -1, 0]]))
    arbitrary = Mixture(found.centres, found.weights, found.people, np.eye(2)[np.tile([0, 1], 30)], 0.0)
    good = assess_stability(real, error, found, none, 20, np.random.default_rng(0))
    bad = assess_stability(real, error, arbitrary, none, 20, np.random.default_rng(0))
    assert good.jaccard.min() > 0.95
    assert bad.jaccard.max() < 0.6
