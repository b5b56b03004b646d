"""Run a job in a forked child of a warm worker: imports are paid once, a crash or a hang costs one job."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 1, 36, 37


def can_fork() -> bool:
    """Whether this process may fork safely: the system forks, and nothing here runs in another thread.

    macOS forks, but its system frameworks abort in the child, so that ordinary kernels are used there.
    """
    return sys.platform.startswith("linux") and threading.active_count() == 1


def run_forked(work: Callable[[], bytes], timeout_s: float, lifeline: int | None = None) -> bytes | None:
    """Run ``work`` in a forked child and return what it returns.

    Parameters
    ----------
    work : callable
        Returns the bytes to hand back; its exceptions end the child.
    timeout_s : float
        After so many seconds the child and everything it started is killed.
    lifeline : int, optional
        A descriptor on which nothing arrives while the child works; its end ends the child too.

    Returns
    -------
    bytes or None
        None when the child died or was killed.
    """
    with _orphans_ended():
        return _run_forked(work, timeout_s, lifeline)


def _run_forked(work: Callable[[], bytes], timeout_s: float, lifeline: int | None) -> bytes | None:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        _be_child(work, write_end)
    os.close(write_end)
    try:
        answer = _read_until(read_end, time.monotonic() + timeout_s, lifeline)
    finally:
        os.close(read_end)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return answer


@contextmanager
def _orphans_ended() -> Iterator[None]:
    """End what a forked child leaves behind, even what left its process group to escape the group's end.

    Linux makes this process the parent of whatever its descendants orphan meanwhile. Children it had before stay.
    """
    libc, was_on = ctypes.CDLL(None), ctypes.c_int()
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(was_on))
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = _children()
    try:
        yield
        while orphans := _children() - before:
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(orphan, 0)
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, was_on.value)


def _children() -> set[int]:
    """Ids of this process's children; the system is asked for the list only if there are any."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return set()
    import psutil

    return {child.pid for child in psutil.Process().children()}


def die_with_parent() -> bool:
    """Ask Linux to end this process when its parent ends, however that happens; False where nobody can be asked."""
    if not sys.platform.startswith("linux"):
        return False
    return ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) == 0


def draw_fresh_seeds() -> None:
    """Give numpy's old global stream a seed of its own, as in a new interpreter; Python's own has one after a fork."""
    if "numpy.random" in sys.modules:  # otherwise it is seeded when somebody imports it
        import numpy as np

        np.random.seed()  # noqa: NPY002 - the legacy stream that notebooks may use


def _be_child(work: Callable[[], bytes], write_end: int) -> None:
    code = 1
    try:
        gc.disable()  # a report is short, and a collection copies every page that the child shares with its parent
        os.setsid()
        die_with_parent()
        silent = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(silent, descriptor)
        answer = work()
        with os.fdopen(write_end, "wb") as stream:
            stream.write(len(answer).to_bytes(8, "big") + answer)
        code = 0
    finally:
        os._exit(code)


def _read_until(descriptor: int, deadline: float, lifeline: int | None) -> bytes | None:
    """Read a length-prefixed answer; None at the end of the pipe, at the deadline or when the lifeline ends."""
    received = bytearray()
    watched = [descriptor] if lifeline is None else [descriptor, lifeline]
    while len(received) < 8 or len(received) < 8 + int.from_bytes(received[:8], "big"):
        ready, _, _ = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))
        piece = os.read(descriptor, 65536) if descriptor in ready else b""
        if not piece:
            return None
        received += piece
    return bytes(received[8:])
