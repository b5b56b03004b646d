"""Execute one notebook through papermill in the current folder, and word what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from coachkit.delivery.limits import KernelAlarm, kernel_arguments, size_of
from coachkit.engagement.memory import MEGABYTE
from coachkit.engagement.storage import make_folder

KERNEL_START_TIMEOUT_S = 60
ENGINE = "coachkit-inprocess"  # papermill knows it once coachkit.delivery.inprocess is imported
WARM = (
    "ipykernel.debugger",
    "ipykernel.inprocess.ipkernel",
    "IPython.core.completerlib",
    "IPython.core.crashhandler",
    "IPython.core.oinspect",
    "IPython.display",
    "tornado.platform.asyncio",
    "coachkit.delivery.documents.blocks",
    "coachkit.delivery.inprocess",
    "coachkit.delivery.runs",
    "coachkit.presentation.cohort_sections",
    "coachkit.presentation.plan_sections",
    "coachkit.presentation.show",
)  # what the shipped notebooks and their publication import
NOTEBOOK_MINORS = (4, 5)  # of the notebook formats in use: nbformat compiles a validator of its own for each
TEMPLATE, EXECUTED = "template.ipynb", "executed.ipynb"
CRASH_FIX = "Run again; if it repeats, the machine may be short of memory, or limits: memory_mb too low."
HANG_FIX = "Open {notebook}; its last executed cell is the one."
TOO_LONG = "the report took longer than {seconds} s and was stopped"


class NotebookFailedError(Exception):
    """What happened and what to do, without people or answers; ``notebook`` holds the broken notebook's bytes.

    ``fix`` may hold ``{notebook}``, the place where the broken notebook is kept.
    """

    def __init__(self, message: str, fix: str, notebook: bytes = b"") -> None:
        super().__init__(message)
        self.message, self.fix, self.notebook = message, fix, notebook


def prepare_process(scratch: str) -> None:
    """Set up a fresh worker: quiet numeric threads, and no Jupyter state outside ``scratch``."""
    single_thread(os.environ)
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for variable, name in (("IPYTHONDIR", "ipython"), ("JUPYTER_RUNTIME_DIR", "runtime"), ("JUPYTER_DATA_DIR", "data")):
        os.environ[variable] = str(make_folder(Path(scratch) / name))


def single_thread(environment: MutableMapping[str, str]) -> None:
    """Keep numeric libraries from starting threads, which a process that forks must not have."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        environment[name] = "1"
    environment["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    environment["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # Arrow starts one even when the pool is not used


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let imports find that an optional module is not installed.

    jsonschema builds a grammar of international links when nbformat imports it, which takes longer than everything else
    a worker imports together, and which no notebook is checked with.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]  # what the import system takes for "not installed"
    try:
        yield
    finally:
        del sys.modules[module]


def warm_up(formats: Sequence[str] = ("html",)) -> None:
    """Import what every report in these formats needs and prepare templates, so that forked children find it done."""
    with without("rfc3987_syntax"):
        validator = import_module("nbformat.validator")
    for minor in NOTEBOOK_MINORS:
        validator.get_validator(4, minor)
    for name in WARM:
        import_module(name)
    from coachkit.delivery.documents.formats import prepare_formats

    prepare_formats(formats)


def execute(
    template: bytes,
    parameters: Mapping[str, str],
    cell_timeout_s: int,
    engine: str | None,
    output_limit_mb: int,
    report_timeout_s: int = 0,
) -> Any:  # noqa: ANN401
    """Execute a template in the current folder and return the notebook.

    papermill sees only our own relative file names, because it formats paths with the parameters.

    Parameters
    ----------
    engine : str or None
        A papermill engine; None starts an ordinary kernel.
    output_limit_mb : int
        Megabytes of text a notebook may print.
    report_timeout_s : int
        Seconds after which an ordinary kernel is ended, whatever its cells do; 0 sets no limit. Our engine runs in a
        process that its owner ends.

    Raises
    ------
    NotebookFailedError
        If a cell failed, took too long or asked for more memory or output than allowed, or the kernel died.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    Path(TEMPLATE).write_bytes(template)
    manager = _kernel_manager()
    alarm = KernelAlarm(report_timeout_s if engine is None else 0, manager)
    try:
        notebook = _run(parameters, engine, manager, cell_timeout_s, output_limit_mb)
    except PapermillExecutionError as error:
        message = f"cell {error.exec_count} stopped with {error.ename}"
        fix = _FIXES.get(error.ename, "Open {notebook} in JupyterLab to see the cell.")
        raise NotebookFailedError(message, fix, _broken()) from error
    except CellTimeoutError as error:
        message = f"a cell ran longer than {cell_timeout_s} s and was stopped"
        raise NotebookFailedError(message, HANG_FIX, _broken()) from error
    except (DeadKernelError, RuntimeError, MemoryError) as error:
        if alarm.has_rung:
            raise NotebookFailedError(TOO_LONG.format(seconds=report_timeout_s), HANG_FIX, _broken()) from error
        raise NotebookFailedError(f"the kernel ended early ({type(error).__name__})", CRASH_FIX, _broken()) from error
    finally:
        alarm.stop()
    if printed_mb(notebook) > output_limit_mb:  # an ordinary kernel is measured when it has finished
        raise NotebookFailedError(f"the notebook printed more than {output_limit_mb} MB", _FIXES["OutputLimitError"])
    return notebook


def _run(
    parameters: Mapping[str, str], engine: str | None, manager: type, cell_timeout_s: int, output_limit_mb: int
) -> Any:  # noqa: ANN401
    """Let papermill put the parameters in and execute the notebook.

    These are the steps of ``papermill.execute_notebook``. With our engine the executed notebook is not encoded for a
    file that nobody asked for, which takes as long as writing it: our engine keeps a broken notebook itself, and a
    whole one is published by the caller.
    """
    from papermill import execute_notebook
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors

    given: dict[str, Any] = {"parameters": dict(parameters), "kernel_name": "python3", "language": "python"}
    options: dict[str, Any] = {
        "progress_bar": False,
        "log_output": False,
        "autosave_cell_every": 0,
        "execution_timeout": cell_timeout_s,
        "start_timeout": KERNEL_START_TIMEOUT_S,
    }
    if engine is None:
        ours = {"kernel_manager_class": manager, "extra_arguments": [_QUIET, *kernel_arguments(output_limit_mb)]}
        return execute_notebook(TEMPLATE, EXECUTED, **given, **options, **ours)
    prepared = execute_notebook(TEMPLATE, None, engine_name=engine, prepare_only=True, **given)
    ours = {"output_limit_mb": output_limit_mb, "broken_path": EXECUTED}
    notebook = papermill_engines.execute_notebook_with_engine(engine, prepared, "python3", **options, **ours)
    raise_for_execution_errors(notebook, None)
    return notebook


def printed_mb(notebook: Any) -> float:  # noqa: ANN401 - a NotebookNode
    """Megabytes of text that the cells of a notebook printed and displayed."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return sum(size_of(output.get("text", output.get("data", ""))) for output in outputs) / MEGABYTE


_FIXES = {
    "MemoryError": "It asked for more memory than allowed: raise limits: memory_mb in engagement.yaml, or open {notebook}.",
    "OutputLimitError": "Print less in the notebook, or raise limits: output_mb in engagement.yaml.",
}
_QUIET = "--IPKernelApp.log_level=ERROR"


def _broken() -> bytes:
    return Path(EXECUTED).read_bytes() if Path(EXECUTED).is_file() else b""


def _kernel_manager() -> type:
    """A kernel manager whose messages other users of the machine cannot read, and whose process prints nothing.

    On Linux the kernel listens on sockets in a private folder instead of TCP ports. Elsewhere the temporary
    folder's path may be too long for such sockets, and TCP on the local host is used as everywhere in Jupyter.
    What the process itself prints, past the notebook, could quote anybody; the notebook keeps its own output.
    """
    from jupyter_client.manager import AsyncKernelManager
    from traitlets import default

    class PrivateKernelManager(AsyncKernelManager):
        pid: int | None = None

        @default("transport")
        def _choose_transport(self) -> str:
            return "ipc" if sys.platform == "linux" else "tcp"

        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # noqa: ANN401 - handed on
            await super().start_kernel(**{**options, "stdout": DEVNULL, "stderr": DEVNULL})
            PrivateKernelManager.pid = getattr(self.provisioner, "pid", None)

    return PrivateKernelManager
