"""The notebooks run by hand: top to bottom in a plain kernel, with default parameters, under nbval."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coachkit.engagement.resources import find_resource

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["development_plan", "cohort_diagnostics"])
def test_nbval_passes(name, tmp_path):
    notebook = find_resource("notebooks", f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(tmp_path)}
    result = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(tmp_path), str(notebook)],
        capture_output=True, text=True, check=False, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-2000:]
    assert " passed" in result.stdout
