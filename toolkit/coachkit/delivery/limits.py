"""What one report may use: time, memory and output, so that a runaway notebook costs its own report only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from coachkit.engagement.memory import MEGABYTE

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class OutputLimitError(Exception):
    """Raised inside a cell that prints more than a report may."""


def peak_memory_mb() -> float | None:
    """Most memory this process has held, in megabytes; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (MEGABYTE if sys.platform == "darwin" else 1024), 1)


def limit_stream(stream: object, megabytes: int) -> None:
    """Make a text stream raise :class:`OutputLimitError` once more than ``megabytes`` were written to it.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO()
    >>> limit_stream(stream, 1)
    >>> _ = stream.write("x" * 2**20)
    >>> stream.write("x")
    Traceback (most recent call last):
    ...
    coachkit.delivery.limits.OutputLimitError: more than 1 MB of output. Print less, or raise limits: output_mb.
    """
    write, count = stream.write, _counter(megabytes)  # type: ignore[attr-defined]

    def counted(text: str) -> int:
        count(len(text))
        return write(text)

    stream.write = counted  # type: ignore[attr-defined]


def limit_displays(publisher: object, megabytes: int) -> None:
    """Make an IPython display publisher raise :class:`OutputLimitError` once more than ``megabytes`` were displayed."""
    publish, count = publisher.publish, _counter(megabytes)  # type: ignore[attr-defined]

    def counted(data: dict[str, Any], *arguments: object, **options: object) -> None:
        count(size_of(data))
        publish(data, *arguments, **options)

    publisher.publish = counted  # type: ignore[attr-defined]


def size_of(value: object) -> int:
    """Characters of text in a plain value, which is most of what it takes in a notebook.

    Examples
    --------
    >>> size_of({"text/plain": "abc", "application/json": [{"type": "x"}, 1]})
    35
    """
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(str(key)) + size_of(entry) for key, entry in value.items())
    return sum(map(size_of, value)) if isinstance(value, list | tuple) else 1


def _counter(megabytes: int) -> Callable[[int], None]:
    written = 0

    def count(size: int) -> None:
        nonlocal written
        written += size
        if written > megabytes * MEGABYTE:
            msg = f"more than {megabytes} MB of output. Print less, or raise limits: output_mb."
            raise OutputLimitError(msg)

    return count


def kernel_arguments(megabytes: int) -> list[str]:
    """Arguments that make an ordinary ipykernel limit its own output, before it fills the memory of whoever listens."""
    return [f"--IPKernelApp.extensions=['{__name__}']", f"--OutputLimit.megabytes={megabytes}"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Limit the output of an ordinary kernel; IPython calls this in the kernel's process."""
    megabytes = int(shell.config.OutputLimit.megabytes)
    for stream in (sys.stdout, sys.stderr):
        limit_stream(stream, megabytes)
    limit_displays(shell.display_pub, megabytes)


class KernelAlarm:
    """Ends an ordinary kernel that is still working after so many seconds; papermill then finds it dead.

    ``manager`` is the kernel manager's class, which keeps the ``pid`` of the kernel it started.
    """

    has_rung = False

    def __init__(self, seconds: int, manager: type) -> None:
        self._manager = manager
        self._timer = threading.Timer(seconds, self._ring) if seconds else None
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def _ring(self) -> None:
        self.has_rung = True
        import psutil

        with suppress(psutil.Error):
            kernel = psutil.Process(self._manager.pid)  # type: ignore[attr-defined]
            for process in (*kernel.children(recursive=True), kernel):
                process.kill()

    def stop(self) -> None:
        """Let the kernel be."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
