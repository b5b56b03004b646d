"""The PDF: tagged, with every word of the blocks, the client's paper, no word as code, the same bytes twice."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdf
import pytest
from tests.delivery.documents.pages import plan_blocks
from tests.delivery.documents.reading import missing_words, pdf_everything, pdf_text, squeezed
from tests.delivery.documents.reports import HOSTILE, REPORTS, cover, with_drawing
from tests.fixtures.dossiers import (
    manager_dossier,
    with_text_everywhere,
)
from tests.presentation.conftest import every_block

from coachkit.delivery.documents.pdf import render_pdf
from coachkit.delivery.documents.tagging import children, elements
from coachkit.delivery.documents.typesetting import DocumentError
from coachkit.presentation.blocks import Cell, Figure, Heading, Paragraph, Run, Table

SECTIONS = {"/P", "/H1", "/H2", "/Table", "/Figure", "/L", "/LI", "/Caption", "/TH", "/TD", "/Title"}


@pytest.fixture(scope="module")
def plan():
    blocks = plan_blocks()
    return blocks, render_pdf(blocks, "Development plan")


@pytest.mark.parametrize("name", REPORTS)
def test_no_word_of_the_blocks_is_missing(name):
    blocks = REPORTS[name]()
    assert missing_words(blocks, pdf_text(render_pdf(blocks))) == {}


@pytest.mark.parametrize("name", REPORTS)
def test_the_tag_tree_holds_what_pdf_ua_asks_for(name):
    """Checked by walking the tag tree; a full validator (veraPDF) is not on PyPI. Typst refuses the rest at export."""
    blocks = REPORTS[name]()
    with pikepdf.open(BytesIO(render_pdf(blocks))) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en-GB"
        assert root.ViewerPreferences.DisplayDocTitle
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root.Metadata.read_bytes()
        tree = root.StructTreeRoot
        figures = list(elements(tree, "/Figure"))
        assert [str(figure.Alt) for figure in figures] == [block.alt for block in blocks if isinstance(block, Figure)]
        tables = [block for block in blocks if isinstance(block, Table)]
        for block, table in zip(tables, elements(tree, "/Table"), strict=True):
            if not block.rows:
                continue
            head = list(elements(next(elements(table, "/THead")), "/TH"))
            assert [scope(cell) for cell in head] == ["/Column"] * len(block.header)
            rows = [row for body in elements(table, "/TBody") for row in elements(body, "/TR")]
            assert len(rows) == len(block.rows)
            for row in rows:
                kinds = [str(cell.S) for cell in children(row)]
                assert kinds == ["/TH" if block.row_headers else "/TD", *["/TD"] * (len(block.header) - 1)]
                assert not block.row_headers or scope(children(row)[0]) == "/Row"
        assert len(list(elements(tree, "/Caption"))) == len(tables) + len(figures)
        assert all("/StructParents" in page for page in document.pages)


def scope(cell) -> str:
    return next(str(entry.Scope) for entry in cell.A if entry.O == "/Table")


def test_headings_are_bookmarks_in_order_without_gaps(plan):
    blocks, pdf = plan
    reader = pypdf.PdfReader(BytesIO(pdf))
    titles = [heading.text for heading in blocks if isinstance(heading, Heading)]
    assert [entry.title for entry in flat(reader.outline)] == titles
    with pikepdf.open(
        BytesIO(render_pdf([cover(), Heading(level=5, text="Deep"), Heading(level=2, text="Up")]))
    ) as odd:
        assert [str(h.S) for h in children(children(odd.Root.StructTreeRoot)[0]) if "H" in str(h.S)] == ["/H1", "/H1"]


def flat(outline):
    for entry in outline:
        yield from flat(entry) if isinstance(entry, list) else [entry]


def test_fonts_are_embedded_outlines(plan):
    with pikepdf.open(BytesIO(plan[1])) as document:
        fonts = [
            entry
            for entry in document.objects
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/Font"
        ]
        assert fonts
        assert {str(font.Subtype) for font in fonts} <= {"/Type0", "/CIDFontType0", "/CIDFontType2"}
        described = [font.FontDescriptor for font in fonts if "/FontDescriptor" in font]
        assert described
        assert all("/FontFile2" in entry or "/FontFile3" in entry for entry in described)


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792)), ("A4;}", (595, 842))])
def test_paper_comes_from_the_cover(paper, size):
    page = pypdf.PdfReader(BytesIO(render_pdf([cover(paper=paper)]))).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == size


def test_every_page_repeats_the_footer_and_its_number(plan):
    blocks, pdf = plan
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert blocks[0].footer in page.extract_text()
        assert f"{number} / {len(pages)}" in page.extract_text()


def test_the_same_blocks_give_the_same_bytes(plan):
    assert render_pdf(plan[0], "Development plan") == plan[1]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_stays_small(name):
    assert len(render_pdf(REPORTS[name]())) <= 250_000


@pytest.mark.case("SEC-01", "SEC-02", "SEC-06", "SEC-07", "SEC-08", "SEC-10")
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_literal_and_nothing_is_embedded_or_linked(payload):
    pdf = render_pdf(with_drawing(every_block(payload), payload), payload)
    found = squeezed(pdf_text(pdf))
    shown = payload.replace("\x07", "␇").replace("\ufffe", "␦").replace("\x00", "␀")
    assert found.count(squeezed(shown)) >= 40
    everything = pdf_everything(pdf)
    assert b"root:x:0" not in everything
    assert not re.search(rb"/(JavaScript|JS|EmbeddedFile|Launch|URI|GoToR|AA|OpenAction)\b", everything)


@pytest.mark.case("SEC-03")
def test_markup_in_the_title_is_escaped_in_the_metadata():
    pdf = render_pdf([cover()], "</rdf:li><script>#title")
    assert pypdf.PdfReader(BytesIO(pdf)).metadata.title == "</rdf:li><script>#title"
    with pikepdf.open(BytesIO(pdf)) as document:
        assert "&lt;/rdf:li&gt;&lt;script&gt;#title" in document.Root.Metadata.read_bytes().decode()


@pytest.mark.case("SEC-44")
def test_metadata_names_no_user_path_or_time(plan):
    information = pypdf.PdfReader(BytesIO(plan[1])).metadata
    assert set(information) <= {"/Title", "/Creator"}
    assert information.title == "Development plan"
    everything = pdf_everything(plan[1])
    assert b"/home" not in everything
    assert b"CreateDate" not in everything


NAMES = {
    "greek": "Ἀλέξανδρος Παπαδοπούλου",
    "cyrillic": "Екатерина Ґалаґан",
    "vietnamese": "Nguyễn Thị Bích Ngọc",
    "hebrew": "שרה כהן",
    "arabic": "محمد الأمين",
}


@pytest.mark.case("SEC-09")
@pytest.mark.parametrize("script", NAMES)
def test_names_of_many_scripts_render_with_the_shipped_fonts(script, monkeypatch):
    from coachkit.delivery.documents import pdf as module

    monkeypatch.setattr(module, "typeset", lambda name, data: typeset_shipped(name, data))
    text = pdf_text(render_pdf([cover(person=NAMES[script]), Paragraph(runs=(Run(NAMES[script], "person"),))]))
    letters = sorted(re.sub(r"\W", "", NAMES[script]))
    found = list(text)
    assert [letter for letter in letters if letter not in found] == []


def typeset_shipped(name, data):
    from coachkit.delivery.documents import typesetting

    assert not typesetting.scripts_without_font(str(data))
    return typesetting.typeset(name, data)


def test_a_script_without_a_font_is_named_and_never_quoted(monkeypatch):
    from coachkit.delivery.documents import typesetting

    shipped = typesetting.load_fonts(with_system_fonts=False)
    monkeypatch.setattr(typesetting, "load_fonts", lambda _: shipped)
    typesetting.compiler_with.cache_clear()
    with pytest.raises(DocumentError, match="no font on this machine can draw") as caught:
        render_pdf([cover(person="ภาษาไทย")])
    typesetting.compiler_with.cache_clear()
    assert "script: Thai" in caught.value.message
    assert "ภาษา" not in str(caught.value)
    assert "Noto Sans" in caught.value.fix


def test_pictures_in_text_become_words():
    assert "Well done [party popper]" in pdf_text(render_pdf([cover(), Paragraph(runs=(Run("Well done 🎉"),))]))


@pytest.mark.case("SEC-09")
def test_a_word_without_spaces_stays_on_the_page():
    text = "W" * 4_000
    table = Table(caption="T", header=(Cell("a"), Cell("b")), rows=((Cell(text), Cell(text)),))
    pdf = render_pdf([cover(), Paragraph(runs=(Run(text),)), table])
    lines = [line.strip() for page in pypdf.PdfReader(BytesIO(pdf)).pages for line in page.extract_text().split("\n")]
    assert max(map(len, lines)) <= 60  # as many as the text width holds
    assert pdf_text(pdf).count("W") >= 3 * 4_000


def test_a_report_with_text_everywhere_renders():
    blocks = plan_blocks(with_text_everywhere(manager_dossier(), "<b>Ω</b> #let $x$"))
    assert "<b>Ω</b> #let $x$" in pdf_text(render_pdf(blocks))


def test_an_empty_report_and_ragged_tables_render():
    assert "Report" in pdf_text(render_pdf([]))
    row = (Cell("a"), Cell("b", level=9), Cell("c"))
    ragged = Table(caption="T", header=(Cell("x"), Cell("y")), rows=(row[:1], row, ()), widths=(1, 2, 3))
    assert "T" in pdf_text(render_pdf([replace(ragged, row_headers=False), replace(ragged, rows=())]))
