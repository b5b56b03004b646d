from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from coachkit.engagement.tables import ColumnSpec, FileOptions
from coachkit.engagement.tabular.convert import convert_column


@pytest.mark.case("IN-38")
@pytest.mark.case("IN-39")
@pytest.mark.parametrize("given", ["007", "010", "1E5", "2E3", "1001", "TRUE", "NA", "null", "1,5", "-3", "=1+1"])
def test_ids_stay_the_text_they_are(read, given):
    table = read(f'manager_id,name\n"{given}",Ann\n')
    assert table.problems == ()
    assert table.frame["manager_id"].tolist() == [given]


@pytest.mark.case("IN-41")
def test_an_empty_id_holds_its_row_and_leaves_the_others_text(read, sentence):
    table = read("manager_id,name\n1001,Ann\n,Bo\n1003,Cy\n")
    assert 'row 3, column "manager_id": the cell is empty, but a value is needed' in sentence(table, "E-EMPTY")
    assert table.frame["manager_id"].tolist() == ["1001", "1003"]


@pytest.mark.case("IN-43")
def test_names_that_look_like_truth_values_stay_text(read, told):
    table = read("manager_id,name\nM1,TRUE\nM2,False\nM3,None\n")
    assert told(table) == []
    assert table.frame["name"].tolist() == ["TRUE", "False", "None"]


@pytest.mark.case("IN-44")
@pytest.mark.parametrize("given", ["0", "6", "55", "-1", "four", "٣", "1e9", "nan", "inf", "4 4"])
def test_ratings_outside_the_scale_hold_their_row(read, sentence, given):
    table = read.column("score", given, "5")
    told = sentence(table, "E-RANGE")
    assert told.startswith(
        f'E-RANGE  roster.csv, row 2, column "score": "{given}" is not a whole number from 1 to 5. Fix: type 1-5'
    )
    assert table.frame["score"].tolist() == [5.0]


@pytest.mark.case("IN-45")
def test_labels_of_the_instrument_are_read_and_noted(read, sentence):
    table = read.column("score", "Agree", "4 - Agree", "agree ", "2: Disagree", "3")
    assert table.frame["score"].tolist() == [4.0, 4.0, 4.0, 2.0, 3.0]
    assert "words were read as ratings (such as 'Agree' as 4)" in sentence(table, "N-LABEL")


@pytest.mark.case("IN-45")
@pytest.mark.parametrize("given", ["4 - Often", "5 - Agree"])
def test_numbered_label_of_another_scale_is_held(read, told, given):
    assert told(read.column("score", given)) == [("hold", "E-LABEL", 2)]


@pytest.mark.case("IN-45")
def test_label_of_another_scale_is_held_unless_declared(read, told):
    assert told(read.column("score", "Often")) == [("hold", "E-RANGE", 2)]
    assert read.column("score", "Often", value_labels={"often": "4"}).frame["score"].tolist() == [4.0]


def test_not_observed_is_neither_a_rating_nor_missing(read, told):
    table = read.column("score", "NO", "not observed", "", "3")
    assert told(table) == []
    assert table.not_observed["score"].tolist() == [True, True, False, False]
    assert np.isnan(table.frame["score"].to_numpy()[:3]).all()


@pytest.mark.case("IN-46")
def test_half_points_are_held_unless_the_scale_has_them(read, told):
    assert told(read.column("score", "3.5")) == [("hold", "E-RANGE", 2)]
    halves = ColumnSpec("score", "rating", minimum=1, maximum=5, step=0.5)
    assert convert_column(["3.5"], halves, FileOptions()).values.tolist() == [3.5]
    assert "steps of 0.5" in convert_column(["3.4"], halves, FileOptions()).bad["3.4"].what


@pytest.mark.case("IN-47")
@pytest.mark.parametrize("code", ["9", "99", "-99"])
def test_missing_codes_are_held_unless_declared(read, sentence, code):
    assert "list it under missing_codes" in sentence(read.column("score", code), "E-RANGE")
    table = read.column("score", code, "3", missing_codes=("9", "99", "-99"))
    assert table.problems == ()
    assert table.frame["score"].isna().tolist() == [True, False]


@pytest.mark.case("IN-47")
def test_missing_codes_never_empty_an_id_or_a_name(read):
    table = read("manager_id,name\n99,99\n", missing_codes=("99",))
    assert table.frame[["manager_id", "name"]].to_numpy().tolist() == [["99", "99"]]


@pytest.mark.case("IN-50")
def test_percent_signs_are_held_unless_declared(read, told):
    assert told(read.column("hands_on", "80%", "70")) == [("hold", "E-PERCENT", 2)]
    assert read.column("hands_on", "80%", "70", percent_as="points").frame["hands_on"].tolist() == [80.0, 70.0]
    assert read.column("hands_on", "80%", "0.7", percent_as="share").frame["hands_on"].tolist() == [80.0, 70.0]


@pytest.mark.case("IN-50")
def test_shares_in_a_percent_column_are_held_unless_declared(read, told):
    assert [code for _, code, _ in told(read.column("hands_on", "0.8", "0", "1"))] == ["E-PERCENT"] * 2
    assert read.column("hands_on", "0.07", "0", "1", percent_as="share").frame["hands_on"].tolist() == [7.0, 0.0, 100.0]
    assert read.column("hands_on", "0.8", "40", "1").frame["hands_on"].tolist() == [0.8, 40.0, 1.0]


@pytest.mark.case("IN-50")
def test_percent_sign_in_a_plain_number_is_held(read, told):
    assert told(read.column("months", "80%")) == [("hold", "E-PERCENT", 2)]


@pytest.mark.case("IN-52")
@pytest.mark.parametrize("given", ["-3", "900", "−3"])
def test_impossible_numbers_are_held(read, sentence, given):
    assert f'"{given}" is not a number from 0 to 600' in sentence(read.column("months", given), "E-RANGE")


@pytest.mark.case("IN-53")
def test_swappable_dates_are_asked_about_once_per_column(read, sentence):
    cells = ("03/04/2024", "25/12/2024", "05/06/2024")
    told = sentence(read.column("since", *cells), "E-DATE-ORDER")
    assert '"03/04/2024" may be day/month or month/day; "25/12/2024" suggests day first' in told
    table = read.column("since", *cells, date_order="dmy")
    assert table.frame["since"].dt.date.tolist() == [date(2024, 4, 3), date(2024, 12, 25), date(2024, 6, 5)]


@pytest.mark.case("IN-53")
def test_month_first_is_read_when_declared(read):
    table = read.column("since", "03/04/2024", "12/25/2024", date_order="mdy")
    assert table.frame["since"].dt.date.tolist() == [date(2024, 3, 4), date(2024, 12, 25)]


@pytest.mark.case("IN-53")
def test_dates_that_can_be_read_one_way_only_are_read(read, told):
    table = read.column(
        "since", "25/12/2024", "12/25/2024", "04.04.2024", "2024-03-01", "2024-03-01 10:30", "25 Dec 2024"
    )
    assert told(table) == []
    assert table.frame["since"].dt.strftime("%m%d").tolist() == ["1225", "1225", "0404", "0301", "0301", "1225"]


@pytest.mark.case("IN-54")
def test_day_number_in_a_text_file_is_held_showing_the_date(read, sentence):
    told = sentence(read.column("since", "45292", "2024-03-01"), "E-DATE")
    assert '"45292" is a day number of Excel (2024-01-01, or four years later)' in told


@pytest.mark.case("IN-55")
@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ("30/02/2024", "E-DATE", "is not a day of the calendar"),
        ("31.12.24", "E-DATE", "has a year of two digits"),
        ("2027-05-01", "E-FUTURE", "lies in the future (2027-05-01)"),
        ("0201-05-01", "E-DATE", "lies before 1900 or after 2200"),
        ("soon", "E-DATE", "is not a date"),
    ],
)
def test_impossible_dates_are_held(read, sentence, given, code, words):
    assert f'row 2, column "since": "{given}" {words}' in sentence(read.column("since", given), code)


def test_a_column_may_allow_the_future():
    column = ColumnSpec("due", "date", allow_future=True)
    assert convert_column(["2199-01-01"], column, FileOptions()).bad == {}
    assert "after 2200" in convert_column(["2999-01-01"], column, FileOptions()).bad["2999-01-01"].what


@pytest.mark.parametrize("kind", ["id", "text", "number", "percent", "date", "yes_no", "rating", "period"])
def test_nothing_at_all_is_an_empty_cell_of_any_kind(kind):
    read = convert_column([None, "", "  "], ColumnSpec("x", kind, choices=("NO",)), FileOptions())
    assert read.bad == {}
    assert (
        read.values.tolist() == [None] * 3 or np.isnan(read.values.astype(float)).all() or np.isnat(read.values).all()
    )


@pytest.mark.case("IN-64")
def test_apostrophes_before_numbers_are_dropped_and_noted(read, told):
    table = read("manager_id,name,team_size\n'007,'t Hooft,'3\n")
    assert told(table) == [("note", "N-APOSTROPHE", None)] * 2
    assert table.frame[["manager_id", "name", "team_size"]].to_numpy().tolist() == [["007", "'t Hooft", 3.0]]


@pytest.mark.case("IN-70")
@pytest.mark.parametrize(
    "name", ["عمر", "a\u202eb", "👩\u200d💻", "e" + "\u0301" * 50, "Nguyễn", "\u200bAnn"], ids=ascii
)
def test_names_in_any_script_are_kept_as_written(read, told, name):
    table = read(f"manager_id,name\nM1,{name}\n")
    assert told(table) == []
    assert table.frame["name"].tolist() == [name]


@pytest.mark.case("IN-70")
@pytest.mark.parametrize("character", ["\x07", "\x1b", "\x7f", "\x85", "\ufffe"], ids=ascii)
def test_control_characters_hold_their_row(read, told, character):
    assert told(read(f"manager_id,name\nM1,A{character}n\n")) == [("hold", "E-CHARACTER", 2)]


@pytest.mark.case("IN-70")
def test_a_name_of_five_thousand_characters_holds_its_row(read, sentence):
    assert "has 5,000 characters; at most 200 are allowed" in sentence(
        read(f"manager_id,name\nM1,{'x' * 5000}\n"), "E-LONG"
    )


@pytest.mark.case("IN-71")
@pytest.mark.parametrize(
    "name", ["<b>", "=1+1", "$x$", "#read()", "{{ 7*7 }}", "-2+3", "@SUM(A1)", "'; DROP TABLE r;--"]
)
def test_hostile_names_are_stored_as_they_are(read, told, name):
    table = read(f"manager_id,name\nM1,{name}\n")
    assert told(table) == []
    assert table.frame["name"].tolist() == [name]


@pytest.mark.case("IN-75")
def test_one_bad_row_of_five_thousand_holds_one_row(read, told):
    rows = "".join(f"M{n},Ann,{'four' if n == 4323 else n % 5 + 1}\n" for n in range(2, 5002))
    table = read(f"manager_id,name,score\n{rows}")
    assert told(table) == [("hold", "E-RANGE", 4323)]
    assert len(table.frame) == table.facts.n_rows == 4999
    assert table.frame["score"].dtype == "float64"


def test_choices_ignore_case_and_name_the_nearest(read, sentence):
    table = read.column("level", "SENIOR", "esablished")
    assert table.frame["level"].tolist() == ["senior"]
    assert 'is not one of: new, established, senior; did you mean "established"?' in sentence(table, "E-CHOICE")


def test_yes_and_no_are_read_in_declared_words_too(read, told):
    table = read.column("volunteered", "yes", "N", "TRUE", "0", "")
    assert table.frame["volunteered"].tolist() == [True, False, True, False, None]
    assert told(read.column("volunteered", "ja")) == [("hold", "E-YES-NO", 2)]
    assert read.column("volunteered", "ja", value_labels={"Ja": "yes"}).frame["volunteered"].tolist() == [True]


def test_periods_are_written_one_way(read, told):
    table = read.column("period", "2026-Q1", "Q2 2026", "2026-3", "03/2026", "2026", "2026-13")
    assert table.frame["period"].tolist() == ["2026-Q1", "2026-Q2", "2026-03", "2026-03"]
    assert told(table) == [("hold", "E-PERIOD", 6), ("hold", "E-PERIOD", 7)]


def test_formula_errors_are_held(read, told):
    assert told(read.column("months", "#REF!", "#N/A")) == [("hold", "E-FORMULA", 2), ("hold", "E-FORMULA", 3)]
