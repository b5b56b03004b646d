"""A table in WordprocessingML: a caption, a header row that repeats, rows that stay whole, and a text alternative."""

from __future__ import annotations

from itertools import pairwise

from coachkit.delivery.documents.layout import stays_whole
from coachkit.delivery.documents.word_xml import Element, make, paragraph, text_run
from coachkit.presentation.blocks import Cell, Table
from coachkit.presentation.theme import HEAT, visible

APART = 170  # twentieths of a point before a left-aligned column that follows a right-aligned one
LINE = 400  # height of a row to fill in by hand
_SIDES = {"left": "left", "right": "right", "center": "center"}


def table_elements(table: Table, text_width: int) -> list[Element]:
    """Caption, table and note; an empty paragraph follows where there is no note, as Word needs one.

    Parameters
    ----------
    table : Table
        The block.
    text_width : int
        Width of the text in twentieths of a point; the columns share it.
    """
    n_columns = len(table.header)
    given = table.widths if len(table.widths) == n_columns else (1.0,) * n_columns
    widths = [round(text_width * width / sum(given)) for width in given]
    apart = [False, *("right" == left.align != cell.align for left, cell in pairwise(table.header))]
    whole = stays_whole(table)
    element = make(
        "w:tbl",
        None,
        _properties(table, sum(widths)),
        make("w:tblGrid", None, *(make("w:gridCol", {"w:w": width}) for width in widths)),
        _row(table.header, widths, apart, is_header=True, keep=True),
        *(_row(row, widths, apart, keep=whole and row is not table.rows[-1]) for row in table.rows),
    )
    return [
        paragraph("Caption", text_run(table.caption)),
        element,
        paragraph("TableNote", *([text_run(table.note)] if table.note else [])),
    ]


def _properties(table: Table, width: int) -> Element:
    look = {"w:firstRow": 1, "w:lastRow": 0, "w:firstColumn": int(table.row_headers), "w:lastColumn": 0}
    value = f"{0x0020 | (0x0080 if table.row_headers else 0) | 0x0600:04X}"
    return make(
        "w:tblPr",
        None,
        make("w:tblStyle", {"w:val": "ReportTable"}),
        make("w:tblW", {"w:w": width, "w:type": "dxa"}),
        make("w:tblLayout", {"w:type": "fixed"}),
        make("w:tblLook", {"w:val": value, **look, "w:noHBand": 1, "w:noVBand": 1}),
        make("w:tblCaption", {"w:val": visible(table.caption)}),
    )


def _row(
    cells: tuple[Cell, ...], widths: list[int], apart: list[bool], *, is_header: bool = False, keep: bool
) -> Element:
    padded = (*cells, *[Cell("")] * (len(widths) - len(cells)))[: len(widths)]
    properties = [make("w:cantSplit")]
    if not any(cell.text for cell in padded):
        properties.append(make("w:trHeight", {"w:val": LINE, "w:hRule": "atLeast"}))
    if is_header:
        properties.append(make("w:tblHeader"))
    filled = (
        _cell(cell, width, is_apart=gap, keep=keep) for cell, width, gap in zip(padded, widths, apart, strict=True)
    )
    return make("w:tr", None, make("w:trPr", None, *properties), *filled)


def _cell(cell: Cell, width: int, *, is_apart: bool, keep: bool) -> Element:
    properties = [make("w:tcW", {"w:w": width, "w:type": "dxa"})]
    if cell.level is not None:
        color = HEAT[min(max(cell.level, 0), len(HEAT) - 1)].lstrip("#")
        properties.append(make("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": color}))
    if is_apart:
        properties.append(make("w:tcMar", None, make("w:start", {"w:w": APART, "w:type": "dxa"})))
    layout = [make("w:keepNext")] if keep else []
    layout += [make("w:jc", {"w:val": _SIDES[cell.align]})] if cell.align != "left" else []
    content = [text_run(cell.text, "Strong" if cell.strong else "")] if cell.text else []
    return make("w:tc", None, make("w:tcPr", None, *properties), paragraph("TableText", *content, extra=layout))
