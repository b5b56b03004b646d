"""A table on a slide: header, rules between rows, heat, at a size at which all of it fits."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from lxml import etree
from pptx.oxml.ns import qn
from pptx.util import Emu

from coachkit.delivery.documents.slides.charts import Box
from coachkit.delivery.documents.slides.texts import TextStyle, set_text
from coachkit.presentation.blocks import Cell, Table
from coachkit.presentation.theme import HEAT, INK, MUTED, RULE, visible

SIZES = (14, 13, 12, 11, 10, 9, 8)  # points, largest first
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # the style without fills and lines
PAD = 0.05  # inches above and below a cell's text
APART = 152_400  # English metric units before a left-aligned column that follows a right-aligned one


def add_table(slide, table: Table, box: Box) -> int:  # noqa: ANN001 - a Slide of python-pptx
    """Add a table to a slide; returns the text size chosen.

    Rows that do not fit at the smallest size are the caller's matter: a cohort's tables have few.
    """
    left, top, width, height = box
    shares = _shares(table)
    inches = [share * width / 914_400 for share in shares]
    size = next((size for size in SIZES if sum(_heights(table, inches, size)) <= height / 914_400), SIZES[-1])
    heights = _heights(table, inches, size)
    frame = slide.shapes.add_table(
        len(table.rows) + 1, len(table.header), left, top, width, Emu(int(sum(heights) * 914_400))
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", visible(table.caption))  # noqa: SLF001 - no public way
    grid = frame.table
    grid.horz_banding, grid.first_row, grid.first_col = False, True, table.row_headers
    grid._tbl.tblPr.find("{*}tableStyleId").text = PLAIN  # noqa: SLF001 - no public way
    for column, share in enumerate(shares):
        grid.columns[column].width = Emu(int(share * width))
    apart = [False, *("right" == left.align != cell.align for left, cell in pairwise(table.header))]
    elements = grid._tbl.tr_lst  # noqa: SLF001 - no public way that is fast
    for number, row in enumerate((table.header, *table.rows)):
        grid.rows[number].height = Emu(int(heights[number] * 914_400))
        for column, cell in enumerate(row[: len(shares)]):
            is_header = number == 0
            bold = is_header or cell.strong or (column == 0 and table.row_headers)
            style = TextStyle(size, MUTED if is_header else INK, bold, cell.align)
            _fill(elements[number].tc_lst[column], cell, style, is_header=is_header, is_apart=apart[column])
    return size


def _fill(target: Any, cell: Cell, style: TextStyle, *, is_header: bool, is_apart: bool) -> None:  # noqa: ANN401 - a tc element
    """Text, margins, the rule below and the heat of one cell."""
    set_text(target.txBody, [cell.text], style)
    pad = str(int(PAD * 914_400))
    margins = {"marL": str(APART if is_apart else 0), "marR": "88900", "marT": pad, "marB": pad}
    for old in target.findall(qn("a:tcPr")):
        target.remove(old)
    properties = etree.SubElement(target, qn("a:tcPr"), **margins, anchor="b" if is_header else "t")
    line = etree.SubElement(properties, qn("a:lnB"), w="12700" if is_header else "6350")
    _solid(line, INK if is_header else RULE)
    if cell.level is not None and not is_header:
        _solid(properties, HEAT[min(max(cell.level, 0), len(HEAT) - 1)])


def _solid(parent: Any, color: str) -> None:  # noqa: ANN401 - an element
    etree.SubElement(etree.SubElement(parent, qn("a:solidFill")), qn("a:srgbClr"), val=color.lstrip("#"))


def _shares(table: Table) -> list[float]:
    n = len(table.header)
    widths = table.widths if len(table.widths) == n else (1.0,) * n
    return [width / sum(widths) for width in widths]


def _heights(table: Table, inches: list[float], size: int) -> list[float]:
    """Heights of all rows in inches at a text size, estimated generously."""
    return [max(_lines(row, inches, size)) * size * 1.25 / 72 + 2 * PAD + 0.02 for row in (table.header, *table.rows)]


def _lines(row: tuple[Cell, ...], inches: list[float], size: int) -> list[int]:
    fit = [max((width - 0.1) * 72 / (size * 0.57), 1) for width in inches]
    return [
        sum(math.ceil(max(len(part), 1) / room) for part in cell.text.split("\n"))
        for cell, room in zip(row, fit, strict=False)
    ] or [1]
