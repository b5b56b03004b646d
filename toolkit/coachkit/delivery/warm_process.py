"""A warm worker as a process of its own, talked to over pipes: for hosts whose own process may not fork.

A Dask worker, a thread pool or a web server runs threads, and papermill changes the working directory of a whole
process. So each of them talks to a child process that is single-threaded, has everything imported, and forks a
grandchild for each report. It ends when its host does: the end of its standard input is the end of its work.

    python -m coachkit.delivery.warm_process html pdf        (started by :class:`WarmProcess`, not by people)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from queue import Empty, SimpleQueue
from typing import IO, cast

import msgspec

from coachkit.delivery.execution import prepare_process, warm_up
from coachkit.delivery.inprocess_kernel import prepare_kernel
from coachkit.delivery.jobs import ReportJob, run_job
from coachkit.delivery.outcomes import JobOutcome
from coachkit.engagement.forks import can_fork

LENGTH = 8  # bytes of a message's length
DIED = "the worker process died while making this report"
DIED_FIX = "Run again; if it repeats, the machine may be short of memory."


class WarmProcess:
    """One warm worker process, prepared for these formats, and the pipes to it; takes one job at a time."""

    def __init__(self, formats: Sequence[str]) -> None:
        command = [sys.executable, "-m", "coachkit.delivery.warm_process", *formats]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._to, self._from = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)

    def run(self, job: ReportJob) -> JobOutcome | None:
        """Make one report; None when the process died over it."""
        try:
            _send(self._to, msgspec.msgpack.encode(job))
            answer = _receive(self._from)
        except OSError:
            return None
        return None if answer is None else msgspec.msgpack.decode(answer, type=JobOutcome)

    def close(self) -> None:
        """End the process and what it is doing."""
        self._to.close()
        self._process.kill()
        self._process.wait()
        self._from.close()


def died(job: ReportJob) -> JobOutcome:
    """The outcome of a job over which its worker died."""
    return JobOutcome(job.job_id, False, 0.0, message=DIED, fix=DIED_FIX)


def make_ready(scratch: str, formats: Sequence[str]) -> None:
    """Make this process a warm worker: settings, imports and a kernel that its forked children find done."""
    prepare_process(scratch)
    if can_fork():
        warm_up(formats)
        prepare_kernel()


def run_on_node(job: ReportJob) -> JobOutcome:
    """Make one report on this machine, from any thread of any process.

    Idle warm processes are kept and used again; a process that dies costs its own report.
    """
    idle = _idle_processes()
    try:
        process = idle.get_nowait()
    except Empty:
        process = WarmProcess(job.formats)
    outcome = process.run(job)
    if outcome is None:
        process.close()
        return died(job)
    idle.put(process)
    return outcome


@cache
def _idle_processes() -> SimpleQueue[WarmProcess]:
    return SimpleQueue()


def end_idle_processes() -> None:
    """End the warm processes that wait for jobs; those at work end with their host."""
    idle = _idle_processes()
    while True:
        try:
            idle.get_nowait().close()
        except Empty:
            return


def serve(source: IO[bytes], target: IO[bytes], formats: Sequence[str]) -> None:
    """Answer jobs until the source ends."""
    with tempfile.TemporaryDirectory(prefix="coachkit-") as scratch:
        make_ready(scratch, formats)
        while (message := _receive(source)) is not None:
            job = msgspec.msgpack.decode(message, type=ReportJob)
            _send(target, msgspec.msgpack.encode(run_job(job, lifeline=source.fileno())))


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(LENGTH, "big") + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next message; None at the end of the stream."""
    head = _read(stream, LENGTH)
    return None if head is None else _read(stream, int.from_bytes(head, "big"))


def _read(stream: IO[bytes], size: int) -> bytes | None:
    received = bytearray()
    while len(received) < size:
        piece = stream.read(size - len(received))
        if not piece:
            return None
        received += piece
    return bytes(received)


def main() -> None:
    """Serve on standard input and output; what anybody else prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    serve(os.fdopen(0, "rb", buffering=0), answers, sys.argv[1:])


if __name__ == "__main__":
    main()
