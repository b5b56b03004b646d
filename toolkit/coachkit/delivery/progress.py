"""How far a run is: counts, rate and time left, for a terminal, a notebook or a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``rate`` in reports a second and ``seconds_left`` are None until a report is finished."""

    stage: str
    done: int = 0
    failed: int = 0
    total: int = 0
    rate: float | None = None
    seconds_left: float | None = None

    @property
    def finished(self) -> int:
        """Reports with an outcome."""
        return self.done + self.failed

    def sentence(self) -> str:
        """The state as one plain line.

        Examples
        --------
        >>> Progress("reports", 40, 2, 100, 3.5, 16.6).sentence()
        'reports: 42 of 100, 2 failed, 3.5 a second, 17 s left'
        """
        if not self.total:
            return f"{self.stage} ..."
        parts = [f"{self.finished} of {self.total}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.rate is not None and self.seconds_left is not None and self.finished < self.total:
            parts += [f"{self.rate:.1f} a second", f"{time_left(self.seconds_left)} left"]
        return f"{self.stage}: {', '.join(parts)}"


Report = Callable[[Progress], None]


def time_left(seconds: float) -> str:
    """Word a duration shortly.

    Examples
    --------
    >>> time_left(16.6), time_left(200), time_left(7300)
    ('17 s', '3 min', '2 h 2 min')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


@dataclass
class Pace:
    """Counts outcomes and tells each step with the rate since the first report came, so that the warm-up does not count."""

    total: int
    tell: Report
    done: int = 0
    failed: int = 0
    clock: Callable[[], float] = field(default=time.monotonic)
    _first: float | None = None

    def begin(self) -> None:
        """Tell that the reports begin."""
        self.tell(Progress("reports", total=self.total))

    def count(self, is_done: bool) -> None:
        """Count one outcome and tell it."""
        now = self.clock()
        self.done, self.failed = self.done + is_done, self.failed + (not is_done)
        finished = self.done + self.failed
        if self._first is None:
            self._first = now
        elapsed = now - self._first
        rate = (finished - 1) / elapsed if finished > 1 and elapsed > 0 else None
        left = None if rate is None else (self.total - finished) / rate
        self.tell(Progress("reports", self.done, self.failed, self.total, rate, left))


@contextmanager
def notebook_progress() -> Iterator[Report]:
    """A tqdm bar in a notebook; silence elsewhere, where the command line has its own."""
    if not in_notebook():
        yield lambda _: None
        return
    from tqdm.auto import tqdm

    with tqdm(desc="analysing", unit="report") as bar:

        def show(step: Progress) -> None:
            if step.total and bar.total != step.total:
                bar.reset(total=step.total)
            bar.set_description(step.stage + (f" ({step.failed} failed)" if step.failed else ""), refresh=False)
            bar.update(step.finished - bar.n)

        yield show


def in_notebook() -> bool:
    """Whether this code runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
