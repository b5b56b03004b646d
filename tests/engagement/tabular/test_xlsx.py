from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

DAY = dt.datetime(2024, 3, 4)  # noqa: DTZ001 - spreadsheets know no time zones
HEADER = ("manager_id", "name", "months", "since", "score", "hands_on")


@pytest.fixture
def book(tmp_path, read):
    """Write a workbook with a function, then read it as a roster."""

    def make(fill, name="roster.xlsx", book_options=None, **options):
        path = tmp_path / name
        workbook = xlsxwriter.Workbook(path, book_options or {})
        fill(workbook)
        workbook.close()
        return read.path(path, **options)

    return make


def sheet(workbook, rows, name="People", header=HEADER, start=0):
    page = workbook.add_worksheet(name)
    for number, row in enumerate([header, *rows], start):
        page.write_row(number, 0, row)
    return page


def calculated(data):
    """The workbook part as Excel leaves it: nothing waits to be calculated."""
    return data.replace(b' fullCalcOnLoad="1"', b"")


def rezip(source, replace=None, add=None):
    """The same archive with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            change = (replace or {}).get(entry.filename)
            new.writestr(entry.filename, change(data) if change else data)
        for name, data in (add or {}).items():
            new.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet(workbook, [("M1", "Ann", 3)])
    workbook.close()
    return path.read_bytes()


def test_a_plain_workbook_is_read_with_sheet_rows(book, told):
    def fill(workbook):
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        page = sheet(workbook, [("M1", "Ann", 3.5), (), (1001, "TRUE", 4)])
        page.write_datetime(1, 3, DAY, day)

    table = book(fill)
    assert told(table) == [("note", "N-BLANK", None)]
    assert table.frame[["manager_id", "name", "months", "_row"]].to_numpy().tolist() == [
        ["M1", "Ann", 3.5, 2],
        ["1001", "TRUE", 4.0, 4],
    ]
    assert table.frame["since"].dt.date.tolist()[0] == dt.date(2024, 3, 4)


@pytest.mark.case("IN-43")
def test_truth_values_in_a_name_cell_are_text(book):
    table = book(lambda workbook: sheet(workbook, [("M1", True, 3)]))
    assert table.frame["name"].tolist() == ["TRUE"]


@pytest.mark.case("IN-50")
def test_a_cell_shown_as_percent_is_held_unless_declared(book, sentence):
    def fill(workbook):
        page = sheet(workbook, [("M1", "Ann", 3)])
        page.write_number(1, 5, 0.8, workbook.add_format({"num_format": "0%"}))

    told = sentence(book(fill), "E-PERCENT")
    assert 'sheet "People", row 2, column "hands_on": "80%" has a percent sign' in told
    assert book(fill, percent_as="points").frame["hands_on"].tolist() == [80.0]
    assert book(fill, percent_as="share").frame["hands_on"].tolist() == [80.0]


@pytest.mark.case("IN-54")
@pytest.mark.parametrize(("is_1904", "day"), [(False, "2024-01-01"), (True, "2028-01-02")])
def test_day_numbers_are_read_in_the_system_of_the_workbook_and_shown(book, sentence, is_1904, day):
    table = book(
        lambda workbook: sheet(workbook, [("M1", "Ann", 3, 45292)]),
        book_options={"date_1904": is_1904},
        not_after=dt.date(2030, 1, 1),
    )
    assert f"({day})" in sentence(table, "N-SERIAL")
    assert table.frame["since"].dt.strftime("%Y-%m-%d").tolist() == [day]


@pytest.mark.case("IN-54")
def test_real_dates_of_the_1904_system_are_right(book):
    def fill(workbook):
        page = sheet(workbook, [("M1", "Ann", 3)])
        page.write_datetime(1, 3, DAY, workbook.add_format({"num_format": "yyyy-mm-dd"}))

    assert book(fill, book_options={"date_1904": True}).frame["since"].dt.date.tolist() == [dt.date(2024, 3, 4)]


@pytest.mark.case("IN-56")
@pytest.mark.parametrize("column", [0, 2, 4])
def test_a_score_or_id_that_excel_turned_into_a_date_is_held(book, sentence, column):
    def fill(workbook):
        page = sheet(workbook, [("M1", "Ann", 3)])
        page.write_datetime(1, column, DAY, workbook.add_format({"num_format": "d-mmm"}))

    told = sentence(book(fill), "E-DATE-CHANGED")
    assert '"2024-03-04" is a date; Excel' in told
    assert "format the column as Text" in told


@pytest.mark.case("IN-58")
def test_formulas_that_were_never_calculated_are_refused(book, told, tmp_path, read):
    def fill(workbook):
        sheet(workbook, [("M1", "Ann")]).write_formula(1, 2, "=1+1")

    assert told(book(fill)) == [("refuse", "E-FORMULA", 2)]
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER)
    workbook.active.append(["M1", "Ann", "=1+1"])
    workbook.save(tmp_path / "openpyxl.xlsx")
    table = read.path(tmp_path / "openpyxl.xlsx")
    assert "1 formulas have no stored value (first: cell C2)" in table.problems[0].sentence()
    assert "open the file in Excel and save it" in table.problems[0].sentence()


@pytest.mark.case("IN-58")
def test_a_formula_without_a_value_is_refused_though_nothing_asks_for_a_calculation(read, told, plain):
    def without_value(data):
        return data.replace(b'<c r="C2"><v>3</v></c>', b'<c r="C2"><f>1+1</f><v></v></c>')

    assert told(
        read(rezip(plain, {"xl/worksheets/sheet1.xml": without_value, "xl/workbook.xml": calculated}), "x.xlsx")
    )[0] == ("refuse", "E-FORMULA", 2)


@pytest.mark.case("IN-58")
def test_calculated_formulas_are_read(book, told, tmp_path, read):
    book(lambda workbook: sheet(workbook, [("M1", "Ann")]).write_formula(1, 2, "=1+1", None, 2))
    saved = rezip((tmp_path / "roster.xlsx").read_bytes(), {"xl/workbook.xml": calculated})
    table = read(saved, "saved.xlsx")
    assert told(table) == []
    assert table.frame["months"].tolist() == [2.0]


@pytest.mark.case("IN-58")
def test_error_cells_are_held_with_the_error(book, tmp_path, read, sentence):
    book(lambda workbook: sheet(workbook, [("M1", "Ann")]).write_formula(1, 2, "=1/0", None, "#DIV/0!"))
    saved = rezip((tmp_path / "roster.xlsx").read_bytes(), {"xl/workbook.xml": calculated})
    assert '"#DIV/0!" is an error of a formula' in sentence(read(saved, "saved.xlsx"), "E-FORMULA")


@pytest.mark.case("IN-59")
def test_merged_cells_are_refused_with_their_range(book, sentence):
    def fill(workbook):
        page = sheet(workbook, [("M1", "Ann", 3), ("", "Bo", 4)])
        page.merge_range(1, 0, 2, 0, "M1")

    told = sentence(book(fill), "E-MERGED")
    assert "row 2: the cells A2:A3 are merged" in told
    assert "unmerge" in told


@pytest.mark.case("IN-60")
def test_a_merged_header_above_the_header_is_refused_until_the_row_is_declared(book, told):
    def fill(workbook):
        sheet(workbook, [("M1", "Ann", 3)], start=1).merge_range(0, 0, 0, 2, "Person")

    assert ("refuse", "E-HEADER-ROW", 1) in told(book(fill))
    assert ("refuse", "E-MERGED", 1) in told(book(fill))
    assert told(book(fill, header_row=2)) == []


@pytest.mark.case("IN-61")
def test_data_on_the_second_sheet_is_found_and_noted(book, sentence):
    def fill(workbook):
        workbook.add_worksheet("Read me").write(0, 0, "About this file")
        sheet(workbook, [("M1", "Ann", 3)], "Data")

    table = book(fill)
    assert 'the table was read from sheet "Data" of 2 visible sheets' in sentence(table, "N-SHEET")
    assert table.facts.sheet == "Data"


@pytest.mark.case("IN-61")
def test_two_sheets_that_fit_are_refused_until_one_is_named(book, sentence):
    def fill(workbook):
        sheet(workbook, [("M1", "Ann", 3)], "May")
        sheet(workbook, [("M2", "Bo", 3)], "June")

    assert "2 sheets have the columns of this table: 'June', 'May'" in sentence(book(fill), "E-SHEET")
    assert book(fill, sheet="june").frame["manager_id"].tolist() == ["M2"]


@pytest.mark.case("IN-61")
def test_a_sheet_named_like_the_table_is_taken_and_a_missing_one_refused(book, sentence):
    def fill(workbook):
        sheet(workbook, [("M1", "Ann", 3)], "May")
        sheet(workbook, [("M2", "Bo", 3)], "Roster")

    assert book(fill).frame["manager_id"].tolist() == ["M2"]
    assert "there is no sheet \"Juni\"; sheets: 'May', 'Roster'" in sentence(book(fill, sheet="Juni"), "E-SHEET")


@pytest.mark.case("IN-62")
def test_hidden_rows_columns_and_sheets_are_counted_and_can_be_left_out(book, told):
    def fill(workbook):
        page = sheet(workbook, [("M1", "Ann", 3), ("M2", "Bo", 4)])
        page.set_row(2, None, None, {"hidden": True})
        page.set_column(2, 2, None, None, {"hidden": True})
        page.autofilter(0, 0, 2, 2)
        sheet(workbook, [("M9", "Old", 3)], "Old").hide()

    table = book(fill)
    words = " ".join(problem.sentence() for problem in table.problems)
    assert told(table) == [("note", "N-HIDDEN", None)] * 2
    assert "1 hidden sheets were not read: 'Old'" in words
    assert "1 hidden rows read; 1 hidden columns read (C); a filter is on" in words
    assert table.frame["manager_id"].tolist() == ["M1", "M2"]
    assert book(fill, include_hidden=False).frame["manager_id"].tolist() == ["M1"]


@pytest.mark.case("IN-63")
def test_an_id_that_shows_more_digits_than_it_holds_is_asked_about(book, sentence):
    def fill(workbook):
        sheet(workbook, [("", "Ann", 3)]).write_number(1, 0, 7, workbook.add_format({"num_format": "000"}))

    assert '"007" is shown by Excel, but the cell holds 7' in sentence(book(fill), "E-ID-FORMAT")
    assert book(fill, id_format="displayed").frame["manager_id"].tolist() == ["007"]
    assert book(fill, id_format="number").frame["manager_id"].tolist() == ["7"]


def test_an_id_with_more_digits_than_excel_keeps_is_held(book, told):
    assert told(book(lambda workbook: sheet(workbook, [(1234567890123456789, "Ann", 3)]))) == [
        ("hold", "E-ID-DIGITS", 2)
    ]


@pytest.mark.case("IN-64")
def test_numbers_stored_as_text_are_read_and_noted(book, sentence):
    table = book(lambda workbook: sheet(workbook, [("M1", "Ann", "3")]).write_string(1, 2, "3"))
    assert "numbers are stored as text" in sentence(table, "N-TEXT-NUMBER")
    assert table.frame["months"].tolist() == [3.0]


@pytest.mark.case("IN-65")
def test_a_coloured_cell_in_the_last_row_is_trimmed(book, told):
    def fill(workbook):
        red = workbook.add_format({"bg_color": "red"})
        sheet(workbook, [("M1", "Ann", 3)]).write_blank(1_048_575, 16_383, None, red)

    table = book(fill)
    assert told(table) == []
    assert len(table.frame) == 1


@pytest.mark.case("IN-65")
def test_a_value_in_the_last_cell_is_refused_before_it_fills_the_memory(book, told):
    table = book(lambda workbook: sheet(workbook, [("M1", "Ann", 3)]).write(1_048_575, 16_383, 1))
    assert told(table) == [("refuse", "E-SIZE", None)]


@pytest.mark.case("IN-66")
def test_a_zip_bomb_is_refused_from_its_directory(read, sentence, plain):
    bomb = rezip(plain, add={"xl/media/x.bin": b"\0" * 150_000_000})
    assert "the workbook unpacks to 150 MB; at most 100 MB are read" in sentence(read(bomb, "a.xlsx"), "E-SIZE")
    bomb = rezip(plain, add={"xl/media/x.bin": b"\0" * 50_000_000})
    assert "times its size; at most 100 times is read" in sentence(read(bomb, "b.xlsx"), "E-SIZE")


@pytest.mark.case("IN-66")
def test_a_directory_that_lies_about_sizes_is_refused(read, told, plain):
    bomb = rezip(plain, add={"xl/media/x.xml": b"<a>" + b" " * 2_000_000 + b"</a>"})
    lie = bomb.replace((2_000_007).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != bomb
    assert told(read(lie, "lie.xlsx")) == [("refuse", "E-WORKBOOK", None)]


@pytest.mark.case("IN-66")
def test_too_many_rows_are_refused(tmp_path, read, sentence):
    workbook = xlsxwriter.Workbook(tmp_path / "long.xlsx", {"constant_memory": True})
    page = workbook.add_worksheet()
    page.write_row(0, 0, HEADER)
    for row in range(1, 200_002):
        page.write_number(row, 0, row * 7919 % 1000003)
    workbook.close()
    assert "rows down to 200,002; at most 200,000 are read" in sentence(read.path(tmp_path / "long.xlsx"), "E-SIZE")


@pytest.mark.case("IN-67")
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "docProps/core.xml", "xl/worksheets/sheet1.xml"]
)
def test_document_types_are_refused_in_any_part(read, sentence, plain, part, codec):
    def poison(data):
        text = data.decode().replace("?>", '?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1)
        return text.replace("UTF-8", codec.upper()).encode(codec)

    told = sentence(read(rezip(plain, {part: poison}), "x.xlsx"), "E-DOCTYPE")
    assert f"the part {part} declares a document type" in told


@pytest.mark.case("IN-67")
def test_a_part_in_an_odd_encoding_is_refused(read, told, plain):
    odd = rezip(plain, {"xl/workbook.xml": lambda data: data.replace(b"UTF-8", b"UTF-7")})
    assert told(read(odd, "x.xlsx")) == [("refuse", "E-ENCODING", None)]


@pytest.mark.case("IN-68")
def test_the_real_format_is_named_whatever_the_file_is_called(read, sentence, plain):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    cases = {
        "a workbook protected with a password": ole + "EncryptedPackage".encode("utf-16-le"),
        "an old workbook (.xls, Excel 97-2003)": ole + "Workbook".encode("utf-16-le"),
        "an OpenDocument file (.ods)": _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "an Apple Numbers file (.numbers)": _zip({"Index/Document.iwa": b"x"}),
        "a binary workbook (.xlsb)": _zip({"xl/workbook.bin": b"x"}),
        "a damaged or incomplete workbook or archive": plain[:500],
        "a PDF document": b"%PDF-1.7",
        "a web page (HTML), whatever its name says": b"<html><table>",
    }
    for words, content in cases.items():
        told = sentence(read(content, "roster.xlsx"), "E-FORMAT")
        assert f"roster.xlsx: the file is {words}. Fix: " in told


def _zip(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.case("IN-68")
def test_a_workbook_with_macros_is_read_and_noted(read, told, plain):
    table = read(rezip(plain, add={"xl/vbaProject.bin": b"x"}), "roster.xlsm")
    assert told(table) == [("note", "N-MACROS", None)]
    assert table.frame["manager_id"].tolist() == ["M1"]


@pytest.mark.case("SEC-31")
@pytest.mark.parametrize("name", ["../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl\\..\\..\\evil.xml"])
def test_parts_that_leave_the_folder_are_refused(read, told, plain, name):
    assert told(read(rezip(plain, add={name: b"<a/>"}), "x.xlsx")) == [("refuse", "E-ARCHIVE", None)]


@pytest.mark.case("SEC-31")
def test_links_and_ten_thousand_entries_are_refused(read, told, plain):
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    assert told(read(rezip(plain, add={link: b"/etc/passwd"}), "x.xlsx")) == [("refuse", "E-ARCHIVE", None)]
    many = rezip(plain, add={f"xl/x{n}.bin": b"" for n in range(10_000)})
    assert told(read(many, "x.xlsx")) == [("refuse", "E-ARCHIVE", None)]


@pytest.mark.case("IN-70")
def test_control_characters_in_a_workbook_are_held(read, told, plain):
    odd = rezip(plain, {"xl/sharedStrings.xml": lambda data: data.replace(b"Ann", b"A_x0007_n")})
    assert told(read(odd, "x.xlsx")) == [("hold", "E-CHARACTER", 2)]


def test_a_workbook_without_its_sheet_is_refused(read, told, plain):
    odd = rezip(plain, {"xl/worksheets/sheet1.xml": lambda data: data[: len(data) // 2]})
    assert told(read(odd, "x.xlsx")) == [("refuse", "E-WORKBOOK", None)]
