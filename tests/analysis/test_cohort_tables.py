"""Cohort figures: what is counted, and what is hidden because too few stand behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.cohort_tables import (
    count_situations,
    map_units,
    measure_completion,
    protected_counts,
    spread_competencies,
)
from coachkit.analysis.profiles import score_cohort
from coachkit.core.measurement import MeasurementSettings
from coachkit.engagement.folder import open_engagement

SETTINGS = MeasurementSettings()


@pytest.fixture(scope="module")
def profiles():
    return score_cohort(open_engagement("samples").cohort())


def with_units(profiles, sizes):
    units = np.repeat([f"U{n}" for n in range(len(sizes))], sizes)
    roster = profiles.data.roster.iloc[: len(units)].assign(unit_id=units)
    frames = {name: getattr(profiles, name).iloc[: len(units)] for name in ("estimate", "p_below_target", "target")}
    return replace(profiles, data=replace(profiles.data, roster=roster), **frames)


def test_completion_counts_forms_of_each_group(profiles):
    rows = {row.group_id: row for row in measure_completion(profiles.data)}
    keys = profiles.data.responses.keys
    for group_id, row in rows.items():
        assert row.n_managers == keys.loc[keys["rater_group"] == group_id, "manager_id"].nunique()
        assert 0.5 < row.share_answered <= 1
    assert rows["self"].share_not_observed == pytest.approx(0, abs=0.02)


@pytest.mark.case("PRIV-07")
def test_a_small_unit_takes_the_next_smallest_with_it(profiles):
    cells = map_units(with_units(profiles, [20, 12, 6, 4]), SETTINGS)
    shown = {cell.unit_id for cell in cells if cell.mean is not None}
    assert shown == {"U0", "U1"}
    assert all(cell.n_managers is None for cell in cells if cell.unit_id in {"U2", "U3"})


@pytest.mark.case("PRIV-07")
def test_a_small_cohort_shows_no_unit_at_all(profiles):
    cells = map_units(with_units(profiles, [9]), SETTINGS)
    assert all(cell.mean is None and cell.n_managers is None for cell in cells)


def test_a_shown_cell_is_the_mean_of_its_managers(profiles):
    cut = with_units(profiles, [30, 18])
    cell = next(cell for cell in map_units(cut, SETTINGS) if (cell.unit_id, cell.competency_id) == ("U1", "IMP"))
    assert cell.mean == pytest.approx(cut.estimate["IMP"].iloc[30:48].mean())
    assert cell.share_priority == pytest.approx((cut.p_below_target["IMP"].iloc[30:48] >= 0.8).mean(), abs=0.03)


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (["priority"] * 3 + ["ask"] * 9 + ["strength"] * 30, (None, None, 30)),
        (["priority"] * 6 + ["ask"] * 9 + ["strength"] * 30, (6, 9, 30)),
        (["priority"] * 2 + ["ask"] * 4 + ["strength"] * 30, (None, None, 30)),
        (["strength"] * 30, (0, 0, 30)),
        (["priority"] * 4, (None, None, None)),
    ],
)
def test_small_counts_are_not_given(readings, expected):
    counts = protected_counts(pd.Series(readings), 5)
    assert (counts["priority"], counts["ask"], counts["strength"]) == expected


def test_spread_has_an_interval_around_the_mean_and_ordered_quantiles(profiles):
    readings = pd.DataFrame("ask", index=profiles.estimate.index, columns=profiles.estimate.columns)
    for row in spread_competencies(profiles, readings, SETTINGS):
        assert row.mean_low < row.mean < row.mean_high
        assert list(row.quantiles) == sorted(row.quantiles)


@pytest.mark.case("PRIV-07")
def test_a_small_cohort_has_no_mean_and_no_quantiles(profiles):
    cut = with_units(profiles, [9])
    readings = pd.DataFrame("ask", index=cut.estimate.index, columns=cut.estimate.columns)
    assert all((row.mean, row.quantiles) == (None, ()) for row in spread_competencies(cut, readings, SETTINGS))


def test_small_tallies_of_situations_are_given_as_fewer_than_five():
    rows = count_situations({"a": 4, "b": 7}, {"a": 0}, {"a": "A", "b": "B", "c": "C"}, 5)
    assert [(row.situation_id, row.n_recognised) for row in rows] == [("a", None), ("b", 7), ("c", 0)]
