"""Change between waves: against the error of both, only where the same groups rated, counts protected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coachkit.analysis.benchmarks.simulated import cohort_data, true_scores
from coachkit.analysis.changes import COMPOSITE, measure_changes
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.simulation import simulate_engagement
from coachkit.core.change import expected_after
from coachkit.core.cohort import Responses
from coachkit.engagement.folder import open_engagement

LABELS = ("March", "September")


@pytest.fixture(scope="module")
def waves():
    engagement = open_engagement("samples")
    return score_cohort(engagement.cohort("w1")), score_cohort(engagement.cohort("w2"))


@pytest.fixture(scope="module")
def changes(waves):
    return measure_changes(*waves, LABELS)


def test_a_change_is_the_difference_of_what_was_published(waves, changes):
    before, after = waves
    score = next(s for s in changes.manager("M001").scores if s.competency_id == "BEH")
    assert (score.before, score.after) == (before.others.loc["M001", "BEH"], after.others.loc["M001", "BEH"])
    assert score.change == pytest.approx(score.after - score.before)
    assert score.low < score.change < score.high


def test_the_expected_score_shows_regression_to_the_mean(waves, changes):
    before, _ = waves
    mean = before.measurement["mean"]
    score = next(s for s in changes.manager("M048").scores if s.competency_id == "OPP")
    assert score.before < score.expected < max(m["OPP"] for m in mean.values())
    row, column = before.manager_ids.index("M048"), [c.id for c in before.data.instrument.competencies].index("OPP")
    assert score.expected == pytest.approx(
        expected_after(score.before, before.scores.model.mean[row, column], before.reliability.loc["M048", "OPP"])
    )


def test_the_composite_takes_the_priorities_of_then_and_is_surer(waves, changes):
    before, _ = waves
    change = changes.manager("M001")
    assert 2 <= len(change.composite_of) <= 3
    assert all(before.p_below_target.loc["M001", key] >= 0.8 for key in change.composite_of)
    single = [s for s in change.scores if s.competency_id in change.composite_of]
    assert change.composite.competency_id == COMPOSITE
    assert change.composite.change == pytest.approx(np.mean([s.change for s in single]))
    assert change.composite.high - change.composite.low < max(s.high - s.low for s in single)


def test_a_manager_without_an_earlier_wave_has_no_change(waves, changes):
    before, after = waves
    (new, *_) = set(after.manager_ids) - set(before.data.responses.keys["manager_id"])
    assert changes.manager(new) is None


def test_other_groups_than_before_are_not_compared(waves):
    before, after = waves
    answers = after.data.responses
    keep = ~((answers.keys["manager_id"] == "M001") & (answers.keys["rater_group"] == "report")).to_numpy()
    frames = [frame.loc[keep].reset_index(drop=True) for frame in (answers.keys, answers.ratings, answers.not_observed)]
    cut = score_cohort(replace(after.data, responses=Responses(*frames, answers.comments)))
    found = measure_changes(before, cut, LABELS)
    compared = {score.competency_id for score in found.manager("M001").scores}
    assert compared == {"CASE"}  # the only competency direct reports are not asked about


@pytest.mark.case("PRIV-07")
def test_the_cohort_states_no_small_count_and_nothing_about_few_managers(changes):
    cohort = changes.cohort(10, 5)
    assert len(cohort.rows) == 10
    for row in cohort.rows:
        counts = (row.n_improved, row.n_same, row.n_declined)
        assert all(count is None or count == 0 or count >= 5 for count in counts)
        assert sum(count is None for count in counts) != 1
    assert changes.cohort(1000, 5).rows == ()


def test_a_clear_change_of_the_cohort_allows_for_ten_comparisons(changes):
    rows = changes.cohort(10, 5).rows
    for row in rows:
        assert row.is_clear == (abs(row.change) > (row.high - row.change) * 2.807 / 1.96)


def test_ranges_hold_the_true_change():
    instrument = open_engagement("samples").cohort().instrument
    simulated = simulate_engagement(instrument, 120, 15, seed=3, waves=2)
    before, after = (score_cohort(cohort_data(simulated, instrument, wave.id)) for wave in simulated.waves)
    then, now = (true_scores(simulated, instrument, wave.id) for wave in simulated.waves)
    changes = measure_changes(before, after, LABELS)
    apart = (changes.after - changes.before - (now - then)).abs().to_numpy()
    known = ~np.isnan(apart)
    assert known.mean() > 0.7
    assert 0.95 <= (apart <= changes.half.to_numpy())[known].mean() <= 1
