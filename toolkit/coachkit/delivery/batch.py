"""Batch: one analysis, then every report as an independent job, with a ledger that says what became of each."""

from __future__ import annotations

import multiprocessing
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit import __version__
from coachkit.delivery.index import IndexEntry, write_index
from coachkit.delivery.jobs import JobOutcome, ReportJob, prepare_worker, run_job
from coachkit.delivery.ledger import JobRow, Ledger
from coachkit.delivery.notebooks import NotebookTemplate, approved_template, plain_parameters
from coachkit.delivery.runs import COHORT_SLICE, LATEST, OUT, cohort_receipt, manager_receipt, manager_slice
from coachkit.engagement.storage import (
    confined,
    file_stem,
    make_folder,
    remove_leftovers,
    sha256_of,
    write_atomic,
    write_json,
)
from coachkit.errors import UnknownNameError

if TYPE_CHECKING:
    from coachkit.delivery.pipeline import EngagementAnalysis
    from coachkit.engagement.folder import Engagement

PLAN, COHORT = "development_plan", "cohort_diagnostics"
RECORDED_PACKAGES = (
    "coachkit",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "matplotlib",
    "papermill",
    "nbclient",
    "ipykernel",
)


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
        Documents besides the notebook; ``html`` in this version.
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
    _require_known(only, engagement, wave)
    templates = {name: approved_template(name, engagement.path) for name in (PLAN, COHORT)}
    on_progress(Progress("analysing"))
    analysis, folder = _analyse(engagement, wave, templates)
    ledger = Ledger(folder / "ledger.sqlite")
    remove_leftovers(folder)
    slices = _write_analysis(analysis, folder, ledger, engagement, templates)
    wanted = list(_report_jobs(analysis, slices, folder, engagement.path, templates, tuple(formats), only))
    recorded = {row.job_id: row for row in ledger.jobs()}
    waiting = [job for job in wanted if only or not _is_current(job, recorded.get(job.job_id), ledger, folder)]
    for job in waiting:
        ledger.plan(_row(job))
    try:
        _execute_all(waiting, folder, jobs, ledger, on_progress)
    finally:
        index = write_index(folder, analysis.index_heading(), _index_entries(analysis, ledger))
        write_atomic(confined(engagement.path, OUT, LATEST), analysis.run_id.encode("utf-8"))
    failures = tuple(row for row in ledger.jobs() if row.status == "failed")
    failed_now = {row.job_id for row in failures}
    n_done = sum(job.job_id not in failed_now for job in waiting)
    return BatchResult(analysis.run_id, folder, index, n_done, len(wanted) - len(waiting), failures, analysis.notes)


def _require_known(only: Sequence[str], engagement: Engagement, wave: str | None) -> None:
    known = engagement.cohort(wave).manager_ids
    for manager_id in only:
        if manager_id not in known:
            raise UnknownNameError.from_choice("manager", manager_id, known)


def _analyse(
    engagement: Engagement, wave: str | None, templates: dict[str, NotebookTemplate]
) -> tuple[EngagementAnalysis, Path]:
    """Analyse into the newest run with the same inputs, or into a new run folder."""
    from coachkit.delivery.pipeline import analyse_engagement

    wave = wave or engagement.settings.wave
    parts = [engagement.data_hash, __version__, wave, str(engagement.settings.seed)]
    identity = sha256_of("\n".join([*parts, *(template.sha256 for template in templates.values())]).encode())
    run_id, made_on = _existing_run(engagement.path, identity) or (None, None)
    if run_id is None:
        made_on = datetime.now(UTC).date().isoformat()
        run_id = f"{made_on}-{file_stem(wave).rsplit('-', 1)[0]}-{identity[:8]}"
    analysis = analyse_engagement(engagement, wave=wave, run_id=run_id, made_on=made_on)
    folder = make_folder(confined(engagement.path, OUT, run_id))
    Ledger(folder / "ledger.sqlite").set_facts(identity=identity, made_on=made_on, wave=wave)
    return analysis, folder


def _existing_run(path: Path, identity: str) -> tuple[str, str] | None:
    for ledger_path in sorted((path / OUT).glob("*/ledger.sqlite"), reverse=True):
        facts = Ledger(ledger_path).facts()
        if facts.get("identity") == identity:
            return ledger_path.parent.name, facts["made_on"]
    return None


def _write_analysis(
    analysis: EngagementAnalysis,
    folder: Path,
    ledger: Ledger,
    engagement: Engagement,
    templates: dict[str, NotebookTemplate],
) -> dict[str, bytes]:
    slices = analysis.slices()
    for name, data in slices.items():
        path = confined(folder, "analysis", name)
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, data)
    for name, data in analysis.tables().items():
        write_atomic(confined(folder, "analysis", f"{name}.parquet"), data)
    versions = {package: version(package) for package in RECORDED_PACKAGES}
    manifest = {
        "run_id": analysis.run_id,
        "data_hash": engagement.data_hash,
        "inputs": engagement.input_hashes,
        "seed": engagement.settings.seed,
        "versions": {**versions, "python": platform.python_version()},
        "notebooks": {name: template.sha256 for name, template in templates.items()},
    }
    digest = write_json(confined(folder, "manifest.json"), manifest)
    ledger.set_facts(
        data_hash=engagement.data_hash, seed=str(engagement.settings.seed), version=__version__, manifest=digest
    )
    return slices


def _report_jobs(
    analysis: EngagementAnalysis,
    slices: dict[str, bytes],
    folder: Path,
    path: Path,
    templates: dict[str, NotebookTemplate],
    formats: tuple[str, ...],
    only: Sequence[str],
) -> Iterator[ReportJob]:
    for manager_id in only or analysis.manager_ids:
        stem = file_stem(manager_id)
        place, work = f"managers/{stem}", f"work/{stem}"
        asked = {"engagement": _up_from(folder, place, path), "run_id": analysis.run_id}
        data = slices[manager_slice(manager_id)]
        receipt = manager_receipt(analysis.run_id, manager_id, data, analysis.n_rows, asked)
        parameters = plain_parameters(templates[PLAN], {**asked, "manager_id": manager_id})
        yield ReportJob(
            f"{PLAN}/{stem}",
            PLAN,
            manager_id,
            stem,
            str(folder),
            place,
            work,
            templates[PLAN].source,
            templates[PLAN].sha256,
            parameters,
            receipt,
            analysis.plan_title(manager_id),
            formats,
        )
    if only:
        return
    asked = {"engagement": _up_from(folder, "cohort", path), "run_id": analysis.run_id}
    receipt = cohort_receipt(analysis.run_id, slices[COHORT_SLICE], len(analysis.manager_ids), asked)
    yield ReportJob(
        COHORT,
        COHORT,
        "",
        "cohort",
        str(folder),
        "cohort",
        "work-cohort",
        templates[COHORT].source,
        templates[COHORT].sha256,
        plain_parameters(templates[COHORT], asked),
        receipt,
        analysis.cohort_title(),
        formats,
    )


def _up_from(folder: Path, place: str, engagement: Path) -> str:
    """The engagement as seen from a report's folder, so that a report reopened in JupyterLab runs again."""
    return Path(os.path.relpath(engagement, folder / place)).as_posix()


def _row(job: ReportJob) -> JobRow:
    return JobRow(
        job.job_id, job.kind, job.manager_id, job.stem, "waiting", job.template_sha256, job.receipt.slice_sha256
    )


def _is_current(job: ReportJob, row: JobRow | None, ledger: Ledger, folder: Path) -> bool:
    """Whether a finished report was made from this very template and slice and is still intact on disk."""
    if row is None or row.status != "done":
        return False
    is_same = (row.template_sha256, row.slice_sha256) == (job.template_sha256, job.receipt.slice_sha256)
    return is_same and ledger.is_intact(job.job_id, folder)


def _execute_all(
    waiting: list[ReportJob], folder: Path, jobs: int | None, ledger: Ledger, on_progress: Callable[[Progress], None]
) -> None:
    """Run jobs in worker processes; a worker that dies costs its own job only."""
    done = failed = 0
    on_progress(Progress("reports", 0, 0, len(waiting)))
    for outcome in _outcomes(waiting, folder, min(jobs or os.cpu_count() or 1, max(1, len(waiting)))):
        if outcome.is_done:
            ledger.finish(outcome)
            done += 1
        else:
            ledger.fail(outcome)
            failed += 1
        on_progress(Progress("reports", done, failed, len(waiting)))
    for leftover in (*folder.glob("work*"), folder / "scratch"):
        shutil.rmtree(leftover, ignore_errors=True)


def _outcomes(waiting: list[ReportJob], folder: Path, workers: int) -> Iterator[JobOutcome]:
    """Outcomes as they come. After a worker's death the rest goes on, one at a time once the culprit is unclear."""
    pending = list(waiting)
    while pending:
        before = len(pending)
        for outcome in _one_pool(pending, folder, workers):
            pending = [job for job in pending if job.job_id != outcome.job_id]
            yield outcome
        if pending and workers == 1 and len(pending) == before:
            yield _died(pending.pop(0))
        workers = 1


def _one_pool(pending: list[ReportJob], folder: Path, workers: int) -> Iterator[JobOutcome]:
    scratch = make_folder(folder / "scratch")
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=prepare_worker, initargs=(str(scratch),))
    try:
        futures = {pool.submit(run_job, job): job for job in pending}
        for future in as_completed(futures):
            outcome = _outcome(future, futures[future])
            if outcome is not None:
                yield outcome
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


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


def _index_entries(analysis: EngagementAnalysis, ledger: Ledger) -> list[IndexEntry]:
    rows = {row.job_id: row for row in ledger.jobs()}
    return [
        replace(
            entry,
            status=rows[job_id].status,
            files=tuple(ledger.files(job_id)),
            message=" ".join(filter(None, (rows[job_id].message, rows[job_id].fix))),
        )
        for job_id, entry in analysis.index_entries(PLAN, COHORT).items()
        if job_id in rows
    ]
