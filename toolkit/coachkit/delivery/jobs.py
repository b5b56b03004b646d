"""One report: execute the notebook through papermill, check its receipt, publish notebook and document.

A job runs in a worker process of its own pool, never in a thread (papermill changes the working directory of
the whole process). It is described by plain values and returns plain values.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coachkit.delivery.receipts import Receipt, differences
from coachkit.engagement.storage import confined, make_folder, write_atomic

CELL_TIMEOUT_S = 120
KERNEL_START_TIMEOUT_S = 60
FORMATS = ("html",)


@dataclass(frozen=True, slots=True)
class ReportJob:
    """One notebook to execute for one subject.

    ``out`` is the run's folder, ``place`` the report's folder relative to it; ``work`` a folder as deep as the
    report's own, so that the relative engagement path in the parameters holds in both.
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
    cell_timeout_s: int = CELL_TIMEOUT_S


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


class _JobFailedError(Exception):
    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message, self.fix = message, fix


def prepare_worker(scratch: str) -> None:
    """Set up a fresh worker process: quiet numeric threads, and no Jupyter state outside ``scratch``."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for variable, name in (("IPYTHONDIR", "ipython"), ("JUPYTER_RUNTIME_DIR", "runtime"), ("JUPYTER_DATA_DIR", "data")):
        os.environ[variable] = str(make_folder(Path(scratch) / name))


def run_job(job: ReportJob) -> JobOutcome:
    """Execute one report and publish it, or say why not; never raises for what a notebook does."""
    started, started_at = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    home = Path.cwd()
    out = home / job.out  # absolute before papermill needs another working directory
    files, message, fix = {}, "", ""
    work = confined(out, job.work)
    try:
        files = _publish(job, _execute(job, make_folder(work)), out)
    except _JobFailedError as failure:
        message, fix = failure.message, failure.fix
    except OSError as error:
        message = f"could not write into {job.place}: {error.strerror or type(error).__name__}"
        fix = "Free disk space or check the folder's permissions, then run again; finished reports are kept."
    finally:
        os.chdir(home)
    shutil.rmtree(work, ignore_errors=True)
    return JobOutcome(job.job_id, not message, time.perf_counter() - started, started_at, files, message, fix)


def _execute(job: ReportJob, work: Path) -> Any:  # noqa: ANN401 - a NotebookNode
    """Run the notebook in ``work``; papermill sees only our own relative file names."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    (work / "template.ipynb").write_bytes(job.template)
    os.chdir(work)
    try:
        return papermill.execute_notebook(
            "template.ipynb",
            "executed.ipynb",
            parameters=dict(job.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            autosave_cell_every=0,
            execution_timeout=job.cell_timeout_s,
            start_timeout=KERNEL_START_TIMEOUT_S,
            kernel_manager_class=_kernel_manager(),
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
    except PapermillExecutionError as error:
        _keep_failed(job, work)
        raise _JobFailedError(
            f"cell {error.exec_count} stopped with {error.ename}",
            f"Open failed/{job.stem}.ipynb in JupyterLab to see the cell.",
        ) from error
    except CellTimeoutError as error:
        _keep_failed(job, work)
        raise _JobFailedError(
            f"a cell ran longer than {job.cell_timeout_s} s and was stopped",
            f"Open failed/{job.stem}.ipynb; its last executed cell is the one.",
        ) from error
    except (DeadKernelError, RuntimeError) as error:
        _keep_failed(job, work)
        raise _JobFailedError(
            f"the kernel ended early ({type(error).__name__})",
            "Run again; if it repeats, the machine may be short of memory.",
        ) from error


def _kernel_manager() -> type:
    """A kernel manager whose messages other users of the machine cannot read.

    On Linux the kernel listens on sockets in a private folder instead of TCP ports. Elsewhere the temporary
    folder's path may be too long for such sockets, and TCP on the local host is used as everywhere in Jupyter.
    """
    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    class PrivateKernelManager(AsyncKernelManager):
        @default("transport")
        def _choose_transport(self) -> str:
            return "ipc" if sys.platform == "linux" else "tcp"

    return PrivateKernelManager


def _keep_failed(job: ReportJob, work: Path) -> None:
    source = work / "executed.ipynb"
    if source.is_file() and source.stat().st_size:
        write_atomic(confined(Path(job.out), "failed", f"{job.stem}.ipynb"), source.read_bytes())


def _publish(job: ReportJob, notebook: Any, out: Path) -> dict[str, tuple[str, int]]:  # noqa: ANN401
    """Check the receipt, then write every file of the report; nothing is written when the receipt differs."""
    import nbformat

    from coachkit.delivery.documents.blocks import collect_blocks
    from coachkit.delivery.documents.html import render_document

    blocks, receipt = collect_blocks(notebook)
    wrong = differences(job.receipt, receipt)
    if wrong:
        raise _JobFailedError(
            f"the notebook's receipt does not match the request ({', '.join(wrong)}); nothing was published",
            "The notebook read other data than was asked for. Restore the approved notebook and run again.",
        )
    contents = {"ipynb": nbformat.writes(published_notebook(notebook)).encode("utf-8")}
    if "html" in job.formats:
        contents["html"] = render_document(blocks, job.title).encode("utf-8")
    files = {}
    for extension, content in contents.items():
        path = confined(out, job.place, f"{job.kind}.{extension}")
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
