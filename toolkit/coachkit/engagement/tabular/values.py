"""What converting one cell can give besides a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Literal

from coachkit.engagement.tabular.grid import Cell, cell_text


class Observed(Enum):
    """The answer "not observed", which is neither a rating nor a missing answer."""

    NOT = "not observed"


@dataclass(frozen=True, slots=True)
class FileContext:
    """What one column may know about its file.

    ``is_text`` tells text files from workbooks, ``delimiter`` the one found, ``is_1904`` the date system of a
    workbook, ``decimal`` a decimal mark another column of the file has proved.
    """

    is_text: bool = True
    delimiter: str | None = ","
    is_1904: bool = False
    decimal: str | None = None
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a cell cannot be read. ``what`` continues the quoted value unless ``shows_value`` is False."""

    code: str
    what: str
    fix: str
    shows_value: bool = True


@dataclass(slots=True)
class ColumnNotes:
    """Things worth knowing about a whole column, each told once with an example and a count of values."""

    seen: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    decimal: Literal[".", ","] | None = None

    def note(self, code: str, cell: Cell, what: str) -> None:
        """Count one distinct value under ``code``; the first one becomes the example."""
        example, count, text = self.seen.get(code, (cell_text(cell), 0, what))
        self.seen[code] = (example, count + 1, text)

    def refuse(self, code: str, what: str, fix: str) -> None:
        """A question that must be answered before the column can be read at all."""
        self.refusals.append((code, what, fix))
