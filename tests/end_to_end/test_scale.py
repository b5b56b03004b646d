"""The work per report does not grow with the cohort: analysis once, each notebook reads its own slice."""

from __future__ import annotations

import statistics
import time

import pytest
from tests.end_to_end.conftest import coachkit, finished

from coachkit.delivery.ledger import Ledger
from coachkit.delivery.runs import open_run

pytestmark = pytest.mark.slow
CHOSEN = ("M003", "M011", "M020", "M040")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Four reports each of a cohort of 48 and of 480, made on the same machine one after the other."""
    made = {}
    for n_managers in (48, 480):
        engagement = tmp_path_factory.mktemp("scale") / f"n{n_managers}"
        assert coachkit("simulate", engagement, "--managers", n_managers, "--seed", 11).returncode == 0
        only = [part for manager_id in CHOSEN for part in ("--only", manager_id)]
        result = coachkit("run", engagement, *only, "--jobs", 1, "--quiet")
        assert result.returncode in {0, 3}, result.stderr
        made[n_managers] = finished(engagement, result)
    return made


def test_seconds_per_report_stay_flat_from_48_to_480_managers(runs):
    seconds = {
        n: statistics.median(job.seconds for job in Ledger(run.out / "ledger.sqlite").jobs()) for n, run in runs.items()
    }
    assert seconds[480] < 1.5 * seconds[48], seconds


def test_a_slice_is_as_small_and_as_quick_to_read_in_a_larger_cohort(runs):
    sizes, times = {}, {}
    for n, run in runs.items():
        sizes[n] = statistics.median(path.stat().st_size for path in (run.out / "analysis" / "managers").iterdir())
        opened = open_run(run.engagement)
        started = time.perf_counter()
        for _ in range(50):
            opened.manager("M003")
        times[n] = time.perf_counter() - started
    assert sizes[480] < 1.25 * sizes[48]
    assert times[480] < 2 * times[48]


def test_a_notebook_reads_only_its_own_slice(runs):
    opened = open_run(runs[480].engagement)
    asked = []
    watched = type(opened)(opened.run_id, lambda name: (asked.append(name), opened.read(name))[1], opened.requested)
    watched.manager("M003")
    assert len(asked) == 1
    assert asked[0].startswith("managers/m003-")
