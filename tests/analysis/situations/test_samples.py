"""The sample engagement: the known truth is found, and what is open stays open."""

import csv

import pytest

from coachkit.analysis.interventions import recommend
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.situations import diagnose
from coachkit.engagement.folder import open_engagement
from coachkit.engagement.resources import sample_engagement

PERSONAL = {"new_manager", "steady_state", "beyond_technology", "senior_potential", "stale_organisation"}


@pytest.fixture(scope="module")
def sample(rules, catalogue):
    engagement = open_engagement(sample_engagement())
    profiles = score_cohort(engagement)
    diagnosis = diagnose(profiles, rules)
    return diagnosis, recommend(diagnosis, profiles, catalogue)


@pytest.fixture(scope="module")
def truth():
    with (sample_engagement() / "truth" / "managers.csv").open(encoding="utf-8", newline="") as file:
        return {row["manager_id"]: row for row in csv.DictReader(file)}


def test_the_true_situation_is_recognised_for_most_managers(sample, truth):
    diagnosis, _ = sample
    known = [name for name in truth if truth[name]["situation"] in PERSONAL]
    hits = [truth[name]["situation"] in diagnosis.diagnosis(name).headline_ids for name in known]
    assert sum(hits) / len(hits) > 0.85


def test_managers_without_a_situation_are_seldom_given_one(sample, truth):
    diagnosis, _ = sample
    nobody = [name for name in truth if truth[name]["situation"] == "none"]
    assert sum(diagnosis.diagnosis(name).outcome == "recognised" for name in nobody) <= len(nobody) * 0.1


def test_the_unit_known_to_stand_still_is_the_only_one_found(sample):
    diagnosis, _ = sample
    with (sample_engagement() / "truth" / "units.csv").open(encoding="utf-8", newline="") as file:
        still = {row["unit_id"] for row in csv.DictReader(file) if row["state"] != "healthy"}
    assert {unit.unit_id for unit in diagnosis.units if unit.finding.status == "recognised"} == still


def test_an_open_hr_process_rules_out_coaching(sample):
    _, advice = sample
    with (sample_engagement() / "truth" / "cases.csv").open(encoding="utf-8", newline="") as file:
        case = next(row["subject_id"] for row in csv.DictReader(file) if row["case"] == "open_hr_process")
    assert advice[case].status == "not_now"
    assert [one.id for one in advice[case].interventions] == ["no_intervention"]
