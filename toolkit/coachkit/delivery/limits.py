"""What one report may use: time, memory and output, so that a runaway notebook costs its own report only."""

from __future__ import annotations

import sys

from coachkit.engagement.memory import MEGABYTE


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
    write, written = stream.write, 0  # type: ignore[attr-defined]

    def counted(text: str) -> int:
        nonlocal written
        written += len(text)
        if written > megabytes * MEGABYTE:
            msg = f"more than {megabytes} MB of output. Print less, or raise limits: output_mb."
            raise OutputLimitError(msg)
        return write(text)

    stream.write = counted  # type: ignore[attr-defined]
