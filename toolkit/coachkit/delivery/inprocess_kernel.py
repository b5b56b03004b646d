"""An IPython kernel in this very process, made before the process forks and taken over by each child.

Making a kernel takes a quarter of what a small report takes. Nothing has run in the kernel that is made beforehand, and
each child has its own copy of it, so that a child that takes it over starts as empty as with a new one.

Importing this module imports nothing of Jupyter: the parent of the workers never needs it, and a worker imports it its
own way (:func:`coachkit.delivery.execution.warm_up`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any, Self

from coachkit.delivery.limits import limit_displays, limit_stream
from coachkit.engagement.forks import draw_fresh_seeds

if TYPE_CHECKING:
    from ipykernel.inprocess import InProcessKernelManager
    from nbformat import NotebookNode

DISPLAY_ID = "coachkit_display_id"
OUTPUT_FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}  # of the messages that become outputs; the same names in both


class LocalKernel:
    """A kernel that keeps no history and turns its messages into notebook outputs."""

    def __init__(self, output_limit_mb: int = 0) -> None:
        self._output_limit_mb = output_limit_mb

    def __enter__(self) -> Self:
        self._manager = _taken_over() or _started()
        self._client = self._manager.client()
        self._client.start_channels()
        if self._output_limit_mb:
            kernel: Any = self._manager.kernel
            for stream in (kernel.stdout, kernel.stderr):
                limit_stream(stream, self._output_limit_mb)
            limit_displays(kernel.shell.display_pub, self._output_limit_mb)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop_channels()

    @property
    def language_info(self) -> dict[str, Any]:
        """What an ordinary kernel tells about its language."""
        kernel: Any = self._manager.kernel
        return kernel.kernel_info["language_info"]

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


def prepare_kernel() -> None:
    """Make a kernel for the children that this process is going to fork; it starts no thread."""
    if not _prepared():
        _prepared().append(_started())


@cache
def _prepared() -> list[InProcessKernelManager]:
    return []


def _taken_over() -> InProcessKernelManager | None:
    """The kernel made by the parent of this process, told where it is now; None where there is none."""
    kept = _prepared()
    if not kept or kept[0].session.pid == os.getpid():
        return None
    manager = kept.pop()
    kernel: Any = manager.kernel
    manager.session.pid = kernel.session.pid = os.getpid()
    shell = kernel.shell
    shell.starting_dir = str(Path.cwd())
    shell.history_manager.dir_hist[:] = [shell.starting_dir]
    draw_fresh_seeds()
    return manager


class _NoChannel:
    """Stands where ipykernel looks for the thread of its channel before it awaits a cell; one process has none."""

    parent_thread = None


def _started() -> InProcessKernelManager:
    """A manager of ipykernel's in-process kernel with two differences.

    It also runs cells that await something, on which ipykernel's own fails. And its output goes straight to us, where
    ipykernel's own hands each piece to a thread, waits for it, and sleeps a little after every cell.
    """
    from ipykernel.inprocess import InProcessKernelManager
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from ipykernel.iostream import IOPubThread
    from traitlets import default
    from traitlets.config import Config

    class StraightOutput(IOPubThread):
        """Sends at once, because it is never started; so it needs no sockets of ZeroMQ, which would start threads."""

        def _setup_event_pipe(self) -> None:
            pass

    class AwaitingKernel(InProcessKernel):
        _supports_kernel_subshells = False
        _execute_sleep = 0.0

        @default("iopub_thread")
        def _default_iopub_thread(self) -> IOPubThread:
            return StraightOutput(self._underlying_iopub_socket, session=self.session)

    class Manager(InProcessKernelManager):
        def start_kernel(self, **_: object) -> None:
            self.kernel = AwaitingKernel(parent=self, session=self.session, shell_channel_thread=_NoChannel())

    manager = Manager(config=Config({"HistoryManager": {"enabled": False}}))
    manager.start_kernel()
    return manager


def forget_display_ids(notebook: NotebookNode) -> None:
    """Remove the marks by which displays were updated."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop(DISPLAY_ID, None)


def _apply(message: dict[str, Any], cell: NotebookNode) -> None:
    from nbformat.notebooknode import from_dict

    kind, content = message["header"]["msg_type"], message["content"]
    if kind == "execute_input":
        cell.execution_count = content["execution_count"]
    elif kind == "clear_output":
        cell.outputs = []
    elif kind == "update_display_data":
        _update_display(content, cell)
    elif kind in OUTPUT_FIELDS:
        # The whole notebook is validated when it is published, so that not every output is on its own.
        output = from_dict({"output_type": kind, **{name: content[name] for name in OUTPUT_FIELDS[kind]}})
        _append(output, content.get("transient", {}).get("display_id"), cell)


def _append(output: NotebookNode, display_id: str | None, cell: NotebookNode) -> None:
    last = cell.outputs[-1] if cell.outputs else None
    if last is not None and output.output_type == "stream" == last.output_type and last.name == output.name:
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
