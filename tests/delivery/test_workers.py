"""Warm workers: every notebook in a process of its own; what one does wrong costs one report and leaks nowhere."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import nbformat
import psutil
import pytest
from tests.delivery.test_jobs import GOOD, RECEIPT, SHOW_RECEIPT, make_job

from coachkit.delivery.jobs import run_job
from coachkit.delivery.workers import Workers, run_jobs
from coachkit.engagement.forks import run_forked

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="warm workers fork, on Linux only")
POLLUTE = """
import builtins, os, random
import numpy as np
builtins.canary = os.environ["CANARY"] = "left behind"
os.chdir("/")
np.random.seed(1)
"""
CLEAN = """
import builtins, os
assert not hasattr(builtins, "canary") and "CANARY" not in os.environ and os.getcwd() != "/"
"""
DISPLAYS = """
import subprocess
import sys
from IPython.display import clear_output, display
print("one"); print("two"); print("beside", file=sys.stderr)
handle = display("first", display_id="d"); handle.update("second")
1 + 1
"""
CELLS = {
    "good": (GOOD, SHOW_RECEIPT),
    "polluting": (POLLUTE, GOOD, SHOW_RECEIPT),
    "clean": (CLEAN, GOOD, SHOW_RECEIPT),
    "displays": (DISPLAYS, GOOD, SHOW_RECEIPT),
    "raising": ("raise KeyError('canary name')",),
    "hanging": ("while True: pass",),
    "stubborn": ("import signal, time; signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(60)",),
    "exiting": ("import os; os._exit(3)",),
    "crashing": ("import ctypes; ctypes.string_at(0)",),
    "spawning": ("import subprocess; subprocess.Popen(['sleep', '321'])", GOOD, SHOW_RECEIPT),
    "escaping": ("import subprocess; subprocess.Popen(['sleep', '322'], start_new_session=True)", GOOD, SHOW_RECEIPT),
    "asking": ("input('name? ')",),
    "swapped": (GOOD, SHOW_RECEIPT),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """All cases through one warm worker, in the order written."""
    folder = tmp_path_factory.mktemp("warm")
    jobs = [
        make_job(folder / name, *cells, job_id=name, is_warm=True, cell_timeout_s=3, report_timeout_s=6)
        for name, cells in CELLS.items()
    ]
    jobs[-1] = replace(jobs[-1], receipt=replace(RECEIPT, subject="another"))
    return folder, {outcome.job_id: outcome for outcome in run_jobs(jobs, Workers(1))}


@pytest.mark.parametrize("name", ["good", "polluting", "clean", "displays", "spawning", "escaping"])
def test_a_sound_notebook_is_published(outcomes, name):
    folder, results = outcomes
    assert results[name].message == ""
    assert (folder / name / "managers/m1/development_plan.html").is_file()


@pytest.mark.case("P5")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raising", "cell 3 stopped with KeyError"),
        ("hanging", "a cell ran longer than 3 s and was stopped"),
        ("stubborn", "the report took longer than 6 s and was stopped"),
        ("exiting", "the notebook's process ended early"),
        ("crashing", "the notebook's process ended early"),
        ("asking", "cell 3 stopped with StdinNotImplementedError"),
    ],
)
def test_a_failure_says_what_happened_and_publishes_nothing(outcomes, name, message):
    folder, results = outcomes
    assert results[name].message == message
    assert results[name].fix
    assert not (folder / name / "managers").exists()


@pytest.mark.case("P1")
def test_another_persons_receipt_publishes_nothing_in_a_warm_worker_either(outcomes):
    folder, results = outcomes
    assert "does not match the request (subject)" in results["swapped"].message
    assert not (folder / "swapped" / "managers").exists()


def test_a_broken_notebook_is_kept_up_to_the_cell_that_broke(outcomes):
    folder, _ = outcomes
    notebook = nbformat.read(folder / "raising" / "failed" / "m1.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in notebook.cells for output in cell.get("outputs", []))


@pytest.mark.case("P5")
def test_no_process_of_a_notebook_outlives_its_report(outcomes):
    time.sleep(0.2)
    running = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert ["sleep", "321"] not in running
    assert ["sleep", "322"] not in running, "what left its process group lives on"


def test_children_that_were_there_before_a_fork_stay():
    other = subprocess.Popen(["sleep", "60"])
    try:
        answer = run_forked(lambda: subprocess.Popen(["sleep", "323"], start_new_session=True) and b"done", 20)
        running = [process.cmdline() for process in psutil.Process().children()]
        assert (answer, other.poll()) == (b"done", None)
        assert ["sleep", "60"] in running
        assert ["sleep", "323"] not in running
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("name", ["good", "displays"])
def test_warm_and_ordinary_kernels_publish_the_same_bytes(outcomes, tmp_path, name):
    folder, _ = outcomes
    outcome = run_job(make_job(tmp_path, *CELLS[name]))
    assert outcome.message == ""
    for path in (tmp_path / "managers/m1").iterdir():
        assert path.read_bytes() == (folder / name / "managers/m1" / path.name).read_bytes()
