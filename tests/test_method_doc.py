"""docs/method.md prints the numbers the code works with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coachkit import agreement, change, reliability
from coachkit.core import change as change_rules
from coachkit.core import comparison, norms
from coachkit.core.cohort import Minimums
from coachkit.core.measurement import MeasurementSettings, describe_settings
from coachkit.engagement.instruments import load_instrument

TEXT = (Path(__file__).resolve().parents[1] / "docs/method.md").read_text("utf-8")
SETTINGS = describe_settings(MeasurementSettings())


@pytest.mark.parametrize("row", SETTINGS, ids=[str(row["name"]) for row in SETTINGS])
def test_every_default_is_printed_as_the_code_holds_it(row):
    line = f"| `{row['name']}` | {row['value']:g} | {row['unit']} | {row['source']} | {row['status']} |"
    assert line in TEXT.splitlines()


def test_no_default_is_printed_that_the_code_has_lost():
    table = TEXT.split("## Defaults")[1].split("Fixed in the code")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [row["name"] for row in SETTINGS]


def fixed_numbers():
    instrument = load_instrument("manager_transition")
    prior = {group.id: group.single_rater_reliability for group in instrument.rater_groups}
    return {
        "reliable change": f"{change_rules.RELIABLE_Z:g} standard errors",
        "correlation between goals": f"{change_rules.RHO:g}",
        "bands instead of a dot": f"from {norms.BANDS_FROM} managers",
        "percentiles": f"from {norms.PERCENTILES_FROM} managers",
        "a cohort's figures": f"from {Minimums().cohort} managers",
        "no cell of a cohort table": f"below {Minimums().cell} people",
        "prior of a line manager": f"{prior['manager']:g}",
        "prior of a peer": f"{prior['peer']:g}",
        "prior of a direct report": f"{prior['report']:g}",
        "answered items for a score": f"{instrument.competency('IMP').min_share_answered:g} of those asked",
    }


def test_fixed_numbers_are_those_of_the_code():
    table = TEXT.split("Fixed in the code")[1].split("## Checked against R")[0]
    rows = dict(re.findall(r"^\| ([^|`]+?) \| ([^|]+?) \| `", table, re.MULTILINE))
    assert rows == fixed_numbers()


def test_prose_names_only_settings_and_functions_that_exist():
    prose = TEXT.split("## Defaults")[0]
    known = {row["name"] for row in SETTINGS} | set(agreement.__all__) | set(change.__all__) | set(reliability.__all__)
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", prose))
    assert named - known == set()
    assert len(named) > 10


def test_the_table_against_r_names_functions_that_exist():
    table = TEXT.split("## Checked against R")[1].split("What is left of differences")[0]
    named = set(re.findall(r"^\| `(\w+)\(", table, re.MULTILINE))
    homes = (agreement, change, reliability, norms, comparison)
    assert named
    assert {name for name in named if not any(hasattr(home, name) for home in homes)} == set()


def test_differences_from_r_keep_the_promise():
    table = TEXT.split("## Checked against R")[1].split("What is left of differences")[0]
    rows = [line.rstrip(" |").rsplit(" | ", 1) for line in table.splitlines() if line.startswith("| `")]
    iterative = ("omega_total", "icc_reml", "shrink_unit_means")
    assert len(rows) > 40
    for row, difference in rows:
        assert float(difference) <= (1e-6 if row.startswith(tuple(f"| `{name}" for name in iterative)) else 1e-9)


def test_the_worked_case_adds_up():
    settings = MeasurementSettings()
    weight = settings.prior_weight_managers
    assert f"w = {weight:g}, *r = ({weight:g} · .37 + 16/31) / {weight + 16:g}*" in TEXT
    assert f"= {(weight * 0.37 + 16 / 31) / (weight + 16):.4f}".replace("0.", ".") in TEXT


def test_benchmark_results_have_their_place():
    assert "\n## Benchmark results\n" in TEXT
