"""The Word document: editable, with real styles and every word of the blocks, and nothing of this machine."""

from __future__ import annotations

import re
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from tests.delivery.documents.pages import plan_blocks
from tests.delivery.documents.reading import W, docx_text, missing_words, package_everything, squeezed
from tests.delivery.documents.reports import HOSTILE, REPORTS, cover, with_drawing
from tests.presentation.conftest import every_block

from coachkit.delivery.documents.docx import render_docx
from coachkit.presentation.blocks import BulletList, Cell, Figure, Heading, PageBreak, Paragraph, Run, Table
from coachkit.presentation.theme import HEAT

ALLOWED_RELATIONS = {
    "styles",
    "settings",
    "numbering",
    "footer",
    "image",
    "officeDocument",
    "core-properties",
    "extended-properties",
}


@pytest.fixture(scope="module")
def plan():
    blocks = plan_blocks()
    return blocks, render_docx(blocks, "Development plan")


def opened(package):
    return docx.Document(BytesIO(package))


@pytest.mark.parametrize("name", REPORTS)
def test_no_word_of_the_blocks_is_missing(name):
    blocks = REPORTS[name]()
    assert missing_words(blocks, docx_text(render_docx(blocks))) == {}


@pytest.mark.parametrize("name", REPORTS)
def test_every_paragraph_and_table_has_a_style_of_the_document(name):
    document = opened(render_docx(REPORTS[name]()))
    known = {style.style_id for style in document.styles}
    used = {
        entry.get(qn("w:val"))
        for tag in ("pStyle", "rStyle", "tblStyle")
        for entry in document.element.iter(f"{W}{tag}")
    }
    assert used
    assert used <= known
    assert all(entry.pPr is not None for entry in document.element.iter(f"{W}p"))


def test_headings_are_headings_in_order_without_gaps(plan):
    blocks, package = plan
    found = [(p.style.name, p.text) for p in opened(package).paragraphs if p.style.name.startswith("Heading")]
    wanted = [(f"Heading {block.level - 1}", block.text) for block in blocks if isinstance(block, Heading)]
    assert found == wanted
    odd = opened(render_docx([cover(), Heading(level=6, text="Deep"), Heading(level=1, text="Up")]))
    assert [p.style.name for p in odd.paragraphs if p.text in {"Deep", "Up"}] == ["Heading 1", "Heading 1"]


def test_tables_have_captions_header_rows_and_whole_rows(plan):
    blocks, package = plan
    document = opened(package)
    wanted = [block for block in blocks if isinstance(block, Table)]
    assert len(document.tables) == len(wanted) + 1  # the signatures are a table too
    for block, table in zip(wanted, document.tables, strict=False):
        assert len(table.rows) == len(block.rows) + 1
        properties = [row._tr.trPr for row in table.rows]
        assert properties[0].find(qn("w:tblHeader")) is not None
        assert all(entry.find(qn("w:cantSplit")) is not None for entry in properties)
        assert all(entry.find(qn("w:tblHeader")) is None for entry in properties[1:])
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == block.caption
        assert table._tbl.getprevious().pPr.pStyle.val == "Caption"


def test_figures_are_pictures_with_their_text_alternative(plan):
    blocks, package = plan
    document = opened(package)
    found = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert found == [block.alt for block in blocks if isinstance(block, Figure)]
    assert len({shape._inline.docPr.id for shape in document.inline_shapes}) == len(found)
    for shape in document.inline_shapes:
        assert shape.width.pt <= 345
        picture = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        assert picture.blob.startswith(b"\x89PNG")
        assert picture.image.px_width >= 2 * shape.width.pt


def test_every_numbered_list_starts_at_one():
    items = BulletList(entries=((Run("a"),), (Run("b"),)), ordered=True)
    numbers = [entry.val for entry in opened(render_docx([items, items]))._element.body.iter(f"{W}numId")]
    assert len(numbers) == 4
    assert len(set(numbers)) == 2
    numbering = opened(render_docx([items, items])).part.numbering_part.element
    assert {n.lvlOverride_lst[0].startOverride.val for n in numbering.num_lst if n.numId in numbers} == {1}


def test_heat_cells_keep_their_colour_and_breaks_their_place():
    table = Table(
        caption="T", header=(Cell("a"),), rows=((Cell("1", level=0),), (Cell("2", level=9),)), row_headers=False
    )
    document = opened(render_docx([table, PageBreak(), Paragraph(runs=(Run("one\ntwo\tthree"),))]))
    assert [shade.get(qn("w:fill")) for shade in document.element.body.iter(f"{W}shd")] == [HEAT[0][1:], HEAT[-1][1:]]
    assert [entry.get(qn("w:type")) for entry in document.element.body.iter(f"{W}br")] == ["page", None]
    assert document.paragraphs[-1].text == "one\ntwo\tthree"


@pytest.mark.parametrize(("paper", "width"), [("A4", 595), ("Letter", 612), ("A0", 595)])
def test_paper_footer_and_language_come_from_the_cover(paper, width):
    document = opened(render_docx([cover(paper=paper, footer="run 7", language="de-DE")]))
    assert round(document.sections[0].page_width.pt) == width
    assert "run 7" in document.sections[0].footer.paragraphs[0].text
    assert document.styles.element.find(f".//{W}lang").get(qn("w:val")) == "de-DE"
    assert opened(render_docx([cover(language='en"><x')])).core_properties.language == "en-GB"


def test_the_same_blocks_give_the_same_bytes(plan):
    assert render_docx(plan[0], "Development plan") == plan[1]


@pytest.mark.case("SEC-01", "SEC-02", "SEC-06", "SEC-07", "SEC-10")
@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_literal_and_nothing_is_embedded_or_linked(payload):
    package = render_docx(with_drawing(every_block(payload), payload), payload)
    shown = payload.replace("\x07", "␇").replace("\ufffe", "\ufffd").replace("\x00", "␀")
    assert squeezed(docx_text(package)).count(squeezed(shown)) >= 35
    everything = package_everything(package)
    assert b"root:x:0" not in everything
    assert b"TargetMode" not in everything
    relations = set(re.findall(rb'relationships/(?:metadata/)?([\w-]+)"', everything))
    assert {name.decode() for name in relations} <= ALLOWED_RELATIONS
    assert not re.search(rb"<w:(hyperlink|instrText|object|altChunk)\b", everything)
    assert re.findall(rb'w:instr="([^"]*)"', everything) == [b" PAGE ", b" NUMPAGES "]


@pytest.mark.case("SEC-03")
def test_markup_in_the_title_is_text():
    assert opened(render_docx([cover()], "</dc:title><script>")).core_properties.title == "</dc:title><script>"


@pytest.mark.case("SEC-44")
def test_properties_name_no_user_path_program_or_time(plan):
    properties = opened(plan[1]).core_properties
    assert properties.title == "Development plan"
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    everything = package_everything(plan[1])
    for word in (b"/home", b"python-docx", b"thumbnail", b"dcterms:created", b"rsid"):
        assert word not in everything
