"""Figures that rest mostly on one rater are found, withheld, and said to be withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.fixtures.dossiers import ENGAGEMENT, PROVENANCE

from coachkit.analysis.cohort import analyse_cohort
from coachkit.analysis.comparability import compare_rater_groups
from coachkit.analysis.dominance import ALL, find_dominance
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.scales import DOMINATED, describe_scales
from coachkit.core.cohort import Responses
from coachkit.core.measurement import MeasurementSettings
from coachkit.delivery.pipeline import load_method
from coachkit.engagement.folder import open_engagement

UNIT = "U2"
START = date(2026, 10, 5)


def with_forms(data, keep, raters):
    """The cohort with only the forms in ``keep`` and their raters renamed."""
    answers = data.responses
    keys = answers.keys.assign(rater_id=raters).loc[keep].reset_index(drop=True)
    ratings, missed = (frame.loc[keep].reset_index(drop=True) for frame in (answers.ratings, answers.not_observed))
    return replace(data, responses=Responses(keys, ratings, missed, answers.comments))


@pytest.fixture(scope="module")
def data():
    return open_engagement("samples").cohort()


@pytest.fixture(scope="module")
def one_boss(data):
    """A crafted roster: everybody in one unit is rated by the same line manager, and by nobody else."""
    keys = data.responses.keys
    inside = keys["manager_id"].map(data.roster["unit_id"]).eq(UNIT).to_numpy()
    group = keys["rater_group"].to_numpy()
    keep = ~inside | np.isin(group, ["self", "manager"])
    return with_forms(data, keep, np.where(inside & (group == "manager"), "boss", keys["rater_id"]))


@pytest.fixture(scope="module")
def dossier(one_boss):
    analysis = analyse_cohort(one_boss, load_method(open_engagement("samples")))
    return analysis, analysis.cohort_dossier(ENGAGEMENT, PROVENANCE)


@pytest.mark.case("PRIV-08")
def test_no_figure_of_a_unit_that_one_rater_dominates_is_shown(dossier):
    _, cohort = dossier
    assert all(cell.mean is None and cell.n_managers is None for cell in cohort.heat if cell.unit_id == UNIT)
    assert UNIT not in {mean.unit_id for mean in cohort.unit_means}
    assert UNIT not in {unit.unit_id for unit in cohort.unit_findings}
    assert any(cell.mean is not None for cell in cohort.heat)


@pytest.mark.case("PRIV-08")
def test_what_is_withheld_is_said_once_without_naming_the_rater(dossier):
    (note,) = dossier[1].dominated
    assert note.startswith("One person gave more than half of the answers for the unit “Customer Services” on every")
    assert "boss" not in note


@pytest.mark.case("PRIV-08")
def test_nobody_in_the_unit_is_told_what_the_unit_shares(dossier):
    analysis, _ = dossier
    members = analysis.data.roster.index[analysis.data.roster["unit_id"] == UNIT]
    told = [
        one for manager in members for one in analysis.manager_dossier(manager, ENGAGEMENT, PROVENANCE, START).diagnosis.attributions
    ]  # fmt: skip
    assert told
    assert {one.verdict for one in told} == {"cannot_tell"}


@pytest.mark.case("PRIV-08")
def test_a_rater_group_with_one_rater_for_most_is_neither_described_nor_compared(data):
    keys = data.responses.keys
    is_boss = (keys["rater_group"] == "manager").to_numpy()
    crafted = with_forms(data, np.ones(len(keys), dtype=bool), np.where(is_boss, "boss", keys["rater_id"]))
    profiles = score_cohort(crafted)
    found = find_dominance(profiles)
    assert found.groups.loc["manager"].all()
    assert not found.groups.loc[["peer", "report", ALL]].to_numpy().any()
    sides = {side for one in compare_rater_groups(crafted, MeasurementSettings()) for side in (one.first, one.second)}
    assert "Line manager" not in sides
    assert "Peers" in sides


@pytest.mark.case("PRIV-08")
def test_a_cohort_that_one_rater_dominates_shows_no_mean_norm_or_alpha(data):
    keys = data.responses.keys
    keep = np.isin(keys["rater_group"].to_numpy(), ["self", "manager"])
    crafted = with_forms(data, keep, np.where(keys["rater_group"] == "manager", "boss", keys["rater_id"]))
    analysis = analyse_cohort(crafted, load_method(open_engagement("samples")))
    cohort = analysis.cohort_dossier(ENGAGEMENT, PROVENANCE)
    assert all(row.mean is None and row.quantiles == () for row in cohort.spread)
    assert cohort.norms == ()
    assert all(scale.text == DOMINATED and scale.alpha is None for scale in describe_scales(crafted, analysis.profiles))
    assert analysis.manager_dossier("M001", ENGAGEMENT, PROVENANCE, START).places == ()


def test_ordinary_answers_are_dominated_by_nobody(data):
    found = find_dominance(score_cohort(data))
    assert not found.units.to_numpy().any()
    assert not found.groups.to_numpy().any()
    assert found.notes(score_cohort(data)) == ()
