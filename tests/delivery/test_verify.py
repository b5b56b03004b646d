"""Verification recomputes what the ledger recorded; status tells what the disk and the lock confirm."""

from __future__ import annotations

import json

import pytest

from coachkit.delivery.ledger import JobRow, Ledger
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
