"""The ledger is the only source of status and tells what is really on disk."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import datetime

import pytest

from coachkit.delivery.ledger import JobRow, Ledger, LedgerError
from coachkit.delivery.ledger_schema import MIGRATIONS, LedgerDamagedError, changing
from coachkit.delivery.outcomes import JobOutcome
from coachkit.engagement.storage import write_atomic

ROW = JobRow("development_plan/m1", "development_plan", "M1", "m1", "waiting", "t" * 64, "s" * 64)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.plan(ROW)
    return ledger


def publish(ledger, content=b"report"):
    digest = write_atomic(ledger.path.parent / "m1" / "plan.html", content)
    ledger.settle(
        JobOutcome(ROW.job_id, True, 1.5, "2026-01-01T00:00:00+00:00", {"m1/plan.html": (digest, len(content))})
    )


def test_a_planned_job_waits(ledger):
    assert ledger.jobs() == [ROW]


@pytest.mark.case("P7")
def test_a_finished_job_is_intact_until_its_file_changes(ledger):
    publish(ledger)
    assert ledger.jobs()[0].status == "done"
    assert ledger.is_intact(ROW.job_id, ledger.path.parent)
    (ledger.path.parent / "m1" / "plan.html").write_bytes(b"edited")
    assert not ledger.is_intact(ROW.job_id, ledger.path.parent)


@pytest.mark.case("P7")
def test_a_finished_job_is_not_intact_without_its_file(ledger):
    publish(ledger)
    (ledger.path.parent / "m1" / "plan.html").unlink()
    assert not ledger.is_intact(ROW.job_id, ledger.path.parent)


def test_a_failure_keeps_what_happened_and_what_to_do(ledger):
    ledger.settle(JobOutcome(ROW.job_id, False, 0.1, message="cell 3 stopped with KeyError", fix="Open the notebook."))
    row = ledger.jobs()[0]
    assert (row.status, row.message, row.fix) == ("failed", "cell 3 stopped with KeyError", "Open the notebook.")


def test_planning_again_forgets_the_earlier_attempt(ledger):
    publish(ledger)
    ledger.plan(ROW)
    assert ledger.jobs()[0].status == "waiting"
    assert ledger.files() == {}


def test_facts_survive_reopening(ledger):
    ledger.set_facts(seed="1", wave="w1")
    ledger.set_facts(seed="2")
    assert Ledger(ledger.path).facts() == {"seed": "2", "wave": "w1"}


def test_every_change_of_status_is_an_event_in_sequence(ledger):
    ledger.mark("running", [ROW.job_id])
    publish(ledger)
    ledger.mark("stale", [ROW.job_id], "edited")
    events = ledger.events()
    assert [(event.status, event.note) for event in events] == [
        ("waiting", ""), ("running", ""), ("done", ""), ("stale", "edited"),
    ]  # fmt: skip
    assert [event.seq for event in events] == sorted(event.seq for event in events)


@pytest.mark.case("P7")
def test_what_a_dead_run_left_running_waits_again(ledger):
    ledger.mark("running", [ROW.job_id])
    assert ledger.recover() == 1
    assert ledger.jobs()[0].status == "waiting"
    assert ledger.recover() == 0


@pytest.mark.case("P11")
def test_a_clock_that_is_set_back_does_not_reorder_events(ledger, monkeypatch):
    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(1999, 12, 31, 23, 59, tzinfo=tz)

    monkeypatch.setattr("coachkit.delivery.ledger.datetime", Earlier)
    ledger.mark("running", [ROW.job_id])
    assert ledger.events()[-1].status == "running"
    assert ledger.events()[-1].at < ledger.events()[0].at


def as_version_1(path):
    """A ledger as the version before wrote it, with one finished and one waiting job."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
            CREATE TABLE jobs (
                job_id TEXT PRIMARY KEY, kind TEXT NOT NULL, manager_id TEXT NOT NULL, stem TEXT NOT NULL,
                status TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
                template_sha256 TEXT NOT NULL, slice_sha256 TEXT NOT NULL, started_at TEXT NOT NULL DEFAULT '',
                seconds REAL, message TEXT NOT NULL DEFAULT '', fix TEXT NOT NULL DEFAULT ''
            ) STRICT;
            CREATE TABLE files (
                path TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs(job_id), sha256 TEXT NOT NULL,
                bytes INTEGER NOT NULL
            ) STRICT;
            INSERT INTO facts VALUES ('wave', 'w1');
            INSERT INTO jobs VALUES ('p/a', 'p', 'A', 'a', 'done', 't', 's', '2026-01-01', 1.5, '', '');
            INSERT INTO jobs VALUES ('p/b', 'p', 'B', 'b', 'waiting', 't', 's', '', NULL, '', '');
            INSERT INTO files VALUES ('a/plan.html', 'p/a', 'd', 3);
            PRAGMA user_version = 1;
            """
        )


@pytest.mark.case("P12")
def test_a_ledger_of_the_version_before_is_brought_up_to_date_with_a_copy_kept(tmp_path):
    path = tmp_path / "ledger.sqlite"
    as_version_1(path)
    ledger = Ledger(path)
    assert {row.job_id: (row.status, row.seconds, row.made_in) for row in ledger.jobs()} == {
        "p/a": ("done", 1.5, ""), "p/b": ("waiting", None, ""),
    }  # fmt: skip
    assert ledger.files("p/a") == {"a/plan.html": ("d", 3)}
    assert ledger.facts() == {"wave": "w1"}
    ledger.mark("stale", ["p/a"])
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite.v1")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM jobs WHERE status = 'done'").fetchone() == (1,)


@pytest.mark.case("P12")
def test_an_update_that_fails_half_way_leaves_the_old_ledger(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    as_version_1(path)

    def half(connection):
        connection.execute("DROP TABLE files")
        raise sqlite3.OperationalError

    monkeypatch.setitem(MIGRATIONS, 1, half)
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(path)
    monkeypatch.undo()
    assert Ledger(path).files("p/a") == {"a/plan.html": ("d", 3)}


@pytest.mark.case("P12")
def test_a_ledger_of_a_newer_version_is_refused(ledger):
    connection = sqlite3.connect(ledger.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="has schema 99, this version of coachkit knows 2"):
        Ledger(ledger.path)


def test_a_change_that_fails_leaves_nothing_behind(ledger):
    def change_in_two_steps():
        with changing(ledger.path) as connection:
            connection.execute("UPDATE jobs SET message = 'half'")
            connection.execute("UPDATE jobs SET status = 'nonsense'")

    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint"):
        change_in_two_steps()
    assert ledger.jobs() == [ROW]


@pytest.mark.case("P7")
def test_a_ledger_whose_first_entry_was_cut_short_starts_anew(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:  # what a rollback of the first transaction leaves behind
        connection.executescript("CREATE TABLE half (x); DROP TABLE half;")
    assert path.stat().st_size
    assert Ledger(path).jobs() == []


@pytest.mark.case("SEC-13")
@pytest.mark.parametrize("text", ["'; DROP TABLE jobs;--", '"a"; --', "%", "_", "x' OR '1'='1", "?1", ":id"])
def test_no_text_is_read_as_sql(ledger, text):
    hostile = JobRow(f"plan/{text}", text, text, text, "waiting", text, text)
    ledger.plan(hostile)
    ledger.set_facts(wave=text)
    ledger.settle(JobOutcome(hostile.job_id, True, 1.0, text, {f"x/{text}": ("d" * 64, 1)}))
    kept = {row.job_id: row.status for row in ledger.jobs()}
    assert kept == {ROW.job_id: "waiting", hostile.job_id: "done"}
    assert ledger.files(hostile.job_id) == {f"x/{text}": ("d" * 64, 1)}
    assert ledger.files(ROW.job_id) == {}
    assert ledger.facts()["wave"] == text


def spoilt(path, how):
    whole = path.read_bytes()
    path.write_bytes({"garbage": b"garbage" * 3000, "cut": whole[: len(whole) // 2]}[how])


@pytest.mark.case("P7")
@pytest.mark.parametrize("how", ["garbage", "cut"])
def test_a_damaged_ledger_is_a_message_and_no_traceback(ledger, how):
    spoilt(ledger.path, how)
    with pytest.raises(LedgerDamagedError, match=r"ledger\.sqlite of run .* is damaged .* Run again"):
        Ledger(ledger.path)
    assert "is damaged" in ledger.check()


@pytest.mark.case("P7")
@pytest.mark.parametrize("how", ["garbage", "cut"])
def test_a_run_sets_a_damaged_ledger_aside_and_starts_a_new_one(ledger, how):
    spoilt(ledger.path, how)
    damaged = ledger.path.read_bytes()
    assert Ledger.readable(ledger.path).jobs() == []
    (kept,) = ledger.path.parent.glob("ledger.sqlite.damaged-*")
    assert kept.read_bytes() == damaged
    ledger.plan(ROW)
    assert Ledger.readable(ledger.path).jobs() == [ROW]


@pytest.mark.case("P12")
def test_an_update_that_somebody_else_made_meanwhile_is_not_made_twice(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite"
    as_version_1(path)

    @contextmanager
    def late(ledger_path):
        """The other process updates the ledger after this one looked and before it may write."""
        monkeypatch.undo()
        Ledger(ledger_path).mark("stale", ["p/a"])
        with changing(ledger_path) as connection:
            yield connection

    monkeypatch.setattr("coachkit.delivery.ledger_schema.changing", late)
    assert {row.job_id: row.status for row in Ledger(path).jobs()} == {"p/a": "stale", "p/b": "waiting"}
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite.v1")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)


@pytest.mark.case("P12")
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
def test_an_update_killed_at_any_statement_leaves_the_old_ledger_or_the_new_one(tmp_path):
    script = (
        "import os, signal, sqlite3, sys\n"
        "from pathlib import Path\n"
        "from coachkit.delivery import ledger_schema\n"
        "left = int(sys.argv[2])\n"
        "def count(statement):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if not left:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "real = sqlite3.connect\n"
        "def connect(*arguments, **options):\n"
        "    connection = real(*arguments, **options)\n"
        "    connection.set_trace_callback(count)\n"
        "    return connection\n"
        "ledger_schema.sqlite3.connect = connect\n"
        "ledger_schema.prepare_ledger(Path(sys.argv[1]))\n"
    )
    killed, n = 0, 0
    while True:
        n += 1
        path = tmp_path / f"{n}" / "ledger.sqlite"
        path.parent.mkdir()
        as_version_1(path)
        code = subprocess.run([sys.executable, "-c", script, str(path), str(n)], check=False).returncode
        ledger = Ledger(path)
        assert ledger.check() == ""
        assert ledger.files("p/a") == {"a/plan.html": ("d", 3)}
        if code == 0:
            break
        killed += 1
    assert killed > 10
