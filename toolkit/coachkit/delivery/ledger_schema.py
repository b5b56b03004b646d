"""The ledger's tables: made anew, brought up from an earlier version, refused when newer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from coachkit.engagement.storage import FILE_MODE, make_folder
from coachkit.errors import CoachkitError

SCHEMA_VERSION = 2
BUSY_TIMEOUT_S = 30.0  # several shards of one run write to the same ledger
STATES = ("waiting", "running", "done", "failed", "skipped", "stale")
_JOBS = f"""
CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY, kind TEXT NOT NULL, manager_id TEXT NOT NULL, stem TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN {STATES}),
    template_sha256 TEXT NOT NULL, slice_sha256 TEXT NOT NULL,
    started_at TEXT NOT NULL DEFAULT '', seconds REAL, message TEXT NOT NULL DEFAULT '', fix TEXT NOT NULL DEFAULT '',
    content_sha256 TEXT NOT NULL DEFAULT '', made_in TEXT NOT NULL DEFAULT '', peak_mb REAL
) STRICT
"""
_EVENTS = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL, status TEXT NOT NULL, at TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT ''
) STRICT
"""
_FILES = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs(job_id), sha256 TEXT NOT NULL, bytes INTEGER NOT NULL
) STRICT
"""
SCHEMA = (
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    _JOBS,
    _FILES,
    _EVENTS,
)
_KEPT = "job_id, kind, manager_id, stem, status, template_sha256, slice_sha256, started_at, seconds, message, fix"


class LedgerError(CoachkitError):
    """A ledger this version cannot read."""


def prepare_ledger(path: Path) -> None:
    """Make a ledger's tables, or bring those of an earlier version up to date in one transaction.

    Raises
    ------
    LedgerError
        If a newer version of coachkit wrote the ledger.
    """
    make_folder(path.parent)
    path.touch(mode=FILE_MODE)
    with opened(path) as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if found == SCHEMA_VERSION:
        return
    if is_empty:  # new, or a run was killed before its first entry was whole
        with changing(path) as connection:
            if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                _create(connection)
        return
    if found not in MIGRATIONS:
        msg = (
            f"{path.name} has schema {found}, this version of coachkit knows {SCHEMA_VERSION}. "
            "Use the version that made the run, or start a new run."
        )
        raise LedgerError(msg)
    _back_up(path, found)
    with changing(path) as connection:
        MIGRATIONS[found](connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")


def _create(connection: sqlite3.Connection) -> None:
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")


def _from_version_1(connection: sqlite3.Connection) -> None:
    """More states, what a report was made from, which run made it, and events in sequence."""
    connection.execute("ALTER TABLE jobs RENAME TO jobs_1")
    connection.execute("ALTER TABLE files RENAME TO files_1")
    for statement in SCHEMA[1:]:
        connection.execute(statement)
    connection.execute(f"INSERT INTO jobs ({_KEPT}) SELECT {_KEPT} FROM jobs_1")  # noqa: S608 - own column names
    connection.execute("INSERT INTO files SELECT path, job_id, sha256, bytes FROM files_1")
    connection.execute("DROP TABLE files_1")
    connection.execute("DROP TABLE jobs_1")


MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _from_version_1}


def _back_up(path: Path, version: int) -> None:
    target = path.with_name(f"{path.name}.v{version}")
    target.touch(mode=FILE_MODE)
    with opened(path) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that commits by itself and flushes every change to disk."""
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """One immediate transaction: all of it or nothing.

    Raises
    ------
    LedgerError
        If the disk is full or the ledger cannot be written.
    """
    with opened(path) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            _roll_back(connection)
            msg = (
                f"{path.name} cannot be written ({error}). Free disk space, or end whoever holds it, and run again; "
                "finished reports are kept."
            )
            raise LedgerError(msg) from error
        except BaseException:
            _roll_back(connection)
            raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
        connection.execute("ROLLBACK")
