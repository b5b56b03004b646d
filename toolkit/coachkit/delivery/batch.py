"""Batch: one analysis, then every report as an independent job, with a ledger that says what became of each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit.delivery.index import IndexEntry, write_index
from coachkit.delivery.jobs import JobOutcome, ReportJob
from coachkit.delivery.ledger import JobRow, Ledger
from coachkit.delivery.notebooks import NotebookTemplate, approved_template, plain_parameters
from coachkit.delivery.releases import ReleaseStore
from coachkit.delivery.run_folder import RunFolder, prepare_run
from coachkit.delivery.runs import COHORT_SLICE, LATEST, OUT, cohort_receipt, manager_receipt, manager_slice
from coachkit.delivery.workers import run_jobs
from coachkit.engagement.storage import confined, file_stem, write_atomic
from coachkit.errors import UnknownNameError

if TYPE_CHECKING:
    from coachkit.engagement.folder import Engagement

PLAN, COHORT = "development_plan", "cohort_diagnostics"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for whoever draws a bar."""

    stage: str
    done: int = 0
    failed: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a run produced. ``failures`` are ledger rows with message and fix."""

    run_id: str
    folder: Path
    index: Path
    n_done: int
    n_current: int
    failures: tuple[JobRow, ...]
    notes: tuple[str, ...] = ()


def run_batch(
    engagement: Engagement,
    *,
    only: Sequence[str] = (),
    wave: str | None = None,
    jobs: int | None = None,
    formats: Sequence[str] = ("html",),
    plain_kernels: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> BatchResult:
    """Analyse an engagement once and produce every report that is missing, changed or failed.

    Parameters
    ----------
    engagement : Engagement
        As opened by :func:`coachkit.open_engagement`.
    only : sequence of str
        Manager ids; the cohort report and everyone else's reports are left as they are.
    wave : str, optional
        Wave to report; the engagement's current wave by default.
    jobs : int, optional
        Worker processes; the number of cores by default.
    formats : sequence of str
        Documents besides the notebook.
    plain_kernels : bool
        Start an ordinary kernel for every notebook instead of forking a warm worker; the same results, slower.
    on_progress : callable
        Called with a :class:`Progress` at every step.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputRefusedError
        If the engagement's files have problems that refuse a whole file.
    UnknownNameError
        If ``only`` names a manager who is not on the roster.
    """
    engagement.require_usable()
    wave = wave or engagement.settings.current_wave
    known = engagement.cohort(wave).manager_ids
    for manager_id in only:
        if manager_id not in known:
            raise UnknownNameError.from_choice("manager", manager_id, known)
    templates = {name: approved_template(name, engagement.path) for name in (PLAN, COHORT)}
    on_progress(Progress("analysing"))
    run = prepare_run(engagement, wave, templates)
    wanted = list(_report_jobs(run, engagement.path, templates, tuple(formats), only))
    wanted = [replace(job, is_warm=not plain_kernels) for job in wanted]
    waiting = wanted if only else _outdated(wanted, run)
    for job in waiting:
        run.ledger.plan(_row(job))
    # The release is recorded before anything is published: a crash in between errs on the side of the raters.
    snapshots = run.analysis.snapshots(job.manager_id for job in wanted)
    store = ReleaseStore(engagement.path)
    store.save(wave, run.analysis.release_key, snapshots)
    earlier, before = run.analysis.snapshots_before(job.manager_id for job in wanted)
    if before:
        store.save(earlier, run.analysis.release_key, before)
    # The run is the newest from now on: if this process is killed, its status says what is still waiting.
    _point_to(run, engagement.path)
    try:
        _execute(waiting, run, jobs, on_progress)
    finally:
        index = _point_to(run, engagement.path)
    return _result(run, index, wanted, waiting)


def _point_to(run: RunFolder, engagement: Path) -> Path:
    """Write the run's index with every status as it is, and name the run the engagement's newest."""
    index = write_index(run.path, run.analysis.index_heading(), _index_entries(run))
    write_atomic(confined(engagement, OUT, LATEST), run.analysis.run_id.encode("utf-8"))
    return index


def _result(run: RunFolder, index: Path, wanted: list[ReportJob], waiting: list[ReportJob]) -> BatchResult:
    failures = tuple(row for row in run.ledger.jobs() if row.status == "failed")
    failed = {row.job_id for row in failures}
    n_done = sum(job.job_id not in failed for job in waiting)
    n_current = len(wanted) - len(waiting)
    return BatchResult(run.analysis.run_id, run.path, index, n_done, n_current, failures, run.analysis.notes)


def _report_jobs(
    run: RunFolder,
    engagement: Path,
    templates: dict[str, NotebookTemplate],
    formats: tuple[str, ...],
    only: Sequence[str],
) -> Iterator[ReportJob]:
    """One job per manager, and the cohort's unless single managers were asked for."""
    if not only:
        yield _cohort_job(run, engagement, templates[COHORT], formats)
    for manager_id in only or run.analysis.manager_ids:
        yield _plan_job(manager_id, run, engagement, templates[PLAN], formats)


def _plan_job(
    manager_id: str, run: RunFolder, engagement: Path, template: NotebookTemplate, formats: tuple[str, ...]
) -> ReportJob:
    stem, run_id = file_stem(manager_id), run.analysis.run_id
    place = f"managers/{stem}"
    asked = {"engagement": _up_from(run.path, place, engagement), "run_id": run_id}
    return ReportJob(
        job_id=f"{PLAN}/{stem}",
        kind=PLAN,
        manager_id=manager_id,
        stem=stem,
        out=str(run.path),
        place=place,
        work=f"work/{stem}",
        template=template.source,
        template_sha256=template.sha256,
        parameters=plain_parameters(template, {**asked, "manager_id": manager_id}),
        receipt=manager_receipt(run_id, manager_id, run.slices[manager_slice(manager_id)], run.analysis.n_rows, asked),
        title=run.analysis.plan_title(manager_id),
        formats=formats,
    )


def _cohort_job(run: RunFolder, engagement: Path, template: NotebookTemplate, formats: tuple[str, ...]) -> ReportJob:
    run_id = run.analysis.run_id
    asked = {"engagement": _up_from(run.path, "cohort", engagement), "run_id": run_id}
    return ReportJob(
        job_id=COHORT,
        kind=COHORT,
        manager_id="",
        stem="cohort",
        out=str(run.path),
        place="cohort",
        work="work-cohort",
        template=template.source,
        template_sha256=template.sha256,
        parameters=plain_parameters(template, asked),
        receipt=cohort_receipt(run_id, run.slices[COHORT_SLICE], len(run.analysis.manager_ids), asked),
        title=run.analysis.cohort_title(),
        formats=formats,
    )


def _up_from(folder: Path, place: str, engagement: Path) -> str:
    """The engagement as seen from a report's folder, so that a report reopened in JupyterLab runs again."""
    return Path(os.path.relpath(engagement.resolve(), (folder / place).resolve())).as_posix()


def _row(job: ReportJob) -> JobRow:
    return JobRow(
        job.job_id, job.kind, job.manager_id, job.stem, "waiting", job.template_sha256, job.receipt.slice_sha256
    )


def _outdated(wanted: list[ReportJob], run: RunFolder) -> list[ReportJob]:
    """Reports that are missing, failed, edited on disk, or made from another template or slice."""
    rows = {row.job_id: row for row in run.ledger.jobs() if row.status == "done"}

    def is_current(job: ReportJob) -> bool:
        row = rows.get(job.job_id)
        made_from = None if row is None else (row.template_sha256, row.slice_sha256)
        is_same = made_from == (job.template_sha256, job.receipt.slice_sha256)
        return is_same and run.ledger.is_intact(job.job_id, run.path)

    return [job for job in wanted if not is_current(job)]


def _execute(
    waiting: list[ReportJob], run: RunFolder, jobs: int | None, on_progress: Callable[[Progress], None]
) -> None:
    done = failed = 0
    on_progress(Progress("reports", done, failed, len(waiting)))
    workers = max(1, min(jobs or os.cpu_count() or 1, len(waiting)))
    try:
        with closing(run_jobs(waiting, workers)) as outcomes:
            for outcome in map(partial(_confirmed, run.path), outcomes):
                run.ledger.settle(outcome)
                done, failed = done + outcome.is_done, failed + (not outcome.is_done)
                on_progress(Progress("reports", done, failed, len(waiting)))
    finally:
        for leftover in ("work", "work-cohort"):
            shutil.rmtree(run.path / leftover, ignore_errors=True)


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
    rows = {row.job_id: row for row in run.ledger.jobs()}
    return [
        _with_status(entry, rows[job_id], run.ledger)
        for job_id, entry in run.analysis.index_entries(PLAN, COHORT).items()
        if job_id in rows
    ]


def _with_status(entry: IndexEntry, row: JobRow, ledger: Ledger) -> IndexEntry:
    message = " ".join(filter(None, (row.message, row.fix)))
    return replace(entry, status=row.status, files=tuple(ledger.files(row.job_id)), message=message)
