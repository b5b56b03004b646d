"""A client's own questionnaire and a client's own file: only engagement.yaml and instrument.yaml are written."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from coachkit.engagement.folder import open_engagement
from coachkit.engagement.init import init_engagement

SETTINGS = """\
client: Example Ltd
purpose: Development of the managers
owner: Head of Learning
recorded_on: 2026-01-10
retention_date: 2027-12-31
instrument: own
waves:
  - id: w1
    date: 2026-02-01
files:
  responses:
    path: data/survey.csv
"""
INSTRUMENT = """\
id: {id}
version: "1.0"
language: en
title: A survey of the client's own
purpose: Shows where development would help.
citation: The client (2026).
licence: The client's own
response_format:
  low: {low}
  high: {high}
  anchors:
{anchors}
rater_groups:
  {group}:
    label: Employees
    is_confidential: {confidential}
role_levels:
  all:
    label: All
    target:
      value: {target}
      source: Agreed with the client
competencies:
  LEAD:
    name: Leadership climate
    short_name: Climate
    definition: How people see the leadership they work under.
    items: [{items}]
items:
{texts}
"""


def instrument(items, *, low, high, target, group, confidential):
    anchors = range(low, high + 1) if high - low < 10 else (low, high)
    return INSTRUMENT.format(
        id="own_survey", low=low, high=high, target=target, group=group, confidential=str(confidential).lower(),
        anchors="\n".join(f"    - value: {value}\n      label: Answer {value}" for value in anchors),
        items=", ".join(items), texts="\n".join(f"  {item}:\n    text_rater: Statement {item}." for item in items),
    )  # fmt: skip


def engagement_of(root, text, settings, roster, header, rows):
    (root / "own").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "own" / "instrument.yaml").write_text(text, encoding="utf-8")
    (root / "engagement.yaml").write_text(SETTINGS + settings, encoding="utf-8")
    for name, table in (("roster.csv", roster), ("survey.csv", [header, *rows])):
        with (root / "data" / name).open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC).writerows(table)
    return open_engagement(root)


def roster_of(ids):
    rows = [[name, f"Leader {name}", f"U{place % 3}", "all"] for place, name in enumerate(ids)]
    return [["manager_id", "name", "unit_id", "role_level"], *rows]


@pytest.fixture
def departments(tmp_path):
    """30 departments, one row each: seven shares of favourable answers, no ids, no self-ratings, one group."""
    items = ["overall", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    shares = np.random.default_rng(7).integers(25, 95, size=(30, len(items)))
    settings = "    row_ids: {manager_id: D, rater_id: S}\n    constants: {rater_group: employees}\n"
    text = instrument(items, low=0, high=100, target=65, group="employees", confidential=False)
    ids = [f"D{row}" for row in range(2, 32)]
    return engagement_of(tmp_path / "shares", text, settings, roster_of(ids), items, shares.tolist()), shares


@pytest.fixture
def climate(tmp_path):
    """400 people in 20 groups answer eleven items on 1-5; the leader of each group is the manager rated."""
    items = [f"CL{number:02d}" for number in range(1, 12)]
    rng = np.random.default_rng(11)
    group = rng.integers(1, 21, size=400)
    answers = rng.integers(1, 6, size=(400, len(items)))
    rows = np.column_stack([group, answers, rng.integers(5, 16, size=400)])
    settings = "    columns: {GROUP: manager_id}\n    row_ids: {rater_id: R}\n    constants: {rater_group: reports}\n"
    text = instrument(items, low=1, high=5, target=3.5, group="reports", confidential=True)
    ids = [str(number) for number in range(1, 21)]
    header = ["GROUP", *items, "HOURS"]
    return engagement_of(tmp_path / "climate", text, settings, roster_of(ids), header, rows.tolist()), group, answers


def notes_only(engagement):
    return not [problem.sentence() for problem in engagement.problems if problem.severity != "note"]


def test_departments_load_with_their_shares(departments):
    engagement, shares = departments
    assert notes_only(engagement)
    cohort = engagement.cohort()
    assert cohort.responses.ratings.to_numpy().tolist() == shares.tolist()
    assert cohort.manager_ids[0] == "D2"
    assert cohort.responses.keys["manager_id"].tolist() == list(cohort.manager_ids)
    assert (cohort.targets["LEAD"] == 65.0).all()


def test_departments_without_a_self_group_get_no_note_on_self_assessments(departments):
    assert {problem.code for problem in departments[0].problems} == {"N-NO-CONTEXT", "N-NO-UNITS"}


def test_climate_survey_loads_every_person_as_one_rater_of_their_leader(climate):
    engagement, group, answers = climate
    assert notes_only(engagement)
    responses = engagement.cohort().responses
    assert len(responses.keys) == 400
    assert responses.keys["manager_id"].tolist() == [str(number) for number in group]
    assert responses.ratings.to_numpy().tolist() == answers.tolist()
    assert responses.keys["rater_id"].is_unique


def test_column_of_the_client_that_is_no_item_is_named_and_not_stored(climate):
    note = next(problem for problem in climate[0].problems if problem.code == "N-NOT-STORED")
    assert "HOURS" in note.what


@pytest.mark.case("IN-44")
def test_share_above_the_scale_holds_its_department(departments, tmp_path):
    path = departments[0].path
    survey = path / "data" / "survey.csv"
    lines = survey.read_text(encoding="utf-8").splitlines()
    lines[4] = "101," + lines[4].split(",", 1)[1]
    survey.write_text("\n".join(lines), encoding="utf-8")
    engagement = open_engagement(path)
    held = [problem for problem in engagement.problems if problem.severity == "hold"]
    assert [(problem.row, problem.column, problem.value) for problem in held] == [(5, "overall", "101")]
    assert len(engagement.responses.keys) == 29


def test_row_ids_on_a_column_that_is_no_id_are_refused(climate):
    path = climate[0].path
    text = (path / "engagement.yaml").read_text(encoding="utf-8")
    (path / "engagement.yaml").write_text(text.replace("row_ids: {rater_id: R}", "row_ids: {seconds: R, rater_id: R}"))
    problems = open_engagement(path).problems.of("refuse")
    assert [problem.what for problem in problems] == ['"seconds" under row_ids is not a column of ids']


def test_new_folder_for_an_instrument_of_ones_own_carries_it_along(climate, tmp_path):
    root = tmp_path / "new"
    init_engagement(root, climate[0].path / "own", owner="Head of Learning")
    engagement = open_engagement(root)
    assert engagement.instrument.id == "own_survey"
    assert "CL11" in (root / "data" / "responses.csv").read_text(encoding="utf-8-sig")
    assert not [problem for problem in engagement.problems if problem.file == "engagement.yaml"]


def test_both_surveys_can_be_scored(departments, climate):
    from coachkit.analysis.profiles import score_cohort

    shares, opinions = score_cohort(departments[0]), score_cohort(climate[0])
    assert shares.estimate["LEAD"].between(0, 100).all()
    assert opinions.estimate["LEAD"].between(1, 5).all()
    assert (len(shares.estimate), len(opinions.estimate)) == (30, 20)
