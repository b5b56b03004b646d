"""One report: execute the notebook through papermill, check its receipt, publish notebook and document.

A job runs in a process, never in a thread (papermill changes the working directory of the whole process). It is
described by plain values and returns plain values.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from coachkit.delivery.documents.typesetting import DocumentError
from coachkit.delivery.execution import CRASH_FIX, ENGINE, TOO_LONG, NotebookFailedError, execute
from coachkit.delivery.job_log import JobLog
from coachkit.delivery.limits import peak_memory_mb
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.receipts import Receipt, differences
from coachkit.engagement.forks import can_fork, run_forked
from coachkit.engagement.memory import memory_limit
from coachkit.engagement.storage import (
    NO_ROOM,
    OutputRefusedError,
    confined,
    make_folder,
    write_atomic,
    write_together,
)

CELL_TIMEOUT_S = 120
REPORT_TIMEOUT_S = 600
OUTPUT_LIMIT_MB = 20
PLAIN_FIX = "Run again with --plain-kernels to see the cell that hangs."
INVALID_FIX = "Show text, pictures or plain JSON only: another kind of value was displayed by its raw MIME bundle."
WRITE_FIX = "Free disk space or check the folder's permissions, then run again; finished reports are kept."


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
    content_sha256: str = ""
    briefs: tuple[str, ...] = ()
    cell_timeout_s: int = CELL_TIMEOUT_S
    report_timeout_s: int = REPORT_TIMEOUT_S
    memory_limit_mb: int = 0
    output_limit_mb: int = OUTPUT_LIMIT_MB
    is_warm: bool = True


def run_job(job: ReportJob, lifeline: int | None = None) -> JobOutcome:
    """Make one report in a process of its own, or say why not; never raises for what a notebook does.

    In a warm worker the process is a forked child with everything imported; elsewhere it is an ordinary kernel.
    ``lifeline`` is a descriptor whose end ends a forked child.
    """
    if not job.is_warm or not can_fork():
        return _make_report(job)
    started = time.perf_counter()
    answer = run_forked(lambda: msgspec.json.encode(_make_report(job, ENGINE)), job.report_timeout_s, lifeline)
    if answer is not None:
        return msgspec.json.decode(answer, type=JobOutcome)
    out, seconds = Path.cwd() / job.out, time.perf_counter() - started
    shutil.rmtree(confined(out, job.work), ignore_errors=True)
    if seconds >= job.report_timeout_s:
        message, fix = TOO_LONG.format(seconds=job.report_timeout_s), PLAIN_FIX
    else:
        message, fix = "the notebook's process ended early", CRASH_FIX
    JobLog(out, job.stem).write("stopped", message=message)
    return JobOutcome(job.job_id, False, seconds, message=message, fix=fix)


def _make_report(job: ReportJob, engine: str | None = None) -> JobOutcome:
    started, started_at = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    home = Path.cwd()
    out = home / job.out  # absolute before papermill needs another working directory
    log = JobLog(out, job.stem)
    files, message, fix, work = {}, "", "", None
    try:
        work = make_folder(confined(out, job.work))
        confined(out, job.place)  # a link that waits there is refused before anything is executed
        os.chdir(work)
        log.write("start", kernel="warm" if engine else "ordinary")
        notebook = _execute(job, engine)
        log.write("executed")
        files = _publish(job, notebook, out)
        _drop_broken(job, out)
    except NotebookFailedError as failure:
        message, fix = failure.message, failure.fix.format(notebook=f"failed/{job.stem}.ipynb")
        _keep_broken(job, failure.notebook, out)
    except DocumentError as error:
        message, fix = error.message, error.fix
    except OSError as error:
        message, fix = _cannot_write(job, error), WRITE_FIX
    except OutputRefusedError as error:
        message, fix = str(error), ""
    finally:
        os.chdir(home)
    if work is not None:
        shutil.rmtree(work, ignore_errors=True)
    seconds, peak = time.perf_counter() - started, peak_memory_mb()
    sizes = ",".join(f"{Path(path).suffix[1:]}:{size}" for path, (_, size) in files.items())
    log.write("failed" if message else "done", message=message, bytes=sizes, peak_mb=peak)
    return JobOutcome(job.job_id, not message, seconds, started_at, files, message, fix, peak)


def _keep_broken(job: ReportJob, notebook: bytes, out: Path) -> None:
    """Keep a broken notebook for its owner to look at; on a full disk it is not worth a second failure."""
    if notebook:
        with contextlib.suppress(OSError):
            write_atomic(confined(out, "failed", f"{job.stem}.ipynb"), notebook)


def _drop_broken(job: ReportJob, out: Path) -> None:
    """Once a report is made, its earlier broken notebook is of no use, and a traceback may quote people."""
    with contextlib.suppress(OSError, OutputRefusedError):
        confined(out, "failed", f"{job.stem}.ipynb").unlink(missing_ok=True)


def _execute(job: ReportJob, engine: str | None) -> Any:  # noqa: ANN401 - a NotebookNode
    """Execute the job's notebook within its limits of time, memory and output."""
    with memory_limit(job.memory_limit_mb):
        return execute(
            job.template, job.parameters, job.cell_timeout_s, engine, job.output_limit_mb, job.report_timeout_s
        )


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
    invalid: dict[str, Any] = {}
    text = nbformat.writes(published_notebook(notebook), capture_validation_error=invalid)
    if invalid:
        raise NotebookFailedError("an output of the notebook is not valid in a notebook file", INVALID_FIX)
    contents = {f"{job.kind}.ipynb": text.encode("utf-8")}
    contents |= render_formats(blocks, job, out)
    paths = {confined(out, job.place, name): content for name, content in contents.items()}
    digests = write_together(paths)
    return {path.relative_to(out).as_posix(): (digest, len(paths[path])) for path, digest in digests.items()}


def _cannot_write(job: ReportJob, error: OSError) -> str:
    name = f"/{Path(error.filename).name}" if isinstance(error.filename, str) and error.errno in NO_ROOM else ""
    return f"could not write into {job.place}{name}: {error.strerror or type(error).__name__}"


def published_notebook(notebook: Any) -> Any:  # noqa: ANN401 - a NotebookNode
    """Strip, in place, what papermill and Jupyter record about this machine: paths, parameters, clock times, process ids."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    return notebook
