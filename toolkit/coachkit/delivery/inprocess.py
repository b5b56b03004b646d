"""A papermill engine that runs a notebook in a kernel inside this very process.

Starting a kernel and importing the scientific stack is three quarters of the cost of a small notebook. A worker
that has imported everything once forks a child per notebook, and the child runs it with this engine: the same
IPython kernel, the same messages, no new interpreter, no sockets. Each notebook still has a process of its own.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from coachkit.delivery.execution import ENGINE
from coachkit.delivery.inprocess_kernel import LocalKernel, forget_display_ids


class _TooLongError(BaseException):
    """Raised inside a cell that runs too long; not an Exception, so that a cell does not swallow it."""


class InProcessEngine(Engine):
    """Runs cells one after the other in an in-process IPython kernel; stops at the first that fails."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003 - papermill's signature; there is only this kernel
        execution_timeout: int | None = None,
        output_limit_mb: int = 0,
        broken_path: str | None = None,
        **_: Any,  # noqa: ANN401 - options of other engines
    ) -> NotebookNode:
        """Execute the notebook of ``nb_man`` in place.

        Raises
        ------
        CellTimeoutError
            If a cell runs longer than ``execution_timeout`` seconds. The notebook as far as it came is then, as after a
            failing cell, in ``broken_path``.
        """
        is_fine = False
        try:
            with LocalKernel(output_limit_mb) as kernel:
                is_fine = _run_cells(kernel, nb_man, execution_timeout)
                nb_man.nb.metadata["language_info"] = kernel.language_info
        finally:
            forget_display_ids(nb_man.nb)
            if not is_fine and broken_path is not None:
                nbformat.write(nb_man.nb, broken_path)
        return nb_man.nb


papermill_engines.register(ENGINE, InProcessEngine)


def _run_cells(kernel: LocalKernel, nb_man: NotebookExecutionManager, timeout: int | None) -> bool:
    """Run the code cells until one fails; False when one did."""
    for index, cell in enumerate(nb_man.nb.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        nb_man.cell_start(cell, index)
        is_fine = _run_cell(kernel, cell, timeout)
        nb_man.cell_complete(cell, index)
        if not is_fine:
            return False
    return True


def _run_cell(kernel: LocalKernel, cell: NotebookNode, timeout: int | None) -> bool:
    with _alarm(timeout) as alarm:
        kernel.execute(cell)
    if alarm.has_rung:
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout or 0, cell)
    return not any(output.output_type == "error" for output in cell.outputs)


class _Alarm:
    has_rung = False

    def ring(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of handlers
        self.has_rung = True
        raise _TooLongError


@contextmanager
def _alarm(seconds: int | None) -> Iterator[_Alarm]:
    alarm = _Alarm()
    if not seconds:
        yield alarm
        return
    before = signal.signal(signal.SIGALRM, alarm.ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield alarm
    except _TooLongError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
