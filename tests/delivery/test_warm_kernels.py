"""Warm kernels are real kernels: the same outputs as ordinary ones, isolated, and gone when their owner is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import nbformat
import papermill
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from coachkit.delivery import warm_kernels
from coachkit.delivery.warm_kernels import WarmProvisioner, can_warm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kernels are forked on Linux only"),
    # jupyter_client leaves sockets to the garbage collector, with ordinary kernels too
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
WARM, ORDINARY = "coachkit-warm", "python3"

# What a notebook may do, one idea a cell; outputs must be the same whoever runs it.
FIDELITY = (
    "print('to stdout'); import sys; print('to stderr', file=sys.stderr)",
    "import os; os.system('echo from a child process'); print('after')",
    "handle = display('first', display_id='one'); handle.update('second')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "%%capture caught\nprint('hidden')",
    "print(caught.stdout.strip())",
    "%env COACHKIT_TEST=1",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nfigure = plt.figure(figsize=(1, 1)); _ = plt.plot([1, 2])",
    "import pandas as pd; pd.DataFrame({'a': [1.5, None], 'b': ['x', '<b>']})",
    "from IPython.display import HTML, Markdown, SVG, JSON\ndisplay(HTML('<p>x</p>'), Markdown('*x*'), {'text/plain': 'y'}, raw=False)",
    "{'a': 1}, 'ä 💡'",
    "print(__name__, sys.argv[1:2] == ['-f'], os.getcwd() == os.path.realpath('.'))",
)
FAILING = ("def inner():\n    return 1 / 0\ninner()",)


def notebook(*cells: str):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    for number, cell in enumerate(made.cells):
        cell.id = f"c{number}"
    return made


def executed(kernel: str, *cells: str, **options):
    made = notebook(*cells)
    NotebookClient(made, kernel_name=kernel, timeout=options.pop("timeout", 60), **options).execute()
    return made


def plain_outputs(made) -> list:
    """Outputs without what differs from one process to the next."""
    text = json.dumps([cell.outputs for cell in made.cells], sort_keys=True)
    return json.loads(text)


@pytest.fixture(scope="module")
def ordinary():
    return plain_outputs(executed(ORDINARY, *FIDELITY))


def test_jupyter_finds_the_warm_kernel():
    spec = KernelSpecManager().get_kernel_spec(WARM)
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == WARM


@pytest.mark.parametrize("number", range(len(FIDELITY)))
def test_a_warm_kernel_shows_what_an_ordinary_one_shows(ordinary, warm, number):
    assert warm[number] == ordinary[number]


@pytest.fixture(scope="module")
def warm():
    return plain_outputs(executed(WARM, *FIDELITY))


def test_widgets_have_the_same_state():
    cell = "import ipywidgets; ipywidgets.IntSlider(value=7, description='<b>')"
    states = [executed(kernel, cell).metadata["widgets"] for kernel in (ORDINARY, WARM)]
    values = [
        sorted(str(model["state"].get("value")) + model["model_name"] for model in state["application/vnd.jupyter.widget-state+json"]["state"].values())
        for state in states
    ]  # fmt: skip
    assert values[0] == values[1]
    assert "7IntSliderModel" in values[0]


def test_a_traceback_names_the_same_error_and_lines():
    found = []
    for kernel in (ORDINARY, WARM):
        with pytest.raises(CellExecutionError) as caught:
            executed(kernel, *FAILING)
        found.append((caught.value.ename, caught.value.evalue, "inner()" in str(caught.value)))
    assert found[0] == found[1] == ("ZeroDivisionError", "division by zero", True)


POLLUTE = """
import builtins, os, random, numpy as np, pandas as pd, matplotlib
builtins.print = None
os.environ['POLLUTED'] = '1'
os.chdir('/')
matplotlib.rcParams['lines.linewidth'] = 77
pd.set_option('display.max_rows', 3)
random.seed(1); np.random.seed(1)
polluted = 1
"""
LOOK = """
import os, random, numpy as np, pandas as pd, matplotlib
('polluted' in globals(), 'POLLUTED' in os.environ, os.getcwd() == '/', matplotlib.rcParams['lines.linewidth'],
 pd.get_option('display.max_rows'), callable(print))
"""


def test_nothing_of_one_notebook_is_left_for_the_next():
    executed(WARM, POLLUTE)
    looked = executed(WARM, LOOK, "(random.random(), float(np.random.rand()))")
    assert looked.cells[0].outputs[0].data["text/plain"] == "(False, False, False, 1.5, 60, True)"
    again = executed(WARM, "import random, numpy as np\n(random.random(), float(np.random.rand()))")
    assert again.cells[0].outputs[0].data["text/plain"] != looked.cells[1].outputs[0].data["text/plain"]


@pytest.mark.case("P4")
@pytest.mark.parametrize("cell", ["import os; os._exit(7)", "import ctypes; ctypes.string_at(0)"])
def test_a_crash_is_noticed_and_costs_one_kernel(cell):
    with pytest.raises(DeadKernelError):
        executed(WARM, cell)
    assert executed(WARM, "1 + 1").cells[0].outputs[0].data["text/plain"] == "2"


@pytest.mark.case("P5")
def test_a_hanging_kernel_is_stopped():
    with pytest.raises(CellTimeoutError):
        executed(WARM, "import time\ntime.sleep(60)", timeout=1)
    zygote = warm_kernels._living(os.getpid())[-1]
    time.sleep(1)
    left = psutil.Process(zygote._process.pid).children()
    assert left == [], [child.status() for child in left]


def test_papermill_runs_notebooks_warm_and_in_process(tmp_path):
    source = notebook("who = 'nobody'", "print(who)")
    source.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(source, tmp_path / "in.ipynb")
    printed = {}
    for name, options in {
        "warm": {"kernel_name": WARM},
        "engine": {"engine_name": "coachkit-inprocess", "kernel_name": ORDINARY},
        "ordinary": {"kernel_name": ORDINARY},
    }.items():
        made = papermill.execute_notebook(
            str(tmp_path / "in.ipynb"),
            str(tmp_path / "out.ipynb"),
            {"who": "Ada"},
            progress_bar=False,
            language="python",
            **options,
        )
        printed[name] = made.cells[-1].outputs
    assert printed["warm"] == printed["engine"] == printed["ordinary"]
    assert printed["warm"][0]["text"] == "Ada\n"


def test_nbval_runs_on_warm_kernels(tmp_path):
    nbformat.write(executed(ORDINARY, "1 + 1"), tmp_path / "test.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--nbval",
               "--nbval-kernel-name", WARM, str(tmp_path / "test.ipynb")]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_the_zygote_and_its_kernels_end_with_their_owner(tmp_path):
    script = (
        "import os, sys\nfrom jupyter_client.manager import start_new_kernel\n"
        f"manager, client = start_new_kernel(kernel_name='{WARM}')\n"
        "print(manager.provisioner.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    kernel = int(result.stdout.split()[0])
    deadline = time.monotonic() + 5
    while psutil.pid_exists(kernel) and psutil.Process(kernel).status() != "zombie":
        assert time.monotonic() < deadline, "the kernel outlives its owner"
        time.sleep(0.1)


def test_an_ordinary_kernel_is_started_where_forking_is_not_possible(monkeypatch):
    monkeypatch.setattr(warm_kernels.sys, "platform", "win32")
    assert not can_warm(["python", "-m", "ipykernel_launcher", "-f", "x"])
    monkeypatch.undo()
    monkeypatch.setenv("COACHKIT_PLAIN_KERNELS", "1")
    assert executed(WARM, "1 + 1").cells[0].outputs[0].data["text/plain"] == "2"


def test_an_ordinary_kernel_is_started_where_the_zygote_is_gone(monkeypatch):
    def gone():
        raise warm_kernels.ZygoteError(warm_kernels.ZYGOTE_GONE)

    monkeypatch.setattr(warm_kernels, "_zygote", gone)
    assert executed(WARM, "1 + 1").cells[0].outputs[0].data["text/plain"] == "2"
    assert issubclass(WarmProvisioner, __import__("jupyter_client").provisioning.LocalProvisioner)


@pytest.mark.parametrize(
    "number", [n for n, cell in enumerate(FIDELITY) if "os.system" not in cell and "argv" not in cell]
)
def test_the_batchs_engine_shows_what_an_ordinary_kernel_shows(ordinary, engine, number):
    assert engine[number] == ordinary[number]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The cells through papermill's command line with the engine that the batch uses."""
    folder = tmp_path_factory.mktemp("engine")
    nbformat.write(notebook(*FIDELITY), folder / "in.ipynb")
    command = ["papermill", "--engine", "coachkit-inprocess", "-k", ORDINARY, "-l", "python", "in.ipynb", "out.ipynb"]
    subprocess.run([sys.executable, "-m", *command], check=True, cwd=folder, capture_output=True)
    return plain_outputs(nbformat.read(folder / "out.ipynb", as_version=4))
