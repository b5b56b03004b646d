"""Read a workbook without letting it take the machine: a small one here, any other in a child with limits."""

from __future__ import annotations

import faulthandler
import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import msgspec

from coachkit.engagement.forks import can_fork, run_forked
from coachkit.engagement.memory import MEGABYTE, memory_limit
from coachkit.engagement.tabular.xlsx_contents import Allowance, Contents, TooMuchError, Wish, read_contents
from coachkit.engagement.tabular.xlsx_marks import WorkbookXmlError

HERE_BYTES = 3_000_000  # unpacked size up to which a workbook is read in this process
HERE = Allowance(cells=2_000_000, text=50_000_000)
READER_MB, READER_S = 1_500, 60.0  # what a child may use
MAX_ANSWER = 400 * MEGABYTE
_POLL_S = 0.1
_TOO_MUCH = "reading it takes more than {memory:,} MB of memory or {seconds:.0f} s"


def contents_of(raw: bytes, wish: Wish) -> Contents:
    """Read a workbook whose archive has been checked.

    A small one is read here. Any other is read in a child process that may use so much memory and time, no more:
    forked where that is safe, started afresh where it is not (other systems, notebooks, while a spinner turns).

    Raises
    ------
    WorkbookXmlError
        If it is not what Excel writes, or reading it takes too much.
    """
    if _unpacked(raw) <= HERE_BYTES:
        try:
            return read_contents(raw, wish, HERE)
        except TooMuchError:
            pass
    answer = _forked(raw, wish) if can_fork() else _started(raw, wish)
    if not answer:
        raise WorkbookXmlError(_TOO_MUCH.format(memory=READER_MB, seconds=READER_S))
    found = msgspec.msgpack.decode(answer, type=Contents | str)
    if isinstance(found, str):
        raise WorkbookXmlError(found)
    for sheet in found.sheets:
        for row in sheet.rows:
            row[:] = [_KINDS[cell[0]](cell[1]) if isinstance(cell, list) else cell for cell in row]
    return found


def _unpacked(raw: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _forked(raw: bytes, wish: Wish) -> bytes | None:
    def work() -> bytes:
        faulthandler.disable()  # a reader that meets the limit may abort, and that is told in our own words
        return _read_limited(raw, wish, READER_MB)

    return run_forked(work, READER_S)


def _started(raw: bytes, wish: Wish) -> bytes | None:
    """What a new process makes of the workbook; None when it took too much or died."""
    order = msgspec.msgpack.encode((READER_MB, wish, raw))
    command = [sys.executable, "-P", "-m", __name__]  # -P: nothing is imported from the folder one happens to be in
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own module
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(child, is_over), daemon=True)
    watcher.start()
    try:
        answer, _ = child.communicate(order, timeout=READER_S)
    except subprocess.TimeoutExpired:
        return None
    else:
        return answer if child.returncode == 0 else None
    finally:
        is_over.set()
        watcher.join()
        child.kill()
        child.communicate()


def _watch(child: subprocess.Popen[bytes], is_over: threading.Event) -> None:
    """Kill a child that holds more memory than it may, on systems that cannot limit it beforehand."""
    while not is_over.wait(_POLL_S):
        if _memory_of(child.pid) > READER_MB * MEGABYTE:
            child.kill()


def _memory_of(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _read_limited(raw: bytes, wish: Wish, megabytes: int) -> bytes:
    """The contents as bytes, an error as its words, or nothing where the limit is met."""
    with memory_limit(megabytes):
        try:
            contents = read_contents(raw, wish)
            for sheet in contents.sheets:
                for row in sheet.rows:
                    row[:] = map(_tagged, row)
            answer = msgspec.msgpack.encode(contents)
        except WorkbookXmlError as error:
            return msgspec.msgpack.encode(str(error))
        except MemoryError:
            return b""
    return answer if len(answer) <= MAX_ANSWER else b""


def _tagged(cell: Any) -> Any:  # noqa: ANN401 - a cell
    """Dates and times as kind and text, which every format can hold."""
    if isinstance(cell, timedelta):
        return ["timedelta", cell.total_seconds()]
    return [type(cell).__name__, cell.isoformat()] if isinstance(cell, date | time_of_day) else cell


_KINDS: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time_of_day.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
}


def main() -> None:
    """Read an order from standard input and write the answer to standard output."""
    megabytes, wish, raw = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=tuple[int, Wish, bytes])
    sys.stdout.buffer.write(_read_limited(raw, wish, megabytes))


if __name__ == "__main__":
    main()
