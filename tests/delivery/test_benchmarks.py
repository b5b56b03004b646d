"""The batch benchmark measures whole runs beside plain papermill, and its picture shows what it measured."""

from __future__ import annotations

import sys
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from coachkit.delivery.benchmarks.batch import OURS, PLAIN, BatchPlan, _ratios, benchmark_batch
from coachkit.delivery.benchmarks.chart import draw_costs
from coachkit.delivery.benchmarks.family import watch


@pytest.mark.slow
def test_a_small_benchmark_measures_both_ways():
    tables = benchmark_batch(BatchPlan(managers=(6,), workers=(2,), repeats=1, sample=2))
    batch = tables["batch"].set_index("method")
    assert batch.loc[OURS, "made"] == 6
    assert batch.loc[PLAIN, "made"] == 2
    assert (batch["failed"] == 0).all()
    assert 0 < batch.loc[OURS, "first_workbook_s"] < batch.loc[OURS, "seconds"]
    assert 20 < batch.loc[OURS, "worker_mb"] < 400
    ratio = tables["batch_ratio"].iloc[0]
    expected = batch.loc[PLAIN, "per_workbook_s"] / batch.loc[OURS, "per_workbook_s"]
    assert ratio["times_faster"] == pytest.approx(expected)


def test_ratios_are_paired_within_a_repeat():
    rows = [(OURS, 50, 2, 0, 0.1), (OURS, 50, 2, 1, 0.4), (PLAIN, 50, 1, 0, 1.0), (PLAIN, 50, 1, 1, 2.0)]
    runs = pd.DataFrame(rows, columns=["method", "managers", "workers", "repeat", "per_workbook_s"])
    ratio = _ratios(runs).iloc[0]
    assert (ratio["lowest"], ratio["times_faster"], ratio["highest"]) == pytest.approx((5.0, 7.5, 10.0))


def test_the_picture_carries_the_numbers():
    rows = [(50, OURS, 2, 0.16), (50, PLAIN, 1, 1.24), (500, OURS, 2, 0.1)]
    svg = draw_costs(pd.DataFrame(rows, columns=["managers", "method", "workers", "per_workbook_s"]))
    ET.fromstring(svg)
    assert all(text in svg for text in ("0.16", "1.24", "0.10", "500 managers", "2 workers", "1 worker<"))


def test_a_command_is_watched_to_its_end_with_all_it_starts(tmp_path):
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'x = bytearray(80_000_000); import time; time.sleep(1)'])\n"
        f"open({str(tmp_path / 'first')!r}, 'w').close()\nchild.wait()"
    )
    seen = watch([sys.executable, "-c", script], (tmp_path / "first").exists)
    assert seen.first_s < seen.seconds
    assert seen.seconds > 0.9
    assert seen.largest_child_mb > 80 > seen.parent_mb
