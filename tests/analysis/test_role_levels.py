"""Role levels too small for a mean of their own keep their distance; larger ones are compared within themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.benchmarks.simulated import cohort_data, true_scores
from coachkit.analysis.measurement_model import estimate_single_rater
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.simulation import simulate_engagement
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores
from coachkit.engagement.instruments import load_instrument

INSTRUMENT = load_instrument("manager_transition")


def test_small_levels_are_not_drawn_to_the_mean_of_other_levels():
    """Without the offsets senior managers come out .10 too low and new ones .13 too high on these cohorts."""
    gaps = []
    for seed in range(20):
        simulated = simulate_engagement(INSTRUMENT, 48, 6, seed=seed, waves=1)
        scores, true = score_cohort(cohort_data(simulated, INSTRUMENT)), true_scores(simulated, INSTRUMENT)
        level = simulated.tables["roster"].set_index("manager_id")["role_level"]
        gaps.append((scores.estimate - true).mean(axis=1).groupby(level).mean())
    mean = pd.DataFrame(gaps).mean()
    assert mean.abs().max() < 0.09, mean  # Monte Carlo error about .013


def test_reliability_is_the_one_within_levels():
    """Two levels a point apart: raters tell them apart easily, but not the managers within them."""
    rng = np.random.default_rng(0)
    n, c = 400, len(INSTRUMENT.competencies)
    level = np.repeat([0.0, 2.0], n // 2)
    true = level + rng.normal(0, 0.5, n)
    manager = np.repeat(np.arange(n), 4)
    seen = true[manager, None] + rng.normal(0, 1.0, (4 * n, c))
    peers = [g.id for g in INSTRUMENT.rater_groups].index("peer")
    names = tuple(f"M{i}" for i in range(n))
    raters = RaterScores(names, manager, np.full(4 * n, peers), np.arange(4 * n), seen, pd.DataFrame())
    levels = pd.Series(np.where(level > 0, "senior", "new"), index=list(names))
    within, error, used = estimate_single_rater(raters, INSTRUMENT, MeasurementSettings(), levels)
    whole, _, _ = estimate_single_rater(raters, INSTRUMENT, MeasurementSettings())
    assert used[peers, 0] == n
    assert within[peers].mean() == pytest.approx(0.20, abs=0.04)  # .25 / (.25 + 1)
    assert whole[peers].mean() > 0.5
    assert error[peers, 0] == pytest.approx(0.1 * np.sqrt(30 / 430))
