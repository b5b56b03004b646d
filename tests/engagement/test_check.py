"""Checking a folder: all files at once, in one order, the same every time, without ever raising."""

from __future__ import annotations

import json

import pytest

from coachkit.engagement.check import check_engagement


def break_everything(folder):
    folder.settings += "branding:\n  colour_primary: blue\n"
    folder.rows["roster"][1]["role_level"] = "boss"
    folder.rows["context"][2]["months_in_role"] = "-3"
    folder.rows["units"][1]["run_people_pct"] = "many"
    folder.rows["responses"][3]["OPP01"] = "7"
    folder.rows["responses"][20]["manager_id"] = "M99"


def test_problems_of_all_files_come_at_once_and_sorted(folder):
    break_everything(folder)
    report = folder.check()
    files = [problem.file for problem in report if problem.severity != "note"]
    assert set(files) == {
        "engagement.yaml", "data/roster.csv", "data/context.csv", "data/units.csv", "data/responses.csv"
    }  # fmt: skip
    assert [problem.severity for problem in report] == sorted(
        (problem.severity for problem in report), key=["refuse", "hold", "note"].index
    )
    assert report.exit_code == 2


def test_two_checks_give_equal_reports(folder):
    break_everything(folder)
    assert folder.check().to_json() == folder.check().to_json()


def test_every_problem_says_what_to_do(folder):
    break_everything(folder)
    for problem in folder.check():
        assert problem.fix or problem.severity == "note", problem


def test_report_as_json_holds_the_exit_code(folder):
    report = json.loads(folder.check().to_json())
    assert (report["exit_code"], report["problems"]) == (0, [])


def test_notes_alone_give_exit_code_1(folder):
    del folder.rows["context"]
    assert folder.check().exit_code == 1


def test_unreadable_settings_are_reported_not_raised(folder):
    folder.settings = "client: [\n"
    report = folder.check()
    assert report.exit_code == 2
    assert [problem.code for problem in report][-1] == "N-NOT-CHECKED"


def test_missing_folder_is_reported_not_raised(tmp_path):
    report = check_engagement(tmp_path / "nowhere")
    assert [(problem.code, report.exit_code) for problem in report] == [("E-FOLDER", 2)]


def test_broken_instrument_is_reported_with_its_own_file(folder):
    folder.settings += "instrument: own\n"
    (folder.path / "own").mkdir(parents=True)
    (folder.path / "own" / "instrument.yaml").write_text("id: own\n", encoding="utf-8")
    report = folder.check()
    assert {problem.file for problem in report.of("refuse")} == {"instrument.yaml"}


def test_bad_figure_of_a_unit_costs_the_unit_its_figures_and_nobody_a_report(folder):
    folder.rows["units"][0]["run_people_pct"] = "many"
    engagement = folder.open()
    assert [problem.severity for problem in engagement.problems] == ["hold"]
    cohort = engagement.cohort()
    assert cohort.manager_ids == ("007", "M2", "M3")
    assert sorted(cohort.units.index) == ["DEV", "OPS"]
    assert cohort.units.loc["OPS"].drop("unit_name").isna().all()


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04junk", b"\xff\xfe", b"a" * 100_000])
@pytest.mark.parametrize("table", ["roster", "responses", "units"])
def test_rubbish_in_a_file_is_a_problem_never_a_traceback(folder, table, content):
    folder.write()
    (folder.path / "data" / f"{table}.csv").write_bytes(content)
    report = check_engagement(folder.path)
    assert report.exit_code in (1, 2)
    assert any(problem.file == f"data/{table}.csv" for problem in report)


def test_rubbish_in_the_workbook_is_a_problem(folder):
    folder.write()
    (folder.path / "data" / "data_entry.xlsx").write_bytes(b"not a workbook")
    found = [problem for problem in check_engagement(folder.path) if problem.code == "E-FORMAT"]
    assert found[0].file == "data/data_entry.xlsx"
