"""The rows below the header: blank ones skipped, rows with too few or too many fields held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachkit.engagement.tabular.csv import SEPARATOR_NAMES
from coachkit.engagement.tabular.grid import Cell, Findings, Grid
from coachkit.engagement.tabular.headers import HeaderMap

_SMART_QUOTES = "“”„‟«»"


@dataclass(frozen=True, slots=True)
class Body:
    """Rows below the header that have the right number of fields.

    ``rows`` are row numbers of the spreadsheet, ``columns`` the cells of every known column, ``held`` positions
    of rows to hold back all the same; ``n_wrong`` counts rows left out for their number of fields.
    """

    rows: list[int]
    columns: dict[str, tuple[Cell, ...]]
    n_blank: int
    n_wrong: int
    held: frozenset[int]


def read_body(grid: Grid, header: HeaderMap, findings: Findings, skip_rows: Sequence[int] = ()) -> Body:
    """Take the rows below the header; every row left out is counted, named or was asked for."""
    return _BodyReader(grid, header, findings, skip_rows).read()


def _is_filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


class _BodyReader:
    def __init__(self, grid: Grid, header: HeaderMap, findings: Findings, skip_rows: Sequence[int] = ()) -> None:
        self.grid, self.header, self.findings = grid, header, findings
        self.skipped = grid.skipped | set(skip_rows)
        self.held: set[int] = set()

    def read(self) -> Body:
        width = self.header.width
        numbers: list[int] = []
        good: list[Sequence[Cell]] = []
        wrong: list[tuple[int, Sequence[Cell]]] = []
        n_blank = 0
        for number, row in enumerate(self.grid.rows[self.header.row :], self.header.row + 1):
            if number in self.skipped:
                continue
            if len(row) == width and _is_filled(row[0]):
                pass
            elif not any(map(_is_filled, row)):
                n_blank += 1
                continue
            elif len(row) != width:
                fitted = self._fit(row, width)
                if fitted is None:
                    wrong.append((number, row))
                    continue
                row = fitted
            numbers.append(number)
            good.append(row)
        self._report_widths(wrong, len(good))
        self._hold_swallowed(numbers, good)
        if n_blank:
            self.findings.note("N-BLANK", f"{n_blank} blank rows were skipped")
        cells: list[tuple[Cell, ...]] = list(zip(*good, strict=True)) if good else [()] * width
        columns = {name: cells[position] for name, position in self.header.positions.items()}
        return Body(numbers, columns, n_blank, len(wrong), frozenset(self.held))

    def _fit(self, row: Sequence[Cell], width: int) -> Sequence[Cell] | None:
        if len(row) == self.header.full_width:
            return row[:width]  # the header found its last fields empty in every row
        if len(row) < width and not self.grid.is_text:
            return [*row, *[""] * (width - len(row))]
        if len(row) > width and not self.grid.is_text:
            return row[:width]  # a stray cell beside the table has no header and is not part of it
        return None

    def _report_widths(self, wrong: list[tuple[int, Sequence[Cell]]], n_good: int) -> None:
        """Rows with too few or too many fields are held; when most are, the file itself is at fault."""
        if not wrong:
            return
        width, sign = self.header.width, SEPARATOR_NAMES[self.grid.delimiter or ","]
        longer = sum(len(row) > width for _, row in wrong)
        if len(wrong) > n_good and longer > len(wrong) / 2:
            number, row = wrong[0]
            what = f"{len(wrong)} of {len(wrong) + n_good} rows do not have {width} fields; this one has {len(row)}"
            fix = f'put texts that hold a {sign} in straight quotes ("Ann, Jr"), or save as "CSV UTF-8" from Excel'
            self.findings.refuse("E-FIELDS", what, fix, row=number)
            return
        for number, row in wrong:
            self._hold_width(number, row, width, sign)

    def _hold_width(self, number: int, row: Sequence[Cell], width: int, sign: str) -> None:
        difference = abs(len(row) - width)
        many = f"{difference} field{'s' if difference > 1 else ''} too {'many' if len(row) > width else 'few'}"
        what = f"the row has {many}: {width} expected, {len(row)} found"
        fix = "fill in the missing cells; an empty cell still needs its delimiter"
        if len(row) > width:
            fix = f'put a text that holds a {sign} in straight quotes, as in "Ann{self.grid.delimiter} Jr"'
            if any(char in str(cell) for cell in row for char in _SMART_QUOTES):
                fix = f'replace the curly quotes (“ ”) by straight ones ("); {fix}'
        elif len(row) == 1 and (self.grid.delimiter or ",") in str(row[0]):
            fix = "the whole row stands in one pair of quotes; delete the quotes at both its ends"
        if number in self.grid.spans:
            fix = f"a quote opened in this row closes only on line {self.grid.spans[number]}; close it where the text ends"
        self.findings.hold("E-FIELDS", what, fix, row=number)

    def _hold_swallowed(self, numbers: list[int], good: list[Sequence[Cell]]) -> None:
        """Hold rows whose quoted cell holds whole rows: an unclosed quote that met a later one."""
        width, mark = self.header.width, self.grid.delimiter
        if not self.grid.spans or width < 3 or mark is None:
            return
        for position, number in enumerate(numbers):
            if number not in self.grid.spans:
                continue
            for cell in good[position]:
                inner = str(cell).splitlines()[1:]
                if any(line.count(mark) >= width - 1 for line in inner):
                    what = f"a quoted cell holds what look like whole rows, up to line {self.grid.spans[number]}"
                    self.findings.hold("E-QUOTE", what, "close the quote where its text ends", row=number)
                    self.held.add(position)
