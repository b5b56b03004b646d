"""Worker processes: jobs go in, outcomes come out, and a worker that dies costs its own job only."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from coachkit.delivery.execution import prepare_process, warm_up
from coachkit.delivery.forks import can_fork, die_with_parent
from coachkit.delivery.jobs import JobOutcome, ReportJob, run_job


def run_jobs(waiting: Sequence[ReportJob], workers: int) -> Iterator[JobOutcome]:
    """Outcomes as they come. After a worker's death the rest goes on, one at a time once the culprit is unclear."""
    pending = list(waiting)
    while pending:
        before = len(pending)
        for outcome in _one_pool(pending, workers):
            pending = [job for job in pending if job.job_id != outcome.job_id]
            yield outcome
        if pending and workers == 1 and len(pending) == before:
            yield _died(pending.pop(0))
        workers = 1


def _one_pool(pending: list[ReportJob], workers: int) -> Iterator[JobOutcome]:
    scratch = tempfile.mkdtemp(prefix="coachkit-")
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(scratch,))
    try:
        futures = {pool.submit(run_job, job): job for job in pending}
        for future in as_completed(futures):
            outcome = _outcome(future, futures[future])
            if outcome is not None:
                yield outcome
    except BaseException:  # interrupted, or the caller gave up: nobody waits for the jobs under way
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(scratch, ignore_errors=True)


def _start_worker(scratch: str) -> None:
    """Prepare a worker that leaves interruptions to its parent and ends when the parent does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not die_with_parent():
        parent = multiprocessing.parent_process()
        threading.Thread(target=_end_with, args=(parent,), name="parent-watch", daemon=True).start()
    prepare_process(scratch)
    if can_fork():
        warm_up()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _outcome(future: Future, job: ReportJob) -> JobOutcome | None:
    """The outcome of a future; None when its worker died and the job is to be tried again."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None
    except Exception as error:  # noqa: BLE001 - one job's surprise must not cost the others
        return JobOutcome(
            job.job_id,
            False,
            0.0,
            message=f"unexpected {type(error).__name__} outside the notebook",
            fix="Run again; if it repeats, report it with the run's manifest.json.",
        )


def _died(job: ReportJob) -> JobOutcome:
    return JobOutcome(
        job.job_id,
        False,
        0.0,
        message="the worker process died while making this report",
        fix="Run again; if it repeats, the machine may be short of memory.",
    )
