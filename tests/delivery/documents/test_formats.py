"""Every document of a report: known formats only, all or nothing, and a missing document is noticed."""

from __future__ import annotations

import pytest
from tests.delivery.test_jobs import GOOD, SHOW_RECEIPT, make_job

from coachkit.delivery.documents import formats, pdf
from coachkit.delivery.documents.formats import FORMATS, RENDERERS, document_names, has_documents, known_formats
from coachkit.delivery.documents.typesetting import DocumentError
from coachkit.delivery.jobs import run_job
from coachkit.errors import UnknownNameError

THAI = 'from coachkit.presentation.blocks import Heading\nfrom coachkit.presentation.show import show\nshow(Heading(level=1, text="ภาษาไทย"))'


def test_formats_come_once_and_in_a_fixed_order():
    assert known_formats(tuple(reversed(FORMATS)) * 2) == FORMATS
    assert known_formats(()) == ()


def test_an_unknown_format_is_refused_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"format.*'pfd'.*pdf"):
        known_formats(["html", "pfd"])


def test_every_format_is_a_file_of_the_report(tmp_path):
    job = make_job(tmp_path, GOOD, SHOW_RECEIPT, formats=tuple(RENDERERS))
    outcome = run_job(job)
    assert outcome.is_done, outcome.message
    made = {path.rpartition("/")[2] for path in outcome.files}
    assert made == {"development_plan.ipynb", *document_names(job)}
    assert has_documents(job, outcome.files)
    assert not has_documents(job, [path for path in outcome.files if not path.endswith(".pdf")])
    for path, (_, size) in outcome.files.items():
        assert (tmp_path / path).stat().st_size == size > 0


@pytest.mark.case("P2")
@pytest.mark.case("SEC-41")
def test_a_document_that_cannot_be_made_costs_the_report_and_tells_no_word_of_it(tmp_path, monkeypatch):
    def refuse(*_):
        raise DocumentError.from_scripts(("Thai",))

    monkeypatch.setattr(pdf, "typeset", refuse)
    monkeypatch.setitem(formats.RENDERERS, "pdf", pdf.render_pdf)
    outcome = run_job(make_job(tmp_path, THAI, SHOW_RECEIPT, formats=("html", "pdf")))
    assert not outcome.is_done
    assert "script: Thai" in outcome.message
    assert "Install a font" in outcome.fix
    assert "ภาษา" not in outcome.message + outcome.fix
    assert not list(tmp_path.glob("managers/*/*"))
