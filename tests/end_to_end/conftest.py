"""One real run of the sample engagement through the command line, shared by all end-to-end tests."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class FinishedRun:
    """The folder of an engagement, its newest run, and what the command printed."""

    engagement: Path
    out: Path
    exit_code: int
    printed: str


def coachkit(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "coachkit", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def finished(engagement: Path, result: subprocess.CompletedProcess) -> FinishedRun:
    run_id = (engagement / "out" / "latest").read_text("utf-8").strip()
    return FinishedRun(engagement, engagement / "out" / run_id, result.returncode, result.stderr + result.stdout)


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> FinishedRun:
    engagement = tmp_path_factory.mktemp("demo") / "coachkit-demo"
    return finished(engagement, coachkit("demo", engagement))
