"""A run makes what is missing or changed and nothing else; shards and clusters make the same reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.end_to_end.conftest import coachkit
from tests.end_to_end.folders import edit, light_notebooks, simulated, with_release_key

from coachkit.delivery.batch import run_batch
from coachkit.delivery.cluster import ClusterError, cluster_executor
from coachkit.delivery.ledger import Ledger
from coachkit.delivery.lock import RunBusyError, run_lock
from coachkit.delivery.report_jobs import COHORT, PLAN
from coachkit.delivery.run_folder import recorded_versions
from coachkit.delivery.shards import Shard
from coachkit.delivery.warm_process import end_idle_processes
from coachkit.engagement.folder import open_engagement

pytestmark = pytest.mark.slow

N_MANAGERS = 6
ALL = {"", *(f"M{number:03d}" for number in range(1, N_MANAGERS + 1))}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    engagement = simulated(tmp_path_factory.mktemp("resume") / "prepared", N_MANAGERS)
    light_notebooks(engagement)
    return with_release_key(engagement)


@pytest.fixture(scope="module")
def made(prepared, tmp_path_factory) -> Path:
    """An engagement whose reports are all made."""
    engagement = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("made") / "engagement"))
    result = run_batch(open_engagement(engagement))
    assert (result.n_done, result.failures) == (len(ALL), ())
    return engagement


@pytest.fixture
def fresh(prepared, tmp_path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "engagement"))


@pytest.fixture
def finished(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "engagement"))


def again(engagement: Path, **options):
    return run_batch(open_engagement(engagement), lambda _: None, **options)


def made_now(result) -> set[str]:
    """Managers whose reports this run made itself."""
    return {row.manager_id for row in Ledger(result.folder / "ledger.sqlite").jobs() if not row.made_in}


def pages(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.glob("*/**/*.html"))}


def counts(result) -> tuple[int, int, int, int]:
    return result.n_done, result.n_current, result.n_taken_over, len(result.failures)


@pytest.mark.case("P6")
def test_a_second_run_makes_nothing(finished):
    assert counts(again(finished)) == (0, len(ALL), 0, 0)


@pytest.mark.case("P6")
def test_a_changed_row_remakes_its_own_report_only(finished):
    def other_title(rows):
        rows[2]["job_title"] = "Head of Something Else"

    edit(finished, "roster", other_title)
    result = again(finished)
    assert counts(result) == (1, 0, len(ALL) - 1, 0)
    assert made_now(result) == {"M003"}
    assert "unchanged since run" in result.index.read_text("utf-8")
    assert counts(again(finished)) == (0, len(ALL), 0, 0)


@pytest.mark.case("P6")
def test_a_changed_notebook_remakes_the_reports_made_from_it(finished):
    before = pages(next((finished / "out").glob("2*")))
    light_notebooks(finished, before_plan="show(Heading(level=1, text='New'))")
    result = again(finished)
    assert made_now(result) == ALL - {""}
    assert counts(result) == (N_MANAGERS, 0, 1, 0)
    assert {name for name, page in pages(result.folder).items() if before[name] != page} == {
        name for name in before if name.startswith("managers/")
    }


@pytest.mark.case("P6")
def test_another_version_of_the_toolkit_remakes_everything(finished, monkeypatch):
    for module in ("report_jobs", "run_folder", "pipeline"):
        monkeypatch.setattr(f"coachkit.delivery.{module}.__version__", "99.0")
    assert counts(again(finished)) == (len(ALL), 0, 0, 0)


@pytest.mark.case("P6")
def test_another_version_of_a_library_remakes_everything(finished, monkeypatch):
    versions = {**recorded_versions(), "matplotlib": "99.0"}
    monkeypatch.setattr("coachkit.delivery.report_jobs.recorded_versions", lambda: versions)
    assert counts(again(finished)) == (len(ALL), 0, 0, 0)


@pytest.mark.case("P7")
def test_a_run_whose_ledger_was_damaged_is_told_and_made_anew(finished):
    run = next((finished / "out").glob("2*"))
    (run / "ledger.sqlite").write_bytes(b"no database" * 1000)
    for command in ("status", "verify"):
        told = coachkit(command, finished)
        assert (told.returncode, "Traceback" in told.stderr) == (3, False)
        assert "is damaged" in told.stderr
    assert counts(again(finished)) == (len(ALL), 0, 0, 0)
    assert coachkit("verify", finished).returncode == 0
    assert len(list(run.glob("ledger.sqlite.damaged-*"))) == 1


@pytest.mark.case("P2")
def test_a_shard_that_starts_leaves_the_others_temporary_files_alone(finished):
    run = next((finished / "out").glob("2*"))
    place = next(run.glob("managers/m001*"))
    others = [place / ".coachkit-1234567890abcdef", run / "work" / "m009" / "template.ipynb"]
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"being written by another shard")
    again(finished, shard=Shard(2, 2))
    assert all(path.exists() for path in others)
    again(finished)
    assert not any(path.exists() for path in others)


@pytest.mark.case("P6")
@pytest.mark.case("P7")
def test_an_edited_or_missing_file_is_made_anew(finished):
    run = next((finished / "out").glob("2*"))
    first, second = sorted(run.glob("managers/*/development_plan.html"))[:2]
    whole = first.read_bytes()
    first.write_bytes(b"edited")
    second.unlink()
    assert coachkit("verify", finished).returncode == 3
    assert counts(again(finished)) == (2, len(ALL) - 2, 0, 0)
    assert first.read_bytes() == whole
    assert coachkit("verify", finished).returncode == 0
    stale = [event for event in Ledger(run / "ledger.sqlite").events() if event.status == "stale"]
    assert len(stale) == 2


@pytest.mark.case("P6")
def test_a_format_is_added_once_and_made_again_with_its_report(finished):
    run = next((finished / "out").glob("2*"))
    assert counts(again(finished, only=("M002",), formats=("html", "pdf"))) == (1, 0, 0, 0)
    documents = sorted(run.glob("managers/m002*/*.pdf"))
    made = [path.stat().st_mtime_ns for path in documents]
    assert len(documents) == 3
    assert counts(again(finished)) == (0, len(ALL), 0, 0)
    assert counts(again(finished, only=("M002",))) == (1, 0, 0, 0)
    assert all(path.stat().st_mtime_ns > before for path, before in zip(documents, made, strict=True))
    assert coachkit("verify", finished).returncode == 0


def test_restart_makes_everything_again(finished):
    assert counts(again(finished, restart=True)) == (len(ALL), 0, 0, 0)


@pytest.mark.case("P6")
def test_what_was_edited_in_an_earlier_run_is_not_taken_over(finished):
    run = next((finished / "out").glob("2*"))
    next(run.glob("managers/m002*/development_plan.html")).write_bytes(b"edited")
    edit(finished, "roster", lambda rows: rows[0].update(name="Somebody New"))
    result = again(finished)
    assert made_now(result) == {"M001", "M002"}
    assert b"edited" not in b"".join(pages(result.folder).values())


@pytest.mark.case("P4")
@pytest.mark.case("P7")
def test_stopping_at_a_failure_skips_the_rest_and_the_next_run_makes_it(fresh):
    light_notebooks(fresh, before_plan="import time\ntime.sleep(0.3)\nif manager_id == 'M001':\n    raise KeyError")
    result = coachkit("run", fresh, "--stop-on-failure", "--jobs", "1")
    assert result.returncode == 3
    assert "skipped" in result.stdout
    run = next((fresh / "out").glob("2*"))
    shown = json.loads(coachkit("status", fresh, "--format", "json").stdout)
    assert {row["status"] for row in shown if row["manager_id"] == "M006"} == {"skipped"}
    assert {row["status"] for row in shown if row["manager_id"] == "M001"} == {"failed"}
    light_notebooks(fresh)
    assert counts(again(fresh))[3] == 0
    assert {row.status for row in Ledger(run / "ledger.sqlite").jobs()} >= {"failed", "skipped"}


@pytest.mark.case("P8")
def test_two_commands_at_once_do_not_mix(fresh):
    with run_lock(fresh):
        with pytest.raises(RunBusyError, match="already working on this engagement"):
            again(fresh)
        refused = coachkit("run", fresh)
        assert refused.returncode == 2
        assert f"process {os.getpid()} on" in refused.stderr
    assert not list((fresh / "out").glob("2*"))


@pytest.mark.case("P8")
def test_of_eight_commands_at_once_one_makes_the_reports(fresh):
    command = [sys.executable, "-m", "coachkit", "run", str(fresh), "--quiet"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    printed = [process.communicate() for process in started]
    codes = [process.returncode for process in started]
    assert codes.count(2) >= 1
    assert set(codes) == {0, 2}, printed
    assert len(list((fresh / "out").glob("2*"))) == 1
    assert coachkit("verify", fresh).returncode == 0
    reports = [
        page for page in pages(next((fresh / "out").glob("2*"))) if page.endswith((f"{PLAN}.html", f"{COHORT}.html"))
    ]
    assert len(reports) == len(ALL)


def test_shards_make_every_report_once_and_together_the_same(fresh, made):
    command = [sys.executable, "-m", "coachkit", "run", str(fresh), "--jobs", "1", "--shard"]
    started = [
        subprocess.Popen([*command, f"{number}/3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in (1, 2, 3)
    ]
    printed = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], printed
    run = next((fresh / "out").glob("2*"))
    done = [event.job_id for event in Ledger(run / "ledger.sqlite").events() if event.status == "done"]
    assert len(done) == len(set(done)) == len(ALL)
    assert pages(run) == pages(next((made / "out").glob("2*")))
    assert coachkit("status", fresh).returncode == 0
    assert counts(again(fresh)) == (0, len(ALL), 0, 0)


def test_any_executor_makes_the_same_reports(fresh, made):
    with ThreadPoolExecutor(2) as threads:
        result = again(fresh, executor=threads, jobs=2)
    end_idle_processes()
    assert counts(result) == (len(ALL), 0, 0, 0)
    assert pages(result.folder) == pages(next((made / "out").glob("2*")))


@pytest.fixture(scope="module")
def cluster():
    """Worker processes of a real local cluster."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


def test_a_cluster_makes_the_same_reports(cluster, fresh, made):
    with cluster_executor(cluster.scheduler_address) as executor:
        assert executor.n_workers == 2
        result = again(fresh, executor=executor, jobs=2)
    assert counts(result) == (len(ALL), 0, 0, 0)
    assert pages(result.folder) == pages(next((made / "out").glob("2*")))


@pytest.mark.case("P4")
def test_a_killed_worker_loses_nothing(cluster, fresh):
    light_notebooks(fresh, before_plan="import time\ntime.sleep(0.5)")
    victim = next(iter(cluster.workers.values()))
    killed = []

    def kill_after_the_first(step):
        if step.finished == 1:
            killed.append(step.total)
            os.kill(victim.process.pid, 9)

    with cluster_executor(cluster.scheduler_address) as executor:
        result = run_batch(open_engagement(fresh), kill_after_the_first, executor=executor, jobs=2)
    assert killed == [len(ALL)]
    assert counts(result) == (len(ALL), 0, 0, 0)
    done = [event.job_id for event in Ledger(result.folder / "ledger.sqlite").events() if event.status == "done"]
    assert len(done) == len(set(done)) == len(ALL)
    assert coachkit("verify", fresh).returncode == 0


def test_the_command_line_reaches_a_cluster(cluster, fresh):
    result = coachkit("run", fresh, "--scheduler", cluster.scheduler_address)
    assert result.returncode == 0, result.stderr
    assert f"{len(ALL)} reports made" in result.stdout


def test_a_scheduler_that_is_not_there_is_a_message(monkeypatch):
    monkeypatch.setattr("coachkit.delivery.cluster.CONNECT_S", 1)
    with pytest.raises(ClusterError, match="no Dask scheduler answers at 'tcp"), cluster_executor("tcp://127.0.0.1:9"):
        pass


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install 'coachkit\[dask\]'"), cluster_executor("tcp://127.0.0.1:9"):
        pass


@pytest.mark.case("P4")
def test_ten_bad_rows_among_five_hundred_cost_ten_rows(tmp_path):
    engagement = simulated(tmp_path / "engagement", 30)
    light_notebooks(engagement)
    bad = []

    def spoil(rows):
        wave = [row for row in rows if row["wave"] == "w2"]
        assert len(rows) > 510
        for row in wave[5:205:20]:
            item = next(key for key, value in row.items() if key[-2:].isdigit() and value)
            bad.append((rows.index(row) + 2, item))
            row[item] = "four and a half"

    edit(engagement, "responses", spoil)
    result = coachkit("run", engagement)
    assert result.returncode == 3, result.stderr
    assert "31 reports made, 0 failed" in result.stdout
    listed = json.loads(coachkit("check", engagement, "--format", "json").stdout)["problems"]
    held = [(one["row"], one["column"]) for one in listed if one["severity"] == "hold"]
    assert sorted(held) == sorted(bad)
    assert len(held) == 10
    assert all(one["fix"] and one["value"] == "four and a half" for one in listed if one["severity"] == "hold")
