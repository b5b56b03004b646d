"""Verification recomputes what the ledger recorded; status tells what the disk and the lock confirm."""

from __future__ import annotations

import json
import os

import pytest

from coachkit.delivery.ledger import JobRow, Ledger
from coachkit.delivery.ledger_schema import changing
from coachkit.delivery.lock import run_lock
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.status import read_status
from coachkit.delivery.verify import mark_broken, verify_run
from coachkit.engagement.storage import write_atomic, write_json

ROWS = [JobRow(f"plan/{name}", "plan", name, name, "waiting", "t", "s", content_sha256="c") for name in ("a", "b")]


@pytest.fixture
def engagement(tmp_path):
    return tmp_path


@pytest.fixture
def ledger(engagement):
    """A run with two finished reports, an analysis and a manifest."""
    run = engagement / "out" / "r1"
    ledger = Ledger(run / "ledger.sqlite")
    ledger.plan(*ROWS)
    for row in ROWS:
        path = f"managers/{row.stem}/plan.html"
        digest = write_atomic(run / path, row.stem.encode())
        ledger.settle(JobOutcome(row.job_id, True, 1.0, files={path: (digest, 1)}))
    analysis = {"cohort.json": write_atomic(run / "analysis" / "cohort.json", b"{}")}
    ledger.set_facts(manifest=write_json(run / "manifest.json", {"analysis": analysis}))
    return ledger


def differences(ledger):
    return {(one.path, one.what, one.job_id) for one in verify_run(ledger).differences}


@pytest.mark.case("P7")
def test_an_untouched_run_is_sound(ledger):
    found = verify_run(ledger)
    assert (found.is_sound, found.n_files, found.run_id) == (True, 4, "r1")


@pytest.mark.case("P7")
def test_every_way_to_differ_is_named(ledger):
    run = ledger.path.parent
    (run / "managers/a/plan.html").write_bytes(b"x")
    (run / "managers/b/plan.html").unlink()
    (run / "managers/b/copy.html").write_bytes(b"b")
    (run / "managers/b/.coachkit-1234").write_bytes(b"b")
    (run / "analysis/cohort.json").write_bytes(b"[]")
    assert differences(ledger) == {
        ("managers/a/plan.html", "edited", "plan/a"),
        ("managers/b/plan.html", "missing", "plan/b"),
        ("managers/b/copy.html", "stray", ""),
        ("managers/b/.coachkit-1234", "leftover", ""),
        ("analysis/cohort.json", "edited", ""),
    }
    assert all(one.fix for one in verify_run(ledger).differences)


@pytest.mark.case("P7")
def test_a_manifest_that_was_changed_is_found(ledger):
    path = ledger.path.parent / "manifest.json"
    path.write_text(json.dumps({"analysis": {}}), "utf-8")
    assert ("manifest.json", "edited", "") in differences(ledger)


@pytest.mark.case("P7")
def test_repair_marks_broken_reports_only(ledger):
    (ledger.path.parent / "managers/a/plan.html").write_bytes(b"x")
    assert mark_broken(ledger, verify_run(ledger)) == ["plan/a"]
    assert {row.job_id: row.status for row in ledger.jobs()} == {"plan/a": "stale", "plan/b": "done"}


@pytest.mark.case("P7")
def test_status_believes_the_disk(engagement, ledger):
    (ledger.path.parent / "managers/a/plan.html").write_bytes(b"longer")
    shown = {row.job_id: row.status for row in read_status(engagement, ledger)}
    assert shown == {"plan/a": "stale", "plan/b": "done"}
    assert {row.status for row in ledger.jobs()} == {"done"}


@pytest.mark.case("P7")
def test_running_counts_only_while_somebody_runs(engagement, ledger):
    ledger.mark("running", ["plan/a"])
    with run_lock(engagement):
        assert read_status(engagement, ledger)[0].status == "running"
    row = read_status(engagement, ledger)[0]
    assert (row.status, row.message) == ("waiting", "the run that was making it ended early")


@pytest.mark.case("P7")
def test_what_a_killed_run_renamed_but_did_not_enter_is_unfinished_not_somebodys(ledger):
    """A kill after the renaming and before the ledger's commit."""
    ledger.plan(ROWS[0])
    ledger.mark("running", ["plan/a"])
    work = ledger.path.parent / "work" / "a" / "executed.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("{}")
    assert differences(ledger) == {
        ("managers/a/plan.html", "unfinished", ""),
        ("work/a/executed.ipynb", "leftover", ""),
    }


@pytest.mark.case("P7")
def test_a_ledger_that_says_done_before_the_files_are_there_is_found_and_repaired(ledger):
    """The other order: a power cut kept the commit and lost the renaming."""
    (ledger.path.parent / "managers/a/plan.html").unlink()
    assert differences(ledger) == {("managers/a/plan.html", "missing", "plan/a")}
    assert mark_broken(ledger, verify_run(ledger)) == ["plan/a"]


@pytest.mark.case("P7")
def test_a_done_report_without_any_file_is_missing(ledger):
    ledger.settle(JobOutcome("plan/a", True, 1.0))
    with changing(ledger.path) as connection:
        connection.execute("DELETE FROM files WHERE job_id = 'plan/a'")
    assert ("plan/a", "missing", "plan/a") in differences(ledger)


@pytest.mark.case("P7")
def test_a_slice_nobody_wrote_is_a_stray(ledger):
    path = ledger.path.parent / "analysis" / "managers" / "x.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert differences(ledger) == {("analysis/managers/x.json", "stray", "")}


@pytest.mark.case("P7")
@pytest.mark.skipif(os.name != "posix", reason="links of POSIX systems")
def test_a_link_in_a_reports_place_is_not_the_report(ledger, tmp_path):
    path = ledger.path.parent / "managers/a/plan.html"
    elsewhere = path.replace(tmp_path / "elsewhere.html")
    path.symlink_to(elsewhere)
    assert differences(ledger) == {("managers/a/plan.html", "edited", "plan/a")}


@pytest.mark.case("P7")
def test_a_damaged_ledger_is_a_finding(ledger):
    ledger.path.write_bytes(b"no database" * 1000)
    assert [(one.path, one.what) for one in verify_run(ledger).differences] == [("ledger.sqlite", "damaged")]
