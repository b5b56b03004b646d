"""From the headers a client wrote to the columns we know."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from coachkit.engagement.problems import visible
from coachkit.engagement.tables import FileOptions, TableSpec
from coachkit.engagement.tabular.grid import MAX_COLUMNS, Cell, Findings, Grid, cell_text
from coachkit.errors import listed

SEARCHED = 20  # rows from the top in which a header may stand
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝвнкмтАВЕКМНОРСТХІЈЅαερονικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧı",
    "aeopcyxijshdqwbhkmtABEKMHOPCTXIJSaepoviktuxABEZHIKMNOPTYXi",
)


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Where the header stands, the position of every known column, and what is not stored.

    ``width`` counts columns up to the last one with a header or a cell, ``full_width`` all fields of the row.
    """

    row: int
    width: int
    full_width: int
    positions: dict[str, int]
    headers: dict[str, str]
    not_stored: tuple[str, ...] = ()


def fold_header(text: str) -> str:
    """A header without differences that do not matter: case, spaces, hyphens, underscores.

    Examples
    --------
    >>> fold_header("  Manager-ID ")
    'manager_id'
    """
    return re.sub(r"[\s_\-]+", "_", unicodedata.normalize("NFC", text).strip()).casefold().strip("_")


def _wanted(spec: TableSpec, options: FileOptions) -> dict[str, str]:
    """Folded header -> canonical column: mapped headers first, then names and aliases."""
    wanted: dict[str, str] = {}
    mapped = set(options.columns.values())
    for column in spec.columns:
        if column.name not in mapped:
            for name in (column.name, *column.aliases):
                wanted.setdefault(fold_header(name), column.name)
    wanted.update({fold_header(source): name for source, name in options.columns.items()})
    return wanted


class HeaderReader:
    """Finds and maps the header of one table."""

    def __init__(self, spec: TableSpec, options: FileOptions) -> None:
        self.spec = spec
        self.options = options
        self.wanted = _wanted(spec, options)
        self.required = {column.name for column in spec.columns if column.required}

    def count(self, row: Sequence[Cell]) -> int:
        """How many different known columns the cells of a row name."""
        names = {self.wanted.get(fold_header(cell)) for cell in row if isinstance(cell, str) and len(cell) < 300}
        return len(names - {None})

    def fits(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Whether one of the first rows names every required column."""
        for row in rows[:SEARCHED]:
            names = {self.wanted.get(fold_header(cell)) for cell in row if isinstance(cell, str)}
            if self.required <= names and len(names - {None}) >= 1:
                return True
        return False

    def read(self, grid: Grid, findings: Findings) -> HeaderMap | None:
        """Map the header row; None when the file was refused."""
        index = self._find(grid, findings)
        if index is None:
            return None
        cells = [cell_text(cell) for cell in grid.rows[index]]
        width = _used_width(cells, grid.rows[index + 1 :])
        if width > MAX_COLUMNS:
            what = f"the file has {width:,} columns; at most {MAX_COLUMNS:,} are read"
            findings.refuse("E-COLUMNS", what, "delete the columns that are not needed", row=index + 1)
            return None
        return self._map(cells[:width], len(cells), index + 1, findings)

    def _find(self, grid: Grid, findings: Findings) -> int | None:
        rows = grid.rows
        if self.options.header_row is not None:
            if self.options.header_row > len(rows):
                what = f"header_row is {self.options.header_row}, but the file has {len(rows)} rows"
                findings.refuse("E-HEADER-ROW", what, "correct header_row for this file in engagement.yaml")
                return None
            return self.options.header_row - 1
        first = next((n for n, row in enumerate(rows) if any(_filled(cell) for cell in row)), None)
        if first is None:
            findings.refuse("E-EMPTY-FILE", "the file has no filled cell", "fill it, or take it out of engagement.yaml")
            return None
        counts = [self.count(row) for row in rows[first : first + SEARCHED]]
        best = first + counts.index(max(counts))
        if best != first and counts[best - first] > max(counts[0], 1):
            self._refuse_title(first, best, counts[0], findings)
            return None
        return first

    def _refuse_title(self, first: int, best: int, known: int, findings: Findings) -> None:
        above = "another header row" if known else "a title or notes"
        what = f"the header looks to be row {best + 1}; row {first + 1} looks like {above}"
        fix = f"delete the rows above row {best + 1}, or write header_row: {best + 1} for this file in engagement.yaml"
        findings.refuse("E-HEADER-ROW", what, fix, row=first + 1)

    def _map(self, cells: list[str], full_width: int, row: int, findings: Findings) -> HeaderMap:
        positions: dict[str, int] = {}
        headers: dict[str, str] = {}
        extra: list[str] = []
        changed: list[str] = []
        for position, cell in enumerate(cells):
            name = self.wanted.get(fold_header(cell)) if cell.strip() else None
            if name is None:
                self._unknown(cell, position, row, extra, findings)
            elif name in positions:
                self._duplicate(cell, name, (positions[name], position), row, findings)
            else:
                positions[name], headers[name] = position, cell.strip()
                if cell != name and cell not in self.options.columns:
                    changed.append(f"{visible(cell)!r} as {name}")
        self._repeated(cells, positions, row, findings)
        self._missing(positions, extra, row, findings)
        if changed:
            findings.note("N-HEADER", f"headers read as known columns: {', '.join(changed[:12])}", row=row)
        if extra:
            shown = listed([visible(name) for name in extra], 12)
            findings.note("N-NOT-STORED", f"{len(extra)} columns are not known here and are not stored: {shown}")
        return HeaderMap(row, len(cells), full_width, positions, headers, tuple(extra))

    def _unknown(self, cell: str, position: int, row: int, extra: list[str], findings: Findings) -> None:
        letters = column_letters(position)
        if not cell.strip():
            fix = "write a header above the column, or delete the column"
            findings.refuse("E-HEADER", f"column {letters} has cells but no header", fix, row=row)
        elif _NUMBER.fullmatch(cell.strip()):
            what = f"in column {letters} is a number where a header belongs; the header row may be missing"
            findings.refuse("E-HEADER", what, "write the column headers in the first row", row=row, value=cell)
        else:
            self._odd(cell, row, findings)
            extra.append(cell.strip())

    def _odd(self, cell: str, row: int, findings: Findings) -> None:
        plain = _INVISIBLE.sub("", cell).translate(_LOOKALIKES)
        name = self.wanted.get(fold_header(plain))
        if name is None:
            return
        position, odd = next((n, char) for n, char in enumerate(cell) if ord(char) > 127)
        label = unicodedata.name(odd, "unnamed character")
        what = f'looks like "{name}" but character {position + 1} is U+{ord(odd):04X} ({label})'
        findings.refuse("E-HEADER", what, f"delete the header and type {name}", row=row, value=cell)

    def _duplicate(self, cell: str, name: str, at: tuple[int, int], row: int, findings: Findings) -> None:
        first, second = (column_letters(position) for position in at)
        what = f"stands above columns {first} and {second} (both are {name})"
        findings.refuse("E-DUPLICATE-HEADER", what, "rename or delete one of the two columns", row=row, value=cell)

    def _repeated(self, cells: list[str], positions: dict[str, int], row: int, findings: Findings) -> None:
        seen: dict[str, int] = {}
        for position, cell in enumerate(cells):
            folded = fold_header(cell)
            if folded and self.wanted.get(folded) not in positions and folded in seen:
                first, second = column_letters(seen[folded]), column_letters(position)
                what = f"stands above columns {first} and {second}"
                findings.refuse("E-DUPLICATE-HEADER", what, "rename or delete one of the two", row=row, value=cell)
            seen.setdefault(folded, position)

    def _missing(self, positions: dict[str, int], extra: list[str], row: int, findings: Findings) -> None:
        missing_sources = [s for s, name in self.options.columns.items() if name not in positions]
        for name in sorted(self.required - positions.keys()):
            close = get_close_matches(fold_header(name), [fold_header(header) for header in extra], n=2, cutoff=0.55)
            headers = [header for header in extra if fold_header(header) in close]
            hint = f"; closest header found: {', '.join(visible(h) for h in headers)}" if headers else ""
            source = next((s for s in missing_sources if self.options.columns[s] == name), None)
            what = f'the required column "{name}" is missing{hint}'
            if source is not None:
                what = f'the column "{source}", mapped to {name} in engagement.yaml, is missing{hint}'
            fix = f'add the column, or write columns: {{"your header": {name}}} for this file in engagement.yaml'
            findings.refuse("E-MISSING-COLUMN", what, fix, row=row)


def _filled(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _used_width(header: Sequence[str], body: Sequence[Sequence[Cell]]) -> int:
    """Width of the header without trailing empty columns that hold nothing below either."""
    width = len(header)
    while width and not header[width - 1].strip():
        if any(len(row) >= width and _filled(row[width - 1]) for row in body):
            break
        width -= 1
    return width


def column_letters(position: int) -> str:
    """Column letters of a spreadsheet for a position counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(25), column_letters(26)
    ('A', 'Z', 'AA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
