"""A workbook in the report's look: pages with a title and a lead, inputs to fill, formulas that are protected.

Every text goes through ``write_string``; nothing a person typed can become a formula or a link. Every formula carries
the value that it has when the file is made, for readers that do not calculate.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from coachkit.delivery.documents.packages import repacked
from coachkit.presentation.theme import INK, MUTED, PAPER, RULE, Theme, visible

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # fixed, so that equal input gives equal bytes
LONGEST_TEXT = 32_767  # characters that a cell holds
CUT = " [… cut: a cell holds no more]"
LINE_HEIGHT = 13.5
INPUT = "#FFF9E5"  # what is to be filled in: a wash that stays lighter than every other fill in grey
ALLOWED = {
    "select_unlocked_cells": True,
    "select_locked_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "sort": True,
}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_size": 20, "bold": True, "font_color": "primary"},
    "lead": {"font_size": 11, "text_wrap": True},
    "section": {"font_size": 13, "bold": True, "font_color": "primary"},
    "head": {"font_size": 9, "bold": True, "font_color": MUTED, "text_wrap": True, "valign": "bottom", "bottom": 2},
    "upright": {"font_size": 8, "font_color": MUTED, "rotation": 90, "num_format": "d mmm", "bottom": 2},
    "text": {"text_wrap": True, "bottom": 1},
    "strong": {"text_wrap": True, "bold": True, "bottom": 1},
    "note": {"font_size": 9, "font_color": MUTED, "text_wrap": True},
    "head_right": {
        "font_size": 9,
        "bold": True,
        "font_color": MUTED,
        "text_wrap": True,
        "valign": "bottom",
        "bottom": 2,
        "align": "right",
        "indent": 1,
    },
    "number": {"num_format": "0.0", "bottom": 1, "align": "right", "indent": 1},
    "precise": {"num_format": "0.00", "bottom": 1, "align": "right", "indent": 1},
    "count": {"num_format": "0", "bottom": 1, "align": "right", "indent": 1},
    "place": {"num_format": "0", "bottom": 1, "align": "center"},
    "result": {"num_format": "0.0", "bold": True, "bottom": 1, "align": "right", "indent": 1},
    "money": {"num_format": "#,##0", "bold": True, "bottom": 1, "align": "right", "indent": 1},
    "money_row": {"num_format": "#,##0;-#,##0;", "bottom": 1, "align": "right", "indent": 1},
    "share": {"num_format": "0%", "bold": True, "bottom": 1, "align": "right", "indent": 1},
    "percent": {"num_format": "0%", "bottom": 1, "align": "right", "indent": 1},
    "chart_only": {"num_format": "0.0", "font_color": PAPER, "font_size": 8},
    "day": {"num_format": "d mmm yyyy", "bottom": 1, "align": "left"},
    "grid": {"left": 4, "bottom": 4},
    "in_text": {"text_wrap": True, "border": 1, "bg_color": INPUT, "locked": False},
    "in_date": {"num_format": "d mmm yyyy", "border": 1, "bg_color": INPUT, "locked": False, "align": "left"},
    "in_level": {"num_format": "+0;-0;0", "border": 1, "bg_color": INPUT, "locked": False, "align": "center"},
    "in_number": {
        "num_format": "#,##0.##",
        "border": 1,
        "bg_color": INPUT,
        "locked": False,
        "align": "right",
        "indent": 1,
    },
    "in_share": {"num_format": "0%", "border": 1, "bg_color": INPUT, "locked": False, "align": "right", "indent": 1},
}


class Book:
    """One workbook under construction; :meth:`finished` gives the file."""

    def __init__(self, title: str, theme: Theme) -> None:
        self._out = io.BytesIO()
        self.theme = theme
        self.file = xlsxwriter.Workbook(self._out, OPTIONS)
        self.file.set_properties({"title": visible(title), "created": CREATED})
        self.file.set_calc_mode("auto")
        self.style = cache(self._style)

    def _style(self, name: str) -> Format:
        chosen = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top", **STYLES[name]}
        if chosen["font_color"] == "primary":
            chosen["font_color"] = self.theme.primary
        return self.file.add_format(
            {**chosen, "border_color": RULE, "bottom_color": INK if chosen.get("bottom") == 2 else RULE}
        )

    def marking(self, **properties: Any) -> Format:  # noqa: ANN401 - XlsxWriter's property values
        """A format that a condition lays over a cell."""
        return self.file.add_format(properties)

    def page(self, name: str, title: str, lead: str, widths: Sequence[float]) -> Page:
        """A sheet with its heading."""
        return Page(self, name, title, lead, widths)

    def finished(self) -> bytes:
        """The file's bytes; equal contents give equal bytes."""
        self.file.close()
        return repacked(self._out.getvalue())


class Page:
    """One sheet: heading written, protection on, printing across one page."""

    def __init__(self, book: Book, name: str, title: str, lead: str, widths: Sequence[float]) -> None:
        self.book, self.name, self.widths = book, name, widths
        self.sheet = book.file.add_worksheet(name)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.protect("", ALLOWED)
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.text(0, 0, title, "title")
        self.sheet.set_row(0, 30)
        self.wide_text(1, lead, "lead")

    def text(self, row: int, column: int, text: str, style: str = "text") -> None:
        """A text, never a formula; what is longer than a cell holds is cut with a note."""
        shown = visible(text)
        if len(shown) > LONGEST_TEXT:
            shown = shown[: LONGEST_TEXT - len(CUT)] + CUT
        if shown:
            self.sheet.write_string(row, column, shown, self.book.style(style))
        else:
            self.sheet.write_blank(row, column, None, self.book.style(style))

    def wide_text(self, row: int, text: str, style: str = "note") -> None:
        """A text across the page's columns, in a row high enough for it."""
        last = len(self.widths) - 1
        if last:
            self.sheet.merge_range(row, 0, row, last, "", self.book.style(style))
        self.text(row, 0, text, style)
        self.sheet.set_row(row, height_of([text], [min(sum(self.widths), 150) * 0.95]))

    def number(self, row: int, column: int, value: float | None, style: str = "number") -> None:
        """A number, or an empty cell."""
        if value is None:
            self.sheet.write_blank(row, column, None, self.book.style(style))
        else:
            self.sheet.write_number(row, column, value, self.book.style(style))

    def day(self, row: int, column: int, iso: str, style: str = "in_date") -> None:
        """A date as such; a text that is none stays a text."""
        try:
            parsed = dt.date.fromisoformat(iso)
        except ValueError:
            self.text(row, column, iso, style)
            return
        self.sheet.write_datetime(row, column, dt.datetime.combine(parsed, dt.time()), self.book.style(style))

    def formula(self, row: int, column: int, formula: str, value: float | str, style: str = "result") -> None:
        """A formula of ours with the value it has now."""
        self.sheet.write_formula(row, column, formula, self.book.style(style), value)

    def head(self, row: int, names: Iterable[str], right: Iterable[int] = ()) -> None:
        """A row of column names; those above numbers are aligned right."""
        listed, numeric = list(names), set(right)
        for column, name in enumerate(listed):
            self.text(row, column, name, "head_right" if column in numeric else "head")
        self.sheet.set_row(row, height_of(listed, self.widths, least=2))

    def fit_row(self, row: int, texts: Sequence[str], least: int = 1) -> None:
        """Make a row high enough for texts that stand in its first columns."""
        self.sheet.set_row(row, height_of(texts, self.widths, least=least))

    def blanks(self, row: int, columns: Iterable[int], style: str = "in_text") -> None:
        """Cells to fill in."""
        for column in columns:
            self.sheet.write_blank(row, column, None, self.book.style(style))

    def choose(self, first: int, last: int, column: int, choices: Sequence[object], hint: str = "") -> None:
        """A drop-down list on the rows of one column."""
        rule = {"validate": "list", "source": list(choices), "ignore_blank": True}
        rule |= {"input_message": hint[:255]} if hint else {}
        self.sheet.data_validation(first, column, last, column, rule)

    def between(self, first: int, last: int, column: int, low: float, high: float, what: str) -> None:
        """Accept numbers within limits only."""
        message = f"{what}: a number from {low:g} to {high:g}."
        rule = {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high, "ignore_blank": True}
        self.sheet.data_validation(first, column, last, column, {**rule, "error_message": message[:255]})

    def dates_only(self, first: int, last: int, column: int) -> None:
        """Accept dates only."""
        rule = {"validate": "date", "criteria": "between", "ignore_blank": True}
        limits = {"minimum": dt.date(2000, 1, 1), "maximum": dt.date(2100, 12, 31)}
        self.sheet.data_validation(first, column, last, column, {**rule, **limits, "error_message": "Enter a date."})


def height_of(texts: Sequence[str], widths: Sequence[float], least: int = 1) -> float:
    """Height in points for wrapped texts in columns of these widths (in characters).

    Examples
    --------
    >>> height_of(["ab cd"], [20]) == LINE_HEIGHT + 3
    True
    """
    lines = [
        sum(math.ceil(max(len(part), 1) / (width * 1.08)) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=False)
    ]
    return min(max([least, *lines]) * LINE_HEIGHT + 3, 400)


def chart_font(size: float = 9) -> dict[str, object]:
    """The font of charts."""
    return {"name": "Calibri", "size": size, "color": INK}


PLAIN_AREA = {"border": {"none": True}, "fill": {"color": PAPER}}
GRIDLINE = {"visible": True, "line": {"color": RULE, "width": 0.75}}
