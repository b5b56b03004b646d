"""How a batch is to be run, and what it produced."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from coachkit.delivery.ledger import JobRow
from coachkit.delivery.shards import Shard


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How to run a batch.

    Attributes
    ----------
    only : tuple of str
        Manager ids; the cohort report and everyone else's reports are left as they are.
    wave : str or None
        Wave to report; the engagement's current wave by default.
    jobs : int or None
        Worker processes; the number of cores by default. With an ``executor``, how many jobs it works on at once.
    formats : tuple of str
        Documents besides the notebook.
    plain_kernels : bool
        Start an ordinary kernel for every notebook instead of forking a warm worker; the same results, slower.
    restart : bool
        Make every report again, whatever is there.
    stop_on_failure : bool
        Stop at the first report that fails; the rest is skipped. Otherwise a failure costs its own report only.
    wait_s : float
        How long to wait for another run on the same engagement.
    executor : concurrent.futures.Executor or None
        Somebody else's workers; they must see the engagement's folder under the same path.
    shard : Shard or None
        Make only this share of the reports; other shards make the rest.
    """

    only: tuple[str, ...] = ()
    wave: str | None = None
    jobs: int | None = None
    formats: tuple[str, ...] = ("html",)
    plain_kernels: bool = False
    restart: bool = False
    stop_on_failure: bool = False
    wait_s: float = 0.0
    executor: Executor | None = None
    shard: Shard | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a run produced: reports made now, current already, and taken over unchanged from earlier runs.

    ``failures`` are ledger rows with message and fix; ``n_skipped`` reports were not begun.
    """

    run_id: str
    folder: Path
    index: Path
    n_done: int
    n_current: int
    failures: tuple[JobRow, ...]
    notes: tuple[str, ...] = ()
    n_taken_over: int = 0
    n_skipped: int = 0
