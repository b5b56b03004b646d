"""Cells as both file formats give them, and the collector of what is found wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from coachkit.engagement.problems import Problem, Severity

MAX_COLUMNS = 1_000  # of one table


@dataclass(frozen=True, slots=True)
class Marked:
    """A workbook cell that shows something other than its value.

    ``mark`` is ``percent`` (0.8 shown as 80 %), ``padded`` (7 shown as 007, in ``shown``), ``error``
    (``#REF!``, in ``shown``) or ``time`` (a time of day or a duration).
    """

    value: float | str
    mark: str
    shown: str = ""

    def __str__(self) -> str:
        return self.shown or str(self.value)


Cell = str | float | date | datetime | Marked  # "" is an empty cell; truth values are the texts TRUE and FALSE


def cell_text(cell: Cell) -> str:
    """A cell as a person reads it: whole numbers without ``.0``, dates as year-month-day.

    Examples
    --------
    >>> cell_text(1001.0), cell_text(date(2024, 3, 4)), cell_text(" a ")
    ('1001', '2024-03-04', ' a ')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


@dataclass(slots=True)
class Grid:
    """All rows of one sheet or text file, and what the reader knows about them.

    ``rows[i]`` is row ``i + 1`` of the spreadsheet; ``lines[i]`` the line it starts on in a text editor.
    """

    rows: Sequence[Sequence[Cell]]
    lines: Sequence[int] | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    skipped: frozenset[int] = frozenset()
    spans: dict[int, int] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether the grid comes from a text file, where every cell is text."""
        return self.delimiter is not None


@dataclass(slots=True)
class Findings:
    """Collects problems of one file; row numbers are those of the spreadsheet."""

    file: str
    sheet: str | None = None
    lines: Sequence[int] | None = None
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, severity: Severity, code: str, what: str, fix: str = "", *, row: int | None = None,
        column: str | None = None, value: Cell | None = None,
    ) -> None:  # fmt: skip
        """Record one problem."""
        line = self.lines[row - 1] if row is not None and self.lines and row <= len(self.lines) else None
        text = None if value is None else cell_text(value)
        self.problems.append(
            Problem(code, severity, self.file, self.sheet, row, column, text, what, fix, None if line == row else line)
        )

    def refuse(self, code: str, what: str, fix: str, **place: object) -> None:
        """The file cannot be used."""
        self.add("refuse", code, what, fix, **place)  # type: ignore[arg-type]

    def hold(self, code: str, what: str, fix: str, **place: object) -> None:
        """One row is held back."""
        self.add("hold", code, what, fix, **place)  # type: ignore[arg-type]

    def note(self, code: str, what: str, fix: str = "", **place: object) -> None:
        """Read, and worth knowing."""
        self.add("note", code, what, fix, **place)  # type: ignore[arg-type]

    @property
    def is_refused(self) -> bool:
        """Whether anything so far refuses the whole file."""
        return any(problem.severity == "refuse" for problem in self.problems)
