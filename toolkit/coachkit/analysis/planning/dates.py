"""Dates of a plan: working days only, none between Christmas and New Year, counted from the start."""

from __future__ import annotations

from datetime import date, timedelta

DAYS_PER_MONTH = 365.25 / 12
YEAR_END = (12, 24)  # month and day from which nobody is asked to a session until 2 January
SATURDAY = 5  # date.weekday() of the first day of the weekend


def working_day(day: date) -> date:
    """The day itself, or the next working day when it falls on a weekend or between Christmas and New Year.

    Examples
    --------
    >>> working_day(date(2026, 3, 7))  # a Saturday
    datetime.date(2026, 3, 9)
    >>> working_day(date(2026, 12, 28))
    datetime.date(2027, 1, 4)
    """
    if (day.month, day.day) >= YEAR_END:
        day = date(day.year + 1, 1, 2)
    elif (day.month, day.day) == (1, 1):
        day += timedelta(days=1)
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day


def after_weeks(start: date, weeks: float) -> date:
    """The working day on or after ``weeks`` weeks from the start.

    Examples
    --------
    >>> after_weeks(date(2026, 3, 2), 6)
    datetime.date(2026, 4, 13)
    """
    return working_day(start + timedelta(days=round(7 * weeks)))


def spread(start: date, n_dates: int, months: float) -> tuple[date, ...]:
    """``n_dates`` working days evenly spread over ``months`` months, the first on or after ``start``.

    Examples
    --------
    >>> [day.isoformat() for day in spread(date(2026, 3, 2), 3, 3)]
    ['2026-03-02', '2026-04-01', '2026-05-04']
    """
    step = months * DAYS_PER_MONTH / max(n_dates, 1)
    return tuple(working_day(start + timedelta(days=round(step * k))) for k in range(n_dates))
