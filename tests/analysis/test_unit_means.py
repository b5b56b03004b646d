"""Units beside each other: drawn together by empirical Bayes, hidden where they must be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.unit_means import draw_unit_means
from coachkit.core.norms import shrink_unit_means
from coachkit.engagement.folder import open_engagement


@pytest.fixture(scope="module")
def profiles():
    return score_cohort(open_engagement("samples").cohort())


def nobody(profiles):
    units = sorted(profiles.data.roster["unit_id"].unique())
    return pd.DataFrame(False, index=units, columns=list(profiles.data.instrument.profile_ids))


def test_a_mean_lies_between_what_was_rated_and_the_middle_of_the_units(profiles):
    found = [mean for mean in draw_unit_means(profiles, nobody(profiles)) if mean.competency_id == "OUT"]
    lowest = min(found, key=lambda mean: mean.rated)
    middle = np.mean([mean.shrunken for mean in found])
    assert lowest.rated < lowest.shrunken < middle
    assert lowest.low < lowest.shrunken < lowest.high
    assert lowest.side == "below"
    units = profiles.data.roster["unit_id"]
    assert lowest.rated == pytest.approx(profiles.others.loc[units == lowest.unit_id, "OUT"].mean())


@pytest.mark.case("PRIV-07")
def test_hidden_units_neither_show_nor_enter_the_common_mean(profiles):
    found = draw_unit_means(profiles, nobody(profiles))
    assert all(mean.n_managers >= profiles.data.minimums.unit for mean in found)
    shown = {mean.unit_id for mean in found}
    hidden = profiles.data.roster.index[~profiles.data.roster["unit_id"].isin(shown)]
    assert len(hidden)
    changed = replace(profiles, others=profiles.others.copy())
    changed.others.loc[hidden] = 1.0
    assert draw_unit_means(changed, nobody(profiles)) == found


@pytest.mark.case("PRIV-08")
def test_a_dominated_cell_takes_the_next_smallest_with_it(profiles):
    dominated = nobody(profiles)
    dominated.loc["U1", "OUT"] = True
    before = {m.unit_id for m in draw_unit_means(profiles, nobody(profiles)) if m.competency_id == "OUT"}
    after = {m.unit_id for m in draw_unit_means(profiles, dominated) if m.competency_id == "OUT"}
    assert "U1" in before
    assert "U1" not in after


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.2, 0.4])
def test_ranges_hold_the_true_mean_of_a_unit(spread):
    rng = np.random.default_rng(7)
    units = np.repeat(np.arange(6), 8)
    held = []
    for _ in range(150):
        true = rng.normal(0, spread, 6)
        table = shrink_unit_means(pd.Series(true[units] + rng.normal(0, 0.45, 48)), pd.Series(units))
        held.append((table["shrunken"] - true).abs() <= 1.96 * table["standard_error"])
    assert 0.92 <= np.mean(held) <= 1.0
