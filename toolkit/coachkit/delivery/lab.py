"""Open the notebooks in JupyterLab, as copies a consultant may change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from coachkit.engagement.resources import find_resource
from coachkit.engagement.storage import make_folder


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the shipped notebooks to ``folder/notebooks``, keeping files that are already there."""
    target = make_folder(folder / "notebooks")
    for source in sorted(find_resource("notebooks").glob("*.ipynb")):
        if not (target / source.name).exists():
            shutil.copyfile(source, target / source.name)
    return sorted(target.glob("*.ipynb"))


def open_lab(folder: Path) -> int:
    """Start JupyterLab on the copied notebooks; returns its exit code."""
    copy_notebooks(folder)
    environment = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    command = [sys.executable, "-m", "jupyterlab", str(folder / "notebooks")]
    return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603 - our own interpreter
