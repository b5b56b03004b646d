from datetime import date

from coachkit.analysis.planning.dates import after_weeks, spread, working_day


def test_weekend_moves_to_the_monday_after():
    assert working_day(date(2026, 3, 7)) == working_day(date(2026, 3, 8)) == date(2026, 3, 9)


def test_weekday_stays():
    assert working_day(date(2026, 3, 6)) == date(2026, 3, 6)


def test_weeks_are_counted_from_the_start():
    assert after_weeks(date(2026, 3, 7), 2) == date(2026, 3, 23)  # a Saturday two weeks on, moved to Monday


def test_spread_starts_at_once_and_ends_one_step_before_the_period_is_over():
    days = spread(date(2026, 1, 5), 6, 6)
    assert days[0] == date(2026, 1, 5)
    assert date(2026, 6, 1) <= days[-1] <= date(2026, 6, 10)


def test_no_dose_gives_no_dates():
    assert spread(date(2026, 1, 5), 0, 6) == ()
