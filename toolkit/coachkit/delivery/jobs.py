"""One report: execute the notebook through papermill, check its receipt, publish notebook and document.

A job runs in a process, never in a thread (papermill changes the working directory of the whole process). It is
described by plain values and returns plain values.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from coachkit.delivery.documents.typesetting import DocumentError
from coachkit.delivery.execution import ENGINE, NotebookFailedError, execute
from coachkit.delivery.forks import can_fork, run_forked
from coachkit.delivery.receipts import Receipt, differences
from coachkit.engagement.storage import confined, make_folder, write_atomic

CELL_TIMEOUT_S = 120
REPORT_TIMEOUT_S = 600
HANG_FIX = "Run again with --plain-kernels to see the cell that hangs."
CRASH_FIX = "Run again; if it repeats, the machine may be short of memory."


@dataclass(frozen=True, slots=True)
class ReportJob:
    """One notebook to execute for one subject.

    ``out`` is the run's folder, ``place`` the report's folder relative to it; ``work`` a folder as deep as the
    report's own, so that the relative engagement path in the parameters holds in both. ``briefs`` are documents for
    other readers, written from the manager's slice.
    """

    job_id: str
    kind: str
    manager_id: str
    stem: str
    out: str
    place: str
    work: str
    template: bytes
    template_sha256: str
    parameters: Mapping[str, str]
    receipt: Receipt
    title: str
    formats: tuple[str, ...] = ("html",)
    briefs: tuple[str, ...] = ()
    cell_timeout_s: int = CELL_TIMEOUT_S
    report_timeout_s: int = REPORT_TIMEOUT_S
    is_warm: bool = True


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What became of a job. A failure's message and fix name cells and error types, never people or answers."""

    job_id: str
    is_done: bool
    seconds: float
    started_at: str = ""
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    message: str = ""
    fix: str = ""


def run_job(job: ReportJob) -> JobOutcome:
    """Make one report in a process of its own, or say why not; never raises for what a notebook does.

    In a warm worker the process is a forked child with everything imported; elsewhere it is an ordinary kernel.
    """
    if not job.is_warm or not can_fork():
        return _make_report(job)
    started = time.perf_counter()
    answer = run_forked(lambda: msgspec.json.encode(_make_report(job, ENGINE)), job.report_timeout_s)
    if answer is not None:
        return msgspec.json.decode(answer, type=JobOutcome)
    shutil.rmtree(confined(Path.cwd() / job.out, job.work), ignore_errors=True)
    seconds = time.perf_counter() - started
    if seconds >= job.report_timeout_s:
        message, fix = f"the report took longer than {job.report_timeout_s} s and was stopped", HANG_FIX
    else:
        message, fix = "the notebook's process ended early", CRASH_FIX
    return JobOutcome(job.job_id, False, seconds, message=message, fix=fix)


def _make_report(job: ReportJob, engine: str | None = None) -> JobOutcome:
    started, started_at = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    home = Path.cwd()
    out = home / job.out  # absolute before papermill needs another working directory
    files, message, fix = {}, "", ""
    work = confined(out, job.work)
    try:
        make_folder(work)
        os.chdir(work)
        notebook = execute(job.template, job.parameters, job.cell_timeout_s, engine)
        files = _publish(job, notebook, out)
    except NotebookFailedError as failure:
        message, fix = failure.message, failure.fix.format(notebook=f"failed/{job.stem}.ipynb")
        if failure.notebook:
            write_atomic(confined(out, "failed", f"{job.stem}.ipynb"), failure.notebook)
    except DocumentError as error:
        message, fix = error.message, error.fix
    except OSError as error:
        message = f"could not write into {job.place}: {error.strerror or type(error).__name__}"
        fix = "Free disk space or check the folder's permissions, then run again; finished reports are kept."
    finally:
        os.chdir(home)
    shutil.rmtree(work, ignore_errors=True)
    return JobOutcome(job.job_id, not message, time.perf_counter() - started, started_at, files, message, fix)


def _publish(job: ReportJob, notebook: Any, out: Path) -> dict[str, tuple[str, int]]:  # noqa: ANN401
    """Check the receipt, then write every file of the report; nothing is written when the receipt differs."""
    import nbformat

    from coachkit.delivery.documents.blocks import collect_blocks
    from coachkit.delivery.documents.formats import render_formats

    blocks, receipt = collect_blocks(notebook)
    wrong = differences(job.receipt, receipt)
    if wrong:
        raise NotebookFailedError(
            f"the notebook's receipt does not match the request ({', '.join(wrong)}); nothing was published",
            "The notebook read other data than was asked for. Restore the approved notebook and run again.",
        )
    contents = {f"{job.kind}.ipynb": nbformat.writes(published_notebook(notebook)).encode("utf-8")}
    contents |= render_formats(blocks, job, out)
    files = {}
    for name, content in contents.items():
        path = confined(out, job.place, name)
        digest = write_atomic(path, content)
        files[path.relative_to(out).as_posix()] = (digest, len(content))
    return files


def published_notebook(notebook: Any) -> Any:  # noqa: ANN401 - a NotebookNode
    """Strip what papermill and Jupyter record about this machine: paths, parameters, clock times, process ids."""
    import copy

    clean = copy.deepcopy(notebook)
    clean.metadata.pop("papermill", None)
    clean.metadata.pop("widgets", None)
    for number, cell in enumerate(clean.cells):
        cell.id = f"cell-{number:02d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    return clean
