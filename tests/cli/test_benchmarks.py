"""The benchmark commands print their tables and write them when asked."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

from coachkit.analysis.benchmarks import accuracy as accuracy_module
from coachkit.analysis.benchmarks import speed
from coachkit.cli.benchmarks import as_markdown, benchmark


def test_accuracy_prints_and_writes_its_tables(tmp_path, monkeypatch):
    table = pd.DataFrame(
        {"method": ["ours", "alpha"], "managers": 12, "bin": 0, "claimed": 0.1, "happened": 0.2, "n": 9}
    )
    monkeypatch.setattr(accuracy_module, "accuracy_benchmark", lambda *_: {"calibration": table})
    monkeypatch.setattr("coachkit.cli.benchmarks.find_spec", lambda _: None)
    result = CliRunner().invoke(benchmark, ["accuracy", "--out", str(tmp_path)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "claimed and happened" in result.output
    assert {path.name for path in tmp_path.iterdir()} == {"accuracy.md", "calibration.csv", "reliability.svg"}
    assert "| ours | 12 | 0 | 0.1 | 0.2 | 9 |" in (tmp_path / "accuracy.md").read_text("utf-8")


def test_analysis_times_every_task_beside_its_peer(monkeypatch):
    monkeypatch.setitem(speed.SIZES, "quick", speed.Sizes(2000, 60, 1))
    result = CliRunner().invoke(benchmark, ["analysis"], catch_exceptions=False)
    assert result.exit_code == 0
    for word in (
        "score scales",
        "numpy nanmean",
        "pandas groupby mean",
        "bootstrap alpha",
        "structure test",
        "diagnosis",
    ):
        assert word in result.output


@pytest.mark.parametrize(("value", "text"), [(0.05, "0.05"), (float("nan"), ""), (3, "3"), ("a", "a")])
def test_cells_of_markdown_tables_are_short(value, text):
    assert as_markdown(pd.DataFrame({"x": [value]})).splitlines()[-1] == f"| {text} |"
