"""Caveats between rater groups and waves: planted differences are named, chance is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.comparability import (
    caveats_between_groups,
    caveats_between_waves,
    compare_rater_groups,
    compare_waves,
)
from coachkit.analysis.simulation import simulate_engagement
from coachkit.core.measurement import MeasurementSettings
from coachkit.engagement.folder import open_engagement

SETTINGS = MeasurementSettings()


@pytest.fixture(scope="module")
def waves():
    engagement = open_engagement("samples")
    return engagement.cohort("w1"), engagement.cohort("w2")


def moved(data, items, by, group=None):
    """The same answers with some items moved, within the scale, in one rater group or in all."""
    rows = np.full(len(data.responses.keys), True) if group is None else data.responses.keys["rater_group"] == group
    ratings = data.responses.ratings.copy()
    ratings.loc[rows, items] = (ratings.loc[rows, items] + by).clip(1, 5)
    return replace(data, responses=replace(data.responses, ratings=ratings))


def test_a_lenient_group_is_named_with_the_scales_it_lifts(waves):
    plain = " ".join(caveats_between_groups(waves[0]))
    notes = caveats_between_groups(moved(waves[0], ["PLAN01", "PLAN02", "PLAN03", "PLAN04"], 1.0, "peer"))
    lifted = [note for note in notes if "higher by “Peers” than by “Direct reports”" in note]
    assert len(lifted) == 1
    assert waves[0].instrument.competency("PLAN").short_name in lifted[0]
    assert "different standard" in lifted[0]
    assert "higher by “Peers” than by “Direct reports”" not in plain


def test_managers_are_compared_with_themselves(waves):
    found = {(one.competency_id, one.first, one.second): one for one in compare_rater_groups(waves[0], SETTINGS)}
    one = found["PLAN", "Peers", "Direct reports"]
    responses, items = waves[0].responses, ["PLAN01", "PLAN02", "PLAN03", "PLAN04"]
    by_group = {
        group: responses.ratings.loc[responses.keys["rater_group"] == group, items]
        .groupby(responses.keys["manager_id"])
        .mean()
        for group in ("peer", "report")
    }
    apart = (by_group["peer"] - by_group["report"]).mean(axis=1).dropna()
    assert one.mean.difference == pytest.approx(apart.mean())
    assert one.mean.n == len(apart)


def test_scales_are_compared_on_the_items_both_groups_are_asked(waves):
    found = {(one.competency_id, one.first, one.second): one for one in compare_rater_groups(waves[0], SETTINGS)}
    assert found["OPP", "Peers", "Direct reports"].alphas is None  # reports are asked one item of OPP
    assert ("CASE", "Peers", "Direct reports") not in found  # and none of CASE
    shared = found["IMP", "Peers", "Direct reports"]
    asked = [{"peer", "report"} <= set(waves[0].instrument.item(f"IMP0{k}").asked_of) for k in range(1, 5)]
    assert (shared.items is None) == (sum(asked) < 3)


def test_routed_items_are_a_caveat(waves):
    note = next(note for note in caveats_between_groups(waves[0]) if "asked only the items they can see" in note)
    assert "(Direct reports, 1 of 4)" in note


def test_an_item_read_differently_by_one_group_is_named(waves):
    notes = caveats_between_groups(moved(waves[0], ["BEH02"], -1.2, "report"))
    assert any("item BEH02 is rated" in note and "“Direct reports”" in note for note in notes)


def test_a_general_shift_between_waves_is_named_with_the_later_wave_as_higher(waves):
    before, after = waves
    notes = caveats_between_waves(
        before, moved(after, ["GRO01", "GRO02", "GRO03", "GRO04"], 0.8), labels=("May", "June")
    )
    shift = next(note for note in notes if "higher at “June” than at “May”" in note)
    assert "new standard of the raters" in shift


def test_the_same_answers_twice_differ_in_nothing(waves):
    same = waves[0]
    assert caveats_between_waves(same, same, labels=("May", "June")) == (
        "Between May and June no scale differs in level, consistency or single items beyond chance.",
    )
    assert all(one.mean.difference == 0 for one in compare_waves(same, same, SETTINGS))


def test_a_wave_with_more_lenient_raters_is_no_progress(waves):
    """Each group is compared with itself: dropping the stricter half of a cohort's groups moves nothing."""
    before = moved(waves[0], list(waves[0].responses.ratings.columns), 1.0, "peer")
    kept = (before.responses.keys["rater_group"] != "report").to_numpy()
    only = before.responses
    fewer = replace(only, **{name: getattr(only, name).loc[kept] for name in ("keys", "ratings", "not_observed")})
    assert all(
        abs(one.mean.difference) < 1e-12 for one in compare_waves(before, replace(before, responses=fewer), SETTINGS)
    )


def test_a_group_missing_at_one_wave_is_no_progress_of_single_managers(waves):
    """Half of the managers lose their lenient group at the second wave; what is left is compared with itself."""
    before = moved(waves[0], list(waves[0].responses.ratings.columns), 1.0, "peer")
    keys, ratings = before.responses.keys, before.responses.ratings.copy()
    lost = (keys["rater_group"] == "peer") & keys["manager_id"].isin(before.manager_ids[::2])
    ratings.loc[lost, ["PLAN01", "PLAN02", "PLAN03", "PLAN04"]] = np.nan
    after = replace(before, responses=replace(before.responses, ratings=ratings))
    assert all(abs(one.mean.difference) < 1e-12 for one in compare_waves(before, after, SETTINGS))


def test_items_that_stop_hanging_together_are_named(waves):
    data = waves[0]
    rows = data.responses.keys["rater_group"] == "report"
    ratings, rng = data.responses.ratings.copy(), np.random.default_rng(4)
    items = ["PEO01", "PEO02", "PEO03", "PEO04"]
    noise = pd.DataFrame(rng.integers(1, 6, (rows.sum(), 4)), index=ratings.index[rows], columns=items)
    ratings.loc[rows, items] = noise.where(ratings.loc[rows, items].notna())
    after = replace(data, responses=replace(data.responses, ratings=ratings))
    notes = caveats_between_waves(data, after, labels=("May", "June"))
    note = next(note for note in notes if "hang together less" in note)
    assert "in ratings of “June” than of “May” on " + data.instrument.competency("PEO").short_name in note


def test_few_managers_are_not_compared(waves):
    few = replace(waves[0], roster=waves[0].roster.iloc[:9])
    assert caveats_between_groups(few) == (
        "Too few managers are rated by two groups to compare how the groups use the scales.",
    )
    assert caveats_between_waves(few, few)[0].startswith("Too few managers were rated at both w1 and w1")


@pytest.mark.slow
def test_waves_drawn_alike_are_flagged_rarely(waves):
    """Wave 1 of different synthetic cohorts, split at random into two halves of raters: false caveats are rare."""
    flagged, n = 0, 20
    for seed in range(n):
        tables = simulate_engagement(waves[0].instrument, 40, seed=seed + 100, waves=1).tables
        data = with_tables(waves[0], tables)
        half = np.random.default_rng(seed).random(len(data.responses.keys)) < 0.5
        one, other = (part(data, rows) for rows in (half, ~half))
        flagged += "no scale differs" not in caveats_between_waves(one, other)[0]
    assert flagged <= 3


def part(data, rows):
    only = data.responses
    kept = {name: getattr(only, name).loc[rows].reset_index(drop=True) for name in ("keys", "ratings", "not_observed")}
    return replace(data, responses=replace(only, **kept))


def with_tables(data, tables):
    """Simulated answers in the frame of another cohort."""
    forms = tables["responses"]
    keys = forms[["manager_id", "rater_id", "rater_group", "wave"]].assign(seconds=np.nan)
    ratings = forms[list(data.instrument.item_ids)].apply(pd.to_numeric, errors="coerce")
    responses = replace(data.responses, keys=keys, ratings=ratings, not_observed=ratings.isna() & False)
    roster = tables["roster"].set_index("manager_id")
    return replace(data, roster=roster, responses=responses)
