"""Which reports are made again: by content, by format, by what is on disk."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from tests.delivery.test_jobs import make_job

from coachkit.delivery import reuse
from coachkit.delivery.ledger import Ledger
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.report_jobs import waiting_row
from coachkit.delivery.reuse import outdated, take_over, with_formats_made_before
from coachkit.engagement.storage import write_atomic


def make_run(engagement, name="r2", sequence="2"):
    path = engagement / "out" / name
    ledger = Ledger(path / "ledger.sqlite")
    ledger.set_facts(sequence=sequence)
    return SimpleNamespace(path=path, ledger=ledger)


def finish(run, job, *formats):
    run.ledger.plan(waiting_row(job))
    files = {}
    for extension in ("ipynb", *formats):
        name = f"{job.place}/{job.kind}.{extension}"
        files[name] = (write_atomic(run.path / name, extension.encode()), len(extension))
    run.ledger.settle(JobOutcome(job.job_id, True, 1.0, files=files))


@pytest.fixture
def job(tmp_path):
    return make_job(tmp_path, "1", content_sha256="c" * 64)


@pytest.mark.case("P6")
@pytest.mark.parametrize(
    ("made", "wanted", "is_made_again"),
    [
        (("html",), ("html",), False),
        (("html", "pdf"), ("html",), False),
        (("html",), ("html", "pdf"), True),
        (("pdf",), ("html",), True),
    ],
)
def test_a_report_with_every_format_asked_for_is_not_made_again(tmp_path, job, made, wanted, is_made_again):
    run, asked = make_run(tmp_path), replace(job, formats=wanted)
    finish(run, job, *made)
    assert outdated([asked], run) == ([asked] if is_made_again else [])


@pytest.mark.case("P6")
def test_a_report_made_again_keeps_the_formats_it_had(tmp_path, job, monkeypatch):
    monkeypatch.setattr(reuse, "FORMATS", ("html", "pdf", "docx"))
    run = make_run(tmp_path)
    finish(run, job, "html", "pdf", "svg")
    (again,) = with_formats_made_before([job], run)
    assert again.formats == ("html", "pdf"), "the PDF of the old content would stay beside the new page"


@pytest.mark.case("P6")
@pytest.mark.parametrize("change", ["content", "file", "gone"])
def test_other_content_or_another_file_is_made_again(tmp_path, job, change):
    run = make_run(tmp_path)
    finish(run, job, "html")
    page = run.path / job.place / f"{job.kind}.html"
    if change == "file":
        page.write_bytes(b"HTML")  # the same size
    elif change == "gone":
        page.unlink()
    asked = replace(job, content_sha256="d" * 64) if change == "content" else job
    assert outdated([asked], run) == [asked]
    assert run.ledger.jobs()[0].status == "stale"


@pytest.mark.case("P6")
@pytest.mark.parametrize(("made", "is_taken"), [(("html", "pdf"), True), (("pdf",), False)])
def test_an_earlier_report_is_taken_over_only_with_the_formats_asked_for(tmp_path, job, made, is_taken):
    earlier, run = make_run(tmp_path, "r1", "1"), make_run(tmp_path)
    finish(earlier, job, *made)
    assert take_over([job], run, tmp_path) == ([job.job_id] if is_taken else [])
    assert (run.path / job.place / f"{job.kind}.pdf").exists() == is_taken


@pytest.mark.case("P7")
@pytest.mark.parametrize("spoilt_after", ["before it is opened", "after it was opened"])
def test_a_damaged_earlier_run_stops_nobody(tmp_path, job, monkeypatch, spoilt_after):
    earlier, run = make_run(tmp_path, "r1", "1"), make_run(tmp_path)
    finish(earlier, job, "html")
    if spoilt_after == "before it is opened":
        earlier.ledger.path.write_bytes(b"no database" * 1000)
    else:
        found = reuse.earlier_runs(tmp_path)
        monkeypatch.setattr(reuse, "earlier_runs", lambda _: found)
        earlier.ledger.path.write_bytes(b"no database" * 1000)
    assert take_over([job], run, tmp_path) == []


@pytest.mark.case("P6")
@pytest.mark.case("P11")
def test_the_newest_run_by_number_is_taken_whatever_its_date(tmp_path, job):
    """A clock that was set back gives the later run the earlier name."""
    for name, sequence in (("2027-01-01-w1-a", "1"), ("2026-01-01-w1-b", "2")):
        finish(make_run(tmp_path, name, sequence), job, "html")
    run = make_run(tmp_path, "2026-06-01-w1-c", "3")
    assert take_over([job], run, tmp_path) == [job.job_id]
    assert run.ledger.jobs()[0].made_in == "2026-01-01-w1-b"
