"""Every document of a report, by format: one table of what a report can be rendered as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.docx import render_docx
from coachkit.delivery.documents.html import render_document
from coachkit.delivery.documents.pdf import render_pdf
from coachkit.delivery.documents.typesetting import DocumentError, load_fonts
from coachkit.delivery.runs import manager_slice
from coachkit.engagement.storage import confined, sha256_of
from coachkit.errors import UnknownNameError
from coachkit.presentation.blocks import Block, Cover
from coachkit.presentation.coach_brief import coach_brief
from coachkit.presentation.sponsor_summary import sponsor_summary

if TYPE_CHECKING:
    from coachkit.delivery.jobs import ReportJob


def _html(blocks: Sequence[Block], title: str) -> bytes:
    return render_document(blocks, title).encode("utf-8")


RENDERERS: dict[str, Callable[[Sequence[Block], str], bytes]] = {"html": _html, "pdf": render_pdf, "docx": render_docx}
FORMATS = tuple(RENDERERS)
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
    return tuple(f"{stem}.{form}" for stem in (job.kind, *job.briefs) for form in known_formats(job.formats))


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
    sources = {job.kind: (blocks, job.title)}
    if job.briefs and job.formats:
        dossier = _dossier(job, out)
        sources |= {stem: _titled(BRIEFS[stem](dossier)) for stem in job.briefs}
    return {
        f"{stem}.{form}": RENDERERS[form](content, title)
        for stem, (content, title) in sources.items()
        for form in known_formats(job.formats)
    }


def _titled(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], str]:
    cover = next(block for block in blocks if isinstance(block, Cover))
    return blocks, f"{cover.title} – {cover.person}"


def _dossier(job: ReportJob, out: Path) -> ManagerDossier:
    data = confined(out, "analysis", manager_slice(job.manager_id)).read_bytes()
    if sha256_of(data) != job.receipt.slice_sha256:
        fix = "Run again; nothing may write into the run's analysis folder meanwhile."
        raise DocumentError("the manager's analysis changed while the report was made; nothing was published", fix)
    return msgspec.json.decode(data, type=ManagerDossier)
