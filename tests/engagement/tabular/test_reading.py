"""Whole files: the same roster in twelve dialects, any bytes at all, and files that will not hold still."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coachkit.engagement.problems import ProblemReport
from coachkit.engagement.tables import FileOptions, TableRead
from coachkit.engagement.tabular import reading
from coachkit.engagement.tabular.reading import read_table

from .conftest import ROSTER

TODAY = date(2026, 12, 31)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda text: text == text.strip() and text.isprintable() and not text.startswith(("sep=", "#")))
LATIN = st.text("abcdefgäöüéñÀß ’–“”;,|\t\"'", min_size=1, max_size=20).map(str.strip).filter(bool)
QUARTERS = st.integers(0, 40).map(lambda n: n / 4)


@st.composite
def rosters(draw, names=NAMES):
    """Rows of a valid roster as typed values; None is an empty cell."""
    ids = draw(st.lists(st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True), min_size=2, max_size=8, unique=True))
    maybe = st.none().__or__
    return [
        {
            "manager_id": manager_id,
            "name": draw(names),
            "unit_id": draw(maybe(st.sampled_from(["U1", "U2", "007"]))),
            "level": draw(maybe(st.sampled_from(["new", "established", "senior"]))),
            "months": draw(maybe(QUARTERS)),
            "team_size": draw(maybe(st.integers(0, 50))),
            "hands_on": draw(maybe(st.integers(2, 100))),
            "since": draw(maybe(st.dates(date(1950, 1, 1), date(2026, 1, 1)))),
            "volunteered": draw(maybe(st.booleans())),
            "period": draw(maybe(st.sampled_from(["2026-Q1", "2026-03"]))),
            "score": draw(maybe(st.integers(1, 5))),
        }
        for manager_id in ids
    ]


def write_csv(rows, separator=",", encoding="utf-8", quoting=csv.QUOTE_MINIMAL, ends="\n", decimal=".", head=""):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=ends)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([csv_cell(value, decimal) for value in row.values()])
    return (head + out.getvalue()).encode(encoding)


def csv_cell(value, decimal):
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return str(value).replace(".", decimal) if isinstance(value, float) else str(value)


def write_xlsx(rows):
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    page, day = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row(0, 0, rows[0])
    for number, row in enumerate(rows, 1):
        for position, value in enumerate(row.values()):
            if isinstance(value, date):
                page.write_datetime(number, position, value, day)
            elif isinstance(value, str):
                page.write_string(number, position, value)
            elif value is not None:
                page.write(number, position, value)
    workbook.close()
    return out.getvalue()


DIALECTS = {
    "comma": {},
    "semicolon, decimal comma": {"separator": ";", "decimal": ","},
    "tab": {"separator": "\t"},
    "bar": {"separator": "|"},
    "byte order mark": {"encoding": "utf-8-sig"},
    "utf-16": {"encoding": "utf-16", "separator": "\t"},
    "all quoted": {"quoting": csv.QUOTE_ALL},
    "CRLF": {"ends": "\r\n"},
    "CR": {"ends": "\r"},
    "sep line": {"separator": ";", "head": "sep=;\n", "decimal": ","},
    "comma, decimal comma": {"decimal": ","},
}


def read_bytes(folder: Path, content: bytes, name: str, **options) -> TableRead:
    path = folder / name
    path.write_bytes(content)
    return read_table(path, ROSTER, FileOptions(not_after=TODAY, **options))


def assert_same(table: TableRead, expected: pd.DataFrame, dialect: str) -> None:
    wrong = [problem.sentence() for problem in table.problems if problem.severity != "note"]
    assert wrong == [], dialect
    pd.testing.assert_frame_equal(table.frame, expected, obj=dialect)


@settings(max_examples=40)
@given(rosters())
def test_a_valid_roster_reads_the_same_in_twelve_dialects(tmp_path, rows):
    expected = read_bytes(tmp_path, write_csv(rows), "roster.csv").frame
    assert expected["name"].tolist() == [row["name"] for row in rows]
    assert expected["months"].isna().tolist() == [row["months"] is None for row in rows]
    for dialect, options in DIALECTS.items():
        decimal = options.get("decimal")
        table = read_bytes(
            tmp_path, write_csv(rows, **options), "roster.csv", **({"decimal": decimal} if decimal else {})
        )
        assert_same(table, expected, dialect)
    assert_same(read_bytes(tmp_path, write_xlsx(rows), "roster.xlsx"), expected, "workbook")


@settings(max_examples=30)
@given(rosters(LATIN))
def test_a_valid_roster_reads_the_same_in_a_confirmed_encoding(tmp_path, rows):
    expected = read_bytes(tmp_path, write_csv(rows), "roster.csv").frame
    content = write_csv(rows, encoding="cp1252")
    with contextlib.suppress(UnicodeDecodeError):  # "ß’" in cp1252 is also a letter of another script in UTF-8
        assume(content.isascii() or not content.decode("utf-8"))
    table = read_bytes(tmp_path, content, "roster.csv", encoding="cp1252")
    assert_same(table, expected, "cp1252")


PIECES = st.sampled_from(
    [b"manager_id", b"name", b"months", b",", b";", b"\t", b"|", b"\n", b"\r", b'"', b"'", b"\0", b"\xff\xfe", b"M1", b"1,5",
     b"sep=;", b"\xef\xbb\xbf", b"\xe2\x80\x9c", b"03/04/2024", b"80%", b"PK\x03\x04", b"\xd0\xcf", b"#REF!", b"999999999999999999999"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=40).map(b"".join))
def test_any_bytes_give_a_table_or_problems_and_never_a_traceback(tmp_path, content):
    assert_accounted(read_bytes(tmp_path, content, "roster.csv"))


@settings(max_examples=150)
@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=4), max_size=6))
def test_any_text_below_a_header_is_read_held_or_refused(tmp_path, cells):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["manager_id", "name", "since", "score"])
    writer.writerows(cells)
    try:
        content = out.getvalue().encode()
    except UnicodeEncodeError:
        content = out.getvalue().encode(errors="surrogatepass")
    assert_accounted(read_bytes(tmp_path, content, "roster.csv"))


def plain_book() -> bytes:
    return write_xlsx([{"manager_id": "M1", "name": "Ann", "months": 3.5, "since": date(2024, 3, 4)}])


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6))
def test_a_workbook_with_any_damage_is_read_or_refused(tmp_path, changes):
    content = bytearray(plain_book())
    for position, piece in changes:
        start = position % len(content)
        content[start : start + len(piece)] = piece
    assert_accounted(read_bytes(tmp_path, bytes(content), "roster.xlsx"))


@settings(max_examples=120)
@given(st.data())
def test_a_workbook_with_any_damage_inside_its_parts_is_read_or_refused(tmp_path, data):
    from .test_xlsx import rezip

    part = data.draw(st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml",
                                      "xl/_rels/workbook.xml.rels", "[Content_Types].xml"]))  # fmt: skip
    position = data.draw(st.integers(0, 3000))
    piece = data.draw(
        st.sampled_from(
            [b"<", b">", b'"', b"99999999999", b"-1", b"\xff", b"A0", b"ZZZ9", b"", b"<c r='B2'/>", b"t='s'"]
        )
    )

    def damage(content):
        start = position % len(content)
        return content[:start] + piece + content[start + len(piece) :]

    assert_accounted(read_bytes(tmp_path, rezip(plain_book(), {part: damage}), "roster.xlsx"))


def assert_accounted(table: TableRead) -> None:
    """Everything a reader promises about any outcome."""
    report = ProblemReport(table.problems)
    report.to_csv().encode()
    report.to_json().encode()
    assert all(problem.code.startswith("N-" if problem.severity == "note" else "E-") for problem in report)
    assert all(problem.fix for problem in report if problem.severity != "note")
    assert list(table.frame) == [*ROSTER.column_names, "_row"]
    assert not (table.is_refused and len(table.frame))
    for name in ("manager_id", "name"):
        assert all(isinstance(value, str) and value.encode() for value in table.frame[name])


@pytest.mark.case("IN-77")
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, told):
    path = tmp_path / "roster.csv"
    path.write_text("manager_id,name\nM1,Ann\n")
    recognise = reading.recognise

    def rewrite(raw):
        path.write_text("manager_id,name\nM1,Bo\n")
        return recognise(raw)

    monkeypatch.setattr(reading, "recognise", rewrite)
    table = read_table(path, ROSTER)
    assert told(table) == [("refuse", "E-CHANGED", None)]
    assert "close it in Excel" in table.problems[0].sentence()
    assert table.frame.empty


@pytest.mark.case("IN-77")
def test_a_file_open_in_excel_is_noted(tmp_path, read, told):
    (tmp_path / "~$roster.csv").write_text("")
    assert told(read("manager_id,name\nM1,Ann\n")) == [("note", "N-OPEN", None)]


@pytest.mark.case("IN-77")
def test_a_file_locked_by_excel_is_refused(tmp_path, monkeypatch, read, sentence):
    path = tmp_path / "roster.csv"
    path.write_text("x")

    def locked(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", locked)
    assert "the file cannot be opened. Fix: close it in Excel" in sentence(read.path(path), "E-FILE")


def test_a_missing_file_a_folder_and_an_impossible_path_are_refused(tmp_path, read, told):
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "a\0b.csv"):
        assert told(read.path(path)) == [("refuse", "E-FILE", None)]


def test_facts_tell_how_the_file_was_read(read):
    table = read("Manager ID;name;months;extra\nM1;Ann;1,5;x\nM2;Bo;x;\n;;;\n")
    facts = table.facts
    assert (facts.format, facts.encoding, facts.delimiter, facts.decimal) == ("csv", "UTF-8", ";", ",")
    assert (facts.n_rows, facts.n_held, facts.n_blank, facts.header_row) == (1, 1, 1, 1)
    assert len(facts.sha256) == 64
