"""Batch: one analysis, then every report as an independent job, with a ledger that says what became of each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit.delivery.batch_options import BatchOptions, BatchResult
from coachkit.delivery.index import IndexEntry, write_index
from coachkit.delivery.jobs import ReportJob
from coachkit.delivery.ledger import JobRow
from coachkit.delivery.lock import RUN, preparation_lock, run_lock
from coachkit.delivery.notebooks import NotebookTemplate, approved_template
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.preflight import require_space
from coachkit.delivery.progress import Pace, Progress, notebook_progress
from coachkit.delivery.releases import ReleaseStore
from coachkit.delivery.report_jobs import COHORT, PLAN, JobOptions, job_id_of, report_jobs, waiting_row
from coachkit.delivery.reuse import outdated, take_over, with_formats_made_before
from coachkit.delivery.run_folder import RunFolder, prepare_run
from coachkit.delivery.runs import LATEST, OUT
from coachkit.delivery.workers import Started, Workers, run_elsewhere, run_jobs
from coachkit.engagement.import_history import ImportHistory
from coachkit.engagement.release_key import read_key
from coachkit.engagement.storage import confined, write_atomic
from coachkit.errors import UnknownNameError

if TYPE_CHECKING:
    from coachkit.engagement.folder import Engagement

__all__ = ["BatchOptions", "BatchResult", "Progress", "run_batch"]


def run_batch(
    engagement: Engagement, on_progress: Callable[[Progress], None] | None = None, **options: object
) -> BatchResult:
    """Analyse an engagement once and produce every report that is missing, changed or failed.

    Parameters
    ----------
    engagement : Engagement
        As opened by :func:`coachkit.open_engagement`.
    on_progress : callable, optional
        Called with a :class:`Progress` at every step; in a notebook the default is a progress bar.
    **options
        Fields of :class:`BatchOptions`, for example ``only=["M012"]``.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputRefusedError
        If the engagement's files have problems that refuse a whole file.
    UnknownNameError
        If ``only`` names a manager who is not on the roster.
    RunBusyError
        If another run works on the engagement; the message names it.
    DiskSpaceError
        If the disk has too little room for the reports.
    """
    chosen = BatchOptions(**{**options, "only": tuple(options.get("only", ()))})  # type: ignore[arg-type]
    engagement.require_usable()
    wave = chosen.wave or engagement.settings.current_wave
    known = engagement.cohort(wave).manager_ids
    for manager_id in chosen.only:
        if manager_id not in known:
            raise UnknownNameError.from_choice("manager", manager_id, known)
    templates = {name: approved_template(name, engagement.path) for name in (PLAN, COHORT)}
    name = chosen.shard.lock_name if chosen.shard else RUN
    with run_lock(engagement.path, name, chosen.wait_s):
        if on_progress is not None:
            return _run(engagement, wave, templates, chosen, on_progress)
        with notebook_progress() as tell:
            return _run(engagement, wave, templates, chosen, tell)


def _run(
    engagement: Engagement,
    wave: str,
    templates: dict[str, NotebookTemplate],
    chosen: BatchOptions,
    tell: Callable[[Progress], None],
) -> BatchResult:
    tell(Progress("analysing"))
    workers = None if chosen.executor else Workers(_number_of_workers(chosen, engagement, wave), chosen.formats)
    try:
        return _make(engagement, wave, templates, chosen, workers, tell)
    finally:
        if workers is not None:
            workers.end(at_once=True)


def _number_of_workers(chosen: BatchOptions, engagement: Engagement, wave: str) -> int:
    most = len(chosen.only) or len(engagement.cohort(wave).manager_ids) + 1
    return max(1, min(chosen.jobs or os.cpu_count() or 1, most))


def _make(
    engagement: Engagement,
    wave: str,
    templates: dict[str, NotebookTemplate],
    chosen: BatchOptions,
    workers: Workers | None,
    tell: Callable[[Progress], None],
) -> BatchResult:
    options = JobOptions(chosen.formats, not chosen.plain_kernels, engagement.settings.limits)
    with preparation_lock(engagement.path):
        ReleaseStore(engagement.path).ensure_key()
        run = prepare_run(engagement, wave, templates, is_alone=chosen.shard is None)
        if chosen.shard is None:
            run.ledger.recover()
        wanted = list(report_jobs(run, engagement.path, templates, options, chosen.only))
        wanted = chosen.shard.share(wanted) if chosen.shard else wanted
        is_anew = bool(chosen.only) or chosen.restart
        open_jobs = wanted if is_anew else outdated(wanted, run)
        taken = set() if is_anew else set(take_over(open_jobs, run, engagement.path))
        waiting = with_formats_made_before((job for job in open_jobs if job.job_id not in taken), run)
        require_space(run.path, len(waiting), chosen.formats)
        run.ledger.plan(*(waiting_row(job) for job in waiting))
        # The release is recorded before anything is published: a crash in between errs on the side of the raters.
        _record_release(run, engagement.path, wave, [job.manager_id for job in wanted])
        _remember_imports(engagement)
        # The run is the newest from now on: if this process is killed, its status says what is still waiting.
        _point_to(run, engagement.path)
    try:
        _execute(waiting, run, chosen, workers, tell)
    finally:
        with preparation_lock(engagement.path):
            index = _point_to(run, engagement.path)
    return _result(run, index, wanted, waiting, len(taken))


def _record_release(run: RunFolder, engagement: Path, wave: str, manager_ids: list[str]) -> None:
    """Record what these managers' reports tell of this wave and, where change is measured, of the one before."""
    store = ReleaseStore(engagement)
    store.save(wave, run.analysis.snapshots(manager_ids))
    earlier, before = run.analysis.snapshots_before(manager_ids)
    if before:
        store.save(earlier, before)


def _remember_imports(engagement: Engagement) -> None:
    """Note which files this run used, so that a later one can say what changed."""
    history, key = ImportHistory.read(engagement.path), read_key(engagement.path)
    later = history.with_run(engagement.facts, key or "", datetime.now(UTC).date().isoformat())
    if later != history:
        later.write(engagement.path)


def _point_to(run: RunFolder, engagement: Path) -> Path:
    """Write the run's index with every status as it is, and name the run the engagement's newest."""
    index = write_index(run.path, run.analysis.index_heading(), _index_entries(run))
    write_atomic(confined(engagement, OUT, LATEST), run.run_id.encode("utf-8"))
    return index


def _result(
    run: RunFolder, index: Path, wanted: list[ReportJob], waiting: list[ReportJob], n_taken_over: int
) -> BatchResult:
    rows = {row.job_id: row for row in run.ledger.jobs()}
    status = [rows[job.job_id].status for job in waiting]
    return BatchResult(
        run.run_id,
        run.path,
        index,
        n_done=status.count("done"),
        n_current=len(wanted) - len(waiting) - n_taken_over,
        failures=tuple(row for row in rows.values() if row.status == "failed"),
        notes=run.analysis.notes,
        n_taken_over=n_taken_over,
        n_skipped=status.count("skipped"),
    )


def _execute(
    waiting: list[ReportJob],
    run: RunFolder,
    chosen: BatchOptions,
    workers: Workers | None,
    tell: Callable[[Progress], None],
) -> None:
    pace = Pace(len(waiting), tell)
    pace.begin()
    started = partial(run.ledger.mark, "running")
    try:
        with closing(_hand_over(waiting, chosen, workers, started)) as outcomes:
            for outcome in map(partial(_confirmed, run.path), outcomes):
                run.ledger.settle(outcome)
                pace.count(outcome.is_done)
                if chosen.stop_on_failure and not outcome.is_done:
                    break
    finally:
        _leave(waiting, run, is_given_up=chosen.stop_on_failure and pace.failed > 0)


def _hand_over(
    waiting: list[ReportJob], chosen: BatchOptions, workers: Workers | None, started: Started
) -> Generator[JobOutcome, None, None]:
    if chosen.executor is not None:
        return run_elsewhere(waiting, chosen.executor, chosen.jobs or os.cpu_count() or 1, started)
    return run_jobs(waiting, workers or Workers(1), started)


def _leave(waiting: list[ReportJob], run: RunFolder, *, is_given_up: bool) -> None:
    """Remove work folders; reports that were begun and not finished wait again, or are skipped after a failure."""
    for job in waiting:
        shutil.rmtree(confined(run.path, job.work), ignore_errors=True)
    with suppress(OSError):  # another shard may be at work in it
        (run.path / "work").rmdir()
    mine = {job.job_id for job in waiting}
    open_rows = [row for row in run.ledger.jobs() if row.job_id in mine and row.status in ("running", "waiting")]
    if is_given_up:
        run.ledger.mark("skipped", [row.job_id for row in open_rows], "a report before it failed")
        return
    run.ledger.mark("waiting", [row.job_id for row in open_rows if row.status == "running"], "interrupted")


def _confirmed(folder: Path, outcome: JobOutcome) -> JobOutcome:
    """The outcome as the disk shows it: a report counts as done only when its files are where they should be."""
    missing = [path for path, (_, size) in outcome.files.items() if not _has_size(folder / path, size)]
    if not missing:
        return outcome
    message = f"{len(missing)} of {len(outcome.files)} files are not on disk after writing"
    fix = "Check that the output folder is not being cleaned or synchronised while a run writes to it; run again."
    return replace(outcome, is_done=False, files={}, message=message, fix=fix)


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _index_entries(run: RunFolder) -> list[IndexEntry]:
    rows, files = {row.job_id: row for row in run.ledger.jobs()}, run.ledger.files_by_job()
    return [
        _with_status(facts.entry, rows[job_id_of(manager_id)], tuple(files.get(job_id_of(manager_id), {})))
        for manager_id, facts in run.reports.items()
        if job_id_of(manager_id) in rows
    ]


def _with_status(entry: IndexEntry, row: JobRow, files: tuple[str, ...]) -> IndexEntry:
    message = " ".join(filter(None, (row.message, row.fix)))
    if row.made_in:
        message = f"unchanged since run {row.made_in}"
    return replace(entry, status=row.status, files=files, message=message)
