"""A report that asks for too much is stopped by its own limits, and its log says so without naming anybody."""

from __future__ import annotations

import os
import stat
import sys

import psutil
import pytest
from tests.delivery.test_jobs import GOOD, SHOW_RECEIPT, make_job

from coachkit.delivery.job_log import JobLog
from coachkit.delivery.jobs import run_job
from coachkit.delivery.limits import peak_memory_mb
from coachkit.delivery.workers import Workers, run_jobs
from coachkit.engagement.memory import memory_limit

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited on Linux only")
CELLS = {
    "greedy": ("blocks = [bytearray(2**26) for _ in range(200)]",),
    "flooding": ("while True: print('x' * 10_000)",),
    "flooding and deaf": ("while True:\n    try:\n        print('x' * 10_000)\n    except Exception:\n        pass",),
    "showing": ("from IPython.display import display\nwhile True: display('x' * 10_000)",),
    "modest": (GOOD, SHOW_RECEIPT),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    jobs = [
        make_job(folder / name, *cells, job_id=name, is_warm=True, cell_timeout_s=4, memory_limit_mb=500, output_limit_mb=1)
        for name, cells in CELLS.items()
    ]  # fmt: skip
    return folder, {outcome.job_id: outcome for outcome in run_jobs(jobs, Workers(1))}


@linux
@pytest.mark.case("P5")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("greedy", "cell 3 stopped with MemoryError"),
        ("flooding", "cell 3 stopped with OutputLimitError"),
        ("showing", "cell 3 stopped with OutputLimitError"),
        ("flooding and deaf", "a cell ran longer than 4 s and was stopped"),
    ],
)
def test_a_runaway_notebook_is_stopped_and_says_what_to_raise(outcomes, name, message):
    folder, results = outcomes
    assert results[name].message == message
    assert results[name].fix
    assert not (folder / name / "managers").exists()
    kept = sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
    assert kept < 3 * 2**20


@linux
@pytest.mark.case("P5")
def test_the_next_report_is_none_the_worse(outcomes):
    _, results = outcomes
    assert results["modest"].message == ""
    assert results["modest"].peak_mb < 500
    assert "limits: memory_mb" in results["greedy"].fix
    assert "limits: output_mb" in results["flooding"].fix


@pytest.mark.case("P5")
@pytest.mark.parametrize("cell", ["while True: print('x' * 10_000)", CELLS["showing"][0]], ids=["printing", "showing"])
def test_an_ordinary_kernel_stops_a_flood_where_it_begins(tmp_path, cell):
    outcome = run_job(make_job(tmp_path, cell, cell_timeout_s=60, output_limit_mb=1))
    assert outcome.message == "cell 3 stopped with OutputLimitError"
    assert "limits: output_mb" in outcome.fix
    assert not (tmp_path / "managers").exists()


@pytest.mark.case("P5")
def test_an_ordinary_kernel_ends_with_its_report(tmp_path):
    cell = "import subprocess, time; subprocess.Popen(['sleep', '324']); time.sleep(60)"
    outcome = run_job(make_job(tmp_path, cell, cell_timeout_s=60, report_timeout_s=5))
    assert outcome.message == "the report took longer than 5 s and was stopped"
    assert outcome.seconds < 15
    assert ["sleep", "324"] not in [process.info["cmdline"] for process in psutil.process_iter(["cmdline"])]


@linux
def test_a_limit_ends_with_its_block():
    def ask():
        return len(bytearray(2**29))

    with memory_limit(100), pytest.raises(MemoryError):
        ask()
    assert ask() == 2**29
    with memory_limit(0):
        assert ask() == 2**29


@pytest.mark.case("SEC-41")
@pytest.mark.case("SEC-43")
def test_the_log_tells_steps_and_sizes_for_its_owner_only(outcomes):
    folder, _ = outcomes
    path = folder / "modest" / "logs" / "m1.log"
    text = path.read_text("utf-8")
    assert [line.split()[2] for line in text.splitlines()] == ["start", "executed", "done"]
    assert "bytes=ipynb:" in text
    assert "Plan for" not in text
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_log_that_grows_long_starts_anew(tmp_path):
    log = JobLog(tmp_path, "m1")
    log.write("first")
    log.path.write_text("x" * 300_000)
    log.write("again", cell=4, nothing="")
    assert log.path.read_text().split()[2:] == ["again", "cell=4"]


def test_a_log_that_cannot_be_written_fails_nothing(tmp_path):
    (tmp_path / "logs").write_text("a file where the folder should be")
    JobLog(tmp_path, "m1").write("start")
    assert (tmp_path / "logs").read_text() == "a file where the folder should be"


def test_peak_memory_is_plausible():
    peak = peak_memory_mb()
    assert peak is None or 10 < peak < 100_000
