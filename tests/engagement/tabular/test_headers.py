from __future__ import annotations

import pytest

from coachkit.engagement.tabular.headers import column_letters, fold_header


@pytest.mark.case("IN-23")
def test_header_without_rows_is_refused(read, sentence):
    assert "there are no people in the file, only a header in row 1" in sentence(read("manager_id,name\n"), "E-NO-ROWS")


@pytest.mark.case("IN-24")
def test_title_rows_above_the_header_are_refused_with_the_row_to_declare(read, sentence):
    text = "Client roster\nas of May\nmanager_id,name\nM1,Ann\n"
    told = sentence(read(text), "E-HEADER-ROW")
    assert "row 1: the header looks to be row 3; row 1 looks like a title or notes" in told
    assert "write header_row: 3" in told
    table = read(text, header_row=3)
    assert table.problems == ()
    assert table.frame["_row"].tolist() == [4]


@pytest.mark.case("IN-24")
def test_declared_header_row_beyond_the_file_is_refused(read, told):
    assert told(read("manager_id,name\nM1,Ann\n", header_row=9)) == [("refuse", "E-HEADER-ROW", None)]


@pytest.mark.case("IN-26")
@pytest.mark.parametrize("blank", ["\n", ",,\n", " ,  ,\n"])
def test_blank_rows_are_skipped_and_counted(read, told, blank):
    table = read(f"manager_id,name,unit_id\nM1,Ann,U\n{blank}M2,Bo,U\n{blank}")
    assert told(table) == [("note", "N-BLANK", None)]
    assert (table.facts.n_blank, table.frame["_row"].tolist()) == (2, [2, 4])


@pytest.mark.case("IN-27")
def test_duplicate_header_is_refused_with_both_positions(read, sentence):
    told = sentence(read("manager_id,name,months,months\nM1,Ann,1,2\n"), "E-DUPLICATE-HEADER")
    assert '"months" stands above columns C and D' in told


@pytest.mark.case("IN-27")
def test_two_headers_of_one_column_are_refused(read, sentence):
    told = sentence(read("manager_id,name,Full Name\nM1,Ann,Ann\n"), "E-DUPLICATE-HEADER")
    assert "stands above columns B and C (both are name)" in told


@pytest.mark.case("IN-27")
def test_duplicate_unknown_header_is_refused(read, told):
    assert ("refuse", "E-DUPLICATE-HEADER", 1) in told(read("manager_id,name,x,X\nM1,Ann,1,2\n"))


@pytest.mark.case("IN-28")
def test_case_spaces_and_aliases_of_headers_are_mapped_and_noted(read, sentence):
    table = read(" Manager_ID ,FULL NAME,Team-Size\nM1,Ann,3\n")
    assert "'FULL NAME' as name, 'Team-Size' as team_size" in sentence(table, "N-HEADER")
    assert table.frame[["manager_id", "name", "team_size"]].to_numpy().tolist() == [["M1", "Ann", 3.0]]
    assert table.facts.columns == {"manager_id": "Manager_ID", "name": "FULL NAME", "team_size": "Team-Size"}


@pytest.mark.case("IN-29")
@pytest.mark.parametrize(
    ("header", "told_as"),
    [
        ("n\u0430me", '"nаme" looks like "name" but character 2 is U+0430 (CYRILLIC SMALL LETTER A)'),
        ("na\u200bme", '"na[U+200B]me" looks like "name" but character 3 is U+200B (ZERO WIDTH SPACE)'),
        ("n\u03b1me", "character 2 is U+03B1 (GREEK SMALL LETTER ALPHA)"),
    ],
)
def test_lookalike_header_is_refused_naming_the_odd_character(read, sentence, header, told_as):
    assert told_as in sentence(read(f"manager_id,{header}\nM1,Ann\n"), "E-HEADER")


@pytest.mark.case("IN-30")
@pytest.mark.parametrize(
    ("header", "told_as"),
    [
        ("manager_id,name,3", '"3" in column C is a number where a header belongs'),
        ("manager_id,name,", "column C has cells but no header"),
    ],
)
def test_numeric_or_missing_header_is_refused(read, sentence, header, told_as):
    assert told_as in sentence(read(f"{header}\nM1,Ann,4\n"), "E-HEADER")


@pytest.mark.case("IN-30")
def test_file_without_header_is_refused(read, told):
    assert told(read("M1,Ann,4\nM2,Bo,3\n"))[0][:2] == ("refuse", "E-HEADER")


def test_empty_columns_beyond_the_header_are_no_problem(read, told):
    assert told(read("manager_id,name,,\nM1,Ann,,\nM2,Bo,,\n")) == []


@pytest.mark.case("IN-31")
def test_missing_required_column_is_refused_with_the_closest_header(read, sentence):
    told = sentence(read("manager_nr,name\nM1,Ann\n"), "E-MISSING-COLUMN")
    assert 'the required column "manager_id" is missing; closest header found: manager_nr' in told
    assert 'columns: {"your header": manager_id}' in told


@pytest.mark.case("IN-31")
def test_other_headers_are_mapped_on_request(read, told):
    table = read("Nr,Person\n7,Ann\n", columns={"Nr": "manager_id", "Person": "name"})
    assert told(table) == []
    assert table.frame[["manager_id", "name"]].to_numpy().tolist() == [["7", "Ann"]]


def test_map_to_an_unknown_column_is_refused(read, sentence):
    told = sentence(read("Nr,name\n7,Ann\n", columns={"Nr": "manger_id"}), "E-COLUMN-MAP")
    assert 'columns: maps "Nr" to "manger_id", which table roster does not have' in told
    assert "Closest: 'manager_id'" in told


@pytest.mark.case("IN-32")
def test_unknown_columns_are_listed_and_not_stored(read, sentence):
    table = read("manager_id,name,salary,iban\nM1,Ann,90000,DE1\n")
    assert "2 columns are not known here and are not stored: 'iban', 'salary'" in sentence(table, "N-NOT-STORED")
    assert "salary" not in table.frame
    assert table.facts.not_stored == ("salary", "iban")


@pytest.mark.case("IN-33")
def test_columns_in_another_order_are_read(read, told):
    table = read("name,months,manager_id\nAnn,3,M1\n")
    assert told(table) == []
    assert table.frame[["manager_id", "name", "months"]].to_numpy().tolist() == [["M1", "Ann", 3.0]]


@pytest.mark.case("IN-34")
def test_ten_thousand_columns_are_refused_naming_the_limit(read, sentence):
    header = ",".join(f"x{n}" for n in range(10_000))
    row = ",".join("1" for _ in range(10_000))
    told = sentence(read(f"manager_id,name,{header}\nM1,Ann,{row}\n"), "E-COLUMNS")
    assert "10,002 columns; at most 1,000 are read" in told


@pytest.mark.case("IN-60")
def test_two_header_rows_are_refused(read, sentence):
    told = sentence(read("name,Person,Work\nmanager_id,name,months\nM1,Ann,3\n"), "E-HEADER-ROW")
    assert "the header looks to be row 2; row 1 looks like another header row" in told


@pytest.mark.parametrize(("given", "folded"), [("  A  b-C_", "a_b_c"), ("Ünit", "ünit"), ("", "")])
def test_headers_fold_without_what_does_not_matter(given, folded):
    assert fold_header(given) == folded


def test_column_letters_follow_the_spreadsheet():
    assert [column_letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_declared_rows_are_left_out(read, told):
    text = "manager_id,name,months\nId,Your name,Months in role\nM1,Ann,3\n"
    assert told(read(text, skip_rows=(2,))) == []
    assert told(read(text))[0][:2] == ("hold", "E-RANGE")
