"""Worker processes: jobs go in, outcomes come out, and a worker that dies costs its own job only."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait

from coachkit.delivery.jobs import ReportJob, run_job
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.warm_process import died, make_ready, run_on_node
from coachkit.engagement.forks import die_with_parent

Started = Callable[[Sequence[str]], None]
Work = Callable[[ReportJob], JobOutcome]
PREFETCH = 1  # jobs waiting at the workers' door, so that none is idle while the ledger is written


class Workers:
    """Worker processes of our own. They warm up as soon as they are made, while the caller still does something else."""

    def __init__(self, number: int, formats: Sequence[str] = ("html",)) -> None:
        self.number, self.formats = number, tuple(formats)
        self._others = set(multiprocessing.active_children())
        self._scratch = tempfile.mkdtemp(prefix="coachkit-")
        self.pool = ProcessPoolExecutor(
            number,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(self._scratch, self.formats),
        )
        for _ in range(number):
            self.pool.submit(os.getpid)

    def end(self, *, at_once: bool = False) -> None:
        """End the processes: after the jobs under way, or at once."""
        if at_once:
            for worker in set(multiprocessing.active_children()) - self._others:
                worker.terminate()
        self.pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)


def run_jobs(
    waiting: Sequence[ReportJob],
    workers: Workers,
    on_start: Started = lambda _: None,
) -> Generator[JobOutcome, None, None]:
    """Outcomes as they come. After a worker's death the rest goes on, one at a time once the culprit is unclear.

    Parameters
    ----------
    waiting : sequence of ReportJob
    workers : Workers
        They are ended with the jobs.
    on_start : callable
        Called with the ids of jobs as they are handed to workers.
    """
    pending = list(waiting)
    while pending:
        before = len(pending)
        for outcome in _with(workers, pending, on_start):
            pending = [job for job in pending if job.job_id != outcome.job_id]
            yield outcome
        if pending and workers.number == 1 and len(pending) == before:
            yield died(pending.pop(0))
        if pending:
            workers = Workers(1, workers.formats)


def run_elsewhere(
    waiting: Sequence[ReportJob], executor: Executor, at_once: int, on_start: Started = lambda _: None
) -> Generator[JobOutcome, None, None]:
    """Outcomes of jobs on somebody else's workers, on this machine or others; they care for workers that die.

    Parameters
    ----------
    waiting : sequence of ReportJob
    executor : concurrent.futures.Executor
    at_once : int
        How many jobs it works on at the same time.
    on_start : callable
    """
    yield from _submit(executor, run_on_node, waiting, at_once, on_start)


def _with(workers: Workers, pending: Sequence[ReportJob], on_start: Started) -> Iterator[JobOutcome]:
    try:
        yield from _submit(workers.pool, run_job, pending, workers.number, on_start)
    except BaseException:  # interrupted, or the caller gave up: nobody waits for the jobs under way
        workers.end(at_once=True)
        raise
    workers.end()


def _submit(
    executor: Executor, work: Work, waiting: Sequence[ReportJob], workers: int, on_start: Started
) -> Iterator[JobOutcome]:
    """Hand over a few jobs at a time, so that a run of thousands holds few of them in memory and the ledger is true."""
    queue, futures = deque(waiting), dict[Future, ReportJob]()
    while queue or futures:
        fresh = [queue.popleft() for _ in range(min(len(queue), workers + PREFETCH - len(futures)))]
        if fresh:
            try:
                futures |= {executor.submit(work, job): job for job in fresh}
            except BrokenExecutor:  # a worker died; what is under way comes back, the rest is tried again
                queue.clear()
            else:
                on_start([job.job_id for job in fresh])
        finished, _ = wait(futures, return_when=FIRST_COMPLETED)
        for future in finished:
            outcome = _outcome(future, futures.pop(future))
            if outcome is not None:
                yield outcome


def _start_worker(scratch: str, formats: Sequence[str]) -> None:
    """Prepare a worker that leaves interruptions to its parent and ends when the parent does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not die_with_parent():
        parent = multiprocessing.parent_process()
        threading.Thread(target=_end_with, args=(parent,), name="parent-watch", daemon=True).start()
    make_ready(scratch, formats)


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _outcome(future: Future, job: ReportJob) -> JobOutcome | None:
    """The outcome of a future; None when its worker died and the job is to be tried again."""
    try:
        return future.result()
    except BrokenExecutor:
        return None
    except Exception as error:  # noqa: BLE001 - one job's surprise must not cost the others
        return JobOutcome(
            job.job_id,
            False,
            0.0,
            message=f"unexpected {type(error).__name__} outside the notebook",
            fix="Run again; if it repeats, report it with the run's manifest.json.",
        )
