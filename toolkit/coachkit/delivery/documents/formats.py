"""Every document of a report, by format: one table of what a report can be rendered as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from coachkit.delivery.documents.docx import render_docx
from coachkit.delivery.documents.html import render_document
from coachkit.delivery.documents.pdf import render_pdf
from coachkit.errors import UnknownNameError
from coachkit.presentation.blocks import Block

if TYPE_CHECKING:
    from coachkit.delivery.jobs import ReportJob


def _html(blocks: Sequence[Block], title: str) -> bytes:
    return render_document(blocks, title).encode("utf-8")


RENDERERS: dict[str, Callable[[Sequence[Block], str], bytes]] = {"html": _html, "pdf": render_pdf, "docx": render_docx}
FORMATS = tuple(RENDERERS)


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


def document_names(job: ReportJob) -> tuple[str, ...]:
    """Names of the documents that a job makes besides its notebook."""
    return tuple(f"{job.kind}.{extension}" for extension in known_formats(job.formats))


def has_documents(job: ReportJob, files: Iterable[str]) -> bool:
    """Whether every document that the job makes is among the files of its report."""
    return {f"{job.place}/{name}" for name in document_names(job)} <= set(files)


def render_formats(blocks: Sequence[Block], job: ReportJob) -> dict[str, bytes]:
    """Render every document of a report.

    Parameters
    ----------
    blocks : sequence of Block
        What the executed notebook showed.
    job : ReportJob
        Says which formats, for whom and under which title.

    Returns
    -------
    dict of str to bytes
        File name -> content, as :func:`document_names` lists them.

    Raises
    ------
    DocumentError
        If a document cannot be made, such as a PDF for which a font is missing.
    """
    return {
        f"{job.kind}.{extension}": RENDERERS[extension](blocks, job.title) for extension in known_formats(job.formats)
    }
