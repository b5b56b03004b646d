"""Which reports need not be made: those this run has already, and those an earlier run made from the same content.

A report prints the run that made it. Where nothing it says has changed since, the earlier report is taken over as it
is, checked against its recorded hashes, and the ledger names the run it comes from. When a single answer changes, the
cohort's mean moves and every estimate with it: then every report has changed, and every report is made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from coachkit.delivery.documents.formats import FORMATS, has_documents
from coachkit.delivery.jobs import ReportJob
from coachkit.delivery.ledger import JobRow, Ledger, are_intact
from coachkit.delivery.ledger_schema import LedgerDamagedError
from coachkit.delivery.outcomes import JobOutcome
from coachkit.delivery.report_jobs import waiting_row
from coachkit.delivery.run_folder import RunFolder, earlier_runs
from coachkit.engagement.storage import confined, sha256_of, write_atomic

Files = Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished report of some run: where it lies, what the ledger says of it."""

    run: Path
    row: JobRow
    files: Files


def outdated(wanted: list[ReportJob], run: RunFolder) -> list[ReportJob]:
    """Reports that are missing, failed, edited on disk, or made from other content; done ones among them turn stale."""
    rows = {row.job_id: row for row in run.ledger.jobs() if row.status == "done"}
    files = run.ledger.files_by_job()

    def is_current(job: ReportJob) -> bool:
        row, made = rows.get(job.job_id), files.get(job.job_id, {})
        has_content = row is not None and row.content_sha256 == job.content_sha256
        return has_content and has_documents(job, made) and are_intact(made, run.path)

    found = [job for job in wanted if not is_current(job)]
    stale = [job.job_id for job in found if job.job_id in rows]
    if stale:
        run.ledger.mark("stale", stale, "its content, the formats asked for or a file on disk changed")
    return found


def formats_of(files: Iterable[str]) -> set[str]:
    """Formats among the files of a report, besides the notebook.

    Examples
    --------
    >>> sorted(formats_of(["a/plan.ipynb", "a/plan.html", "a/brief.html", "a/plan.pdf"]))
    ['html', 'pdf']
    """
    return {Path(file).suffix[1:] for file in files} - {"ipynb"}


def with_formats_made_before(jobs: Iterable[ReportJob], run: RunFolder) -> list[ReportJob]:
    """Jobs that also make anew the formats this run's report had, so that no document of old content stays beside it."""
    files = run.ledger.files_by_job()

    def kept(job: ReportJob) -> tuple[str, ...]:
        return tuple(sorted(formats_of(files.get(job.job_id, ())) & set(FORMATS) - set(job.formats)))

    return [replace(job, formats=(*job.formats, *kept(job))) for job in jobs]


def take_over(waiting: list[ReportJob], run: RunFolder, engagement: Path) -> list[str]:
    """Copy unchanged reports from earlier runs into this one; returns the ids of the jobs that are done by that."""
    candidates = _made_earlier(waiting, run, engagement)
    taken = []
    for job in waiting:
        made = candidates.get(job.content_sha256)
        if made is None or made.row.job_id != job.job_id or not has_documents(job, made.files):
            continue
        outcome = _copied(job, made, run.path)
        if outcome is not None:
            run.ledger.plan(waiting_row(job))
            run.ledger.settle(outcome, made_in=made.row.made_in or made.run.name, slice_sha256=made.row.slice_sha256)
            taken.append(job.job_id)
    return taken


def _made_earlier(waiting: Iterable[ReportJob], run: RunFolder, engagement: Path) -> dict[str, Made]:
    """Finished reports of other runs by content, the newest run's first."""
    wanted = {job.content_sha256 for job in waiting}
    found: dict[str, Made] = {}
    for folder, ledger, _ in earlier_runs(engagement):
        if folder != run.path:
            for made in _finished(folder, ledger, wanted - set(found)):
                found[made.row.content_sha256] = made
    return found


def _finished(folder: Path, ledger: Ledger, wanted: set[str]) -> list[Made]:
    try:
        rows = [row for row in ledger.jobs() if row.status == "done" and row.content_sha256 in wanted] if wanted else []
        files = ledger.files_by_job() if rows else {}
    except LedgerDamagedError:  # the damaged part is not the one that was read before
        return []
    return [Made(folder, row, files.get(row.job_id, {})) for row in rows]


def _copied(job: ReportJob, made: Made, target: Path) -> JobOutcome | None:
    """The outcome of copying every file; None when one of them is not what the ledger recorded."""
    contents = {}
    for path, (digest, _) in made.files.items():
        source = confined(made.run, path)
        data = source.read_bytes() if source.is_file() else b""
        if sha256_of(data) != digest:
            return None
        contents[path] = data
    if not contents:
        return None
    for path, data in contents.items():
        write_atomic(confined(target, path), data)
    row = made.row
    return JobOutcome(job.job_id, True, 0.0, row.started_at, dict(made.files), peak_mb=row.peak_mb)
