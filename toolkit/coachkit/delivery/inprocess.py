"""A papermill engine that runs a notebook in a kernel inside this very process.

Starting a kernel and importing the scientific stack is three quarters of the cost of a small notebook. A worker
that has imported everything once forks a child per notebook, and the child runs it with this engine: the same
IPython kernel, the same messages, no new interpreter, no sockets. Each notebook still has a process of its own.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

import nbformat
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from coachkit.delivery.execution import ENGINE
from coachkit.delivery.limits import limit_displays, limit_stream

if TYPE_CHECKING:
    from ipykernel.inprocess import InProcessKernelManager

DISPLAY_ID = "coachkit_display_id"
OUTPUT_MESSAGES = frozenset({"stream", "display_data", "execute_result", "error"})


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
            with _Kernel(output_limit_mb) as kernel:
                is_fine = _run_cells(kernel, nb_man, execution_timeout)
                nb_man.nb.metadata["language_info"] = kernel.language_info
        finally:
            _forget_display_ids(nb_man.nb)
            if not is_fine and broken_path is not None:
                nbformat.write(nb_man.nb, broken_path)
        return nb_man.nb


papermill_engines.register(ENGINE, InProcessEngine)


def _forget_display_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop(DISPLAY_ID, None)


def _run_cells(kernel: _Kernel, nb_man: NotebookExecutionManager, timeout: int | None) -> bool:
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


def _run_cell(kernel: _Kernel, cell: NotebookNode, timeout: int | None) -> bool:
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


class _NoChannel:
    """Stands where ipykernel looks for the thread of its channel before it awaits a cell; one process has none."""

    parent_thread = None


def _kernel_manager() -> InProcessKernelManager:
    """A manager of ipykernel's in-process kernel with two differences.

    It also runs cells that await something, on which ipykernel's own fails. And its output goes straight to us, where
    ipykernel's own hands each piece to a thread, waits for it, and sleeps a little after every cell.
    """
    from ipykernel.inprocess import InProcessKernelManager
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from ipykernel.iostream import IOPubThread
    from traitlets import default
    from traitlets.config import Config

    class AwaitingKernel(InProcessKernel):
        _supports_kernel_subshells = False
        _execute_sleep = 0.0

        @default("iopub_thread")
        def _default_iopub_thread(self) -> IOPubThread:
            return IOPubThread(self._underlying_iopub_socket, session=self.session)  # not started: it sends at once

    class Manager(InProcessKernelManager):
        def start_kernel(self, **_: object) -> None:
            self.kernel = AwaitingKernel(parent=self, session=self.session, shell_channel_thread=_NoChannel())

    return Manager(config=Config({"HistoryManager": {"enabled": False}}))


class _Kernel:
    """An in-process kernel that keeps no history and turns its messages into notebook outputs."""

    def __init__(self, output_limit_mb: int = 0) -> None:
        self._output_limit_mb = output_limit_mb

    def __enter__(self) -> Self:
        self._manager = _kernel_manager()
        self._manager.start_kernel()
        self._client = self._manager.client()
        self._client.start_channels()
        if self._output_limit_mb:
            for stream in (self._manager.kernel.stdout, self._manager.kernel.stderr):
                limit_stream(stream, self._output_limit_mb)
            limit_displays(self._manager.kernel.shell.display_pub, self._output_limit_mb)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()

    @property
    def language_info(self) -> dict[str, Any]:
        """What an ordinary kernel tells about its language."""
        return self._manager.kernel.kernel_info["language_info"]

    def execute(self, cell: NotebookNode) -> None:
        """Run one cell and store its outputs and execution count in it."""
        cell.outputs = []
        self._client.execute(cell.source, allow_stdin=False)
        for message in self._messages():
            _apply(message, cell)

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            try:
                yield self._client.get_iopub_msg(timeout=0)
            except Empty:
                return


def _apply(message: dict[str, Any], cell: NotebookNode) -> None:
    kind, content = message["header"]["msg_type"], message["content"]
    if kind == "execute_input":
        cell.execution_count = content["execution_count"]
    elif kind == "clear_output":
        cell.outputs = []
    elif kind == "update_display_data":
        _update_display(content, cell)
    elif kind in OUTPUT_MESSAGES:
        _append(output_from_msg(message), content.get("transient", {}).get("display_id"), cell)


def _append(output: NotebookNode, display_id: str | None, cell: NotebookNode) -> None:
    last = cell.outputs[-1] if cell.outputs else None
    is_same_stream = (
        last is not None and output.output_type == "stream" == last.output_type and last.name == output.name
    )
    if is_same_stream:
        last.text += output.text
        return
    if display_id is not None:
        output.metadata[DISPLAY_ID] = display_id
    cell.outputs.append(output)


def _update_display(content: dict[str, Any], cell: NotebookNode) -> None:
    display_id = content.get("transient", {}).get("display_id")
    for output in cell.outputs:
        if display_id is not None and output.get("metadata", {}).get(DISPLAY_ID) == display_id:
            output.data, output.metadata = content["data"], {**content["metadata"], DISPLAY_ID: display_id}
