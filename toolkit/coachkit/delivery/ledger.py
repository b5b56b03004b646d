"""The ledger of one run: the only source of status, kept in SQLite beside the reports.

Status never comes from a notebook's own metadata, which says "completed" for runs that died.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coachkit.delivery.jobs import JobOutcome
from coachkit.engagement.storage import FILE_MODE, make_folder, sha256_of_file
from coachkit.errors import CoachkitError

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY, kind TEXT NOT NULL, manager_id TEXT NOT NULL, stem TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
    template_sha256 TEXT NOT NULL, slice_sha256 TEXT NOT NULL,
    started_at TEXT NOT NULL DEFAULT '', seconds REAL, message TEXT NOT NULL DEFAULT '', fix TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE files (
    path TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs(job_id), sha256 TEXT NOT NULL, bytes INTEGER NOT NULL
) STRICT;
"""


class LedgerError(CoachkitError):
    """A ledger this version cannot read."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as the ledger knows it; ``manager_id`` is empty for the cohort's report."""

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


class Ledger:
    """Jobs, files and facts of one run.

    Only the parent process of a run writes; every change is one immediate transaction with full
    synchronisation, so that a row says "done" only when the files it names are on disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        make_folder(path.parent)
        path.touch(mode=FILE_MODE)
        if self._is_empty():  # new, or a run was killed before its first entry was whole
            with self._change() as connection:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
        self._require_known_schema()

    def _is_empty(self) -> bool:
        with self._open() as connection:
            return connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0

    def _require_known_schema(self) -> None:
        with self._open() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found != SCHEMA_VERSION:
            msg = (
                f"{self.path.name} has schema {found}, this version of coachkit knows {SCHEMA_VERSION}. "
                "Use the version that made the run, or start a new run."
            )
            raise LedgerError(msg)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=5.0, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            yield connection

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def set_facts(self, **facts: str) -> None:
        """Record facts of the run: data hash, versions, seed, wave."""
        with self._change() as connection:
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", sorted(facts.items()))

    def facts(self) -> dict[str, str]:
        """All facts of the run."""
        with self._open() as connection:
            return dict(tuple(row) for row in connection.execute("SELECT key, value FROM facts ORDER BY key"))

    def plan(self, job: JobRow) -> None:
        """Enter a job as waiting, replacing an earlier attempt of the same job."""
        with self._change() as connection:
            connection.execute("DELETE FROM files WHERE job_id = ?", (job.job_id,))
            connection.execute(
                "INSERT OR REPLACE INTO jobs (job_id, kind, manager_id, stem, status, template_sha256, slice_sha256) "
                "VALUES (?, ?, ?, ?, 'waiting', ?, ?)",
                (job.job_id, job.kind, job.manager_id, job.stem, job.template_sha256, job.slice_sha256),
            )

    def settle(self, outcome: JobOutcome) -> None:
        """Record what became of a job: done with its files, or failed with what happened and what to do."""
        status = "done" if outcome.is_done else "failed"
        files = [(path, outcome.job_id, *file) for path, file in sorted(outcome.files.items())]
        with self._change() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, started_at = ?, seconds = ?, message = ?, fix = ? WHERE job_id = ?",
                (status, outcome.started_at, outcome.seconds, outcome.message, outcome.fix, outcome.job_id),
            )
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", files)

    def jobs(self) -> list[JobRow]:
        """All jobs, the cohort's first, then by manager id."""
        columns = ", ".join(JobRow.__slots__)
        with self._open() as connection:
            rows = connection.execute(f"SELECT {columns} FROM jobs ORDER BY kind, manager_id")  # noqa: S608 - own field names
            return [JobRow(**dict(row)) for row in rows]

    def files(self, job_id: str | None = None) -> dict[str, tuple[str, int]]:
        """Published files: relative path -> (SHA-256, bytes), of one job or of the whole run."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT path, sha256, bytes FROM files WHERE ?1 IS NULL OR job_id = ?1 ORDER BY path", (job_id,)
            )
            return {row["path"]: (row["sha256"], row["bytes"]) for row in rows}

    def is_intact(self, job_id: str, root: Path) -> bool:
        """Whether every file the ledger names for a finished job is on disk with the recorded hash."""
        files = self.files(job_id)
        return bool(files) and all(
            (root / path).is_file() and sha256_of_file(root / path) == digest for path, (digest, _) in files.items()
        )
