"""A small process that forks writers and kills them at random instants, much faster than the test's own large one could.

    python kill_harness.py files FOLDER KILLS     every file FOLDER/versions/* is a version of FOLDER/report
    python kill_harness.py ledger FOLDER KILLS    a ledger that one report goes through again and again

Prints what was seen at the final name, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from coachkit.engagement.storage import write_atomic


def killed_child(work: Callable[[], None], chance: random.Random, longest_s: float) -> None:
    """Fork a child that works for ever, and kill it at a random instant after its first step."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write_end, b".")
            while True:
                work()
        finally:
            os._exit(1)
    os.read(read_end, 1)
    time.sleep(chance.uniform(0, longest_s))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(read_end)
    os.close(write_end)


def kill_often(work: Callable[[], None], look: Callable[[], str], kills: int) -> Counter[str]:
    """Kill ``work`` so often, within one and a half of its own durations here and now, and count what ``look`` finds."""
    chance, seen = random.Random(20260), Counter()
    started = time.perf_counter()
    for _ in range(5):
        work()
    longest_s = 1.5 * (time.perf_counter() - started) / 5
    for _ in range(kills):
        killed_child(work, chance, longest_s)
        seen[look()] += 1
    return seen


def files(folder: Path, kills: int) -> Counter[str]:
    """Write one version after the other; what is found is a version's name or ``torn``."""
    versions = {path.read_bytes(): path.name for path in sorted((folder / "versions").iterdir())}
    turn, target = deque(versions), folder / "report"

    def work() -> None:
        write_atomic(target, turn[0])
        turn.rotate()

    def look() -> str:
        turn.rotate()
        return versions.get(target.read_bytes(), "torn")

    return kill_often(work, look, kills)


def ledger(folder: Path, kills: int) -> Counter[str]:
    """Take a report with twenty files through a ledger; what is found is its status, or what is wrong."""
    from coachkit.delivery.ledger import JobRow, Ledger
    from coachkit.delivery.outcomes import JobOutcome

    book, row = Ledger(folder / "ledger.sqlite"), JobRow("p/a", "p", "A", "a", "waiting", "t", "s")
    published = {f"a/{number}.html": ("d" * 64, number) for number in range(20)}

    def work() -> None:
        book.plan(row)
        book.mark("running", [row.job_id])
        book.settle(JobOutcome(row.job_id, True, 1.0, files=published))

    def look() -> str:
        (found,) = book.jobs()
        n_files, status = len(book.files(row.job_id)), found.status
        last = book.events()[-1].status
        is_whole = book.check() == "" and n_files == 20 * (status == "done") and last == status
        return status if is_whole else f"{status} with {n_files} files after {last}: {book.check()}"

    return kill_often(work, look, kills)


if __name__ == "__main__":
    harness = {"files": files, "ledger": ledger}[sys.argv[1]]
    sys.stdout.write(json.dumps(harness(Path(sys.argv[2]), int(sys.argv[3]))))
