"""The ledger's tables: made anew, brought up from an earlier version, refused when newer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from coachkit.engagement.storage import FILE_MODE, make_folder, write_atomic
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
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_KEPT = "job_id, kind, manager_id, stem, status, template_sha256, slice_sha256, started_at, seconds, message, fix"


class LedgerError(CoachkitError):
    """A ledger this version cannot read."""


class LedgerWriteError(LedgerError):
    """A ledger that cannot be written now: a full disk, no permission, somebody who holds it. The run ends with problems."""

    exit_code = 3


class LedgerDamagedError(LedgerError):
    """A file that is no longer a whole SQLite database."""

    exit_code = 3


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
    with changing(path) as connection:
        if connection.execute("PRAGMA user_version").fetchone()[0] != found:
            return  # somebody else updated it while this process waited for the ledger
        _back_up(path, found)
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
    """Copy the ledger as it is before the update; called while nobody else can write it.

    SQLite itself reads the file: opening it otherwise would end the locks this process holds on it.
    """
    with opened(path) as source:
        write_atomic(path.with_name(f"{path.name}.v{version}"), source.serialize())


def set_aside(path: Path) -> Path:
    """Give a damaged ledger another name, beside which a new one can start; returns that name."""
    taken = sum(1 for _ in path.parent.glob(f"{path.name}.damaged-*"))
    target = path.with_name(f"{path.name}.damaged-{taken + 1}")
    path.replace(target)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    return target


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that commits by itself and flushes every change to disk.

    Raises
    ------
    LedgerDamagedError
        If the file is not a whole database.
    LedgerWriteError
        If the disk is full, or the ledger cannot be opened or is held too long by somebody else.
    """
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA synchronous = FULL")
            yield connection
    except sqlite3.OperationalError as error:
        msg = (
            f"{path.name} cannot be written ({error}). Free disk space, or end whoever holds it, and run again; "
            "finished reports are kept."
        )
        raise LedgerWriteError(msg) from error
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
            raise
        msg = (
            f"{path.name} of run {path.parent.name} is damaged ({error}). Run again: the reports are made anew and the "
            "damaged ledger is kept beside the new one; or restore the run's folder from a copy."
        )
        raise LedgerDamagedError(msg) from error


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """One immediate transaction: all of it or nothing. Raises as :func:`opened` does."""
    with opened(path) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
        connection.execute("ROLLBACK")
