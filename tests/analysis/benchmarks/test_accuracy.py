"""Small versions of the accuracy benchmark; tolerances are three Monte Carlo errors and more."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.benchmarks import accuracy
from coachkit.analysis.benchmarks.accuracy import (
    bin_claims,
    calibrate_definition,
    calibrate_gaps,
    calibration_errors,
    cover_cohorts,
    cover_engagements,
    flag_unchanged,
    recognise_situations,
)
from coachkit.analysis.benchmarks.diagram import draw_reliability
from coachkit.analysis.benchmarks.situations import disturb_context
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.rules import load_situation_rules


@pytest.fixture(scope="module")
def covered():
    return cover_cohorts("quick", (12, 24, 200))


@pytest.fixture(scope="module")
def calibration():
    return calibrate_gaps("quick", (24, 200))


def test_intervals_cover_93_to_97_percent_for_one_to_ten_raters(covered):
    """Largest Monte Carlo error of a cell about .004."""
    assert covered["ours"].between(0.93, 0.97).all(), covered[["managers", "raters", "ours"]]
    assert set(covered["raters"]) == {"1", "2", "3", "4", "6", "8", "10", "1+3-5+3-5"}


def test_leaving_estimation_error_out_costs_coverage_in_small_cohorts(covered):
    small = covered[covered["managers"] == 12]
    assert small["known"].mean() < 0.925 < small["ours"].mean()


def test_bars_from_alpha_cover_far_less(covered):
    assert covered["alpha"].mean() < 0.88


def test_probabilities_are_calibrated_and_plain_means_are_not(calibration):
    errors = {m: calibration_errors(rows) for m, rows in calibration.groupby("method")}
    assert errors["ours"][0] < 0.02
    assert errors["ours"][1] < 0.06  # two cohort sizes x 12,000 claims: a bin's Monte Carlo error is near .02
    assert errors["plain mean"][0] > 0.08
    assert errors["alpha"][0] > errors["ours"][0]


def test_few_unchanged_managers_are_flagged_unless_alpha_is_used():
    """Monte Carlo error about .006 in 50 cohorts of 24, where the rate in larger runs is near .06."""
    found = flag_unchanged("quick", (24, 200))
    assert found["ours"].between(0.03, 0.08).all(), found
    assert (found["ours"] < found["z_only"]).all()
    assert found["paired"].between(0.03, 0.07).all(), found
    assert (found["alpha"] > 0.09).all()


def test_whole_engagements_are_covered():
    found = cover_engagements(load_instrument("manager_transition"), "quick", (48,))
    assert found["covered"].between(0.925, 0.975).all()  # ten cohorts, Monte Carlo error .006
    assert found["calibration_error"].max() < 0.05


def test_situations_are_recognised_in_spite_of_disturbed_context(monkeypatch):
    monkeypatch.setitem(accuracy.SITUATION_COHORTS, "quick", 3)
    trial, tables = recognise_situations(load_instrument("manager_transition"), load_situation_rules())
    ours, plain, gaps = (tables["methods"].iloc[k] for k in range(3))
    assert ours["hits"] >= 0.71
    assert ours["log_loss"] <= 0.71 < plain["log_loss"]
    assert ours["hits"] > plain["hits"] > gaps["hits"]
    assert calibration_errors(tables["calibration"])[0] < 0.05
    assert tables["confusion"].set_index("truth").to_numpy().sum() == len(trial.truth)


@pytest.fixture(scope="module")
def by_definition():
    return calibrate_definition(load_instrument("manager_transition"), load_situation_rules())


@pytest.mark.parametrize("lost", [0.2, 0.5])
def test_a_probability_is_how_often_the_rule_holds_in_every_bin(by_definition, lost):
    """4,000 managers x 4 situations; bins of fewer than 400 claims have Monte Carlo errors above .02."""
    table = by_definition[by_definition["lost"] == lost]
    assert set(table["bin"]) == set(range(10))
    large = table[table["n"] >= 400]
    assert len(large) >= 6
    assert ((large["happened"] - large["claimed"]).abs() < 0.05).all(), large
    assert calibration_errors(table)[0] < 0.02
    assert ((table["low"] < table["happened"]) & (table["happened"] < table["high"])).all()


def test_disturbing_a_context_changes_the_share_asked_for():
    context = pd.DataFrame({"wave": "w1", "a": np.arange(4000), "b": [f"t{i}" for i in range(4000)]})
    changed = disturb_context(context, 0.2, np.random.default_rng(0))
    assert (changed["wave"] == "w1").all()
    assert changed["a"].isna().mean() == pytest.approx(0.1, abs=0.02)
    assert (changed["b"] != context["b"]).mean() == pytest.approx(0.2, abs=0.02)


def test_bins_hold_every_claim_and_errors_are_weighted():
    table = bin_claims(np.array([0.0, 0.04, 0.5, 1.0, np.nan]), np.array([0, 1, 1, 1, 1]))
    assert table["bin"].tolist() == [0, 5, 9]
    assert table["n"].sum() == 4
    assert calibration_errors(table) == pytest.approx(((0.48 * 2 + 0.5) / 4, 0.5))


def test_the_diagram_is_small_and_says_what_it_shows(calibration):
    svg = draw_reliability(calibration)
    assert svg.startswith("<svg")
    assert "<title>Reliability diagram" in svg
    assert len(svg) < 100_000
