"""One command with everything it starts, watched from outside: wall time, memory, and when something first showed."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coachkit.engagement.memory import MEGABYTE

LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen of a command: seconds, seconds until the condition first held, peak resident memory in MB."""

    seconds: float
    first_s: float
    parent_mb: float
    largest_child_mb: float


def watch(command: Sequence[str], has_first: Callable[[], bool]) -> Watched:
    """Run a command to its end and look at its processes twenty times a second."""
    import psutil

    started = time.perf_counter()
    first_s, parent, child = float("nan"), 0.0, 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    root = psutil.Process(process.pid)
    while process.poll() is None:
        if first_s != first_s and has_first():
            first_s = time.perf_counter() - started
        parent = max(parent, _resident(root))
        child = max([child, *(_resident(one) for one in _children(root))])
        time.sleep(LOOK_S)
    return Watched(time.perf_counter() - started, first_s, parent / MEGABYTE, child / MEGABYTE)


def _resident(process: object) -> float:
    import psutil

    try:
        return process.memory_info().rss  # type: ignore[attr-defined]
    except psutil.Error:
        return 0.0


def _children(process: object) -> list[object]:
    import psutil

    try:
        return process.children(recursive=True)  # type: ignore[attr-defined]
    except psutil.Error:
        return []
