"""Workbooks: which sheet, its values, and the marks that change what a value means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from coachkit.engagement.problems import visible
from coachkit.engagement.tables import FileOptions, TableSpec
from coachkit.engagement.tabular.grid import MAX_COLUMNS, Cell, Findings, Grid, Marked, cell_text
from coachkit.engagement.tabular.headers import HeaderReader, column_letters
from coachkit.engagement.tabular.xlsx_contents import MAX_ROWS, Contents, Sheet, Wish
from coachkit.engagement.tabular.xlsx_marks import SheetMarks, WorkbookXmlError, range_cells
from coachkit.engagement.tabular.xlsx_process import contents_of
from coachkit.engagement.tabular.xlsx_safety import check_archive
from coachkit.errors import listed

_AGAIN = "open it in Excel, save it again under a new name, and use that file"


class _Refused(Exception):  # noqa: N818 - carries no message; the problem is in the findings
    """The workbook was refused and the reason recorded."""


def read_grid(
    raw: bytes, spec: TableSpec, options: FileOptions, headers: HeaderReader, findings: Findings
) -> tuple[Grid, bool] | None:
    """Read the sheet that holds the table; None when the workbook was refused.

    Returns
    -------
    tuple of (Grid, bool)
        The cells, and whether the workbook's dates count from 1904.
    """
    if not check_archive(raw, findings):
        return None
    try:
        contents = contents_of(raw, Wish(options.sheet, (spec.name, spec.title)))
        _check_sizes(contents, findings)
        sheet = _choose(contents, options, headers, findings)
        findings.sheet = sheet.part.name
        _refuse_formulas(sheet.marks, contents.book.awaits_calculation, findings)
        _refuse_merged(sheet.marks, options.header_row or 1, findings)
        return _grid(sheet, options, findings), contents.book.is_1904
    except _Refused:
        return None
    except WorkbookXmlError as error:
        findings.refuse("E-WORKBOOK", f"the workbook cannot be read ({error})", _AGAIN)
        return None


def _check_sizes(contents: Contents, findings: Findings) -> None:
    """Refuse sheets with more rows or columns than a table may have; their values have not been read."""
    fix = "keep only the rows and columns of the table, or save the sheet as CSV UTF-8"
    for sheet in contents.sheets:
        findings.sheet, marks = sheet.part.name, sheet.marks
        if not sheet.is_too_large:
            continue
        if max(marks.n_rows, marks.last_row) > MAX_ROWS:
            what = f"the sheet has rows down to {marks.last_row:,}; at most {MAX_ROWS:,} are read"
            findings.refuse("E-SIZE", what, fix)
        else:
            what = f"the sheet has {marks.last_column:,} columns; at most {MAX_COLUMNS:,} are read"
            findings.refuse("E-COLUMNS", what, fix)
        raise _Refused
    findings.sheet = None


def _choose(contents: Contents, options: FileOptions, headers: HeaderReader, findings: Findings) -> Sheet:
    """The declared sheet, the only one, the one named like the table, or the only one that fits."""
    if options.sheet is not None:
        if not contents.sheets:
            names = listed((visible(part.name) for part in contents.book.parts), 12)
            what = f'there is no sheet "{visible(options.sheet)}"; sheets: {names}'
            findings.refuse("E-SHEET", what, "correct sheet: for this file in engagement.yaml")
            raise _Refused
        return contents.sheets[0]
    hidden = [part.name for part in contents.book.parts if part.is_hidden]
    if hidden:
        what = f"{len(hidden)} hidden sheets were not read: {listed(map(visible, hidden))}"
        findings.note("N-HIDDEN", what, "to read one, unhide it or write sheet: with its name")
    return contents.sheets[0] if len(contents.sheets) == 1 else _fitting(contents.sheets, headers, findings)


def _fitting(sheets: Sequence[Sheet], headers: HeaderReader, findings: Findings) -> Sheet:
    filled = [sheet for sheet in sheets if sheet.marks.n_values]
    fits = [sheet for sheet in filled if headers.fits([[_plain(cell) for cell in row] for row in sheet.rows[:20]])]
    if len(fits) > 1:
        names = listed(visible(sheet.part.name) for sheet in fits)
        fix = "write sheet: with the name of one of them for this file in engagement.yaml"
        findings.refuse("E-SHEET", f"{len(fits)} sheets have the columns of this table: {names}", fix)
        raise _Refused
    chosen = next(iter(fits or filled or sheets), None)
    if chosen is None:
        findings.refuse("E-SHEET", "the workbook has no visible sheet", "unhide the sheet with the table")
        raise _Refused
    if fits:
        name = visible(chosen.part.name)
        findings.note("N-SHEET", f'the table was read from sheet "{name}" of {len(sheets)} visible sheets')
    return chosen


def _plain(value: Any) -> Cell:  # noqa: ANN401 - what the reader of values gives
    """A value as a cell: truth values as the words Excel shows, times as marked text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return float(value)
    if isinstance(value, (time, timedelta)):
        return Marked(str(value), "time")
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date()
    return value if isinstance(value, (str, float, date)) else str(value)


def _grid(sheet: Sheet, options: FileOptions, findings: Findings) -> Grid:
    marks = sheet.marks
    rows = [[_plain(value) for value in row] for row in sheet.rows[: marks.last_row]]
    rows += [[] for _ in range(marks.last_row - len(rows))]
    _mark_cells(rows, marks)
    return Grid(rows, None, sheet.part.name, skipped=_hidden(marks, options, findings))


def _mark_cells(rows: list[list[Cell]], marks: SheetMarks) -> None:
    def put(at: tuple[int, int], mark: str, shown: str = "") -> None:
        row = rows[at[0] - 1]
        row += [""] * (at[1] - len(row))
        cell = row[at[1] - 1]
        if mark == "error" or isinstance(cell, float):
            row[at[1] - 1] = Marked(cell, mark, shown or cell_text(cell))  # type: ignore[arg-type]

    for at in marks.percents:
        cell = rows[at[0] - 1][at[1] - 1 : at[1]]
        if cell and isinstance(cell[0], float):
            put(at, "percent", f"{cell[0] * 100:.10g}%")
    for at, digits in marks.padded.items():
        cell = rows[at[0] - 1][at[1] - 1 : at[1]]
        if cell and isinstance(cell[0], float) and len(cell_text(cell[0])) < digits:
            put(at, "padded", cell_text(cell[0]).zfill(digits))
    for at, shown in marks.errors.items():
        put(at, "error", shown)


def _refuse_formulas(marks: SheetMarks, awaits_calculation: bool, findings: Findings) -> None:
    open_cells = marks.uncached or (marks.formulas if awaits_calculation else [])
    if open_cells:
        row, column = open_cells[0]
        what = f"{len(open_cells)} formulas have no stored value (first: cell {column_letters(column - 1)}{row})"
        findings.refuse("E-FORMULA", what, "open the file in Excel and save it, so that values are stored", row=row)


def _refuse_merged(marks: SheetMarks, header_row: int, findings: Findings) -> None:
    """Merged cells hide which row a value belongs to; merges above a declared header do no harm."""
    for reference in marks.merged[:20]:
        first_row, _, last_row, _ = range_cells(reference)
        if first_row > marks.last_row or last_row < header_row:
            continue
        fix = "select the range, choose Merge & Center again to unmerge, and fill in every cell"
        findings.refuse("E-MERGED", f"the cells {reference} are merged", fix, row=first_row)


def _hidden(marks: SheetMarks, options: FileOptions, findings: Findings) -> frozenset[int]:
    rows = {row for row in marks.hidden_rows if row <= marks.last_row}
    columns = sorted(column for column in marks.hidden_columns if column <= marks.last_column)
    if not rows and not columns:
        return frozenset()
    leave_out = options.include_hidden is False and bool(rows)
    parts = [f"{len(rows)} hidden rows {'left out' if leave_out else 'read'}"] if rows else []
    if columns:
        letters = ", ".join(column_letters(column - 1) for column in columns[:12])
        parts.append(f"{len(columns)} hidden columns read ({letters})")
    if marks.has_filter and rows:
        parts.append("a filter is on")
    fix = "" if options.include_hidden is not None else "unhide them, or write include_hidden: true (or false)"
    findings.note("N-HIDDEN", "; ".join(parts), fix)
    return frozenset(rows) if leave_out else frozenset()
