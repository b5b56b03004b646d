"""What one report may use: time, memory and output, so that a runaway notebook costs its own report only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024


class OutputLimitError(Exception):
    """Raised inside a cell that prints more than a report may."""


@contextmanager
def memory_limit(megabytes: int) -> Iterator[None]:
    """Let this process, and those it starts, ask for at most ``megabytes`` more address space than it has now.

    An allocation beyond that fails with MemoryError in the cell that asked. Works on Linux; elsewhere, and with 0,
    nothing is limited.
    """
    if not megabytes or not sys.platform.startswith("linux"):
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    import resource

    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


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
    write, written = stream.write, 0  # type: ignore[attr-defined]

    def counted(text: str) -> int:
        nonlocal written
        written += len(text)
        if written > megabytes * MEGABYTE:
            msg = f"more than {megabytes} MB of output. Print less, or raise limits: output_mb."
            raise OutputLimitError(msg)
        return write(text)

    stream.write = counted  # type: ignore[attr-defined]
