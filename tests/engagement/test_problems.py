from __future__ import annotations

import csv
import io
import json

import pytest

from coachkit.engagement.problems import Problem, ProblemReport, visible

HELD = Problem("E-RANGE", "hold", "roster.csv", row=4323, column="score_listening", value="four",
               what="is not a whole number from 1 to 5", fix='type 1-5, or leave empty for "no answer"')  # fmt: skip
REFUSED = Problem("E-MERGED", "refuse", "z.xlsx", "People", 2, what="the cells A2:A3 are merged", fix="unmerge them")
NOTED = Problem("N-BLANK", "note", "a.csv", what="2 blank rows were skipped")


def test_sentence_has_code_place_value_expectation_and_fix():
    assert HELD.sentence() == (
        'E-RANGE  roster.csv, row 4323, column "score_listening": "four" is not a whole number from 1 to 5. '
        'Fix: type 1-5, or leave empty for "no answer".'
    )
    assert (
        REFUSED.sentence() == 'E-MERGED  z.xlsx, sheet "People", row 2: the cells A2:A3 are merged. Fix: unmerge them.'
    )
    assert NOTED.sentence() == "N-BLANK  a.csv: 2 blank rows were skipped."


def test_settings_files_have_lines_and_keys():
    problem = Problem(
        "E-NUMBER", "refuse", "engagement.yaml", row=7, column="waves[0].date", value="x", what="is not a date"
    )
    assert problem.sentence() == 'E-NUMBER  engagement.yaml, line 7, key waves[0].date: "x" is not a date.'


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\ud800", "[U+D800]"),
        ("x\x00\n", "x[U+0000][U+000A]"),
        ("x" * 61, "x" * 60 + "... (61 characters)"),
        ("Zoë 漢字", "Zoë 漢字"),
    ],
    ids=ascii,
)
def test_unseen_characters_are_shown_and_long_values_cut(given, shown):
    assert visible(given) == shown


def test_report_sorts_refusals_first_and_caps_the_rest():
    report = ProblemReport([NOTED, HELD, REFUSED])
    assert list(report) == [REFUSED, HELD, NOTED]
    assert report.capped(2) == ([REFUSED, HELD], 1)
    assert report.capped() == ([REFUSED, HELD, NOTED], 0)


def test_rows_are_sorted_as_numbers():
    rows = [Problem("E-X", "hold", "a.csv", row=row) for row in (10, 9, 100)]
    assert [problem.row for problem in ProblemReport(rows)] == [9, 10, 100]


@pytest.mark.parametrize(("problems", "code"), [([], 0), ([NOTED], 1), ([NOTED, HELD], 2), ([REFUSED], 2)])
def test_exit_code_follows_the_worst_problem(problems, code):
    assert ProblemReport(problems).exit_code == code


def test_merge_keeps_both_reports_and_drops_exact_repeats():
    first, second = ProblemReport([HELD]), ProblemReport([HELD, NOTED])
    assert list(first.merge(second)) == [HELD, NOTED]
    assert list(first) == [HELD]


def test_json_and_frame_carry_every_field_and_the_sentence():
    data = json.loads(ProblemReport([HELD, NOTED]).to_json())
    assert data["exit_code"] == 2
    assert data["counts"] == {"refuse": 0, "hold": 1, "note": 1}
    assert data["problems"][0]["row"] == 4323
    assert data["problems"][0]["sentence"] == HELD.sentence()
    frame = ProblemReport([HELD]).to_frame()
    assert frame.loc[0, "value"] == "four"
    assert frame.loc[0, "sentence"] == HELD.sentence()
    assert list(ProblemReport([]).to_frame()) == list(frame)


@pytest.mark.case("SEC-11")
@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_csv_never_hands_a_formula_to_a_spreadsheet(value):
    problem = Problem("E-X", "hold", "a.csv", row=2, column=value, value=value, what="is odd", fix="type it again")
    row = list(csv.reader(io.StringIO(ProblemReport([problem]).to_csv())))[1]
    assert "'" + value in row
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)


@pytest.mark.case("SEC-20")
def test_a_lone_surrogate_can_be_written_to_any_file():
    problem = Problem("E-X", "hold", "a.csv", value="a\ud800", what="is odd", fix="x")
    assert "[U+D800]" in ProblemReport([problem]).to_csv().encode().decode()
    assert "[U+D800]" in ProblemReport([problem]).to_json().encode().decode()
