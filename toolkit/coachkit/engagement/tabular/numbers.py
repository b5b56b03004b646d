"""Numbers and percentages, with the decimal mark decided by the whole column and never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal

from coachkit.engagement.tables import ColumnSpec, FileOptions
from coachkit.engagement.tabular.grid import Cell, Marked
from coachkit.engagement.tabular.values import Bad, ColumnNotes, FileContext

_NUMBER = re.compile(r"[+\-−]?(\d+(\.\d*)?|\.\d+)([eE][+\-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+\-−]?\d*,\d+\s?%?", re.ASCII)
_COMMA_GROUPS = re.compile(r"[+\-−]?[1-9]\d{0,2}(,\d{3})+\s?%?", re.ASCII)
_POINT = re.compile(r"[+\-−]?\d*\.\d+\s?%?", re.ASCII)
_POINT_GROUPS = re.compile(r"[+\-−]?[1-9]\d{0,2}(\.\d{3})+\s?%?", re.ASCII)
_DATE_CHANGED = Bad(
    "E-DATE-CHANGED",
    "is a date; Excel changed a score into a date",
    "format the column as Text, type the value again (such as 3-4 or 3) and save",
)


def decimal_of(texts: Iterable[str]) -> Literal[".", ","] | None:
    """The decimal mark a column proves: values that can be read in one way only.

    Examples
    --------
    >>> decimal_of(["4,5", "1,200"]), decimal_of(["1,200"]), decimal_of(["4.25"])
    (',', None, '.')
    """
    marks: set[Literal[".", ","]] = set()
    for text in texts:
        if _COMMA.fullmatch(text) and not _COMMA_GROUPS.fullmatch(text):
            marks.add(",")
        elif _POINT.fullmatch(text) and not _POINT_GROUPS.fullmatch(text):
            marks.add(".")
    return marks.pop() if len(marks) == 1 else None


def number_reader(
    distinct: Sequence[Cell], column: ColumnSpec, options: FileOptions, context: FileContext, notes: ColumnNotes
) -> Callable[[Cell], float | Bad]:
    """Read cells of a number, integer, percent or rating column."""
    texts = [cell.strip() for cell in distinct if isinstance(cell, str)]
    notes.decimal = decimal_of(texts)
    implied = {",": ".", ".": ","}.get(options.thousands or "")
    decimal = options.decimal or implied or notes.decimal or context.decimal
    asks_share = column.kind == "percent" and options.percent_as is None and _looks_like_shares(distinct, decimal)

    def read(cell: Cell) -> float | Bad:
        percent = False
        if isinstance(cell, Marked):
            if cell.mark == "time":
                return _DATE_CHANGED
            percent = cell.mark == "percent"
            cell = cell.value
        if isinstance(cell, date):
            return _DATE_CHANGED
        if isinstance(cell, str):
            number, percent = _parse(cell, decimal, options, context, notes)
            if isinstance(number, Bad):
                return _wanted(column, number)
        else:
            number = cell
        if percent or column.kind == "percent":
            number = _percent(number, percent, isinstance(cell, float), column, options, asks_share)
            if isinstance(number, Bad):
                return number
        return check_number(number, column)

    return read


def _looks_like_shares(distinct: Sequence[Cell], decimal: str | None) -> bool:
    """Whether all numbers lie from 0 to 1 and some between: 0.8 may be 80 % or 0.8 %."""
    numbers = []
    for cell in distinct:
        if isinstance(cell, float):
            numbers.append(cell)
        elif isinstance(cell, str):
            text = cell.strip().replace(",", ".") if decimal == "," else cell.strip()
            if _NUMBER.fullmatch(text):
                numbers.append(float(text.replace("−", "-")))
    return bool(numbers) and all(0 <= n <= 1 for n in numbers) and any(0 < n < 1 for n in numbers)


def _parse(
    text: str, decimal: str | None, options: FileOptions, context: FileContext, notes: ColumnNotes
) -> tuple[float | Bad, bool]:
    percent = text.endswith("%")
    plain = text[:-1].rstrip() if percent else text
    if plain.startswith("'"):
        notes.note("N-APOSTROPHE", text, "numbers start with an apostrophe, which was dropped")
        plain = plain[1:]
    elif not context.is_text:
        notes.note("N-TEXT-NUMBER", text, "numbers are stored as text and were read as numbers")
    marks = _ambiguous(plain, decimal, options, context)
    if marks:
        return marks, percent
    if options.thousands:
        plain = _without_groups(plain, options.thousands)
    if decimal == "," and "." not in plain:
        if "," in plain and options.decimal is None:
            notes.note("N-DECIMAL", text, "a comma was read as the decimal mark")
        plain = plain.replace(",", ".")
    elif decimal == ",":
        return Bad("E-NUMBER", "is not a number with decimal commas", "write 4,5; declare thousands: if used"), percent
    if not _NUMBER.fullmatch(plain):
        return Bad("E-NUMBER", "is not a number", "type digits only, or leave the cell empty"), percent
    return float(plain.replace("−", "-")), percent


def _without_groups(text: str, mark: str) -> str:
    whole = re.compile(rf"([+\-−]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+)(?!\d)", re.ASCII)
    found = whole.match(text)
    return found.group().replace(mark, "") + text[found.end() :] if found else text


def _ambiguous(text: str, decimal: str | None, options: FileOptions, context: FileContext) -> Bad | None:
    if options.thousands or options.decimal:
        return None
    if "," in text and "." in text:
        mark, point = (".", ",") if text.rindex(",") > text.rindex(".") else (",", ".")
        fix = f'type it without separators, or write thousands: "{mark}" for this file in engagement.yaml'
        return Bad("E-THOUSANDS", f'may have "{mark}" between thousands and "{point}" as decimal mark', fix)
    if "," in text and decimal != ",":
        what = "may have a thousands separator or a decimal comma"
        fix = 'type it without separator, or write thousands: "," (or decimal: ",") for this file in engagement.yaml'
        return Bad("E-THOUSANDS", what, fix)
    if _POINT_GROUPS.fullmatch(text) and (text.count(".") > 1 or (decimal is None and context.delimiter == ";")):
        what = "may have a thousands separator or a decimal point"
        fix = 'type it without separator, or write thousands: "." (or decimal: ".") for this file in engagement.yaml'
        return Bad("E-THOUSANDS", what, fix)
    return None


def _percent(
    number: float, marked: bool, is_cell: bool, column: ColumnSpec, options: FileOptions, asks: bool
) -> float | Bad:
    """A percentage in points (80), from points, from 80% or from a share (0.8)."""
    fix = "write percent_as: points (80 means 80 %) or share (0.8 means 80 %) for this file in engagement.yaml"
    if column.kind != "percent":
        return Bad("E-PERCENT", "is a percentage, but a plain number is expected", "type the number without %")
    if options.percent_as is None and (marked or (asks and 0 < number <= 1)):
        what = "has a percent sign" if marked else "may mean a share (0.8 = 80 %) or percentage points"
        return Bad("E-PERCENT", what, fix)
    if marked:
        return _rounded(number * 100) if is_cell else number
    return _rounded(number * 100) if options.percent_as == "share" else number


def _rounded(number: float) -> float:
    return round(number, 10)  # 0.07 * 100 is 7.000000000000001


def check_number(number: float, column: ColumnSpec) -> float | Bad:
    """The number itself when it lies within the column's limits and on its grid."""
    low = -float("inf") if column.minimum is None else column.minimum
    high = float("inf") if column.maximum is None else column.maximum
    step = {"rating": column.step, "integer": 1.0}.get(column.kind)
    start = 0.0 if column.minimum is None else column.minimum
    on_grid = step is None or abs((number - start) / step - round((number - start) / step)) < 1e-9
    return number if low <= number <= high and on_grid else expected(column)


def expected(column: ColumnSpec, code: str = "E-RANGE") -> Bad:
    """Word what the column takes: ``is not a whole number from 1 to 5``."""
    whole = column.kind == "integer" or (column.kind == "rating" and column.step == 1)
    noun = "a whole number" if whole else ("a percentage" if column.kind == "percent" else "a number")
    low, high = (None if limit is None else f"{limit:g}" for limit in (column.minimum, column.maximum))
    if low is not None and high is not None:
        span, short = f" from {low} to {high}", f"type {low}-{high}"
    elif low is not None or high is not None:
        span = f" of {low} or more" if low is not None else f" of {high} or less"
        short = f"type {noun}{span}"
    else:
        span, short = "", f"type {noun}"
    if column.kind == "rating" and column.step != 1:
        span += f" in steps of {column.step:g}"
    return Bad(code, f"is not {noun}{span}", f'{short}, or leave empty for "no answer"{_or_code(column)}')


def _or_code(column: ColumnSpec) -> str:
    return "; if it is a code for no answer, list it under missing_codes" if column.kind == "rating" else ""


def _wanted(column: ColumnSpec, bad: Bad) -> Bad:
    return expected(column, "E-RANGE") if bad.code == "E-NUMBER" and "digits only" in bad.fix else bad
