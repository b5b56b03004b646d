"""The data-entry workbook: one sheet per table with drop-down lists and hints, and a sheet on how to fill it."""

from __future__ import annotations

import datetime as dt
import io
import re

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from coachkit.engagement.tables import ColumnSpec, TableSpec

GUIDE_SHEET = "How to fill this"
ENTRY_ROWS = 20_000  # rows below the header that carry lists and hints
_LIST_LIMIT = 255  # characters Excel allows in a drop-down list
_MESSAGE_LIMIT = 255
_TITLE_LIMIT = 32
_MOST_CHOICES = 25
_CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)  # fixed, so that equal input gives equal bytes
_EARLIEST, _LATEST = dt.date(1950, 1, 1), dt.date(2100, 12, 31)
_WIDTHS = {"id": 16, "name": 28, "text": 32, "choice": 18, "date": 14, "period": 12}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def build_workbook(specs: tuple[TableSpec, ...], guide: str) -> bytes:
    """Build the workbook.

    Parameters
    ----------
    specs : tuple of TableSpec
        One sheet each, named after the table, columns in order.
    guide : str
        The numbered hints of the first sheet, as Markdown of plain paragraphs.

    Returns
    -------
    bytes
        An .xlsx file without macros, formulas outside validation, or links.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties({"title": "Data entry", "created": _CREATED})
    formats = _Formats(book)
    _write_guide(book.add_worksheet(GUIDE_SHEET), formats, specs, guide)
    for spec in specs:
        _write_table(book.add_worksheet(spec.name), formats, spec)
    book.close()
    return out.getvalue()


class _Formats:
    """The cell formats of the workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
        self.required: Format = book.add_format({**head, "bg_color": "#0B3C5D", "font_color": "#FFFFFF"})
        self.optional: Format = book.add_format({**head, "bg_color": "#E6ECF1", "font_color": "#1B1B1B"})
        self.text: Format = book.add_format({"num_format": "@"})
        self.date: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.number: Format = book.add_format({})
        self.title: Format = book.add_format({"bold": True, "font_size": 16})
        self.body: Format = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, column: ColumnSpec) -> Format:
        """The format of a column's cells: codes stay text, dates show as year-month-day."""
        if column.kind in ("id", "text", "name", "choice", "period"):
            return self.text
        return self.date if column.kind == "date" else self.number


def _write_guide(sheet: Worksheet, formats: _Formats, specs: tuple[TableSpec, ...], guide: str) -> None:
    sheet.hide_gridlines(2)
    _fit_to_page(sheet)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 38)
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 70)
    sheet.set_column(4, 4, 38)
    sheet.set_column(5, 5, 24)
    title, *paragraphs = [part for part in guide.splitlines() if part.strip()]
    sheet.write_string(0, 0, title.lstrip("# "), formats.title)
    row = 2
    for text in paragraphs:
        sheet.merge_range(row, 0, row, 4, "", formats.body)
        sheet.write_string(row, 0, text, formats.body)
        sheet.set_row(row, 15 * (1 + len(text) // 150))
        row += 1
    row += 1
    for place, text in enumerate(("Sheet", "Column", "Required", "What it means", "What may stand in it", "Example")):
        sheet.write_string(row, place, text, formats.required)
    for spec in specs:
        for column in spec.columns:
            row += 1
            required = "yes" if column.required else ""
            cells = (spec.name, column.name, required, column.description, allowed_text(column), column.example)
            for place, text in enumerate(cells):
                sheet.write_string(row, place, text, formats.body)
            sheet.set_row(row, 15 * (1 + max(len(column.description) // 70, len(cells[4]) // 38)))


def _fit_to_page(sheet: Worksheet) -> None:
    """Print across one page of A4, landscape."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_table(sheet: Worksheet, formats: _Formats, spec: TableSpec) -> None:
    _fit_to_page(sheet)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    for place, column in enumerate(spec.columns):
        width = max(_WIDTHS.get(column.kind, 12), min(24, len(column.name) + 2))
        sheet.set_column(place, place, width, formats.of(column))
        sheet.write_string(0, place, column.name, formats.required if column.required else formats.optional)
        sheet.data_validation(1, place, ENTRY_ROWS, place, _validation(column, place))
    sheet.autofilter(0, 0, 0, len(spec.columns) - 1)


def _validation(column: ColumnSpec, place: int) -> dict[str, object]:
    required = " Must be filled." if column.required else ""
    hint = f"{column.description.split(' (')[0] if column.kind == 'rating' else column.description}{required}"
    rule = _rule(column, f"{xl_col_to_name(place)}2")
    return {
        **rule,
        "ignore_blank": True,
        "input_title": _cut(column.name, _TITLE_LIMIT),
        "input_message": _cut(f"{hint} {allowed_text(column)}", _MESSAGE_LIMIT),
        "error_title": "Please check",
        "error_message": _cut(f"{column.name}: {allowed_text(column)}", _MESSAGE_LIMIT),
    }


def _rule(column: ColumnSpec, cell: str) -> dict[str, object]:
    """Excel's rule for a column; texts carry a hint only."""
    choices = _choices(column)
    if choices and len(choices) <= _MOST_CHOICES and len(",".join(choices)) <= _LIST_LIMIT:
        return {"validate": "list", "source": list(choices)}
    if column.kind == "rating":
        absent = f'{cell}="{column.choices[0]}",' if column.choices else ""
        limits = f"{cell}>={column.minimum:g},{cell}<={column.maximum:g}"
        return {"validate": "custom", "value": f"=OR({absent}AND(ISNUMBER({cell}),{limits}))"}
    if column.kind == "date":
        return {"validate": "date", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
    if column.kind in ("number", "percent", "integer"):
        kind = "integer" if column.kind == "integer" else "decimal"
        low = -1e12 if column.minimum is None else column.minimum
        high = 1e12 if column.maximum is None else column.maximum
        return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
    return {"validate": "any"}


def _choices(column: ColumnSpec) -> tuple[str, ...]:
    if column.kind == "yes_no":
        return ("yes", "no")
    if column.kind == "choice":
        return column.choices
    if column.kind == "rating" and column.minimum is not None and column.maximum is not None:
        steps = round((column.maximum - column.minimum) / column.step)
        if steps < _MOST_CHOICES:
            values = [f"{column.minimum + place * column.step:g}" for place in range(steps + 1)]
            return (*values, *column.choices[:1])
    return ()


def allowed_text(column: ColumnSpec) -> str:
    """Word what may stand in a column.

    Examples
    --------
    >>> allowed_text(ColumnSpec("team_size", "integer", minimum=0, maximum=5000, unit="people"))
    'Whole number from 0 to 5000 (people).'
    >>> allowed_text(ColumnSpec("volunteered", "yes_no"))
    'yes or no.'
    """
    if column.kind == "choice":
        return f"One of: {', '.join(column.choices)}."
    if column.kind == "rating":
        absent = f", or {column.choices[0]} for not observed" if column.choices else ""
        kind = "Whole number" if column.step == 1 else f"Number in steps of {column.step:g}"
        return f"{kind} from {column.minimum:g} to {column.maximum:g}{absent}."
    if column.kind in ("number", "integer", "percent"):
        kind = "Whole number" if column.kind == "integer" else "Number"
        return f"{kind}{_limits(column)}{f' ({column.unit})' if column.unit else ''}."
    return {
        "yes_no": "yes or no.",
        "date": "Date as year-month-day.",
        "period": "Quarter (2026-Q1) or month (2026-03).",
        "id": "A code; text, leading zeros are kept.",
    }.get(column.kind, "Text.")


def _limits(column: ColumnSpec) -> str:
    if column.minimum is None and column.maximum is None:
        return ""
    if column.maximum is None:
        return f" of {column.minimum:g} or more"
    return f" from {column.minimum:g} to {column.maximum:g}"


def _cut(text: str, limit: int) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
