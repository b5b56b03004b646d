"""One run at a time on an engagement folder; whoever comes second is told who is there.

The lock is the operating system's own on an open file, so that it ends with its holder, however that ends. A run and
the shards of a run exclude each other; shards of different numbers do not.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from coachkit.engagement.storage import FILE_MODE, confined, make_folder, write_json
from coachkit.errors import CoachkitError

FOLDER = Path("out") / ".locks"
RUN = "run"
PREPARATION_S = 3600.0  # shards wait for the first one's analysis
POLL_S = 0.2
PATIENCE_S = 1.0  # a lock looked at by somebody else is taken for an instant


class RunBusyError(CoachkitError):
    """Somebody else is working on the engagement's reports."""


@contextmanager
def run_lock(engagement: Path, name: str = RUN, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the engagement for a run (``run``) or one of its shards (``shard-1-of-4``).

    Parameters
    ----------
    engagement : Path
    name : str
    wait_s : float
        How long to wait for whoever is there.

    Raises
    ------
    RunBusyError
        If somebody else holds it still; names process, host and start.
    """
    folder = make_folder(confined(engagement, *FOLDER.parts))
    deadline = time.monotonic() + max(wait_s, PATIENCE_S)
    lock = _acquire(folder, name, deadline)
    try:
        _refuse_others(folder, name, deadline)
        _refuse_elsewhere(folder, name)
        note = folder / f"{name}.json"
        write_json(note, _me())
        try:
            yield
        finally:
            with suppress(OSError):
                note.unlink(missing_ok=True)
    finally:
        lock.release()


@contextmanager
def preparation_lock(engagement: Path) -> Iterator[None]:
    """Hold the engagement while it is analysed: shards started together do it one after the other."""
    folder = make_folder(confined(engagement, *FOLDER.parts))
    with FileLock(folder / "preparing.lock", timeout=PREPARATION_S, mode=FILE_MODE):
        yield


def is_held(engagement: Path) -> bool:
    """Whether a run or a shard is working on the engagement now."""
    folder = engagement / FOLDER
    return folder.is_dir() and any(not _is_free(path) for path in _locks(folder))


def _acquire(folder: Path, name: str, deadline: float) -> FileLock:
    lock = FileLock(folder / f"{name}.lock", timeout=max(0.0, deadline - time.monotonic()), mode=FILE_MODE)
    try:
        lock.acquire(poll_interval=POLL_S)
    except Timeout:
        raise RunBusyError(_busy(folder, name)) from None
    except OSError as error:
        msg = (
            f"the engagement folder cannot be locked ({error.strerror or error}). Copy the engagement to a local disk, "
            "or to a network drive that supports locks, and run there."
        )
        raise RunBusyError(msg) from None
    return lock


def _refuse_others(folder: Path, name: str, deadline: float) -> None:
    """A run excludes shards and a shard excludes a run; each takes its own lock first, so that one of two sees the other."""
    while True:
        others = [path for path in _locks(folder) if (path.stem == RUN) != (name == RUN) and not _is_free(path)]
        if not others:
            return
        if time.monotonic() >= deadline:
            raise RunBusyError(_busy(folder, others[0].stem))
        time.sleep(POLL_S)


def _refuse_elsewhere(folder: Path, name: str) -> None:
    """Refuse when another machine's note is still there although its lock is free.

    Then that run died, or locks do not reach from machine to machine on this drive; nobody here can tell which.
    """
    for note in sorted(folder.glob("*.json")):
        holder = _holder(note)
        is_rival = note.stem == name or (note.stem == RUN) != (name == RUN)
        if is_rival and holder is not None and holder.get("host", socket.gethostname()) != socket.gethostname():
            msg = (
                f"{_what(note.stem)} seems to be working on this engagement on another machine: {_who(holder)}. If that "
                f"run has ended, delete {FOLDER.as_posix()}/{note.name} in the engagement folder and run again."
            )
            raise RunBusyError(msg)


def _locks(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.lock")) if path.stem == RUN or path.stem.startswith("shard-")]


def _is_free(path: Path) -> bool:
    probe = FileLock(path, timeout=0, mode=FILE_MODE)
    try:
        with probe:
            return True
    except (Timeout, OSError):
        return False


def _me() -> dict[str, object]:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "started": started, "command": _command()}


def _command() -> str:
    """The program and its command, without paths and ids, which the note need not repeat."""
    program = Path(sys.argv[0]).name if sys.argv else ""
    words = ["coachkit" if program == "__main__.py" else program]  # python -m coachkit
    return " ".join(words + [word for word in sys.argv[1:2] if word.isalpha()])


def _what(name: str) -> str:
    return "a run" if name == RUN else f"{name.replace('-', ' ')} of a run"


def _holder(note: Path) -> dict[str, object] | None:
    try:
        found = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _who(holder: dict[str, object] | None) -> str:
    if holder is None or not {"pid", "host", "started"} <= set(holder):
        return "it has not said who it is yet"
    command = f" ({holder['command']})" if holder.get("command") else ""
    return f"process {holder['pid']} on {holder['host']}, started {holder['started']}{command}"


def _busy(folder: Path, name: str) -> str:
    who = _who(_holder(folder / f"{name}.json"))
    return (
        f"{_what(name)} is already working on this engagement: {who}. Wait for it (--wait SECONDS), or stop it first."
    )
