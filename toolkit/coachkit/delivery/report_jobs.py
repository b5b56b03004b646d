"""From a prepared run to jobs: one per manager, one for the cohort, each with what its receipt must say."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit import __version__
from coachkit.delivery.documents.formats import BRIEFS
from coachkit.delivery.jobs import ReportJob
from coachkit.delivery.ledger import JobRow
from coachkit.delivery.notebooks import NotebookTemplate, plain_parameters
from coachkit.delivery.run_folder import RunFolder, recorded_versions
from coachkit.delivery.runs import cohort_receipt, manager_receipt
from coachkit.engagement.storage import file_stem, sha256_of

if TYPE_CHECKING:
    from coachkit.engagement.settings import LimitSettings

PLAN, COHORT = "development_plan", "cohort_diagnostics"
COHORT_STEM = "cohort"


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What all jobs of a run have in common."""

    formats: tuple[str, ...]
    is_warm: bool
    limits: LimitSettings


def job_id_of(manager_id: str) -> str:
    """Id of a manager's job, or of the cohort's for the empty id.

    Examples
    --------
    >>> job_id_of("M001"), job_id_of("")
    ('development_plan/m001-a47798e0e44f', 'cohort_diagnostics')
    """
    return f"{PLAN}/{file_stem(manager_id)}" if manager_id else COHORT


def report_jobs(
    run: RunFolder,
    engagement: Path,
    templates: Mapping[str, NotebookTemplate],
    options: JobOptions,
    only: Sequence[str] = (),
) -> Iterator[ReportJob]:
    """One job per manager, and the cohort's first unless single managers were asked for."""
    for manager_id in only or ("", *run.analysis.manager_ids):
        yield _job(manager_id, run, engagement, templates[PLAN if manager_id else COHORT], options)


def _job(
    manager_id: str, run: RunFolder, engagement: Path, template: NotebookTemplate, options: JobOptions
) -> ReportJob:
    facts = run.reports[manager_id]
    stem = file_stem(manager_id) if manager_id else COHORT_STEM
    place = f"managers/{stem}" if manager_id else COHORT_STEM
    asked = {"engagement": _up_from(run.path, place, engagement), "run_id": run.run_id}
    digest = run.slice_sha256[facts.name]
    if manager_id:
        receipt = manager_receipt(run.run_id, manager_id, digest, run.analysis.n_rows, asked)
    else:
        receipt = cohort_receipt(run.run_id, digest, len(run.analysis.manager_ids), asked)
    return ReportJob(
        job_id=job_id_of(manager_id),
        kind=PLAN if manager_id else COHORT,
        manager_id=manager_id,
        stem=stem,
        out=str(run.path),
        place=place,
        work=f"work/{stem}" if manager_id else "work-cohort",
        template=template.source,
        template_sha256=template.sha256,
        parameters=plain_parameters(template, {**asked, "manager_id": manager_id} if manager_id else asked),
        receipt=receipt,
        title=facts.title,
        formats=options.formats,
        briefs=tuple(BRIEFS) if manager_id else (),
        content_sha256=_content(facts.content_sha256, template),
        cell_timeout_s=options.limits.cell_seconds,
        report_timeout_s=options.limits.report_seconds,
        memory_limit_mb=options.limits.memory_mb,
        output_limit_mb=options.limits.output_mb,
        is_warm=options.is_warm,
    )


def _content(slice_content: str, template: NotebookTemplate) -> str:
    """Hash of all that decides what a report says and looks like: data, notebook, and what computes and draws."""
    versions = (f"{package} {number}" for package, number in sorted(recorded_versions().items()))
    return sha256_of("\n".join((slice_content, template.sha256, __version__, *versions)).encode())


def _up_from(folder: Path, place: str, engagement: Path) -> str:
    """The engagement as seen from a report's folder, so that a report reopened in JupyterLab runs again."""
    return Path(os.path.relpath(engagement.resolve(), (folder / place).resolve())).as_posix()


def waiting_row(job: ReportJob) -> JobRow:
    """The ledger's row of a job that is yet to be made."""
    return JobRow(
        job.job_id,
        job.kind,
        job.manager_id,
        job.stem,
        "waiting",
        job.template_sha256,
        job.receipt.slice_sha256,
        content_sha256=job.content_sha256,
    )
