"""What became of every report, as far as a look at the disk confirms it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from coachkit.delivery.ledger import JobRow, Ledger
from coachkit.delivery.lock import is_held

STALE_FIX = "Run again: the report is made anew. coachkit verify names every such file."


def read_status(engagement: Path, ledger: Ledger) -> list[JobRow]:
    """Rows of the ledger, corrected where the disk or the lock tells otherwise.

    A finished report whose files are gone or of another size is shown as stale; a report that is "running" while
    nobody holds the engagement's lock was interrupted and waits. Nothing is written.
    """
    files, is_running = ledger.files_by_job(), is_held(engagement)
    return [_corrected(row, files.get(row.job_id, {}), ledger.path.parent, is_running) for row in ledger.jobs()]


def _corrected(row: JobRow, files: dict[str, tuple[str, int]], run: Path, is_running: bool) -> JobRow:
    if row.status == "running" and not is_running:
        return replace(row, status="waiting", message="the run that was making it ended early", fix="Run again.")
    if row.status == "done":
        gone = [path for path, (_, size) in files.items() if not _has_size(run / path, size)]
        if gone or not files:
            return replace(row, status="stale", message=f"{len(gone)} of {len(files)} files changed", fix=STALE_FIX)
    return row


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
