"""The cohort report's tables as data, for those who want to work with the figures.

They are the tables of the report itself, cell by cell: a figure that the report hides or rounds is hidden or rounded
here, so that the workbook gives nothing away that the report does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from coachkit.delivery.documents.layout import split_cover
from coachkit.delivery.documents.workbook.book import Book, Page
from coachkit.presentation.blocks import Block, Callout, Cell, Cover, Heading, Table
from coachkit.presentation.theme import Theme, visible

FIRST = 3
SECTION_LEVEL = 2
LONGEST_NAME = 31  # characters of a sheet's name in Excel
NARROW, WIDE = 11.0, 48.0  # characters
_NUMBER = re.compile(r"[-−]?\d{1,9}(?:\.\d+)?%?")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
TABLE, ABOUT = "Table", "About"
LEAD = "The tables of the cohort report, to work with. No manager is named, and small groups are not shown."


def render_cohort_workbook(blocks: Sequence[Block], title: str = "") -> bytes:
    """Write the tables of a cohort report, one sheet each.

    Parameters
    ----------
    blocks : sequence of Block
        The report, as its notebook showed it.
    title : str
        Title in the file's properties; empty: the cover's title.

    Returns
    -------
    bytes
        An .xlsx file without formulas; a cell that is a number in the report is a number here. The same bytes for
        the same blocks.
    """
    cover, _ = split_cover(blocks, title)
    theme = Theme.from_colours(cover.colour_primary, cover.colour_accent)
    book = Book(title or cover.title, theme)
    _add_about(book, cover, blocks)
    names = {ABOUT.casefold()}
    for table, section in _merged(blocks):
        _add_table(book, table, section, sheet_name(table.caption, names))
    return book.finished()


def _merged(blocks: Sequence[Block]) -> list[tuple[Table, str]]:
    """Tables with the section they stand in; those with the same columns as one, told apart in a first column."""
    groups: dict[tuple[str, ...], list[tuple[Table, str]]] = {}
    section = ""
    for block in blocks:
        if isinstance(block, Heading) and block.level <= SECTION_LEVEL:
            section = block.text
        if isinstance(block, Table) and block.rows:
            groups.setdefault(tuple(cell.text for cell in block.header), []).append((block, section))
    return [_as_one(group) for group in groups.values()]


def _as_one(group: list[tuple[Table, str]]) -> tuple[Table, str]:
    first, section = group[0]
    if len(group) == 1:
        return first, section
    captions = [table.caption for table, _ in group]
    shared = _first_words(captions) or captions[0]
    rows = tuple((Cell(table.caption), *row) for table, _ in group for row in table.rows)
    return replace(first, caption=shared, header=(Cell(TABLE), *first.header), rows=rows, widths=()), section


def _first_words(captions: Sequence[str]) -> str:
    """The words with which all captions begin."""
    places = zip(*(caption.split() for caption in captions), strict=False)
    return " ".join(words[0] for words in takewhile(lambda words: len(set(words)) == 1, places))


def sheet_name(caption: str, taken: set[str]) -> str:
    """A name that Excel accepts and no other sheet has; it is added to ``taken``.

    Examples
    --------
    >>> taken = set()
    >>> sheet_name("Mean [1/2]", taken), sheet_name("Mean  12 ", taken)
    ('Mean 12', 'Mean 12 2')
    """
    plain = " ".join(_FORBIDDEN.sub("", visible(caption)).split())[:LONGEST_NAME].strip() or "Table"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].strip()} {number}"
    taken.add(name.casefold())
    return name


def as_number(text: str) -> float | None:
    """A cell's text as a number, where it is nothing else; per cent as a share.

    Examples
    --------
    >>> as_number("−0.4"), as_number("31%"), as_number("3.5 (3.1 to 3.9)")
    (-0.4, 0.31, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.rstrip("%").replace("−", "-"))
    return round(value / 100, 6) if text.endswith("%") else value


def _add_about(book: Book, cover: Cover, blocks: Sequence[Block]) -> None:
    page = book.page(ABOUT, cover.title or "Cohort", LEAD, (22, 100))
    row = FIRST
    for text in (*cover.lines, cover.publisher, cover.confidential, cover.footer):
        if text:
            page.wide_text(row, text, "lead")
            row += 1
    for block in blocks:
        if isinstance(block, Callout) and block.kind == "caution":
            row += 1
            page.wide_text(row, f"{block.title}: {''.join(run.text for run in block.runs)}", "lead")


def _add_table(book: Book, table: Table, section: str, name: str) -> None:
    numeric = [column for column in range(len(table.header)) if _is_numeric(table, column)]
    widths = [NARROW if column in numeric else _width(table, column) for column in range(len(table.header))]
    lead = f"Section “{section}” of the report. {table.note}" if section else table.note
    page = book.page(name, table.caption, lead, widths)
    page.head(FIRST, [cell.text for cell in table.header], right=numeric)
    for row, cells in enumerate(table.rows, start=FIRST + 1):
        for column, cell in enumerate(cells[: len(table.header)]):
            _write(page, row, column, cell, is_header=column == 0 and table.row_headers)
        page.fit_row(row, [cell.text for cell in cells])
    page.sheet.autofilter(FIRST, 0, FIRST + len(table.rows), len(table.header) - 1)
    page.sheet.freeze_panes(FIRST + 1, 1)


def _write(page: Page, row: int, column: int, cell: Cell, *, is_header: bool) -> None:
    value = as_number(cell.text)
    if value is None:
        page.text(row, column, cell.text, "strong" if is_header or cell.strong else "text")
        return
    places = len(cell.text.rstrip("%").partition(".")[2])
    style = "percent" if cell.text.endswith("%") else ("count", "number", "precise")[min(places, 2)]
    page.number(row, column, value, style)


def _is_numeric(table: Table, column: int) -> bool:
    return any(as_number(row[column].text) is not None for row in table.rows if column < len(row))


def _width(table: Table, column: int) -> float:
    texts = [row[column].text for row in (table.header, *table.rows) if column < len(row)]
    return min(max(max(map(len, texts)) * 1.1, NARROW), WIDE)
