"""The structure test: silent without groups, sure with them, blind to units and to spread alone."""

import numpy as np
import pytest

from coachkit.analysis.benchmarks.segment_cohorts import (
    COMPETENCIES,
    STRUCTURELESS,
    grouped_cohort,
    structureless_cohort,
)
from coachkit.analysis.segments.archetypes import archetype_shapes
from coachkit.analysis.segments.partition import shape_of
from coachkit.analysis.segments.structure_test import test_structure as structure_test
from coachkit.analysis.segments.tightness import cohort_tightness

PATTERNS = archetype_shapes(COMPETENCIES).to_numpy()


def p_value(scores, errors, seed=0, patterns=PATTERNS):
    rng = np.random.default_rng(seed)
    shapes = shape_of(scores.to_numpy())
    return structure_test(shapes, errors.to_numpy() ** 2, range(2, 5), 39, rng, patterns).p_value


@pytest.mark.parametrize("kind", STRUCTURELESS)
def test_gradual_differences_are_no_structure(kind):
    rng = np.random.default_rng(21)
    claimed = sum(p_value(*structureless_cohort(30, kind, rng)) <= 0.05 for _ in range(15))
    assert claimed <= 3  # of 15 with a chance of .05 each: more has a chance of .005


def test_groups_two_apart_are_seen_among_24_managers():
    rng = np.random.default_rng(12)
    cohorts = [grouped_cohort(24, 2.0, rng) for _ in range(12)]
    assert sum(p_value(cohort.scores, cohort.errors) <= 0.05 for cohort in cohorts) >= 10


def test_groups_are_seen_without_any_stated_pattern():
    rng = np.random.default_rng(13)
    cohort = grouped_cohort(60, 4.0, rng, "evenly spaced")
    assert p_value(cohort.scores, cohort.errors, patterns=None) <= 0.05


def test_tightness_does_not_depend_on_the_spread_of_directions():
    rng = np.random.default_rng(14)
    shapes = shape_of(rng.normal(size=(1, 50, 3)))
    stretch = np.eye(3) + 4 * np.outer([1, -1, 0], [1, -1, 0])  # keeps rows centred
    plain, tried = cohort_tightness(shapes, range(2, 5), None)
    stretched, _ = cohort_tightness(shapes @ stretch, range(2, 5), None)
    assert tried == (2, 3, 4)
    assert stretched[0, 1:] == pytest.approx(plain[0, 1:])  # two directions are all there are


def test_tightness_agrees_with_the_spread_within_wards_groups_settled_by_kmeans():
    from scipy.cluster.hierarchy import fcluster, linkage

    rng = np.random.default_rng(15)
    rows = np.repeat([[-3.0, 0.0], [3.0, 0.0], [0.0, 5.0]], 10, axis=0) + rng.normal(size=(30, 2)) * 0.2
    basis = np.linalg.svd(np.eye(3) - 1 / 3)[0][:, :2]
    value = cohort_tightness((rows @ basis.T)[None], range(3, 4), None)[0][0, 0]
    seen = rows - rows.mean(axis=0)
    seen = seen @ np.linalg.inv(np.linalg.cholesky(seen.T @ seen / 30)).T
    labels = fcluster(linkage(seen, "ward"), 3, "maxclust")
    within = sum(((seen[labels == g] - seen[labels == g].mean(axis=0)) ** 2).sum() for g in (1, 2, 3))
    assert value == pytest.approx(-np.log(within / (seen**2).sum()))
