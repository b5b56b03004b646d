"""One streaming pass over a sheet's XML for what the values alone do not tell."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.parsers import expat

_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_BUILT_IN_PERCENT = (9, 10)
_PADDED = re.compile(r"0{2,}")


class WorkbookXmlError(Exception):
    """The XML of a workbook is not well formed, or not what Excel writes."""


@dataclass(slots=True)
class SheetPart:
    """A sheet as the workbook lists it."""

    name: str
    path: str
    is_hidden: bool


@dataclass(slots=True)
class SheetMarks:
    """What one pass found. Positions are (row, column), both counted from 1.

    ``percents``: cells shown as percentages; ``padded``: cell -> number of digits shown; ``errors``: cell ->
    error text; ``formulas``: cells with one; ``uncached``: those without a value; ``n_values`` cells with a value up to ``last_row`` and
    ``last_column``, ``n_shared`` of them with a text of the workbook's common list.
    """

    percents: set[tuple[int, int]] = field(default_factory=set)
    padded: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    uncached: list[tuple[int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    has_filter: bool = False
    n_values: int = 0
    n_shared: int = 0
    n_rows: int = 0
    last_row: int = 0
    last_column: int = 0


def _parse(data: bytes, start: Any = None, end: Any = None, text: Any = None) -> None:  # noqa: ANN401 - expat handlers
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, KeyError, OverflowError) as error:
        raise WorkbookXmlError(str(error)) from None


def _refuse_doctype(*_: object) -> None:
    raise WorkbookXmlError("a document type is declared")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in order, whether dates count from 1904, and whether formulas wait to be calculated.

    Programs that write formulas without calculating them ask Excel to do so on opening; until then the values
    stored beside the formulas are placeholders.
    """

    parts: tuple[SheetPart, ...]
    is_1904: bool = False
    awaits_calculation: bool = False


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Read what the workbook says about its sheets, dates and formulas."""
    found: list[tuple[str, str, bool]] = []
    flags = {"date1904": False, "fullCalcOnLoad": False}

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "sheet":
            reference = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            found.append((attributes["name"], reference, hidden))
        elif _local(name) in ("workbookPr", "calcPr"):
            flags.update({key: attributes[key] in ("1", "true") for key in flags if key in attributes})

    _parse(_part(archive, "xl/workbook.xml"), start)
    targets = _targets(archive)
    parts = tuple(SheetPart(name, targets.get(reference, ""), hidden) for name, reference, hidden in found)
    return Workbook(parts, flags["date1904"], flags["fullCalcOnLoad"])


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            target = attributes["Target"]
            targets[attributes["Id"]] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    _parse(_part(archive, "xl/_rels/workbook.xml.rels"), start)
    return targets


def _part(archive: zipfile.ZipFile, path: str) -> bytes:
    try:
        return archive.read(path)
    except KeyError:
        raise WorkbookXmlError(f"the part {path} is missing") from None


@dataclass(slots=True)
class Styles:
    """Cell styles whose number format shows a percentage, or pads a number with zeros to so many digits."""

    percent: set[int] = field(default_factory=set)
    padded: dict[int, int] = field(default_factory=dict)


def read_styles(archive: zipfile.ZipFile) -> Styles:
    """Which cell styles show percentages or padded numbers."""
    formats: dict[int, str] = {}
    cells: list[int] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        if local == "numFmt":
            formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif local == "cellXfs":
            inside[0] = True
        elif local == "xf" and inside[0]:
            cells.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        if _local(name) == "cellXfs":
            inside[0] = False

    if "xl/styles.xml" in archive.namelist():
        _parse(_part(archive, "xl/styles.xml"), start, end)
    return _sort_styles(cells, formats)


def _sort_styles(cells: list[int], formats: dict[int, str]) -> Styles:
    styles = Styles()
    for style, number in enumerate(cells):
        shown = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", formats.get(number, "").split(";")[0])
        if number in _BUILT_IN_PERCENT or "%" in shown:
            styles.percent.add(style)
        elif _PADDED.fullmatch(shown):
            styles.padded[style] = len(shown)
    return styles


def read_marks(archive: zipfile.ZipFile, part: SheetPart, styles: Styles) -> SheetMarks:
    """Pass once over a sheet."""
    return _Pass(styles).run(_part(archive, part.path))


class _Pass:
    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.marks = SheetMarks()
        self.at = (0, 0)
        self.row = 0
        self.column = 0
        self.kind = ""
        self.style = 0
        self.has_formula = False
        self.in_value = False
        self.value = ""
        self.row_counted = 0

    def run(self, data: bytes) -> SheetMarks:
        _parse(data, self.start, self.end, self.text)
        return self.marks

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local == "c":
            self.start_cell(attributes)
        elif local in ("v", "t"):
            self.in_value = True
        elif local == "f":
            self.has_formula = True
        elif local == "row":
            self.row = int(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.marks.hidden_rows.add(self.row)
        elif local == "col" and attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes["max"]), 16_384)
            self.marks.hidden_columns.update(range(int(attributes["min"]), last + 1))
        elif local == "mergeCell":
            self.marks.merged.append(attributes["ref"])
        elif local == "autoFilter":
            self.marks.has_filter = True

    def start_cell(self, attributes: dict[str, str]) -> None:
        found = _CELL.fullmatch(attributes.get("r", ""))
        self.column = column_number(found[1]) if found else self.column + 1
        self.at = (int(found[2]) if found else self.row, self.column)
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "0"))
        self.has_formula = False
        self.value = ""

    def text(self, data: str) -> None:
        if self.in_value and len(self.value) < 50:
            self.value += data

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2] if ":" in name else name
        if local in ("v", "t"):
            self.in_value = False
        elif local == "c":
            self.end_cell()

    def end_cell(self) -> None:
        marks, at = self.marks, self.at
        if self.has_formula:
            marks.formulas.append(at)
        if not self.value:
            if self.has_formula and self.kind != "str":
                marks.uncached.append(at)
            return
        marks.n_values += 1
        marks.n_shared += self.kind == "s"
        if at[1] > marks.last_column:
            marks.last_column = at[1]
        if at[0] != self.row_counted:
            self.row_counted = at[0]
            marks.n_rows += 1
            marks.last_row = max(marks.last_row, at[0])
        if self.kind == "e":
            marks.errors[at] = self.value
        elif self.kind == "n" and self.style in self.styles.percent:
            marks.percents.add(at)
        elif self.kind == "n" and self.style in self.styles.padded:
            marks.padded[at] = self.styles.padded[self.style]


@cache
def column_number(letters: str) -> int:
    """Number of a column from its letters: A is 1.

    Examples
    --------
    >>> column_number("AA")
    27
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def range_cells(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of a range such as ``A2:A5``.

    Examples
    --------
    >>> range_cells("B2:C5")
    (2, 2, 5, 3)
    """
    corners = [_CELL.fullmatch(corner.replace("$", "")) for corner in reference.split(":")]
    if not all(corners):
        raise WorkbookXmlError(f"{reference!r} is not a range")
    rows = [int(corner[2]) for corner in corners if corner]
    columns = [column_number(corner[1]) for corner in corners if corner]
    return min(rows), min(columns), max(rows), max(columns)
