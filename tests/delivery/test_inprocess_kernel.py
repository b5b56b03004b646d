"""The kernel that a worker makes beforehand: no thread starts, and each child finds it as a new one would be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import nbformat
import pytest
from tests.delivery.test_jobs import GOOD, SHOW_RECEIPT, make_job

from coachkit.delivery.workers import Workers, run_jobs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="warm workers fork, on Linux only")
LOOK = """
import os
fresh = "leftover" not in globals()
leftover = 1
(fresh, [str(path) for path in _dh] == [os.getcwd()], get_ipython().starting_dir == os.getcwd())
"""
INVALID = "from IPython.display import display\ndisplay({'text/plain': {'not': 'text'}}, raw=True)"
PREPARE = """
import os, sys, tempfile
from coachkit.delivery.execution import prepare_process, warm_up
from coachkit.delivery.inprocess_kernel import prepare_kernel
prepare_process(sys.argv[1])
warm_up()
prepare_kernel()
print(len(os.listdir("/proc/self/task")))
"""

DRAW = """
import sys
import numpy as np
from coachkit.delivery.execution import prepare_process
from coachkit.delivery.inprocess_kernel import LocalKernel, prepare_kernel
from coachkit.engagement.forks import run_forked
prepare_process(sys.argv[1])
np.random.rand()
prepare_kernel()

def draw():
    with LocalKernel():
        return str(np.random.rand()).encode()

print(run_forked(draw, 60).decode(), run_forked(draw, 60).decode())
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Two equal notebooks and one that shows what no notebook file may hold, through one worker."""
    folder = tmp_path_factory.mktemp("prepared")
    cells = {"first": (LOOK, GOOD, SHOW_RECEIPT), "second": (LOOK, GOOD, SHOW_RECEIPT), "invalid": (INVALID, GOOD, SHOW_RECEIPT)}  # fmt: skip
    jobs = [make_job(folder / name, *parts, job_id=name, is_warm=True) for name, parts in cells.items()]
    return folder, {outcome.job_id: outcome for outcome in run_jobs(jobs, Workers(1))}


def looked(folder, name: str) -> tuple:
    notebook = nbformat.read(folder / name / "managers/m1/development_plan.ipynb", as_version=4)
    shown = [output.data["text/plain"] for cell in notebook.cells for output in cell.get("outputs", []) if output.output_type == "execute_result"]  # fmt: skip
    return ast.literal_eval(shown[0])


@pytest.mark.parametrize("name", ["first", "second"])
def test_a_child_finds_an_empty_kernel_in_its_own_folder(outcomes, name):
    folder, results = outcomes
    assert results[name].message == ""
    is_fresh, knows_folder, starts_there = looked(folder, name)
    assert (is_fresh, knows_folder, starts_there) == (True, True, True)


def test_children_of_one_worker_draw_different_random_numbers(tmp_path):
    result = subprocess.run([sys.executable, "-c", DRAW, str(tmp_path)], capture_output=True, text=True, check=True)
    first, second = result.stdout.split()
    assert first != second


def test_an_output_that_no_notebook_may_hold_publishes_nothing(outcomes):
    folder, results = outcomes
    assert results["invalid"].message == "an output of the notebook is not valid in a notebook file"
    assert "MIME" in results["invalid"].fix
    assert not (folder / "invalid" / "managers").exists()


def test_a_warm_process_has_one_thread_only_as_the_system_counts(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", PREPARE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "JE_ARROW_MALLOC_CONF": ""},
    )
    assert result.stdout.strip() == "1"


def test_the_parent_of_workers_imports_nothing_of_jupyter():
    script = "import sys, coachkit.delivery.workers, coachkit.delivery.batch; print({'nbformat', 'IPython', 'papermill'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
