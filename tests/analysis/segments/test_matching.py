"""Matching with stated patterns: as sure as it is right, whether the patterns are strong or weak in the cohort."""

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.benchmarks.segment_cohorts import COMPETENCIES, grouped_cohort
from coachkit.analysis.segments import archetype_shapes, match_archetypes


@pytest.mark.parametrize("separation", [1.0, 2.0])
def test_a_small_cohorts_matches_are_as_sure_as_they_are_right(separation):
    rng = np.random.default_rng(31)
    sure, right = [], []
    for _ in range(60):
        cohort = grouped_cohort(12, separation, rng)
        matched = match_archetypes(cohort.scores, cohort.errors).to_numpy()
        sure += matched.max(axis=1).tolist()
        right += (matched.argmax(axis=1) == cohort.group).tolist()
    assert np.mean(sure) == pytest.approx(np.mean(right), abs=0.06)


def test_how_strong_a_pattern_is_the_cohort_says():
    """A profile half as strong as stated is clear where all are half as strong, and near to flat where all are full."""
    stated = archetype_shapes(COMPETENCIES)
    noise = np.random.default_rng(32).normal(0, 0.25, (40, len(COMPETENCIES)))
    errors = pd.DataFrame(np.full((41, len(COMPETENCIES)), 0.2), columns=COMPETENCIES)
    matched = {}
    for strength in (0.5, 1.0):
        others = strength * stated.to_numpy()[np.arange(40) % 5] + noise
        scores = pd.DataFrame(np.vstack([0.5 * stated.loc["new_manager"], others]), columns=COMPETENCIES)
        matched[strength] = match_archetypes(scores, errors).loc[0, "new_manager"]
    assert matched[1.0] < 0.5 < 0.7 < matched[0.5]


def test_matches_do_not_depend_on_the_order_of_rows():
    cohort = grouped_cohort(19, 1.0, np.random.default_rng(33))
    order = np.random.default_rng(34).permutation(19)
    plain = match_archetypes(cohort.scores, cohort.errors)
    turned = match_archetypes(cohort.scores.iloc[order], cohort.errors.iloc[order])
    pd.testing.assert_frame_equal(turned.reindex(plain.index), plain)


def test_an_incomplete_profile_gets_no_match_and_an_unknown_error_the_typical_one():
    cohort = grouped_cohort(12, 2.0, np.random.default_rng(35))
    scores, errors = cohort.scores.copy(), cohort.errors * 0 + 0.3
    plain = match_archetypes(scores, errors)
    errors.iloc[2, 4] = np.nan
    pd.testing.assert_frame_equal(match_archetypes(scores, errors), plain)
    scores.iloc[3, 1] = np.nan
    matched = match_archetypes(scores, errors)
    assert matched.iloc[3].isna().all()
    assert matched.drop(index=matched.index[3]).sum(axis=1).to_numpy() == pytest.approx(1)


def test_a_questionnaire_without_stated_patterns_matches_none():
    matched = match_archetypes(pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "b", "c"]))
    assert matched.to_dict("list") == {"none": [1.0]}
