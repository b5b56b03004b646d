from __future__ import annotations

import time

import pytest

PLAIN = "manager_id,name,months\nM1,Ann,1.5\nM2,Zoë,2\n"


@pytest.mark.case("IN-01")
def test_utf8_with_byte_order_mark_is_read_without_a_word(read, told):
    table = read(b"\xef\xbb\xbf" + PLAIN.encode())
    assert told(table) == []
    assert table.frame["manager_id"].tolist() == ["M1", "M2"]


@pytest.mark.case("IN-02")
@pytest.mark.parametrize("codec", ["utf-16", "utf-32"])
def test_marked_utf16_is_read_and_noted(read, told, codec):
    table = read(PLAIN.encode(codec))
    assert told(table) == [("note", "N-ENCODING", None)]
    assert table.frame["name"].tolist() == ["Ann", "Zoë"]


@pytest.mark.case("IN-02")
def test_cut_utf16_is_refused(read, told):
    assert told(read(PLAIN.encode("utf-16") + b"\x00")) == [("refuse", "E-ENCODING", None)]


@pytest.mark.case("IN-02")
def test_unmarked_utf16_is_refused_with_the_encoding_to_confirm(read, sentence):
    for text in (PLAIN, "manager_id,name\nM1,Ann\n"):
        assert "encoding: utf-16-le" in sentence(read(text.encode("utf-16-le")), "E-ENCODING")


@pytest.mark.case("IN-03")
def test_cp1252_is_refused_with_three_decoded_samples(read, sentence):
    text = "manager_id,name\nM1,Zoë O’Neil\nM2,Ann\nM3,Jürgen\nM4,Siân\nM5,André\n"
    told = sentence(read(text.encode("cp1252")), "E-ENCODING")
    assert told.startswith("E-ENCODING  roster.csv, row 2: the text is not UTF-8.")
    assert 'Read as cp1252 it says "Zoë O’Neil", "Jürgen", "Siân".' in told
    assert "encoding: cp1252" in told


@pytest.mark.case("IN-03")
def test_cp1252_is_read_once_confirmed(read, told):
    table = read("manager_id,name\nM1,Zoë O’Neil\n".encode("cp1252"), encoding="cp1252")
    assert told(table) == []
    assert table.frame["name"].tolist() == ["Zoë O’Neil"]


@pytest.mark.case("IN-03")
@pytest.mark.parametrize("encoding", ["no-such-encoding", "ascii", "base64", "rot13"])
def test_encoding_that_does_not_decode_is_refused(read, told, encoding):
    table = read("manager_id,name\nM1,Zoë\n".encode("cp1252"), encoding=encoding)
    assert told(table) == [("refuse", "E-ENCODING", None)]


@pytest.mark.case("IN-03")
def test_a_confirmed_encoding_never_garbles_a_file_that_is_utf8(read, sentence):
    table = read("manager_id,name\nM1,Zoë\n", encoding="cp1252")
    assert table.frame["name"].tolist() == ["Zoë"]
    assert 'the file is UTF-8 (it says "Zoë") and was read so, not as cp1252' in sentence(table, "N-ENCODING")
    assert read("manager_id,name\nM1,Zoë\n", encoding="utf-8").problems == ()


@pytest.mark.case("IN-04")
def test_short_valid_utf8_is_never_guessed_to_be_something_else(read, told):
    table = read("manager_id,name\nM1,€5000\n")
    assert told(table) == []
    assert table.frame["name"].tolist() == ["€5000"]


@pytest.mark.case("IN-06")
def test_semicolons_with_decimal_commas_are_read_and_noted_with_the_first_row(read, sentence):
    table = read("manager_id;name;months\nM1;Ann;5,5\nM2;Bo;12\n")
    assert table.frame["months"].tolist() == [5.5, 12.0]
    assert "separated by a semicolon, the decimal mark is a comma; first row: M1 | Ann | 5,5" in sentence(
        table, "N-DIALECT"
    )


@pytest.mark.case("IN-07")
@pytest.mark.parametrize(("mark", "word"), [("\t", "tab"), ("|", "vertical bar")])
def test_tabs_and_bars_are_read_and_noted(read, sentence, mark, word):
    table = read(PLAIN.replace(",", mark))
    assert table.frame["months"].tolist() == [1.5, 2.0]
    assert f"separated by a {word}, the decimal mark is a point" in sentence(table, "N-DIALECT")


@pytest.mark.case("IN-08")
def test_sep_line_is_taken_as_excel_takes_it(read, told):
    table = read("sep=;\nmanager_id;name;team_size\nM1;Ann;x\nM2;Bo;3\n")
    assert ("hold", "E-RANGE", 2) in told(table)
    held = next(problem for problem in table.problems if problem.code == "E-RANGE")
    assert held.sentence().startswith(
        'E-RANGE  roster.csv, row 2 (line 3 in a text editor), column "team_size": "x" is not'
    )
    assert table.frame["_row"].tolist() == [3]


@pytest.mark.case("IN-09")
def test_quoted_decimal_commas_are_read_when_the_whole_column_agrees(read, sentence):
    table = read.column("months", "4,5", "3,25", "2")
    assert table.frame["months"].tolist() == [4.5, 3.25, 2.0]
    assert "a comma was read as the decimal mark" in sentence(table, "N-DECIMAL")


@pytest.mark.case("IN-09")
def test_quoted_decimal_comma_among_points_is_held(read, told):
    table = read.column("months", "4,5", "3.25", "2.5")
    assert told(table) == [("hold", "E-THOUSANDS", 2)]
    assert table.frame["months"].tolist() == [3.25, 2.5]


@pytest.mark.case("IN-10")
def test_unquoted_decimal_comma_gives_one_field_too_many(read, sentence):
    table = read("manager_id,name,months\nM1,Ann,4,5\nM2,Bo,3\nM3,Cy,2\n")
    assert "row 2: the row has 1 field too many: 3 expected, 4 found" in sentence(table, "E-FIELDS")
    assert table.frame["manager_id"].tolist() == ["M2", "M3"]


@pytest.mark.case("IN-11")
def test_thousands_are_held_unless_declared(read, told):
    assert told(read.column("months", "1,200", "3")) == [("hold", "E-THOUSANDS", 2)]
    table = read.column("team_size", "1,000", "3", thousands=",")
    assert told(table) == []
    assert table.frame["team_size"].tolist() == [1000.0, 3.0]


@pytest.mark.case("IN-11")
def test_points_that_may_group_thousands_are_held_in_a_semicolon_file(read, told):
    table = read("manager_id;name;months\nM1;Ann;1.200\nM2;Bo;3\n")
    assert ("hold", "E-THOUSANDS", 2) in told(table)


@pytest.mark.case("IN-11")
def test_numbers_with_both_marks_are_held_unless_the_thousands_are_declared(read, sentence):
    assert 'write thousands: "."' in sentence(read.column("months", "1.234,5", "2"), "E-THOUSANDS")
    assert 'write thousands: ","' in sentence(read.column("months", "1,234.5", "2"), "E-THOUSANDS")
    assert read.column("team_size", "1.000", "2,0", thousands=".").frame["team_size"].tolist() == [1000.0, 2.0]
    assert read.column("months", "1,23.5", "2", thousands=",").frame["months"].tolist() == [2.0]


@pytest.mark.case("IN-06")
def test_known_headers_decide_between_two_delimiters_that_split_evenly(read):
    table = read("manager_id;name;note, extra\nM1;Ann, A;x\nM2;Bo, B;y\n")
    assert table.frame["name"].tolist() == ["Ann, A", "Bo, B"]


@pytest.mark.case("IN-13")
def test_rows_quoted_as_a_whole_are_held_with_the_reason(read, told):
    table = read('manager_id,name\n"M1,Ann"\nM2,Bo\n')
    assert told(table) == [("hold", "E-FIELDS", 2)]
    assert "the whole row stands in one pair of quotes" in table.problems[0].fix


@pytest.mark.case("IN-20")
def test_an_old_end_of_file_mark_is_no_row(read, told):
    assert told(read("manager_id,name\r\nM1,Ann\r\n\x1a")) == []


@pytest.mark.case("IN-12")
def test_one_comma_too_many_holds_that_row_and_shifts_nothing(read, sentence):
    table = read("manager_id,name,unit_id\nM1,Ann, Jr,U1\nM2,Bo,U2\nM3,Cy,U1\n")
    told = sentence(table, "E-FIELDS")
    assert "row 2: the row has 1 field too many: 3 expected, 4 found" in told
    assert 'straight quotes, as in "Ann, Jr"' in told
    assert table.frame["manager_id"].tolist() == ["M2", "M3"]
    assert table.frame["unit_id"].tolist() == ["U2", "U1"]


@pytest.mark.case("IN-12")
def test_a_shifted_row_that_ends_in_an_empty_cell_is_not_trimmed_into_place(read, told):
    table = read("manager_id,name,unit_id,comment\nM1,Ann, Jr,U1,\nM2,Bo,U2,\n")
    assert told(table) == [("hold", "E-FIELDS", 2)]


@pytest.mark.case("IN-13")
def test_a_comma_too_many_in_every_row_refuses_the_file(read, sentence):
    table = read("manager_id,name,unit_id\nM1,Ann, Jr,U1\nM2,Bo, Sr,U2\n")
    assert "row 2: 2 of 2 rows do not have 3 fields; this one has 4" in sentence(table, "E-FIELDS")
    assert table.is_refused
    assert table.frame.empty


@pytest.mark.case("IN-15")
def test_smart_quotes_get_the_advice_to_use_straight_ones(read, sentence):
    table = read("manager_id,name,unit_id\nM1,“Ann, Jr”,U1\nM2,Bo,U2\nM3,Cy,U2\n")
    assert "replace the curly quotes (“ ”) by straight ones" in sentence(table, "E-FIELDS")


@pytest.mark.case("IN-16")
def test_short_row_is_held(read, sentence):
    table = read("manager_id,name,unit_id\nM1,Ann\nM2,Bo,U2\n")
    assert "row 2: the row has 1 field too few: 3 expected, 2 found" in sentence(table, "E-FIELDS")
    assert table.frame["manager_id"].tolist() == ["M2"]
    assert table.facts.n_held == 1


@pytest.mark.case("IN-17")
def test_unclosed_quote_is_refused_at_the_line_it_opens(read, sentence):
    told = sentence(read('manager_id,name\nM1,Ann\nM2,"Bo\nM3,Cy\n'), "E-QUOTE")
    assert told.startswith('E-QUOTE  roster.csv, row 3: a quote (") is opened on line 3 and never closed.')


@pytest.mark.case("IN-17")
def test_unclosed_quote_that_meets_the_next_one_is_refused_at_the_line_it_opens(read, sentence):
    told = sentence(read('manager_id,name\nM1,"Ann\nM2,"Bo"\nM3,Cy\n'), "E-QUOTE")
    assert "row 2: a quoted text that starts on line 2 goes on after its closing quote" in told


@pytest.mark.case("IN-17")
def test_unclosed_quote_that_swallows_whole_rows_holds_the_row(read, told):
    table = read('manager_id,name,comment\nM1,Ann,"open\nM2,Bo,text\nM3,Cy,end"\nM4,Di,x\n')
    assert told(table) == [("hold", "E-QUOTE", 2)]
    assert table.frame["manager_id"].tolist() == ["M4"]


@pytest.mark.case("IN-18")
def test_line_breaks_in_quotes_keep_spreadsheet_rows_right(read, told):
    table = read('manager_id,name,comment,team_size\nM1,Ann,"two\nlines",1\nM2,Bo,one,x\n')
    assert told(table) == [("hold", "E-RANGE", 3)]
    assert table.problems[0].line == 4
    assert table.frame["comment"].tolist() == ["two\nlines"]


@pytest.mark.case("IN-18")
def test_line_break_in_a_name_is_read_as_a_space(read, told):
    table = read('manager_id,name\nM1,"Ann\nLee"\n')
    assert told(table) == [("note", "N-LINE-BREAK", None)]
    assert table.frame["name"].tolist() == ["Ann Lee"]


@pytest.mark.case("IN-19")
def test_backslash_quotes_are_read_and_noted(read, told):
    table = read('manager_id,name\nM1,"Ann \\"AJ\\" Lee"\nM2,"C:\\temp"\n')
    assert told(table) == [("note", "N-BACKSLASH", None)]
    assert table.frame["name"].tolist() == ['Ann "AJ" Lee', "C:\\temp"]


@pytest.mark.case("IN-20")
@pytest.mark.parametrize("text", [PLAIN.replace("\n", "\r"), PLAIN.replace("\n", "\r\n", 1)])
def test_any_line_ends_are_read(read, told, text):
    table = read(text)
    assert told(table) == []
    assert table.frame["_row"].tolist() == [2, 3]


@pytest.mark.case("IN-21")
def test_nul_holds_its_row(read, sentence):
    table = read("manager_id,name\nM1,An\x00n\nM2,Bo\n")
    assert 'row 2, column "name": "An[U+0000]n" holds a control character' in sentence(table, "E-CHARACTER")
    assert table.frame["manager_id"].tolist() == ["M2"]


@pytest.mark.case("IN-22")
def test_empty_file_is_refused(read, sentence):
    assert "the file is empty (0 bytes)" in sentence(read(b""), "E-EMPTY-FILE")


@pytest.mark.case("IN-22")
@pytest.mark.parametrize("blank", ["\n\n", " , ,\n", "\ufeff"])
def test_file_without_a_filled_cell_is_refused(read, told, blank):
    assert [code for _, code, _ in told(read(blank))] == ["E-EMPTY-FILE"]


@pytest.mark.case("IN-72")
def test_cell_beyond_the_limit_is_refused_and_a_long_comment_noted(read, told, sentence):
    assert told(read.column("comment", "x" * 10_000_000)) == [("refuse", "E-LONG", 2)]
    table = read.column("comment", "x" * 50_000)
    assert "longer than 5,000 characters" in sentence(table, "N-LONG")
    assert table.frame["comment"].str.len().tolist() == [50_000]


@pytest.mark.case("SEC-20")
def test_lone_surrogate_is_refused_where_it_enters(read, told):
    assert told(read(b"manager_id,name\nM1,\xed\xa0\x80\n"))[0][:2] == ("refuse", "E-ENCODING")
    assert told(read("manager_id,name\nM1,x\n".encode("utf-16").replace(b"x\x00", b"\x00\xd8")))[0][:2] == (
        "refuse",
        "E-ENCODING",
    )


@pytest.mark.case("IN-76")
def test_three_hundred_thousand_mixed_ids_stay_text_and_are_read_in_seconds(read):
    rows = "".join(f"{n},Ann,{n % 7}.5\n" if n % 2 else f"M{n},Bo,{n % 9}\n" for n in range(300_000))
    started = time.process_time()
    table = read("manager_id,name,months\n" + rows)
    assert time.process_time() - started < 15
    assert len(table.frame) == 300_000
    assert {type(value) for value in table.frame["manager_id"]} == {str}
