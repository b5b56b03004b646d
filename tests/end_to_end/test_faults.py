"""What is left when a run is killed, interrupted, or its data change under it: whole files and a ledger that tells the truth."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from tests.end_to_end.conftest import coachkit
from tests.end_to_end.folders import edit, light_notebooks, simulated, with_release_key

from coachkit.delivery.batch import run_batch
from coachkit.delivery.ledger import Ledger
from coachkit.delivery.runs import open_run
from coachkit.engagement.folder import open_engagement

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")]

N_MANAGERS = 6
KILLS = 3
GRACE_S = 5.0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """An engagement with light notebooks; its release key is fixed, so that comments keep one order."""
    engagement = simulated(tmp_path_factory.mktemp("faults") / "prepared", N_MANAGERS)
    light_notebooks(engagement)
    return with_release_key(engagement)


@pytest.fixture
def engagement(prepared, tmp_path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "engagement"))


@pytest.fixture
def slow_engagement(engagement) -> Path:
    """The same with a second of waiting in every plan, so that a signal finds the run at work."""
    light_notebooks(engagement, before_plan="import time; time.sleep(1)")
    return engagement


@pytest.fixture(scope="module")
def uninterrupted(prepared, tmp_path_factory) -> dict[str, bytes]:
    """Published files of a run that nobody disturbed."""
    engagement = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("whole") / "engagement"))
    result = coachkit("run", engagement)
    assert result.returncode == 0, result.stdout + result.stderr
    return published(newest_run(engagement))


@contextmanager
def interrupts_as_usual() -> Iterator[None]:
    """A shell lets what it starts in the background ignore SIGINT, and children inherit that; a terminal does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Started:
    """``coachkit run`` in a process group of its own, with everything it started."""

    def __init__(self, log: Path, engagement: Path, *options: str) -> None:
        command = [sys.executable, "-m", "coachkit", "run", str(engagement), *options]
        self.log = log
        with log.open("wb") as stream, interrupts_as_usual():
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
        self.family: set[psutil.Process] = set()

    def follow(self, seconds: float = 0.0, until=lambda: False) -> None:
        """Note every descendant until the time is up, the condition holds or the run ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None and not until():
            self.note_family()
            time.sleep(0.02)
        self.note_family()

    def note_family(self) -> list[psutil.Process]:
        try:
            found = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        self.family |= set(found)
        return found

    def left(self) -> list[psutil.Process]:
        """Descendants that are still running after the time they have to notice."""
        return psutil.wait_procs(self.family, timeout=GRACE_S)[1]

    def finish(self) -> str:
        self.process.wait(timeout=60)
        return self.log.read_text("utf-8")

    def clear_away(self) -> None:
        for process in (self.process, *self.family):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


@pytest.fixture
def start(tmp_path):
    begun = []

    def begin(engagement: Path, *options: str) -> Started:
        begun.append(Started(tmp_path / f"printed-{len(begun)}.txt", engagement, *options))
        return begun[-1]

    yield begin
    for started in begun:
        started.clear_away()


def newest_run(engagement: Path) -> Path:
    (ledger,) = (engagement / "out").glob("*/ledger.sqlite")
    return ledger.parent


def published(run: Path) -> dict[str, bytes]:
    return {
        path.relative_to(run).as_posix(): path.read_bytes()
        for folder in ("managers", "cohort", "analysis")
        for path in (run / folder).rglob("*")
        if path.is_file()
    }


def n_published(engagement: Path) -> int:
    return len(list((engagement / "out").glob("*/*/**/*.html")))


def assert_whole(run: Path) -> None:
    """Every file at a final name can be read to its end; what the ledger calls done is on disk as recorded."""
    for path in [*run.glob("managers/*/*"), *run.glob("cohort/*"), *run.glob("analysis/**/*")]:
        if path.name.startswith(".coachkit-") or path.is_dir():
            continue
        data = path.read_bytes()
        if path.suffix == ".ipynb":
            nbformat.validate(nbformat.reads(data.decode("utf-8"), as_version=4))
        elif path.suffix == ".html":
            assert data.rstrip().endswith(b"</html>"), path
        elif path.suffix == ".json":
            json.loads(data)
        else:
            assert data.endswith(b"PAR1"), path
    if (run / "ledger.sqlite").stat().st_size:
        ledger = Ledger(run / "ledger.sqlite")
        assert all(ledger.is_intact(row.job_id, run) for row in ledger.jobs() if row.status == "done")


@pytest.mark.case("P2")
@pytest.mark.case("P7")
def test_killed_at_random_and_run_again_gives_what_an_undisturbed_run_gives(engagement, start, uninterrupted):
    chance = random.Random(20260)
    for reports in range(KILLS):
        started = start(engagement)
        started.follow(60, until=lambda wanted=reports: n_published(engagement) > wanted)
        started.follow(chance.uniform(0, 0.7))
        started.process.kill()
        started.finish()
        assert started.left() == [], "processes of a killed run go on working"
        run = newest_run(engagement)
        assert_whole(run)
        status = coachkit("status", engagement)
        assert status.returncode in {0, 3}, status.stderr
        shown = {row.status for row in Ledger(run / "ledger.sqlite").jobs()}
        assert shown <= {"done", "waiting"}
        assert (status.returncode == 0) == (shown == {"done"})
    finished = coachkit("run", engagement)
    assert finished.returncode == 0, finished.stderr
    run = newest_run(engagement)
    assert published(run) == uninterrupted
    assert not (run / "work").exists()
    assert list(run.rglob(".coachkit-*")) == []
    assert coachkit("status", engagement).returncode == 0


@pytest.mark.case("P5")
@pytest.mark.parametrize(
    ("whole_group", "signal_sent"),
    [(False, signal.SIGINT), (True, signal.SIGINT), (False, signal.SIGTERM)],
    ids=["process", "terminal", "scheduler"],
)
def test_an_interrupted_run_ends_with_130_and_leaves_no_process(slow_engagement, start, whole_group, signal_sent):
    engagement = slow_engagement
    started = start(engagement)
    started.follow(60, until=lambda: n_published(engagement) > 0)
    asked = time.monotonic()
    (os.killpg if whole_group else os.kill)(started.process.pid, signal_sent)
    started.follow(30)
    printed = started.finish()
    assert started.process.returncode == 130, printed
    assert time.monotonic() - asked < 15
    assert "run the same command to continue" in printed
    assert "Traceback" not in printed, printed
    assert started.left() == []
    run = newest_run(engagement)
    assert_whole(run)
    assert {row.status for row in Ledger(run / "ledger.sqlite").jobs()} <= {"done", "waiting"}
    assert not list(run.glob("work*"))


def is_worker(child: psutil.Process, started: Started) -> bool:
    """A worker is started by the run itself; its own children come and go with their reports."""
    try:
        return child.ppid() == started.process.pid and "spawn_main" in " ".join(child.cmdline())
    except psutil.NoSuchProcess:
        return False


@pytest.mark.case("P4")
def test_a_killed_worker_costs_at_most_its_own_report(slow_engagement, start):
    engagement = slow_engagement
    started = start(engagement, "--jobs", "2")
    started.follow(60, until=lambda: n_published(engagement) > 0)
    next(child for child in started.note_family() if is_worker(child, started)).kill()
    started.follow(90)
    printed = started.finish()
    assert started.process.returncode in {0, 3}, printed
    assert "Traceback" not in printed
    rows = Ledger(newest_run(engagement) / "ledger.sqlite").jobs()
    assert sum(row.status == "done" for row in rows) >= N_MANAGERS
    assert {row.status for row in rows} <= {"done", "failed"}
    assert (started.process.returncode == 0) == all(row.status == "done" for row in rows)
    assert started.left() == []


@pytest.mark.case("P1")
@pytest.mark.case("P4")
def test_a_slice_edited_or_swapped_while_jobs_run_publishes_nothing_wrong(engagement):
    def tamper(step):
        if step.stage == "reports" and not step.done + step.failed:
            folder = newest_run(engagement) / "analysis" / "managers"
            first, second, third = sorted(folder.glob("*.json"))[:3]
            dossier = json.loads(first.read_bytes())
            dossier["manager"]["name"] = "Somebody Else"
            first.write_text(json.dumps(dossier), "utf-8")
            second.write_bytes(third.read_bytes())

    opened = open_engagement(engagement)
    result = run_batch(opened, only=["M001", "M002", "M003"], on_progress=tamper)
    assert [row.manager_id for row in result.failures] == ["M001", "M002"]
    assert all("does not match the request" in row.message for row in result.failures)
    assert {path.parent.name[:4] for path in result.folder.glob("managers/*/*.html")} == {"m003"}
    again = run_batch(opened, only=["M001", "M002"])
    assert not again.failures
    assert "Somebody Else" not in "".join(path.read_text("utf-8") for path in again.folder.rglob("*.html"))


def figures(engagement: Path, manager_id: str) -> dict:
    """What a manager's newest report says in numbers, without the run's own name and hash."""
    dossier = open_run(engagement).manager(manager_id)
    return {
        score.competency_id: (score.estimate, score.standard_error, score.groups) for score in dossier.profile.scores
    }


def page(engagement: Path) -> str:
    (path,) = (engagement / "out" / (engagement / "out" / "latest").read_text("utf-8")).glob(
        "managers/m001*/development_plan.html"
    )
    return path.read_text("utf-8")


@pytest.mark.case("PRIV-04")
@pytest.mark.case("PRIV-05")
def test_figures_stay_frozen_until_enough_raters_changed_and_leave_with_an_erased_one(tmp_path):
    engagement = simulated(tmp_path / "engagement", N_MANAGERS)
    peers = ["A1", "A2", "A3", "A4", "A5"]

    def with_peers(*names, score="2"):
        def change(rows):
            kept = [row for row in rows if not (row["manager_id"] == "M001" and row["rater_group"] == "peer")]
            pattern = next(row for row in rows if row["manager_id"] == "M002" and row["rater_group"] == "peer")
            answers = {key: score if value else "" for key, value in pattern.items() if key[-2:].isdigit()}
            for name in names:
                late = {} if name in peers else {key: "5" if value else "" for key, value in answers.items()}
                row = {**pattern, **answers, **late, "manager_id": "M001", "rater_id": name, "wave": "w2"}
                kept.append({**row, "COM_STRENGTH": "", "COM_DEVELOP": ""})
            return kept

        edit(engagement, "responses", change)

    def run():
        result = coachkit("run", engagement, "--only", "M001")
        assert result.returncode == 0, result.stdout + result.stderr
        return figures(engagement, "M001"), result.stdout

    def peer_mean(found):
        group = next(group for group in found["PLAN"][2] if group.group_id == "peer")
        return group.score

    with_peers(*peers)
    first, _ = run()
    assert peer_mean(first) == 2.0
    with_peers(*peers, "LATE1")
    one_late, printed = run()
    assert one_late == first
    assert "keep the figures of an earlier release" in printed
    with_peers(*peers, "LATE1", "LATE2", "LATE3", "LATE4", "LATE5")
    many_late, printed = run()
    assert many_late != first
    assert peer_mean(many_late) == 3.5
    assert "earlier release" not in printed
    with_peers(*peers[:2])
    erased, _ = run()
    assert peer_mean(erased) is None
    assert "LATE1" not in page(engagement)
