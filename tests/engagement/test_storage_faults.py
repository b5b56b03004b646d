"""Files under fire: kills at random instants, disks that fill up, readers that look in between."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from coachkit.delivery.ledger import JobRow, Ledger
from coachkit.engagement import storage
from coachkit.engagement.storage import TEMPORARY_PREFIX, sha256_of, write_atomic, write_together

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
KILLS = 500  # for every writer


def _parquet(number: int) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame({"x": range(number * 500)}).to_parquet(buffer)
    return buffer.getvalue()


def _notebook(number: int) -> bytes:
    cells = [nbformat.v4.new_code_cell("x = 1", id=f"c{cell}") for cell in range(number * 40)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def _csv(number: int) -> bytes:
    return "".join(f"M{row},3\r\n" for row in range(number * 500)).encode()


WRITERS = {
    "ipynb": (_notebook, lambda data: nbformat.validate(nbformat.reads(data.decode(), as_version=4))),
    "html": (lambda n: b"<html>" + b"x" * 40_000 * n + b"</html>", lambda data: data.index(b"</html>")),
    "json": (lambda n: json.dumps(list(range(4000 * n))).encode(), json.loads),
    "csv": (_csv, lambda data: list(csv.reader(io.StringIO(data.decode())))),
    "parquet": (_parquet, lambda data: pd.read_parquet(io.BytesIO(data))),
}


def kill_often(harness: str, folder: Path, kills: int = KILLS) -> dict[str, int]:
    """What was seen at the final name after each of many kills, by the small process that forks and kills."""
    command = [sys.executable, str(Path(__file__).with_name("kill_harness.py")), harness, str(folder), str(kills)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@posix
@pytest.mark.case("P2")
@pytest.mark.parametrize("kind", WRITERS)
def test_a_writer_killed_at_any_instant_leaves_a_whole_file(tmp_path, kind):
    make, read = WRITERS[kind]
    for number in (1, 2, 3):
        data = make(number)
        read(data)
        write_atomic(tmp_path / "versions" / f"{number}", data)
    seen = kill_often("files", tmp_path)
    assert set(seen) == {"1", "2", "3"}, "torn, or no child lived long enough to write anything"
    assert sum(seen.values()) == KILLS
    storage.remove_leftovers(tmp_path)
    assert {found.name for found in tmp_path.iterdir()} == {"report", "versions"}


@posix
@pytest.mark.case("P2")
@pytest.mark.case("P7")
def test_a_ledger_killed_at_any_instant_is_sound_and_never_half(tmp_path):
    seen = kill_often("ledger", tmp_path, 200)  # three transactions each
    assert set(seen) == {"waiting", "running", "done"}
    assert sum(seen.values()) == 200


@pytest.mark.case("P2")
def test_a_reader_in_between_sees_the_old_file_or_the_new_one(tmp_path):
    versions = {sha256_of(data): data for data in (b"a" * 300_000, b"b" * 500_000)}
    path, stop, bad = tmp_path / "page.html", threading.Event(), []
    write_atomic(path, b"a" * 300_000)

    def look():
        while not stop.is_set():
            if sha256_of(path.read_bytes()) not in versions:
                bad.append(1)

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(60):
        for data in versions.values():
            write_atomic(path, data)
    stop.set()
    reader.join()
    assert bad == []


@posix
@pytest.mark.case("P2")
@pytest.mark.case("P10")
def test_the_order_of_calls_survives_a_power_cut(tmp_path, monkeypatch):
    calls = []

    def watch(name, real):
        def watched(*arguments, **options):
            calls.append((name, Path(str(arguments[0])) if isinstance(arguments[0], str | Path) else arguments[0]))
            return real(*arguments, **options)

        return watched

    monkeypatch.setattr(os, "open", watch("open", os.open))
    monkeypatch.setattr(os, "fsync", watch("fsync", os.fsync))
    monkeypatch.setattr(Path, "replace", watch("replace", Path.replace))
    write_atomic(tmp_path / "report.html", b"x")
    assert [name for name, _ in calls] == ["open", "fsync", "replace", "open", "fsync"]
    temporary = calls[0][1]
    assert (temporary.parent, calls[2][1], calls[3][1]) == (tmp_path, temporary, tmp_path)


class _FullDisk:
    """Lets so many bytes through, then raises as a full disk does."""

    def __init__(self, stream, room: int) -> None:
        self.stream, self.room = stream, room

    def write(self, data):
        self.stream.write(data[: self.room])
        if len(data) > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.stream.close()


@pytest.mark.case("P3")
@pytest.mark.parametrize("room", range(0, 2001, 100))
def test_a_disk_that_fills_at_any_byte_costs_no_old_file(tmp_path, monkeypatch, room):
    old = {tmp_path / "a.ipynb": b"old notebook", tmp_path / "a.html": b"old page"}
    write_together(old)
    left, fdopen = [room], os.fdopen

    def limited(descriptor, mode, **options):
        stream = _FullDisk(fdopen(descriptor, mode, **options), left[0])
        left[0] = max(0, left[0] - 1000)
        return stream

    monkeypatch.setattr(storage.os, "fdopen", limited)
    new = {tmp_path / "a.ipynb": b"n" * 1000, tmp_path / "a.html": b"p" * 1000}
    if room < 2000:
        with pytest.raises(OSError, match="No space left"):
            write_together(new)
        assert {path: path.read_bytes() for path in old} == old
    else:
        write_together(new)
        assert {path: path.read_bytes() for path in old} == new
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(TEMPORARY_PREFIX)]


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 512 KB; skipped where this user may mount nothing."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here; the injected writer error covers the same promise")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.case("P3")
def test_a_real_full_disk_costs_no_old_report_and_resumes(small_disk):
    old = {small_disk / "a.ipynb": b"o" * 90_000, small_disk / "a.html": b"p" * 90_000}
    write_together(old)
    new, outcomes = dict.fromkeys(old, b"n" * 90000), []
    for size in range(130_000, 330_000, 10_000):
        (small_disk / "filler").write_bytes(b"f" * size)
        outcomes.append(_written(new))
        expected = old if outcomes[-1] else new
        assert {path: path.read_bytes() for path in old} == expected
        assert len(list(small_disk.iterdir())) == 3
        (small_disk / "filler").unlink()
        write_together(old)
    assert set(outcomes) == {0, errno.ENOSPC}
    write_together(new)
    assert {path: path.read_bytes() for path in old} == new


def _written(contents) -> int:
    """The error number of writing these files together; 0 when it went well."""
    try:
        write_together(contents)
    except OSError as error:
        return error.errno
    return 0


def fill(path: Path) -> None:
    """Fill a disk to its last block."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, b"f" * 4096)
    except OSError:
        os.close(descriptor)


@pytest.mark.case("P3")
@pytest.mark.case("P7")
def test_a_ledger_on_a_full_disk_says_so_and_stays_sound(small_disk):
    ledger = Ledger(small_disk / "ledger.sqlite")
    ledger.plan(JobRow("p/a", "p", "A", "a", "waiting", "t", "s"))
    fill(small_disk / "filler")
    with pytest.raises(ValueError, match=r"ledger\.sqlite cannot be written .* Free disk space"):
        ledger.mark("running", ["p/a"], "x" * 20_000)
    (small_disk / "filler").unlink()
    assert ledger.check() == ""
    assert ledger.jobs()[0].status == "waiting"
