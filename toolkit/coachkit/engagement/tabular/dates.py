"""Dates and periods: the calendar's own forms, and a question where day and month could be swapped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from coachkit.engagement.tables import ColumnSpec, FileOptions
from coachkit.engagement.tabular.grid import Cell, Marked, cell_text
from coachkit.engagement.tabular.values import Bad, ColumnNotes, FileContext

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}\S*(?: [AP]M)?)?", re.ASCII)
_YEAR_LAST = re.compile(
    r"(\d{1,2})[-/.]\s?(\d{1,2})[-/.]\s?(\d{4}|\d{2})(?:,? \d{1,2}:\d{2}\S*(?: [AP]M)?)?", re.ASCII | re.IGNORECASE
)
_NAMED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SERIAL = re.compile(r"[1-9]\d{4}(\.\d+)?", re.ASCII)
_SERIALS = range(18_000, 80_000)  # 1949 to 2119 in the 1900 system
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_QUARTER = re.compile(r"(?:(?P<y1>\d{4})[\s\-/]?Q(?P<q1>[1-4])|Q(?P<q2>[1-4])[\s\-/]?(?P<y2>\d{4}))", re.IGNORECASE)
_MONTH = re.compile(r"(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})|(?P<m2>\d{1,2})[-/.](?P<y2>\d{4}))", re.ASCII)
_NOT_A_DATE = Bad("E-DATE", "is not a date", "type it as year-month-day, such as 2026-03-31")


def date_reader(
    distinct: Sequence[Cell], column: ColumnSpec, options: FileOptions, context: FileContext, notes: ColumnNotes
) -> Callable[[Cell], date | Bad]:
    """Read dates; asks once per column when day and month could be swapped."""
    latest = options.not_after or context.today + timedelta(days=1)
    order = options.date_order
    if order is None:
        _ask_order(distinct, notes)

    def read(cell: Cell) -> date | Bad:
        day = _day(cell, order or "dmy", context, notes)
        if isinstance(day, Bad):
            return day
        if not column.allow_future and day > latest:
            return Bad("E-FUTURE", f"lies in the future ({day.isoformat()})", "check the year")
        if not 1900 <= day.year <= 2200:
            return Bad("E-DATE", "lies before 1900 or after 2200", "check the year")
        return day

    return read


def _ask_order(distinct: Sequence[Cell], notes: ColumnNotes) -> None:
    """Refuse the column when some date can be read in two ways; show what the others suggest."""
    open_date, hint = None, ""
    for cell in distinct:
        if not isinstance(cell, str):
            continue
        found = _YEAR_LAST.fullmatch(cell.strip())
        if not found or len(found[3]) != 4:
            continue
        first, second = int(found[1]), int(found[2])
        if 1 <= first <= 12 and 1 <= second <= 12 and first != second:
            open_date = open_date or cell.strip()
        elif first > 12 or second > 12:
            hint = hint or f'; "{cell.strip()}" suggests {"day" if first > 12 else "month"} first'
    if open_date:
        what = f'"{open_date}" may be day/month or month/day{hint}'
        fix = "write date_order: dmy (or mdy) for this file in engagement.yaml, or type dates as 2026-03-31"
        notes.refuse("E-DATE-ORDER", what, fix)


def _day(cell: Cell, order: str, context: FileContext, notes: ColumnNotes) -> date | Bad:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float):
        return _serial(cell, context, notes)
    return _NOT_A_DATE if isinstance(cell, Marked) else _parse(cell, order, context)


def _serial(number: float, context: FileContext, notes: ColumnNotes) -> date | Bad:
    if int(number) not in _SERIALS:
        return _NOT_A_DATE
    day = _EPOCHS[context.is_1904] + timedelta(days=int(number))
    system = "1904" if context.is_1904 else "1900"
    notes.note("N-SERIAL", number, f"day numbers were read as dates of the {system} system ({day.isoformat()})")
    return day


def _parse(text: str, order: str, context: FileContext) -> date | Bad:
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _calendar(int(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_LAST.fullmatch(text)
    if found and len(found[3]) == 2:
        return Bad("E-DATE", "has a year of two digits", "type the year with four digits, as in 2024-12-25")
    if found:
        first, second, year = (int(part) for part in found.groups()[:3])
        swap = (order == "mdy" and second <= 31 and first <= 12) or second > 12
        day, month = (second, first) if swap else (first, second)
        return _calendar(year, month, day)
    found = _NAMED.fullmatch(text)
    if found and found[2][:3].lower() in _MONTHS:
        return _calendar(int(found[3]), _MONTHS.index(found[2][:3].lower()) + 1, int(found[1]))
    if _SERIAL.fullmatch(text) and context.is_text and int(float(text)) in _SERIALS:
        shown = _EPOCHS[False] + timedelta(days=int(float(text)))
        what = f"is a day number of Excel ({shown.isoformat()}, or four years later)"
        return Bad("E-DATE", what, "format the column as a date in Excel and save again")
    return _NOT_A_DATE


def _calendar(year: int, month: int, day: int) -> date | Bad:
    try:
        return date(year, month, day)
    except ValueError:
        return Bad("E-DATE", "is not a day of the calendar", "check day and month")


def period_reader(notes: ColumnNotes) -> Callable[[Cell], str | Bad]:
    """Read quarters (``2026-Q1``) and months (``2026-03``)."""

    def read(cell: Cell) -> str | Bad:
        if isinstance(cell, date):
            if cell.day != 1:
                return Bad("E-PERIOD", "is a day, not a quarter or month", "type 2026-Q1 or 2026-03")
            notes.note("N-PERIOD", cell, f"dates were read as months ({cell.strftime('%Y-%m')})")
            return cell.strftime("%Y-%m")
        text = cell_text(cell)
        found = _QUARTER.fullmatch(text)
        if found:
            return f"{found['y1'] or found['y2']}-Q{found['q1'] or found['q2']}"
        found = _MONTH.fullmatch(text)
        if found and 1 <= int(found["m1"] or found["m2"]) <= 12:
            return f"{found['y1'] or found['y2']}-{int(found['m1'] or found['m2']):02d}"
        return Bad("E-PERIOD", "is not a quarter or month", "type 2026-Q1 or 2026-03")

    return read
