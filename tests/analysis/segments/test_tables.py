"""What people hand in: ids in the index or a column, errors in any order, and messages that repeat no content."""

import numpy as np
import pandas as pd
import pytest

import coachkit
from coachkit.analysis.benchmarks.segment_cohorts import grouped_cohort, structureless_cohort
from coachkit.analysis.segments.tables import error_table, score_table
from coachkit.errors import CoachkitError
from coachkit.segments import NeedSegments

COHORT = grouped_cohort(60, 2.0, np.random.default_rng(3))
FAST = {"n_null": 24, "n_bootstrap": 5}


@pytest.fixture(scope="module")
def plain():
    return coachkit.segment_managers(COHORT.scores, COHORT.errors, **FAST)


def test_the_answer_is_keyed_by_the_managers_ids(plain):
    assert plain.labels.index.equals(COHORT.scores.index)
    assert plain.membership.index.equals(COHORT.scores.index)
    assert plain.membership.columns.tolist() == [f"S{number}" for number in range(1, plain.n_segments + 1)]
    assert plain.stability.index.tolist() == plain.membership.columns.tolist()


def test_ids_may_stand_in_a_column_and_errors_in_any_order(plain):
    scores = COHORT.scores.rename_axis("manager_id").reset_index()
    errors = COHORT.errors.iloc[::-1, ::-1].rename_axis("manager_id").reset_index()
    other = coachkit.segment_managers(scores, errors, **FAST)
    pd.testing.assert_frame_equal(other.membership, plain.membership, check_names=False)


def test_errors_that_share_no_label_with_the_scores_are_matched_by_place():
    bare = pd.DataFrame(COHORT.errors.to_numpy() * np.arange(1, 61)[:, None])
    fitted = error_table(bare, COHORT.scores)
    assert fitted.columns.equals(COHORT.scores.columns)
    assert fitted.loc["M0003"].tolist() == bare.loc[2].tolist()


def test_arrays_are_matched_by_place():
    values, errors = COHORT.scores.to_numpy(), COHORT.errors.to_numpy()
    result = coachkit.segment_managers(values, errors, **FAST)
    direct = NeedSegments(**FAST).fit(values, standard_errors=errors)
    assert result.labels.tolist() == direct.labels_.tolist()
    assert result.solution.competency_ids == direct.competency_ids_


def test_structureless_scores_are_one_segment_and_nineteen_managers_none():
    one = coachkit.segment_managers(*structureless_cohort(60, "normal", np.random.default_rng(5)), **FAST)
    assert (one.n_segments, one.verdict, set(one.labels), len(one.stability)) == (1, "no_structure", {0}, 0)
    few = coachkit.segment_managers(COHORT.scores[:19], COHORT.errors[:19], **FAST)
    assert (few.n_segments, few.verdict, set(few.labels), few.membership.shape) == (0, "too_few", {-1}, (19, 0))
    alone = coachkit.segment_managers(COHORT.scores[:1])
    assert alone.reason.startswith("1 manager has a complete profile")


@pytest.mark.parametrize(
    ("scores", "wrong"),
    [
        (COHORT.scores.assign(who="Ada Lovelace"), "something other than numbers in 'who'"),
        (COHORT.scores[:0], "hold 0 managers"),
        (COHORT.scores.set_axis(["Ada Lovelace"] * 60), "59 rows of a manager already given"),
        (COHORT.scores.set_axis(["OPP"] * 10, axis=1), "'OPP' more than once"),
        (COHORT.scores.replace(COHORT.scores.iloc[0, 0], np.inf), "infinite"),
        ([1.0, 2.0], "1 dimensions"),
    ],
)
def test_unusable_scores_are_refused_without_repeating_what_they_hold(scores, wrong):
    with pytest.raises(CoachkitError, match=wrong) as caught:
        coachkit.segment_managers(scores)
    assert "Ada" not in str(caught.value)


@pytest.mark.parametrize(
    ("errors", "wrong"),
    [
        (COHORT.errors.rename(columns={"OPP": "opp"}), "share only 9 of 10 competencies"),
        (COHORT.errors.rename({"M0003": "Ada"}), "share only 59 of 60 managers"),
        (COHORT.errors.iloc[:5], "do not fit scores of shape"),
        (0.3, "one for each score"),
    ],
)
def test_standard_errors_of_other_managers_are_refused(errors, wrong):
    with pytest.raises(CoachkitError, match=wrong):
        error_table(errors, score_table(COHORT.scores))


def test_settings_under_which_structure_could_never_be_found_are_refused():
    with pytest.raises(CoachkitError, match="at least 24"):
        coachkit.segment_managers(COHORT.scores, n_null=23)
    with pytest.raises(CoachkitError, match="at least 1"):
        coachkit.segment_managers(COHORT.scores, n_bootstrap=0)
