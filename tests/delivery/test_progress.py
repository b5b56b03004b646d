"""Rate and time left are told from the first report on, whatever the warm-up took."""

from __future__ import annotations

from coachkit.delivery.progress import Pace, Progress, notebook_progress


def test_the_warm_up_does_not_slow_the_rate():
    times, told = iter([100.0, 101.0, 102.0, 104.0]), []
    pace = Pace(5, told.append, clock=lambda: next(times))
    pace.begin()
    for is_done in (True, True, False, True):
        pace.count(is_done)
    assert told[0] == Progress("reports", total=5)
    assert (told[1].rate, told[2].rate, told[3].rate, told[4].rate) == (None, 1.0, 1.0, 0.75)
    assert told[4] == Progress("reports", 3, 1, 5, 0.75, 1 / 0.75)


def test_the_last_line_promises_nothing_more():
    assert Progress("reports", 4, 1, 5, 2.0, 0.0).sentence() == "reports: 5 of 5, 1 failed"
    assert Progress("analysing").sentence() == "analysing ..."


def test_outside_a_notebook_nothing_is_drawn(capsys):
    with notebook_progress() as tell:
        tell(Progress("reports", 1, 0, 2))
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_in_a_notebook_a_bar_counts(monkeypatch, capsys):
    monkeypatch.setattr("coachkit.delivery.progress.in_notebook", lambda: True)
    monkeypatch.setattr("tqdm.auto.tqdm", __import__("tqdm").tqdm)
    with notebook_progress() as tell:
        tell(Progress("analysing"))
        tell(Progress("reports", 1, 1, 4))
    assert "reports (1 failed)" in capsys.readouterr().err
