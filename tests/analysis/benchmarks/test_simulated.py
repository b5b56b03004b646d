"""The truth that intervals are held against is what raters say on average, also near the ends of the scale."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.benchmarks.simulated import cohort_data, true_scores
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.simulation import simulate_engagement
from coachkit.engagement.instruments import load_instrument


def test_observed_scores_scatter_about_the_expected_ones_at_every_height():
    instrument = load_instrument("manager_transition")
    simulated = simulate_engagement(instrument, 1500, 150, seed=4, waves=1)
    observed = score_cohort(cohort_data(simulated, instrument)).others.to_numpy()
    expected = true_scores(simulated, instrument).to_numpy()
    latent = simulated.truth["profiles"].set_index("manager_id")[list(instrument.profile_ids)].to_numpy()
    high = (latent > 4.3) & ~np.isnan(observed)
    assert abs(np.nanmean(observed - expected)) < 0.03
    assert abs((observed - expected)[high].mean()) < 0.05  # careless forms pull a little towards four
    assert (observed - latent)[high].mean() < -0.05  # the latent score is not what raters say
