"""Rules between tables: units, reporting lines, context, measures and coaches."""

from __future__ import annotations

import pytest

from coachkit.engagement.unit_rules import split_list


def context(folder, **values):
    folder.rows["context"][0] |= values


def kpi(period, **values):
    row = {"unit_id": "OPS", "kpi": "Lead time", "tag": "faster", "direction": "lower", "period": period, "value": "3"}
    return row | values


QUARTERS = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]


def test_unit_of_a_manager_must_exist(folder):
    folder.rows["roster"][2]["unit_id"] = "HR"
    folder.rows["units"].pop()
    engagement = folder.open()
    assert engagement.cohort().manager_ids == ("007", "M2")
    sentence = next(p for p in engagement.problems if p.code == "E-UNKNOWN-ID").sentence()
    assert 'data/roster.csv, row 4, column "unit_id": "HR" is not in the units table' in sentence


@pytest.mark.case("IN-74")
def test_manager_who_reports_to_self_is_held(folder):
    folder.rows["roster"][1]["line_manager_id"] = "M2"
    engagement = folder.open()
    assert engagement.cohort().manager_ids == ("007", "M3")
    problem = next(p for p in engagement.problems if p.code == "E-REPORTING")
    assert (problem.row, problem.value, problem.what) == (3, "M2", "is the manager's own id")


@pytest.mark.case("IN-74")
def test_circle_of_reporting_lines_is_held_and_shown(folder):
    roster = folder.rows["roster"]
    roster[0]["line_manager_id"], roster[1]["line_manager_id"], roster[2]["line_manager_id"] = "M2", "M3", "007"
    found = folder.found("E-REPORTING")
    assert [problem.row for problem in found] == [2, 3, 4]
    assert "007 -> M2 -> M3 -> 007" in found[0].sentence()


@pytest.mark.case("IN-74")
def test_chain_that_ends_outside_the_roster_is_fine(folder):
    roster = folder.rows["roster"]
    roster[0]["line_manager_id"], roster[1]["line_manager_id"] = "M2", "M3"
    assert not folder.found("E-REPORTING")


@pytest.mark.case("IN-74")
def test_manager_with_two_line_managers_is_held_with_both_rows(folder):
    folder.rows["roster"].append(folder.rows["roster"][1] | {"line_manager_id": "B9"})
    engagement = folder.open()
    assert engagement.cohort().manager_ids == ("007", "M3")
    found = [problem for problem in engagement.problems if problem.code == "E-DUPLICATE"]
    assert [problem.row for problem in found] == [3, 5]


def test_context_of_an_unknown_manager_is_held(folder):
    folder.rows["context"].append({"manager_id": "M9", "months_in_role": "3"})
    found = folder.found("E-UNKNOWN-ID")
    assert [(problem.file, problem.row, problem.value) for problem in found] == [("data/context.csv", 5, "M9")]


def test_context_of_an_unknown_wave_is_held(folder):
    context(folder, wave="w9")
    found = folder.found("E-WAVE")
    assert [(problem.row, problem.column, problem.value) for problem in found] == [(2, "wave", "w9")]


def test_two_context_rows_for_all_waves_are_both_held(folder):
    folder.rows["context"] = [
        {"manager_id": "M2", "wave": "", "months_in_role": months} for months in ("3", "4")
    ] + folder.rows["context"][::2]
    found = folder.found("E-REPEATED")
    assert [problem.row for problem in found] == [2, 3]


def test_time_shares_that_miss_100_are_noted(folder):
    context(folder, time_hands_on_pct="50", time_people_pct="30", time_improvement_pct="30", time_stakeholders_pct="20")
    assert "add up to 130, not 100" in folder.found("N-SHARES")[0].sentence()


def test_incomplete_time_shares_are_not_summed(folder):
    context(folder, time_hands_on_pct="50", time_people_pct="30")
    assert folder.check().exit_code == 0


def test_first_role_with_earlier_management_is_noted(folder):
    context(folder, first_management_role="yes", months_managing_people_before_role="24")
    assert folder.found("N-CONTRADICTION")[0].row == 2


def test_more_finished_than_started_is_noted(folder):
    context(folder, initiatives_started="2", initiatives_finished="3")
    assert "is more than initiatives_started" in folder.found("N-CONTRADICTION")[0].sentence()


def test_potential_rated_by_the_manager_themself_is_not_used(folder):
    context(folder, potential_rating="5", readiness="now", potential_rated_by="007")
    engagement = folder.open()
    assert engagement.cohort().context.loc["007", ["potential_rating", "readiness"]].isna().all()
    assert [problem.code for problem in engagement.problems] == ["N-OWN-RATING"]


def test_date_after_the_wave_is_noted(folder):
    folder.rows["context"] = [row | {"wave": "w1"} for row in folder.rows["context"]]
    context(folder, performance_rated_on="2026-03-01")
    assert folder.found("N-DATE")[0].value == "2026-03-01"


def test_managers_without_context_are_noted_once(folder):
    folder.rows["context"] = folder.rows["context"][:1]
    found = folder.found("N-NO-CONTEXT")
    assert len(found) == 1
    assert "2 managers have no context row (M2, M3)" in found[0].sentence()


def test_unit_shares_and_funnel_are_noted(folder):
    folder.rows["units"][0] |= {"run_people_pct": "80", "change_people_pct": "30", "ideas_raised": "4", "ideas_done": "2",
                                "ideas_approved": "5"}  # fmt: skip
    assert {problem.code for problem in folder.check()} == {"N-SHARES", "N-CONTRADICTION"}


def test_measure_of_an_unknown_unit_is_held(folder):
    folder.rows["kpis"] = [kpi(period) for period in QUARTERS] + [kpi("2025-Q4", unit_id="XX")]
    engagement = folder.open()
    assert len(engagement.cohort().kpis) == 8
    assert [problem.row for problem in engagement.problems] == [10]


def test_series_with_two_directions_is_noted(folder):
    folder.rows["kpis"] = [kpi(period) for period in QUARTERS[1:]] + [kpi("2024-Q1", direction="higher")]
    assert "more than one direction (higher, lower)" in folder.found("N-SERIES")[0].sentence()


def test_series_that_mixes_quarters_and_months_is_noted(folder):
    folder.rows["kpis"] = [kpi(period) for period in (*QUARTERS, "2026-01")]
    assert "mixes quarters and months" in folder.found("N-SERIES")[0].sentence()


def test_short_series_is_noted_because_no_trend_can_be_told(folder):
    folder.rows["kpis"] = [kpi(period) for period in QUARTERS[1:]]
    assert "Lead time (OPS)" in folder.found("N-SHORT-SERIES")[0].sentence()


def test_coach_who_names_unknown_managers_or_competencies_is_noted(folder):
    coach = {"coach_id": "C1", "name": "Kim", "role": "both", "competencies": "OPP; CHARM", "not_with": "M2; M77"}
    folder.rows["coaches"] = [coach]
    found = folder.found("N-UNKNOWN-ID")
    assert ["CHARM" in p.what or "M77" in p.what for p in found] == [True, True]
    assert not any("M2," in p.what or "OPP" in p.what for p in found)


def test_split_list_drops_empty_parts():
    assert split_list(" a;;b ; ") == ("a", "b")
