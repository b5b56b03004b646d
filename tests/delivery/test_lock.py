"""Two runs do not mix: the second is told who is there, and a dead holder holds nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from coachkit.delivery.lock import RunBusyError, is_held, preparation_lock, run_lock

HOLD = """
import sys, time
from pathlib import Path
from coachkit.delivery.lock import run_lock
with run_lock(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Starts a process that holds a lock until it is killed."""
    started = []

    def hold(name="run"):
        process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield hold
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.case("P8")
def test_the_second_run_is_told_who_is_there(tmp_path, holder):
    process = holder()
    with (
        pytest.raises(RunBusyError, match=f"a run is already working .* process {process.pid} on .*, started 2"),
        run_lock(tmp_path),
    ):
        pass
    assert is_held(tmp_path)


@pytest.mark.case("P8")
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
def test_a_killed_holder_holds_nothing(tmp_path, holder):
    process = holder()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not is_held(tmp_path)
    with run_lock(tmp_path):
        told = json.loads((tmp_path / "out/.locks/run.json").read_text("utf-8"))
        assert told["pid"] == os.getpid()
    assert not (tmp_path / "out/.locks/run.json").exists()


@pytest.mark.case("P8")
def test_whoever_waits_gets_the_folder_when_it_is_free(tmp_path, holder):
    process = holder()
    begun = time.monotonic()
    with pytest.raises(RunBusyError), run_lock(tmp_path, wait_s=1.5):
        pass
    assert time.monotonic() - begun >= 1.4
    process.kill()
    process.wait()
    with run_lock(tmp_path, wait_s=5):
        assert is_held(tmp_path)


@pytest.mark.case("P8")
@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ("run", "shard-1-of-2", True),
        ("shard-1-of-2", "run", True),
        ("shard-1-of-2", "shard-1-of-2", True),
        ("shard-1-of-2", "shard-2-of-2", False),
    ],
)
def test_a_run_and_its_shards_exclude_each_other(tmp_path, holder, first, second, is_refused):
    holder(first)
    if is_refused:
        with pytest.raises(RunBusyError, match=first.replace("-", " ")), run_lock(tmp_path, second):
            pass
        return
    with run_lock(tmp_path, second):
        assert is_held(tmp_path)


@pytest.mark.case("P8")
def test_of_eight_at_once_one_works(tmp_path):
    command = [sys.executable, "-c", HOLD.replace("time.sleep(60)", "time.sleep(4)"), str(tmp_path), "run"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    printed = [process.communicate() for process in started]
    assert sum(out == "held\n" for out, _ in printed) == 1
    assert sum("already working on this engagement" in err for _, err in printed) == 7


def test_the_lock_of_the_preparation_is_nobodys_run(tmp_path):
    with preparation_lock(tmp_path):
        assert not is_held(tmp_path)


def test_a_folder_without_runs_is_not_held(tmp_path):
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("P8")
@pytest.mark.parametrize("program", ["/somewhere/bin/coachkit", "/somewhere/coachkit/__main__.py"])
def test_the_note_says_which_command_holds_the_folder_and_names_no_path(tmp_path, monkeypatch, program):
    monkeypatch.setattr(sys, "argv", [program, "run", "/clients/acme", "--only", "M001"])
    with run_lock(tmp_path):
        told = json.loads((tmp_path / "out/.locks/run.json").read_text("utf-8"))
    assert told["command"] == "coachkit run"


def left_by(host, tmp_path, name="run"):
    note = tmp_path / "out" / ".locks" / f"{name}.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"pid": 7, "host": host, "started": "2026-01-01T00:00:00+00:00"}), "utf-8")
    return note


@pytest.mark.case("P8")
@pytest.mark.parametrize(
    ("left", "mine", "is_refused"),
    [
        ("run", "run", True),
        ("run", "shard-1-of-2", True),
        ("shard-1-of-2", "run", True),
        ("shard-1-of-2", "shard-1-of-2", True),
        ("shard-1-of-2", "shard-2-of-2", False),
    ],
)
def test_another_machines_note_is_not_overruled(tmp_path, left, mine, is_refused):
    note = left_by("another-machine", tmp_path, left)
    if is_refused:
        told = rf"process 7 on another-machine.* delete out/\.locks/{left}\.json"
        with pytest.raises(RunBusyError, match=told), run_lock(tmp_path, mine):
            pass
        assert note.exists(), "a refused run must not remove the other machine's note"
        note.unlink()
    with run_lock(tmp_path, mine):
        pass


@pytest.mark.case("P8")
def test_a_note_of_a_dead_run_on_this_machine_is_overruled(tmp_path):
    left_by(socket.gethostname(), tmp_path)
    with run_lock(tmp_path):
        assert is_held(tmp_path)


@pytest.mark.case("P8")
@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_note_that_cannot_be_read_stops_nobody(tmp_path, content):
    left_by("x", tmp_path).write_text(content)
    with run_lock(tmp_path):
        assert is_held(tmp_path)
