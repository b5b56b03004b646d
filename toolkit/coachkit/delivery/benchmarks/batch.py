"""Batches side by side: whole runs of ours, and papermill with nbconvert making the same notebooks one by one.

Ours is timed as the command a user types: a new interpreter, reading, analysis, every report. papermill gets the
finished analysis for nothing and is timed on a few managers: its seconds per workbook are those from one page to the next, and
its start spread over the whole cohort. The two alternate, so that a machine that slows down slows both.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coachkit.analysis.simulation import simulate_engagement
from coachkit.delivery.benchmarks.family import Watched, watch
from coachkit.delivery.runs import newest_ledger
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.resources import notebook_path
from coachkit.engagement.simulate import write_simulation

SEED = 2026
OURS, PLAIN, CLUSTER = "coachkit", "papermill + nbconvert", "coachkit on Dask"


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What to measure.

    Attributes
    ----------
    managers : tuple of int
        Sizes of the cohorts.
    workers : tuple of int
        Numbers of worker processes.
    repeats : int
        Runs of each; medians are reported.
    sample : int
        Managers whose notebooks plain papermill makes, in each repeat; 0 leaves it out.
    with_cluster : bool
        Also measure a local Dask cluster of as many worker processes.
    """

    managers: tuple[int, ...] = (50,)
    workers: tuple[int, ...] = (2,)
    repeats: int = 3
    sample: int = 5
    with_cluster: bool = False


def benchmark_batch(plan: BatchPlan) -> dict[str, pd.DataFrame]:
    """Measure batches as :class:`BatchPlan` says.

    Returns
    -------
    dict of DataFrame
        ``batch``: a row per method, cohort and number of workers with medians over the repeats: seconds in all and per
        workbook, seconds to the first one, the largest memory of any worker and of the parent in MB (resident, shared
        pages counted in each), failures. ``batch_ratio``: plain papermill's seconds per workbook over ours, repeat by
        repeat, as minimum, median and maximum.
    """
    with tempfile.TemporaryDirectory(prefix="coachkit-benchmark-") as folder:
        rows = [row for n in plan.managers for row in _cohort(Path(folder), n, plan)]
    runs = pd.DataFrame(rows)
    return {"batch": _medians(runs), "batch_ratio": _ratios(runs)}


def _cohort(folder: Path, n: int, plan: BatchPlan) -> Iterator[dict[str, object]]:
    source = folder / f"source-{n}"
    write_simulation(source, simulate_engagement(load_instrument("manager_transition"), n, seed=SEED))
    for repeat in range(plan.repeats):
        for workers in plan.workers:
            engagement = Path(shutil.copytree(source, folder / f"run-{n}-{workers}-{repeat}"))
            yield _ours(engagement, n, workers, repeat, ("--jobs", str(workers)), OURS)
        if plan.sample:
            yield _plain(engagement, n, plan.sample, repeat)
        if plan.with_cluster:
            for workers in plan.workers:
                clustered = Path(shutil.copytree(source, folder / f"cluster-{n}-{workers}-{repeat}"))
                with _local_cluster(workers) as address:
                    yield _ours(clustered, n, workers, repeat, ("--scheduler", address), CLUSTER)


def _ours(
    engagement: Path, n: int, workers: int, repeat: int, options: Sequence[str], method: str
) -> dict[str, object]:
    command = [sys.executable, "-m", "coachkit", "run", str(engagement), "--quiet", *options]
    seen = watch(command, lambda: next((engagement / "out").glob("*/managers/*/*.html"), None) is not None)
    rows = newest_ledger(engagement).jobs()
    made = [row.seconds or 0.0 for row in rows if row.manager_id and row.status == "done"]
    failed = sum(row.status != "done" for row in rows)
    return _row(method, n, workers, repeat, seen, len(made), failed) | {"median_job_s": statistics.median(made or [0])}


def _plain(engagement: Path, n: int, sample: int, repeat: int) -> dict[str, object]:
    """Papermill with an ordinary kernel and nbconvert's HTML, one manager after the other, the analysis given."""
    rows = [row for row in newest_ledger(engagement).jobs() if row.manager_id][:sample]
    notebook = str(notebook_path("development_plan"))
    script = _PLAIN.format(
        notebook=notebook,
        engagement=str(engagement),
        ids=[row.manager_id for row in rows],
        out=str(engagement / "plain"),
    )
    (engagement / "plain").mkdir()
    seen = watch([sys.executable, "-c", script], lambda: next((engagement / "plain").glob("*.html"), None) is not None)
    times = sorted(path.stat().st_mtime for path in (engagement / "plain").glob("*.html"))
    row = _row(PLAIN, n, 1, repeat, seen, len(times), len(rows) - len(times))
    steady = (times[-1] - times[0]) / (len(times) - 1)
    return row | {"per_workbook_s": steady + (seen.seconds - len(times) * steady) / n}


_PLAIN = """
import papermill
from nbconvert import HTMLExporter
exporter = HTMLExporter()
for number, manager_id in enumerate({ids!r}):
    target = f"{out}/{{number}}.ipynb"
    papermill.execute_notebook({notebook!r}, target, dict(engagement={engagement!r}, manager_id=manager_id),
                               kernel_name="python3", progress_bar=False)
    body, _ = exporter.from_filename(target)
    open(f"{out}/{{number}}.html", "w", encoding="utf-8").write(body)
"""


def _row(method: str, n: int, workers: int, repeat: int, seen: Watched, made: int, failed: int) -> dict[str, object]:
    return {
        "method": method,
        "managers": n,
        "workers": workers,
        "repeat": repeat,
        "seconds": seen.seconds,
        "per_workbook_s": seen.seconds / made if made else float("nan"),
        "first_workbook_s": seen.first_s,
        "worker_mb": seen.largest_child_mb,
        "parent_mb": seen.parent_mb,
        "made": made,
        "failed": failed,
    }


@contextmanager
def _local_cluster(workers: int) -> Iterator[str]:
    """A Dask cluster on this machine as ``dask scheduler`` and ``dask worker`` would make it."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster.scheduler_address


def _medians(runs: pd.DataFrame) -> pd.DataFrame:
    grouped = runs.drop(columns="repeat").groupby(["managers", "method", "workers"], sort=True)
    table = grouped.median().reset_index()
    table["failed"] = grouped["failed"].sum().to_numpy()
    table["repeats"] = grouped.size().to_numpy()
    return table


def _ratios(runs: pd.DataFrame) -> pd.DataFrame:
    """Plain papermill's seconds per workbook over ours, paired within a repeat."""
    plain = runs[runs["method"] == PLAIN].set_index(["managers", "repeat"])["per_workbook_s"]
    rows = []
    for (method, n, workers), own in runs[runs["method"] != PLAIN].groupby(["method", "managers", "workers"]):
        paired = [
            float(plain[n, repeat] / seconds)
            for repeat, seconds in zip(own["repeat"], own["per_workbook_s"], strict=True)
            if (n, repeat) in plain.index
        ]
        if paired:
            facts = {"method": method, "managers": n, "workers": workers, "times_faster": statistics.median(paired)}
            rows.append(facts | {"lowest": min(paired), "highest": max(paired)})
    return pd.DataFrame(rows)
