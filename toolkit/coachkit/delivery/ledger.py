"""The ledger of one run: the only source of status, kept in SQLite beside the reports.

Status never comes from a notebook's own metadata, which says "completed" for runs that died. Events are ordered by
their sequence number; clock times are kept for people to read and decide nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coachkit.delivery.ledger_schema import (
    LedgerDamagedError,
    LedgerError,
    changing,
    opened,
    prepare_ledger,
    set_aside,
)
from coachkit.delivery.outcomes import JobOutcome
from coachkit.engagement.storage import sha256_of_file

__all__ = ["Event", "JobRow", "Ledger", "LedgerError"]


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as the ledger knows it; ``manager_id`` is empty for the cohort's report.

    ``status`` is waiting, running, done, failed, skipped or stale. ``content_sha256`` stands for everything the report
    was made from; ``made_in`` names the earlier run whose report was taken over unchanged.
    """

    job_id: str
    kind: str
    manager_id: str
    stem: str
    status: str
    template_sha256: str
    slice_sha256: str
    started_at: str = ""
    seconds: float | None = None
    message: str = ""
    fix: str = ""
    content_sha256: str = ""
    made_in: str = ""
    peak_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a job's status; ``seq`` orders events, ``at`` is UTC."""

    seq: int
    job_id: str
    status: str
    at: str
    note: str


class Ledger:
    """Jobs, files, facts and events of one run.

    Only the parent process of a run (or of a shard) writes; every change is one immediate transaction with full
    synchronisation, so that a row says "done" only when the files it names are on disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        prepare_ledger(path)

    @classmethod
    def readable(cls, path: Path) -> Ledger:
        """Open a ledger that is to be written; a damaged one is set aside and a new one started.

        Raises
        ------
        LedgerError
            If a newer version of coachkit wrote it.
        """
        try:
            ledger = cls(path)
            damage = ledger.check()
        except LedgerDamagedError:
            damage = "unreadable"
        if damage:
            set_aside(path)
            ledger = cls(path)
        return ledger

    def set_facts(self, **facts: str) -> None:
        """Record facts of the run: data hash, versions, seed, wave."""
        with changing(self.path) as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", sorted(facts.items()))

    def facts(self) -> dict[str, str]:
        """All facts of the run."""
        with opened(self.path) as connection:
            return dict(tuple(row) for row in connection.execute("SELECT key, value FROM facts ORDER BY key"))

    def plan(self, *jobs: JobRow) -> None:
        """Enter jobs as waiting, replacing earlier attempts of the same jobs."""
        with changing(self.path) as connection:
            for job in jobs:
                connection.execute("DELETE FROM files WHERE job_id = ?", (job.job_id,))
                connection.execute(
                    "INSERT OR REPLACE INTO jobs (job_id, kind, manager_id, stem, status, template_sha256, "
                    "slice_sha256, content_sha256) VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?)",
                    (job.job_id, job.kind, job.manager_id, job.stem, job.template_sha256, job.slice_sha256,
                     job.content_sha256),
                )  # fmt: skip
                _note(connection, job.job_id, "waiting")

    def mark(self, status: str, job_ids: Iterable[str], note: str = "") -> None:
        """Change the status of jobs: running when handed to a worker, stale, skipped, or waiting again."""
        with changing(self.path) as connection:
            for job_id in job_ids:
                connection.execute("UPDATE jobs SET status = ? WHERE job_id = ?", (status, job_id))
                _note(connection, job_id, status, note)

    def settle(self, outcome: JobOutcome, *, made_in: str = "", slice_sha256: str = "") -> None:
        """Record what became of a job: done with its files, or failed with what happened and what to do.

        ``made_in`` and ``slice_sha256`` are given for a report taken over from an earlier run.
        """
        status = "done" if outcome.is_done else "failed"
        files = [(path, outcome.job_id, *file) for path, file in sorted(outcome.files.items())]
        with changing(self.path) as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, started_at = ?, seconds = ?, message = ?, fix = ?, peak_mb = ?, "
                "made_in = ?, slice_sha256 = coalesce(nullif(?, ''), slice_sha256) WHERE job_id = ?",
                (status, outcome.started_at, outcome.seconds, outcome.message, outcome.fix, outcome.peak_mb, made_in,
                 slice_sha256, outcome.job_id),
            )  # fmt: skip
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", files)
            _note(connection, outcome.job_id, status, made_in or outcome.message)

    def recover(self) -> int:
        """Set jobs that a dead run left running back to waiting; returns how many. Call with the run's lock held."""
        left = [row.job_id for row in self.jobs() if row.status == "running"]
        if left:
            self.mark("waiting", left, "the run that was making it ended early")
        return len(left)

    def jobs(self) -> list[JobRow]:
        """All jobs, the cohort's first, then by manager id."""
        columns = ", ".join(JobRow.__slots__)
        with opened(self.path) as connection:
            rows = connection.execute(f"SELECT {columns} FROM jobs ORDER BY kind, manager_id")  # noqa: S608 - own field names
            return [JobRow(**dict(row)) for row in rows]

    def events(self) -> list[Event]:
        """Every change of status in the order in which it happened, whatever the clock said."""
        with opened(self.path) as connection:
            return [Event(**dict(row)) for row in connection.execute("SELECT * FROM events ORDER BY seq")]

    def files(self, job_id: str | None = None) -> dict[str, tuple[str, int]]:
        """Published files: relative path -> (SHA-256, bytes), of one job or of the whole run."""
        with opened(self.path) as connection:
            rows = connection.execute(
                "SELECT path, sha256, bytes FROM files WHERE ?1 IS NULL OR job_id = ?1 ORDER BY path", (job_id,)
            )
            return {row["path"]: (row["sha256"], row["bytes"]) for row in rows}

    def files_by_job(self) -> dict[str, dict[str, tuple[str, int]]]:
        """Published files of every job in one look: job -> relative path -> (SHA-256, bytes)."""
        found: dict[str, dict[str, tuple[str, int]]] = {}
        with opened(self.path) as connection:
            for row in connection.execute("SELECT job_id, path, sha256, bytes FROM files ORDER BY path"):
                found.setdefault(row["job_id"], {})[row["path"]] = (row["sha256"], row["bytes"])
        return found

    def is_intact(self, job_id: str, root: Path) -> bool:
        """Whether every file the ledger names for a finished job is on disk with the recorded hash."""
        return are_intact(self.files(job_id), root)

    def check(self) -> str:
        """What SQLite finds wrong with the ledger file itself; empty when it is sound."""
        try:
            with opened(self.path) as connection:
                found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except LedgerDamagedError as error:
            return str(error)
        return "" if found == "ok" else str(found)


def are_intact(files: Mapping[str, tuple[str, int]], root: Path) -> bool:
    """Whether there are files and each is on disk below ``root`` with its recorded hash."""
    return bool(files) and all(
        (root / path).is_file() and sha256_of_file(root / path) == digest for path, (digest, _) in files.items()
    )


def _note(connection: sqlite3.Connection, job_id: str, status: str, note: str = "") -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute("INSERT INTO events (job_id, status, at, note) VALUES (?, ?, ?, ?)", (job_id, status, at, note))
