"""Execute one notebook through papermill in the current folder, and word what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from coachkit.engagement.storage import make_folder

KERNEL_START_TIMEOUT_S = 60
ENGINE = "coachkit-inprocess"  # papermill knows it once coachkit.delivery.inprocess is imported
TEMPLATE, EXECUTED = "template.ipynb", "executed.ipynb"


class NotebookFailedError(Exception):
    """What happened and what to do, without people or answers; ``notebook`` holds the broken notebook's bytes.

    ``fix`` may hold ``{notebook}``, the place where the broken notebook is kept.
    """

    def __init__(self, message: str, fix: str, notebook: bytes = b"") -> None:
        super().__init__(message)
        self.message, self.fix, self.notebook = message, fix, notebook


def prepare_process(scratch: str) -> None:
    """Set up a fresh worker: quiet numeric threads, and no Jupyter state outside ``scratch``."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    for variable, name in (("IPYTHONDIR", "ipython"), ("JUPYTER_RUNTIME_DIR", "runtime"), ("JUPYTER_DATA_DIR", "data")):
        os.environ[variable] = str(make_folder(Path(scratch) / name))


def warm_up() -> None:
    """Import what every report needs, so that forked children find it done."""
    import pikepdf  # noqa: F401
    import typst  # noqa: F401

    import coachkit.delivery.documents.blocks
    import coachkit.delivery.documents.formats
    import coachkit.delivery.inprocess
    import coachkit.delivery.runs
    import coachkit.presentation.cohort_sections
    import coachkit.presentation.plan_sections
    import coachkit.presentation.show  # noqa: F401 - imported for the children
    from coachkit.delivery.documents.typesetting import load_fonts

    load_fonts(with_system_fonts=False)


def execute(template: bytes, parameters: Mapping[str, str], cell_timeout_s: int, engine: str | None) -> Any:  # noqa: ANN401
    """Execute a template in the current folder and return the notebook.

    papermill sees only our own relative file names, because it formats paths with the parameters.

    Parameters
    ----------
    engine : str or None
        A papermill engine; None starts an ordinary kernel.

    Raises
    ------
    NotebookFailedError
        If a cell failed or took too long, or the kernel died.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    Path(TEMPLATE).write_bytes(template)
    options = {} if engine else {"kernel_manager_class": _kernel_manager(), "extra_arguments": [_QUIET]}
    try:
        return papermill.execute_notebook(
            TEMPLATE,
            EXECUTED,
            parameters=dict(parameters),
            engine_name=engine,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            autosave_cell_every=0,
            request_save_on_cell_execute=engine is None,
            execution_timeout=cell_timeout_s,
            start_timeout=KERNEL_START_TIMEOUT_S,
            **options,
        )
    except PapermillExecutionError as error:
        message = f"cell {error.exec_count} stopped with {error.ename}"
        raise NotebookFailedError(message, "Open {notebook} in JupyterLab to see the cell.", _broken()) from error
    except CellTimeoutError as error:
        message = f"a cell ran longer than {cell_timeout_s} s and was stopped"
        raise NotebookFailedError(message, "Open {notebook}; its last executed cell is the one.", _broken()) from error
    except (DeadKernelError, RuntimeError) as error:
        fix = "Run again; if it repeats, the machine may be short of memory."
        raise NotebookFailedError(f"the kernel ended early ({type(error).__name__})", fix, _broken()) from error


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
        @default("transport")
        def _choose_transport(self) -> str:
            return "ipc" if sys.platform == "linux" else "tcp"

        async def start_kernel(self, **options: Any) -> None:  # noqa: ANN401 - handed on
            await super().start_kernel(**{**options, "stdout": DEVNULL, "stderr": DEVNULL})

    return PrivateKernelManager
