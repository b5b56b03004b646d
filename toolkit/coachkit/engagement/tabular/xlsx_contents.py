"""What a workbook holds, as plain values: its sheets, their marks and their cells.

Read by this process or by a child of its own (:mod:`coachkit.engagement.tabular.xlsx_process`), so nothing heavy is
imported here.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineWorkbook

from coachkit.engagement.tabular.grid import MAX_COLUMNS
from coachkit.engagement.tabular.xlsx_marks import (
    SheetMarks,
    SheetPart,
    Workbook,
    WorkbookXmlError,
    read_marks,
    read_styles,
    read_workbook,
)

MAX_ROWS = 200_000
SHARED_TEXTS = "xl/sharedStrings.xml"
_TEXT_END = re.compile(rb"</(?:\w+:)?si>")


class TooMuchError(Exception):
    """Reading on would take more memory than was allowed here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which sheets to read: the one named ``sheet``, else the first called as in ``names``, else all that are shown."""

    sheet: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be read in this process: cells of one sheet, and bytes of text in them."""

    cells: int
    text: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its values by row, and the marks that change what a value means."""

    part: SheetPart
    rows: list[list[Any]]
    marks: SheetMarks

    @property
    def is_too_large(self) -> bool:
        """Whether its values were not read, because it has more rows or columns than a table may have."""
        return is_too_large(self.marks)


@dataclass(frozen=True, slots=True)
class Contents:
    """A workbook and those of its sheets that were asked for."""

    book: Workbook
    sheets: tuple[Sheet, ...]


def read_contents(raw: bytes, wish: Wish, allowed: Allowance | None = None) -> Contents:
    """Read the sheets that are wished for; marks first, since they say how large a sheet really is.

    Raises
    ------
    WorkbookXmlError
        If the workbook is not what Excel writes.
    TooMuchError
        If a sheet would take more than ``allowed``.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        book = read_workbook(archive)
        parts = wished(book.parts, wish)
        styles = read_styles(archive)
        marks = [read_marks(archive, part, styles) for part in parts]
        if allowed is not None:
            _check_allowance(archive, marks, allowed)
    readable = not any(map(is_too_large, marks))
    cells = [read_cells(raw, part) if readable else [] for part in parts]
    return Contents(book, tuple(map(Sheet, parts, cells, marks)))


def wished(parts: tuple[SheetPart, ...], wish: Wish) -> list[SheetPart]:
    """The sheets to read; none when the one that is named is not there."""
    if wish.sheet is not None:
        wanted = wish.sheet.strip().casefold()
        return [part for part in parts if part.name.strip().casefold() == wanted][:1]
    shown = [part for part in parts if not part.is_hidden and part.path.lower().startswith("xl/worksheets/")]
    names = {name.strip().casefold() for name in wish.names}
    return [part for part in shown if part.name.strip().casefold() in names][:1] or shown


def is_too_large(marks: SheetMarks) -> bool:
    """Whether a sheet has more rows or columns than a table may have."""
    return max(marks.n_rows, marks.last_row) > MAX_ROWS or marks.last_column > MAX_COLUMNS


def read_cells(raw: bytes, part: SheetPart) -> list[list[Any]]:
    """Values of a sheet, row by row from its first row and column on."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return workbook.get_sheet_by_name(part.name).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the Rust reader is no Exception
        raise WorkbookXmlError(str(error)[:100] or type(error).__name__) from None


def _check_allowance(archive: zipfile.ZipFile, marks: list[SheetMarks], allowed: Allowance) -> None:
    cells = sum(mark.last_row * mark.last_column for mark in marks)
    shared = sum(mark.n_shared for mark in marks)
    if cells > allowed.cells or shared * _longest_text(archive) > allowed.text:
        raise TooMuchError


def _longest_text(archive: zipfile.ZipFile) -> int:
    """Bytes of the longest text that cells may share, at most: each cell that shows it takes that much."""
    if SHARED_TEXTS not in archive.namelist():
        return 0
    texts = archive.read(SHARED_TEXTS)
    if b"<![CDATA[" in texts:  # may hide the end of a text
        return len(texts)
    return max(map(len, _TEXT_END.split(texts)))
