"""Files are whole or absent, inside their folder, and readable by their owner only."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachkit.engagement.storage import (
    OutputRefusedError,
    confined,
    file_stem,
    make_folder,
    remove_leftovers,
    write_atomic,
    write_json,
)

HARD_IDS = [
    "..",
    "../x",
    "/abs",
    "a/b",
    "a\\b",
    "C:x",
    "x:ads",
    "CON",
    "com¹.txt",
    "NUL",
    "dot.",
    "space ",
    "-lead",
    "~",
    "a\nb",
    "a\x00b",
    "\u202eabc",
    "x" * 5000,
    "",
    "é",
    "e\u0301",
    "A1",
    "a1",
    "M1",
    "M1 ",
    "İ",
    "i",
    "ß",
    "SS",
    "{db_url}",
    "{a.__class__}",
    "a{b",
]


@pytest.mark.case("SEC-27")
@pytest.mark.case("SEC-26")
def test_hard_ids_give_distinct_portable_stems():
    stems = [file_stem(identifier) for identifier in HARD_IDS]
    assert len({stem.casefold() for stem in stems}) == len(HARD_IDS)
    assert all(
        stem.isascii() and len(stem) <= 100 and set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        for stem in stems
    )
    assert all(not stem.startswith("-") and not stem.endswith("-") for stem in stems)


@pytest.mark.case("SEC-27")
@given(st.lists(st.text(max_size=60), unique=True, max_size=200))
def test_distinct_ids_give_distinct_stems(identifiers):
    stems = [file_stem(identifier) for identifier in identifiers]
    assert len(set(stems)) == len(identifiers)
    assert stems == [file_stem(identifier) for identifier in identifiers]


@pytest.mark.case("SEC-29")
@pytest.mark.parametrize("part", ["..", "a/../../b", "/etc/passwd", "a\x00b"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, part):
    with pytest.raises(OutputRefusedError, match="leaves the output folder"):
        confined(tmp_path, part)


@pytest.mark.case("SEC-29")
def test_a_linked_folder_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "managers").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputRefusedError, match="symbolic link 'managers'"):
        confined(tmp_path, "managers", "m001", "plan.html")


@pytest.mark.case("SEC-29")
def test_a_link_waiting_at_the_target_is_replaced_not_followed(tmp_path):
    victim, target = tmp_path / "victim", tmp_path / "report.html"
    victim.write_text("keep")
    target.symlink_to(victim)
    write_atomic(target, b"new")
    assert (victim.read_text(), target.read_bytes(), target.is_symlink()) == ("keep", b"new", False)


@pytest.mark.case("SEC-43")
def test_files_and_new_folders_are_private(tmp_path):
    path = tmp_path / "a" / "b" / "report.html"
    write_atomic(path, b"x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


@pytest.mark.case("P2")
def test_a_failed_check_keeps_the_old_file(tmp_path):
    path = tmp_path / "report.html"
    write_atomic(path, b"old")

    def refuse(_: bytes) -> None:
        raise OutputRefusedError("not a report")

    with pytest.raises(OutputRefusedError, match="not a report"):
        write_atomic(path, b"new", check=refuse)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.case("P2")
def test_readers_never_see_a_partial_file(tmp_path):
    path = tmp_path / "report.html"
    sizes, seen, stop = (10, 400_000), set(), threading.Event()
    write_atomic(path, b"x" * sizes[0])

    def poll() -> None:
        while not stop.is_set():
            seen.add(len(path.read_bytes()))

    reader = threading.Thread(target=poll)
    reader.start()
    for turn in range(100):
        write_atomic(path, b"x" * sizes[turn % 2])
    stop.set()
    reader.join()
    assert seen <= set(sizes)


KILL_SCRIPT = """
import sys
from pathlib import Path
from coachkit.engagement.storage import write_atomic
path, turn = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    turn += 1
    write_atomic(path, (str(turn % 10) * 200_000).encode())
"""


@pytest.mark.case("P2")
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a POSIX signal")
def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "report.html"
    write_atomic(path, b"0" * 200_000)
    for pause in (0.003, 0.007, 0.011, 0.017, 0.023, 0.031):
        writer = subprocess.Popen([sys.executable, "-c", KILL_SCRIPT, str(path)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        content = path.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1
    assert remove_leftovers(tmp_path) <= 6
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


FULL_SCRIPT = """
import resource, signal, sys
from pathlib import Path
from coachkit.engagement.storage import write_atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    write_atomic(Path(sys.argv[1]), b"n" * 100_000)
except OSError as error:
    sys.exit(3)
"""


@pytest.mark.case("P3")
@pytest.mark.skipif(os.name == "nt", reason="file size limits are a POSIX feature")
@pytest.mark.parametrize("limit", [0, 1, 4096, 50_000, 99_999])
def test_a_full_disk_costs_no_old_report(tmp_path, limit):
    path = tmp_path / "report.html"
    write_atomic(path, b"old")
    ended = subprocess.run([sys.executable, "-c", FULL_SCRIPT, str(path), str(limit)], check=False)
    assert ended.returncode == 3
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.html"]


def test_json_is_written_in_a_stable_order(tmp_path):
    first = write_json(tmp_path / "a.json", {"b": 1, "a": "é"})
    second = write_json(tmp_path / "b.json", {"a": "é", "b": 1})
    assert first == second
    assert "é" in Path(tmp_path / "a.json").read_text("utf-8")


def test_a_folder_removed_in_between_is_made_again(tmp_path, monkeypatch):
    """Shards of one run share a work folder, and each removes it when it looks empty."""
    (tmp_path / "work").mkdir()
    real, removed = Path.mkdir, []

    def mkdir(self, *arguments, **options):
        if self.name == "m1" and not removed:
            removed.append((tmp_path / "work").rmdir())
        return real(self, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert make_folder(tmp_path / "work" / "m1").is_dir()
    assert removed == [None]
