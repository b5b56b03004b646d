"""From an engagement to the cohort's slice: what the appendix knows about its own measurement."""

from __future__ import annotations

import pytest

from coachkit.delivery.pipeline import analyse_engagement
from coachkit.engagement.folder import open_engagement


@pytest.mark.parametrize(("wave", "n_compared"), [("w1", 0), ("w2", 1)])
def test_the_cohort_says_how_far_groups_and_waves_can_be_compared(wave, n_compared):
    result = analyse_engagement(open_engagement("samples"), wave=wave, run_id="r1", made_on="2026-09-30")
    dossier = result.analysis.cohort_dossier(result.info, result.provenance)
    notes = dossier.measurement_notes
    assert any("asked only the items they can see" in note for note in notes)
    assert sum("March 2026" in note and "September 2026" in note for note in notes) == n_compared
    assert all(scale.reading for scale in dossier.scales)
