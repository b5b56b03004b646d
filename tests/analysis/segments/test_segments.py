"""Segments: found where they are, refused where they are not, whatever the order of rows."""

import msgspec
import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.records import SegmentReport
from coachkit.analysis.segments import (
    LIMITS,
    NeedSegments,
    archetype_shapes,
    match_archetypes,
    segment_managers,
    solution_from_json,
    solution_to_json,
)
from coachkit.errors import CoachkitError

IDS = ["OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO"]
WITHIN = 0.45  # standard deviation of a competency within a group, rater error included


def make_cohort(n, separation, seed, n_groups=4):
    """Managers in groups whose centres lie ``separation`` within-group deviations from the mean; 0 = no structure."""
    rng = np.random.default_rng(seed)
    centres = np.zeros((n_groups, len(IDS)))
    for group in range(n_groups):
        centres[group, [2 * group, 2 * group + 1]] = -1
    centres -= centres.mean(axis=1, keepdims=True)
    centres *= separation * WITHIN / np.linalg.norm(centres, axis=1, keepdims=True)
    group = np.arange(n) % n_groups
    errors = np.repeat((0.8 / np.sqrt(rng.integers(5, 11, n)))[:, None], len(IDS), axis=1)
    people = np.sqrt(WITHIN**2 - (errors**2).mean())
    level = rng.normal(0, 0.3, (n, 1))
    scores = (
        3.5 + level + centres[group] + rng.normal(0, people, (n, len(IDS))) + rng.normal(size=(n, len(IDS))) * errors
    )
    index = [f"M{number:03d}" for number in range(1, n + 1)]
    return pd.DataFrame(scores, index, IDS), pd.DataFrame(errors, index, IDS), group


@pytest.fixture(scope="module")
def grouped():
    return make_cohort(120, 3.0, seed=1)


@pytest.fixture(scope="module")
def result(grouped):
    scores, errors, _ = grouped
    return segment_managers(scores, errors)


def test_clear_groups_are_found_and_recovered(grouped, result):
    from sklearn.metrics import adjusted_rand_score

    assert (result.n_segments, result.verdict) == (4, "segments")
    assert adjusted_rand_score(grouped[2], result.labels) > 0.8
    assert result.stability.min() > 0.75


def test_membership_adds_up_and_agrees_with_the_labels(result):
    assert result.membership.sum(axis=1).to_numpy() == pytest.approx(1)
    agree = result.membership.to_numpy().argmax(axis=1) == result.labels.to_numpy()
    assert agree.mean() > 0.95


def test_membership_is_calibrated(grouped, result):
    """The mean of the stated confidence is close to how often the most probable group is right."""
    from scipy.optimize import linear_sum_assignment

    likely = result.membership.to_numpy().argmax(axis=1)
    hits = np.zeros((4, 4))
    np.add.at(hits, (likely, grouped[2]), 1)
    accuracy = hits[linear_sum_assignment(-hits)].sum() / len(likely)
    assert result.membership.max(axis=1).mean() == pytest.approx(accuracy, abs=0.07)


@pytest.mark.parametrize("n", [24, 60, 200])
def test_structureless_cohorts_are_refused(n):
    found = [segment_managers(*make_cohort(n, 0.0, seed)[:2], n_null=39, n_bootstrap=5).n_segments for seed in range(5)]
    assert sum(k > 1 for k in found) <= 1
    assert min(found) == 1


def test_structureless_but_correlated_scores_are_refused():
    rng = np.random.default_rng(3)
    mixing = rng.normal(size=(10, 10))
    found = []
    for _ in range(5):
        scores = pd.DataFrame(3.5 + 0.2 * rng.normal(size=(60, 10)) @ mixing, columns=IDS)
        found.append(segment_managers(scores, n_null=39, n_bootstrap=5).n_segments)
    assert sum(k > 1 for k in found) <= 1


def test_level_alone_makes_no_groups():
    scores, errors, _ = make_cohort(80, 0.0, seed=5)
    scores.iloc[:40] += 1.5  # half the cohort is rated higher throughout
    assert segment_managers(scores, errors).verdict == "no_structure"


def test_one_group_is_a_legal_answer_with_its_reason():
    result = segment_managers(*make_cohort(60, 0.0, seed=1)[:2])
    assert (result.n_segments, result.verdict) == (1, "no_structure")
    assert result.reason.startswith("The profiles group no more tightly")
    assert set(result.labels) == {0}
    assert result.membership.to_numpy().tolist() == [[1.0]] * 60


@pytest.mark.parametrize("n", [1, 12, 19])
def test_fewer_than_twenty_managers_get_no_groups(n):
    scores, errors, _ = make_cohort(n, 4.0, seed=1)
    result = segment_managers(scores, errors)
    assert (result.n_segments, result.verdict) == (0, "too_few")
    assert set(result.labels) == {-1}
    assert result.membership.shape == (n, 0)
    assert "below 20" in result.reason
    assert result.archetypes.sum(axis=1).to_numpy() == pytest.approx(1)


def test_twenty_managers_are_enough_to_look():
    assert segment_managers(*make_cohort(20, 0.0, seed=1)[:2]).verdict == "no_structure"


def test_two_scales_have_no_shape_to_compare():
    scores = make_cohort(40, 3.0, seed=1)[0][["OPP", "CASE"]]
    result = segment_managers(scores)
    assert result.verdict == "too_few"
    assert "no shape to compare" in result.reason


def test_equal_profiles_are_one_group():
    scores = pd.DataFrame(np.tile([3.0, 4.0, 2.0, 3.5], (30, 1)))
    assert segment_managers(scores).reason == "All profiles have the same shape."


def test_small_cohorts_get_at_most_four_groups_of_five_or_a_tenth():
    scores, errors, _ = make_cohort(60, 4.0, seed=2, n_groups=5)
    result = segment_managers(scores, errors)
    assert result.n_segments <= 4
    if result.verdict == "segments":
        assert result.labels.value_counts().min() >= 6


def test_the_order_of_rows_does_not_matter(grouped, result):
    scores, errors, _ = grouped
    order = np.random.default_rng(4).permutation(len(scores))
    other = segment_managers(scores.iloc[order], errors.iloc[order])
    pd.testing.assert_series_equal(other.labels.reindex(scores.index), result.labels)
    pd.testing.assert_frame_equal(other.membership.reindex(scores.index), result.membership)
    assert other.p_value == result.p_value


def test_equal_random_states_give_equal_results(grouped, result):
    again = segment_managers(*grouped[:2], random_state=0)
    pd.testing.assert_frame_equal(again.membership, result.membership)


def test_names_of_managers_do_not_matter(grouped, result):
    renamed = grouped[0].set_axis([f"X{n}" for n in range(len(grouped[0]))])
    other = segment_managers(renamed, grouped[1].set_axis(renamed.index))
    assert other.labels.tolist() == result.labels.tolist()


def test_managers_without_a_complete_profile_are_left_out_not_guessed(grouped):
    scores, errors = grouped[0].copy(), grouped[1]
    scores.iloc[3, 2] = np.nan
    result = segment_managers(scores, errors)
    assert result.labels.iloc[3] == -1
    assert result.membership.iloc[3].isna().all()
    assert "M004" not in result.report().membership
    assert "119 managers" in result.reason


def test_a_less_well_measured_manager_has_a_less_certain_place(grouped, result):
    errors = grouped[1].copy()
    row = result.membership.max(axis=1).sub(0.85).abs().argmin()
    errors.iloc[row] = 0.9
    other = segment_managers(grouped[0], errors)
    assert other.membership.iloc[row].max() < result.membership.iloc[row].max()


def test_profiles_are_segmented_by_raw_gaps_with_their_raw_error(grouped):
    class Profiles:
        others, target = grouped[0], grouped[0] * 0 + 3.5
        reliability = grouped[0] * 0 + 0.64
        standard_error = grouped[1] * 0.8

    result = segment_managers(Profiles())
    direct = segment_managers(grouped[0] - 3.5, grouped[1])
    assert result.membership.to_numpy() == pytest.approx(direct.membership.to_numpy())


def test_the_report_states_method_variables_stability_and_limits(result):
    report = result.report({"OPP": "Opportunities", "CASE": "Business cases"})
    assert isinstance(report, SegmentReport)
    assert LIMITS in report.method
    assert all(name in report.method for name in IDS)
    assert "k = 4" in report.method
    assert {s.stability for s in report.segments} <= {"stable", "very stable"}
    assert sum(s.size for s in report.segments) == 120
    assert "Needs most: business cases and opportunities" in {
        s.name.replace("opportunities and business cases", "business cases and opportunities") for s in report.segments
    }
    assert msgspec.json.decode(msgspec.json.encode(report), type=SegmentReport) == report


def test_a_refusal_reports_no_segments_and_no_membership():
    report = segment_managers(make_cohort(12, 3.0, seed=1)[0]).report()
    assert (report.n_segments, report.segments, report.membership, report.p_value) == (0, (), {}, None)


def test_a_saved_solution_places_new_managers_as_the_fitted_one(grouped, result):
    text = solution_to_json(result.solution)
    loaded = solution_from_json(text)
    assert loaded == result.solution
    assert solution_to_json(loaded) == text
    fitted = NeedSegments().fit(grouped[0], standard_errors=grouped[1])
    new, _, truth = make_cohort(40, 3.0, seed=99)
    placed = loaded.assign(new[IDS[::-1]])
    assert placed.to_numpy() == pytest.approx(fitted.predict_proba(new))
    from sklearn.metrics import adjusted_rand_score

    assert adjusted_rand_score(truth, fitted.predict(new)) > 0.7


def test_assigning_needs_the_same_competencies(result):
    with pytest.raises(CoachkitError, match=r"scores lack 'CASE'\. Assign with the competencies"):
        result.solution.assign(pd.DataFrame(columns=[name for name in IDS if name != "CASE"]))


@pytest.mark.case("SEC-15")
def test_only_json_is_read_as_a_saved_solution(result, tmp_path):
    import pickle

    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    for document in (
        pickle.dumps(Hostile()),
        b"\x80\x04",
        b"[]",
        b"{}",
        b'{"format": "coachkit-segments/1"}',
        b"[" * 5000,
    ):
        with pytest.raises(CoachkitError, match="not a saved segment solution"):
            solution_from_json(document)
    assert not (tmp_path / "ran").exists()


@pytest.mark.case("SEC-15")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"variance": 0', '"variance": -0'),
        ('"error_variance": 0', '"error_variance": -0'),
        ('"S1"', "1"),
        ('"OPP"', '"CASE"'),
    ],
)
def test_a_saved_solution_whose_numbers_do_not_fit_is_refused(result, old, new):
    text = solution_to_json(result.solution)
    assert old in text
    with pytest.raises(CoachkitError, match="do not fit together"):
        solution_from_json(text.replace(old, new, 1))


def test_placing_managers_after_a_refusal_says_why():
    fitted = NeedSegments().fit(make_cohort(12, 3.0, seed=1)[0])
    with pytest.raises(CoachkitError, match="no groups to assign to: 12 managers"):
        fitted.predict(make_cohort(2, 3.0, seed=1)[0])


def test_ill_fitting_standard_errors_are_refused(grouped):
    with pytest.raises(CoachkitError, match="do not fit scores of shape"):
        segment_managers(grouped[0], grouped[1].iloc[:5])
    with pytest.raises(CoachkitError, match="must be 0 or more"):
        segment_managers(grouped[0], -grouped[1])
    with pytest.raises(ValueError, match="Expected 2D array"):
        NeedSegments().fit([1.0, 2.0])


def test_the_estimator_keeps_scikit_learns_conventions():
    from sklearn.base import clone

    estimator = NeedSegments(n_null=24, random_state=3)
    assert clone(estimator).get_params() == estimator.get_params()
    scores = make_cohort(40, 0.0, seed=1)[0]
    assert estimator.fit(scores) is estimator
    assert estimator.n_features_in_ == 10
    assert (NeedSegments(n_null=24).fit_predict(scores) == 0).all()


def test_thousands_of_managers_are_grouped_from_a_sample():
    scores, errors, truth = make_cohort(6000, 3.0, seed=1)
    result = segment_managers(scores, errors, n_null=39, n_bootstrap=9)
    from sklearn.metrics import adjusted_rand_score

    assert result.n_segments == 4
    assert adjusted_rand_score(truth, result.labels) > 0.75
    assert result.membership.shape == (6000, 4)


def test_after_no_structure_everyone_belongs_to_the_one_group():
    scores = make_cohort(40, 0.0, seed=1)[0]
    fitted = NeedSegments(n_null=24).fit(scores)
    assert fitted.verdict_ == "no_structure"
    scores.iloc[0, 0] = np.nan
    assert fitted.predict(scores).tolist() == [-1] + [0] * 39
    assert fitted.predict_proba(scores)[1:].tolist() == [[1.0]] * 39


def test_segments_say_which_situation_they_resemble_and_what_is_offered_in_it():
    from coachkit.analysis.benchmarks.segment_cohorts import grouped_cohort

    cohort = grouped_cohort(60, 2.5, np.random.default_rng(3))
    result = segment_managers(cohort.scores, cohort.errors, n_bootstrap=9)
    report = result.report(offers={"beyond_technology": ("short_coaching", "mentoring")})
    by_situation = {segment.situation: segment for segment in report.segments}
    found = by_situation["beyond_technology"]
    assert found.interventions == ("short_coaching", "mentoring")
    assert found.resemblance > 0.9
    own = result.labels.to_numpy() == int(found.label[1:]) - 1
    assert (cohort.group[own] == 2).mean() > 0.8  # the third stated pattern
    assert by_situation["new_manager"].interventions == ()


def test_groups_that_resemble_no_situation_say_so(grouped, result):
    assert {segment.situation for segment in result.report().segments} - {None, "new_manager", "beyond_technology"} <= {
        "steady_state",
        "stale_organisation",
        "senior_potential",
    }
    odd = segment_managers(grouped[0].set_axis([f"q{n}" for n in range(10)], axis=1), grouped[1], n_bootstrap=9)
    assert [(s.situation, s.resemblance) for s in odd.report().segments] == [(None, None)] * odd.n_segments


def test_archetypes_have_shape_but_no_level():
    shapes = archetype_shapes(IDS)
    assert shapes.mean(axis=1).abs().max() < 1e-12
    assert len(shapes) == 5
    assert archetype_shapes(["x1", "x2"]).empty


def test_a_profile_is_matched_to_its_archetype_and_less_surely_with_noise():
    pattern = archetype_shapes(IDS).loc[["steady_state"]] + 3.4
    sure = match_archetypes(pattern)
    assert sure.idxmax(axis=1).tolist() == ["steady_state"]
    noisy = match_archetypes(pattern, pattern * 0 + 0.6)
    assert noisy["steady_state"].iloc[0] < sure["steady_state"].iloc[0]
    flat = match_archetypes(pattern * 0 + 3.4)
    assert flat.idxmax(axis=1).tolist() == ["none"]
