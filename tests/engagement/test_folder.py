"""Opening an engagement folder: what comes out of good files, and what is left when some are bad."""

from __future__ import annotations

import datetime as dt

import pytest

from coachkit.engagement.folder import open_engagement
from coachkit.errors import InputRefusedError, SettingsError, SettingsProblemsError, UnknownNameError


def test_clean_folder_has_no_problems_and_is_usable(folder):
    engagement = folder.open()
    assert [problem.sentence() for problem in engagement.problems] == []
    assert engagement.require_usable() is engagement
    assert engagement.waves == ("w1",)


@pytest.mark.case("IN-38")
def test_ids_stay_text_from_file_to_cohort(folder):
    cohort = folder.open().cohort()
    assert cohort.manager_ids == ("007", "M2", "M3")
    assert set(cohort.responses.keys["manager_id"]) == {"007", "M2", "M3"}
    assert cohort.roster.loc["M2", "name"] == "李雷"


def test_cohort_holds_tables_of_its_wave_only(folder):
    folder.settings += "  - id: w2\n    date: 2026-08-01\n"
    folder.rows["responses"] += folder.forms("M2", "w2")
    folder.rows["context"] = [
        {"manager_id": "M2", "wave": "", "months_in_role": "7", "team_size": "9"},
        {"manager_id": "M2", "wave": "w2", "months_in_role": "13", "team_size": ""},
    ]
    engagement = folder.open()
    latest, first = engagement.cohort(), engagement.cohort("w1")
    assert (latest.wave, len(latest.responses.keys), len(first.responses.keys)) == ("w2", 8, 24)
    assert latest.context.loc["M2", ["months_in_role", "team_size"]].tolist() == [13.0, 9.0]
    assert first.context.loc["M2", "months_in_role"] == 7.0
    assert latest.context.loc["M3"].isna().all()
    assert latest.reference_date == dt.date(2026, 8, 1)


def test_unknown_wave_is_refused_with_the_nearest(folder):
    with pytest.raises(UnknownNameError, match="unknown wave 'w7'"):
        folder.open().cohort("w7")


def test_targets_come_from_programme_then_instrument(folder):
    folder.settings += "targets:\n  new:\n    default: 2.5\n    PEO: 4\n"
    targets = folder.open().cohort().targets
    assert targets.loc["007", ["PEO", "TEAM"]].tolist() == [4.0, 2.5]
    assert targets.loc["M2", "TEAM"] == 3.5
    assert "TECH" not in targets.columns


def test_raised_group_minimum_reaches_the_instrument(folder):
    folder.settings += "minimums:\n  unit: 8\n  rater_groups:\n    peer: 5\n"
    cohort = folder.open().cohort()
    assert cohort.instrument.rater_group("peer").minimum == 5
    assert cohort.instrument.rater_group("report").minimum == 3
    assert cohort.minimums.unit == 8


def test_info_prints_what_settings_say(folder):
    info = folder.open().info()
    assert (info.client, info.wave_label, info.retention_date) == ("Example Ltd", "w1", "2027-12-31")
    assert (info.scale_low, info.scale_high, len(info.anchors)) == (1.0, 5.0, 5)


def test_bad_roster_row_costs_one_manager_and_their_forms(folder):
    folder.rows["roster"][1]["role_level"] = "boss"
    engagement = folder.open()
    assert engagement.cohort().manager_ids == ("007", "M3")
    assert set(engagement.responses.keys["manager_id"]) == {"007", "M3"}
    held = [problem for problem in engagement.problems if problem.severity == "hold"]
    assert [problem.code for problem in held] == ["E-HELD", "E-CHOICE"]
    assert "8 forms" in held[0].sentence()
    assert engagement.is_usable


def test_bad_answer_costs_one_form(folder):
    folder.rows["responses"][2]["OPP01"] = "9"
    engagement = folder.open()
    assert len(engagement.responses.keys) == 23
    problem = next(problem for problem in engagement.problems if problem.severity == "hold")
    assert (problem.code, problem.row, problem.column) == ("E-RANGE", 4, "OPP01")


def test_refused_roster_leaves_an_engagement_that_says_why(folder):
    del folder.rows["roster"]
    engagement = folder.open()
    assert not engagement.is_usable
    with pytest.raises(InputRefusedError, match="table roster has no rows: nobody to report on") as refusal:
        engagement.require_usable()
    assert refusal.value.report is engagement.problems


def test_refusal_names_ids_and_rows_but_no_person(folder):
    folder.rows["roster"][0]["unit_id"] = "XX"
    folder.rows["roster"][1]["unit_id"] = "XX"
    folder.rows["roster"][2]["unit_id"] = "XX"
    with pytest.raises(InputRefusedError, match="E-UNKNOWN-ID") as refusal:
        folder.open().require_usable()
    assert "Zoë" not in str(refusal.value)


def test_folder_without_settings_names_the_way_out(tmp_path):
    with pytest.raises(SettingsError, match=r"it holds no engagement\.yaml.*coachkit init"):
        open_engagement(tmp_path)
    with pytest.raises(SettingsError, match="the folder does not exist"):
        open_engagement(tmp_path / "nowhere")


def test_unreadable_settings_raise_with_all_problems(folder):
    folder.settings += "colour: red\nseed: many\n"
    with pytest.raises(SettingsProblemsError, match="E-UNKNOWN-KEY") as error:
        folder.open()
    assert {problem.code for problem in error.value.problems} == {"E-UNKNOWN-KEY", "E-NUMBER"}


def test_unknown_instrument_is_a_settings_problem_with_its_line(folder):
    folder.settings += "instrument: manager_transitions\n"
    with pytest.raises(SettingsProblemsError, match="line 9, key instrument"):
        folder.open()


def test_data_hash_follows_data_and_settings_but_not_the_place(folder, tmp_path):
    first = folder.open().data_hash
    assert first == open_engagement(folder.path.rename(tmp_path / "moved")).data_hash
    folder.rows["responses"][0]["OPP01"] = "4"
    second = folder.open().data_hash
    folder.settings += "seed: 3\n"
    third = folder.open().data_hash
    assert len({first, second, third}) == 3


def test_units_are_derived_from_the_roster_when_there_is_no_table(folder):
    del folder.rows["units"]
    engagement = folder.open()
    assert list(engagement.cohort().units.index) == ["DEV", "OPS"]
    assert [problem.code for problem in engagement.problems] == ["N-NO-UNITS"]


def test_one_workbook_with_a_sheet_per_table_reads_like_csv_files(folder):
    import openpyxl

    expected = folder.open()
    book = openpyxl.Workbook()
    for name, rows in folder.rows.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([int(value) if value.isdigit() and value != "007" else value for value in row.values()])
        (folder.path / "data" / f"{name}.csv").unlink()
    del book["Sheet"]
    book.save(folder.path / "data" / "data_entry.xlsx")
    engagement = open_engagement(folder.path)
    assert engagement.is_usable, [problem.sentence() for problem in engagement.problems]
    assert engagement.responses.ratings.equals(expected.responses.ratings)
    assert engagement.responses.keys.equals(expected.responses.keys)
    assert engagement.cohort().roster.equals(expected.cohort().roster)


def test_table_with_rows_in_csv_and_workbook_is_refused(folder):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "units"
    sheet.append(["unit_id", "unit_name"])
    sheet.append(["OPS", "Operations"])
    folder.write()
    book.save(folder.path / "data" / "data_entry.xlsx")
    found = folder.found("E-TWO-SOURCES")
    assert "table units has rows in data/units.csv and in data/data_entry.xlsx (sheet units)" in found[0].sentence()


def test_file_named_in_settings_is_read_with_its_options(folder):
    folder.settings += (
        'files:\n  units:\n    path: data/abteilungen.txt\n    delimiter: ";"\n'
        "    columns:\n      Kürzel: unit_id\n      Bezeichnung: unit_name\n"
    )
    del folder.rows["units"]
    folder.write()
    text = "Kürzel;Bezeichnung\nOPS;Betrieb\nDEV;Entwicklung\n"
    (folder.path / "data" / "abteilungen.txt").write_text(text, encoding="utf-8")
    engagement = open_engagement(folder.path)
    assert engagement.cohort().units.loc["DEV", "unit_name"] == "Entwicklung"
    assert not engagement.problems.of("refuse")


def test_file_named_in_settings_but_absent_is_refused_with_nearest(folder):
    folder.settings += "files:\n  units:\n    path: data/unit.csv\n"
    found = folder.found("E-MISSING-FILE")
    assert "'units.csv'" in found[0].sentence()


def test_file_that_is_no_table_is_noted_not_silently_ignored(folder):
    folder.write()
    folder.write_csv("rooster.csv", [{"manager_id": "M9"}])
    found = folder.found("N-UNUSED-FILE")
    assert "data/rooster.csv" in found[0].sentence()
    assert "'roster'" in found[0].sentence()


def test_usual_file_of_a_table_is_noted_when_settings_name_another_and_it_has_rows(folder):
    folder.settings += "files:\n  units:\n    path: data/our_units.csv\n"
    folder.write()
    (folder.path / "data" / "units.csv").rename(folder.path / "data" / "our_units.csv")
    (folder.path / "data" / "units.csv").write_text("unit_id,unit_name\r\n", encoding="utf-8")
    assert not [problem for problem in open_engagement(folder.path).problems if problem.code == "N-UNUSED-FILE"]
    folder.write_csv("units.csv", folder.rows["units"])
    (note,) = [problem for problem in open_engagement(folder.path).problems if problem.code == "N-UNUSED-FILE"]
    assert "engagement.yaml names data/our_units.csv for this table" in note.what


@pytest.mark.parametrize(
    ("column", "way"),
    [("rater_id", "row_ids: {rater_id: R}"), ("rater_group", "constants: {rater_group: self}"), ("manager_id", None)],
)
def test_missing_column_of_answers_names_the_other_ways_to_supply_it(folder, column, way):
    for form in folder.rows["responses"]:
        del form[column]
    (problem,) = [problem for problem in folder.found("E-MISSING-COLUMN") if f'"{column}"' in problem.what]
    assert (way is None) == ("; or " not in problem.fix)
    assert way is None or way in problem.fix


@pytest.mark.case("IN-77")
def test_workbook_open_in_excel_is_noted(folder):
    folder.write()
    (folder.path / "data" / "~$roster.csv").write_bytes(b"")
    assert folder.found("N-OPEN")


def test_settings_that_break_a_rule_stop_the_run_but_not_the_check(folder):
    folder.settings += "minimums:\n  unit: 1\n"
    engagement = folder.open()
    assert not engagement.is_usable
    assert len(engagement.responses.keys) == 24
    with pytest.raises(InputRefusedError, match="E-MINIMUM"):
        engagement.require_usable()
