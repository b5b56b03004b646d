"""Every document of a report, by format: one table of what a report can be rendered as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from coachkit.analysis.records import CohortDossier, ManagerDossier
from coachkit.delivery.documents.docx import render_docx
from coachkit.delivery.documents.html import render_document
from coachkit.delivery.documents.pdf import render_pdf
from coachkit.delivery.documents.pptx import render_deck
from coachkit.delivery.documents.typesetting import DocumentError, load_fonts
from coachkit.delivery.documents.workbook.cohort import render_cohort_workbook
from coachkit.delivery.documents.xlsx import render_workbook
from coachkit.delivery.runs import COHORT_SLICE, manager_slice
from coachkit.engagement.storage import confined, sha256_of
from coachkit.errors import UnknownNameError
from coachkit.presentation.blocks import Block, Cover
from coachkit.presentation.coach_brief import coach_brief
from coachkit.presentation.sponsor_summary import sponsor_summary

if TYPE_CHECKING:
    from coachkit.delivery.jobs import ReportJob


def _html(blocks: Sequence[Block], title: str) -> bytes:
    return render_document(blocks, title).encode("utf-8")


#: Formats written from the blocks, for every document.
RENDERERS: dict[str, Callable[[Sequence[Block], str], bytes]] = {"html": _html, "pdf": render_pdf, "docx": render_docx}
#: Formats written for one kind of report, from its blocks and its dossier; the briefs have none of these.
KIND_RENDERERS: dict[str, dict[str, Callable[[Sequence[Block], Any, str], bytes]]] = {
    "xlsx": {
        "development_plan": lambda _, dossier, title: render_workbook(dossier, title),
        "cohort_diagnostics": lambda blocks, _, title: render_cohort_workbook(blocks, title),
    },
    "pptx": {"cohort_diagnostics": lambda _, dossier, title: render_deck(dossier, title)},
}
FORMATS = (*RENDERERS, *KIND_RENDERERS)
#: Documents about a manager for other readers, by file stem; each takes out what its reader may not know.
BRIEFS: dict[str, Callable[[ManagerDossier], tuple[Block, ...]]] = {
    "coach_brief": coach_brief,
    "sponsor_summary": sponsor_summary,
}


def known_formats(names: Sequence[str]) -> tuple[str, ...]:
    """The formats asked for, each once, in the order of :data:`FORMATS`.

    Raises
    ------
    UnknownNameError
        If a name is no format.

    Examples
    --------
    >>> known_formats(["pdf", "html", "pdf"])
    ('html', 'pdf')
    """
    for name in names:
        if name not in FORMATS:
            raise UnknownNameError.from_choice("format", name, FORMATS)
    return tuple(name for name in FORMATS if name in names)


def prepare_formats(formats: Sequence[str]) -> None:
    """Read templates and fonts of these formats once, before a process forks children for its reports."""
    if "html" in formats:
        render_document([])
    if {"pdf", "docx"} & set(formats):
        import pikepdf  # noqa: F401 - imported for the children

        load_fonts(with_system_fonts=False)


def document_names(job: ReportJob) -> tuple[str, ...]:
    """Names of the documents that a job makes besides its notebook."""
    forms = known_formats(job.formats)
    from_blocks = [f"{stem}.{form}" for stem in (job.kind, *job.briefs) for form in forms if form in RENDERERS]
    return (*from_blocks, *(f"{job.kind}.{form}" for form in forms if job.kind in KIND_RENDERERS.get(form, {})))


def has_documents(job: ReportJob, files: Iterable[str]) -> bool:
    """Whether every document that the job makes is among the files of its report."""
    return {f"{job.place}/{name}" for name in document_names(job)} <= set(files)


def render_formats(blocks: Sequence[Block], job: ReportJob, out: Path) -> dict[str, bytes]:
    """Render every document of a report, and the briefs that other readers get.

    Parameters
    ----------
    blocks : sequence of Block
        What the executed notebook showed.
    job : ReportJob
        Says which formats, which briefs, for whom and under which title.
    out : Path
        The run's folder; briefs are written from the manager's slice in it.

    Returns
    -------
    dict of str to bytes
        File name -> content, as :func:`document_names` lists them.

    Raises
    ------
    DocumentError
        If a document cannot be made, such as a PDF for which a font is missing, or the slice is not the one that
        the notebook reported on.
    """
    forms = known_formats(job.formats)
    kind_forms = [form for form in forms if job.kind in KIND_RENDERERS.get(form, {})]
    sources = {job.kind: (blocks, job.title)}
    dossier = _dossier(job, out) if kind_forms or (job.briefs and forms) else None
    if forms:
        sources |= {stem: _titled(BRIEFS[stem](dossier)) for stem in job.briefs}
    documents = {
        f"{stem}.{form}": RENDERERS[form](content, title)
        for stem, (content, title) in sources.items()
        for form in forms
        if form in RENDERERS
    }
    own = {f"{job.kind}.{form}": KIND_RENDERERS[form][job.kind](blocks, dossier, job.title) for form in kind_forms}
    return documents | own


def _titled(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], str]:
    cover = next(block for block in blocks if isinstance(block, Cover))
    return blocks, f"{cover.title} – {cover.person}"


def _dossier(job: ReportJob, out: Path) -> Any:  # noqa: ANN401 - the dossier of the job's kind
    """The record that the notebook reported on, read again from its slice and checked against the receipt."""
    name, kind = (manager_slice(job.manager_id), ManagerDossier) if job.manager_id else (COHORT_SLICE, CohortDossier)
    data = confined(out, "analysis", name).read_bytes()
    if sha256_of(data) != job.receipt.slice_sha256:
        fix = "Run again; nothing may write into the run's analysis folder meanwhile."
        raise DocumentError("the analysis changed while the report was made; nothing was published", fix)
    return msgspec.json.decode(data, type=kind)
