"""Bombs that pass the gate of the archive's directory: their reader dies, this process goes on."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
import zipfile

import pandas as pd
import pytest
import xlsxwriter

from coachkit.engagement.forks import can_fork
from coachkit.engagement.tabular import xlsx_contents, xlsx_process
from coachkit.engagement.tabular.xlsx_contents import MAX_ROWS, Allowance, TooMuchError, Wish, read_contents

HEADER = ("manager_id", "name", "months", "since", "score", "hands_on")
DAY = dt.datetime(2024, 3, 4, 13, 30)  # noqa: DTZ001 - spreadsheets know no time zones
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}
ways = pytest.mark.parametrize("way", ["forked", "started"])
linux = pytest.mark.skipif(not can_fork(), reason="memory is limited beforehand on Linux only")


@pytest.fixture
def child_reads(monkeypatch):
    """Let a child read even the smallest workbook, forked or started."""

    def choose(way, here_bytes=-1):
        monkeypatch.setattr(xlsx_process, "HERE_BYTES", here_bytes)
        monkeypatch.setattr(xlsx_process, "can_fork", lambda: way == "forked")

    return choose


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet, other = workbook.add_worksheet("People"), workbook.add_worksheet("Notes")
    formats = {name: workbook.add_format({"num_format": name}) for name in ("yyyy-mm-dd hh:mm", "0%", "000", "hh:mm")}
    sheet.write_row(0, 0, (*HEADER, "note"))
    sheet.write_row(1, 0, ("M1", "Zoë", 3, "", 4))
    sheet.write_row(2, 0, ("M2", "李", 4, "", 2.5))
    sheet.write_row(3, 0, ("M4", "Ann", 3, "", 4))
    sheet.write_number(3, 6, 7, formats["000"])
    sheet.write_datetime(1, 3, DAY, formats["yyyy-mm-dd hh:mm"])
    sheet.write_datetime(2, 3, DAY, formats["yyyy-mm-dd hh:mm"])
    sheet.write_datetime(2, 6, dt.time(10, 15), formats["hh:mm"])
    sheet.write_number(4, 6, 0.4, formats["0%"])
    sheet.write(5, 6, True)
    sheet.set_row(2, None, None, {"hidden": True})
    other.merge_range("A1:B2", "x")
    workbook.close()
    return path.read_bytes()


def sheet_of(rows):
    body = "".join(f'<row r="{number}">{cells}</row>' for number, cells in rows)
    return f'<worksheet xmlns="{SPACE}"><sheetData>{body}</sheetData></worksheet>'


def texts_of(text):
    return f'<sst xmlns="{SPACE}"><si><t>{text}</t></si></sst>'


def with_parts(raw, tmp_path, **parts):
    """The workbook with its first sheet, or its common texts, replaced."""
    source, target = tmp_path / "source.xlsx", tmp_path / "bomb.xlsx"
    source.write_bytes(raw)
    replaced = {PARTS[name]: text for name, text in parts.items()}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, replaced.get(entry, old.read(entry)))
    return target.read_bytes()


@pytest.fixture
def amplified(plain, tmp_path):
    """Some kilobytes: one long text that 12,000 cells share."""
    rows = [(n, "".join(f'<c r="{letter}{n}" t="s"><v>0</v></c>' for letter in "ABCDEF")) for n in range(1, 2001)]
    return with_parts(plain, tmp_path, sheet=sheet_of(rows), texts=texts_of("x" * 450_000))


@pytest.fixture
def sparse(plain, tmp_path):
    """A few kilobytes: two cells, 200,000 rows and a thousand columns apart."""
    rows = [(1, '<c r="A1"><v>1</v></c>'), (MAX_ROWS, f'<c r="ALL{MAX_ROWS}"><v>1</v></c>')]
    return with_parts(plain, tmp_path, sheet=sheet_of(rows))


@ways
@pytest.mark.case("IN-66")
def test_a_child_reads_what_this_process_would_read(plain, child_reads, way):
    child_reads(way)
    for wish in (Wish(), Wish("people "), Wish(names=("notes",)), Wish("absent")):
        assert xlsx_process.contents_of(plain, wish) == read_contents(plain, wish)
    assert [sheet.part.name for sheet in read_contents(plain, Wish()).sheets] == ["People", "Notes"]


@ways
def test_tables_from_a_child_equal_those_read_here(read, plain, child_reads, way):
    here = read(plain, "plain.xlsx")
    child_reads(way)
    child = read(plain, "plain.xlsx")
    pd.testing.assert_frame_equal(child.frame, here.frame)
    assert child.problems == here.problems
    assert list(here.frame["manager_id"]) == ["M1", "M4"]


@ways
@linux
@pytest.mark.case("IN-66")
def test_a_small_file_that_unfolds_in_memory_is_refused(read, sentence, amplified, child_reads, way):
    assert len(amplified) < 50_000
    child_reads(way, xlsx_process.HERE_BYTES)
    assert "reading it takes more than 1,500 MB of memory or 60 s" in sentence(read(amplified, "a.xlsx"), "E-WORKBOOK")


@linux
@pytest.mark.case("IN-66")
def test_two_cells_far_apart_do_not_fill_the_memory(read, sentence, sparse):
    assert len(sparse) < 10_000
    assert "reading it takes more than" in sentence(read(sparse, "far.xlsx"), "E-WORKBOOK")


@pytest.mark.case("IN-66")
def test_what_is_read_here_is_weighed_before_it_is_read(amplified, sparse):
    tracemalloc.start()
    try:
        for raw in (amplified, sparse):
            with pytest.raises(TooMuchError):
                read_contents(raw, Wish(), xlsx_process.HERE)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_texts_that_hide_their_end_are_weighed_as_one(plain, tmp_path):
    rows = [(n, f'<c r="A{n}" t="s"><v>0</v></c>') for n in range(1, 101)]
    hidden = texts_of("<![CDATA[" + "x</si>" * 1000 + "]]>")
    raw = with_parts(plain, tmp_path, sheet=sheet_of(rows), texts=hidden)
    with pytest.raises(TooMuchError):
        read_contents(raw, Wish(), Allowance(cells=10_000, text=500_000))


@linux
@pytest.mark.case("IN-66")
@pytest.mark.parametrize("greed", [lambda *_: bytearray(3_000_000_000), lambda *_: time.sleep(60)])
def test_a_reader_that_wants_too_much_is_stopped(read, sentence, plain, monkeypatch, child_reads, greed):
    child_reads("forked")
    monkeypatch.setattr(xlsx_process, "READER_S", 2.0)
    monkeypatch.setattr(xlsx_contents, "read_cells", greed)
    assert "reading it takes more than 1,500 MB of memory or 2 s" in sentence(read(plain, "greedy.xlsx"), "E-WORKBOOK")


@pytest.mark.case("IN-66")
def test_a_started_reader_is_stopped_by_the_clock_and_by_its_size(read, sentence, plain, monkeypatch, child_reads):
    child_reads("started")
    monkeypatch.setattr(xlsx_process, "READER_S", 0.01)
    assert "or 0 s" in sentence(read(plain, "slow.xlsx"), "E-WORKBOOK")
    monkeypatch.setattr(xlsx_process, "READER_S", 60.0)
    monkeypatch.setattr(xlsx_process, "_POLL_S", 0.001)
    monkeypatch.setattr(xlsx_process, "_memory_of", lambda _: 1_600 * 1024 * 1024)
    assert "reading it takes more than" in sentence(read(plain, "big.xlsx"), "E-WORKBOOK")


@ways
def test_a_damaged_workbook_gives_the_same_words_from_a_child(read, told, plain, tmp_path, child_reads, way):
    broken = with_parts(plain, tmp_path, sheet="<worksheet><sheetData>")
    here = read(broken, "broken.xlsx").problems
    child_reads(way)
    assert read(broken, "broken.xlsx").problems == here
    assert told(read(broken, "broken.xlsx"))[0][1] == "E-WORKBOOK"
