"""A report as an editable Word document: real styles, headings, header rows, lists and alternative texts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from coachkit.delivery.documents.layout import introductions, split_cover
from coachkit.delivery.documents.packages import repacked
from coachkit.delivery.documents.typesetting import rasterise
from coachkit.delivery.documents.word_table import table_elements
from coachkit.delivery.documents.word_template import PAPERS, empty_document, text_width
from coachkit.delivery.documents.word_xml import Element, make, paragraph, runs, text_run
from coachkit.presentation.blocks import (
    Block,
    BulletList,
    Callout,
    Cell,
    Cover,
    Figure,
    FormField,
    Heading,
    PageBreak,
    Paragraph,
    Quote,
    Signature,
    Table,
)
from coachkit.presentation.theme import Theme, visible

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

PIXELS_PER_INCH = 200.0
MOST_LINES = 12
_TONES = {"body": "Normal", "lead": "Lead", "small": "Small"}
_BOXES = {"finding": "Finding", "question": "Question", "caution": "Question", "note": "Note"}
ROLE, NAME_AND_SIGNATURE, DATE, SIGNATURES = "Role", "Name and signature", "Date", "Signatures"


def render_docx(blocks: Sequence[Block], title: str = "") -> bytes:
    """Render the blocks of one report as a Word document.

    Parameters
    ----------
    blocks : sequence of Block
        The report; its cover gives colours, paper and the line that every page repeats.
    title : str
        Title of the document; empty: the cover's title.

    Returns
    -------
    bytes
        A .docx file; the same bytes for the same blocks.

    Raises
    ------
    SettingsError
        If a colour of the cover is not of the form ``#RRGGBB``.
    """
    cover, rest = split_cover(blocks, title)
    theme = Theme.from_colours(cover.colour_primary, cover.colour_accent)
    paper = cover.paper if cover.paper in PAPERS else "A4"
    language = cover.language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2})?", cover.language) else "en-GB"
    document = Document(io.BytesIO(empty_document(theme, paper, language)))
    document.core_properties.title = visible(title or cover.title or "Report")
    document.core_properties.language = language
    document.sections[0].footer.paragraphs[0].runs[0].text = visible(cover.footer)
    body = document.element.body
    for element in _Writer(document, text_width(paper)).elements([cover, *rest]):
        body.insert_element_before(element, "w:sectPr")
    packed = io.BytesIO()
    document.save(packed)
    return repacked(packed.getvalue())


class _Writer:
    """Blocks to elements of one document, which holds its pictures and numbered lists."""

    def __init__(self, document: WordDocument, width: int) -> None:
        self._document, self._width = document, width
        self._level = 0

    def elements(self, blocks: Sequence[Block]) -> Iterator[Element]:
        writers: Mapping[type, Callable[..., list[Element]]] = {
            Cover: _cover,
            Heading: self._heading,
            Paragraph: _paragraph,
            BulletList: self._list,
            Table: lambda block: table_elements(block, self._width),
            Figure: self._figure,
            Callout: _callout,
            Quote: _quote,
            FormField: _field,
            Signature: lambda block: table_elements(_signature_table(block), self._width),
            PageBreak: lambda _: [paragraph("Normal", make("w:r", None, make("w:br", {"w:type": "page"})))],
        }
        for block, introduces in zip(blocks, introductions(blocks), strict=True):
            written = writers[type(block)](block)
            if introduces:
                written[0].pPr.keepNext_val = True
            yield from written

    def _heading(self, block: Heading) -> list[Element]:
        self._level = min(max(block.level - 1, 1), self._level + 1, 3)
        return [paragraph(f"Heading{self._level}", text_run(block.text))]

    def _list(self, block: BulletList) -> list[Element]:
        numbered = [self._fresh_numbering()] if block.ordered else []
        style = "ListNumber" if block.ordered else "ListBullet"
        return [paragraph(style, *runs(entry), extra=map(_number_properties, numbered)) for entry in block.entries]

    def _fresh_numbering(self) -> int:
        """A numbering of its own, so that every list starts at one."""
        numbering = self._document.part.numbering_part.element
        fresh = numbering.add_num(1)
        fresh.add_lvlOverride(0).add_startOverride(1)
        return fresh.numId

    def _figure(self, block: Figure) -> list[Element]:
        width = min(block.width_pt, self._width / 20)
        picture = io.BytesIO(rasterise(block.svg, width, PIXELS_PER_INCH))
        inline = self._document.part.new_pic_inline(picture, width=Pt(width))
        properties = inline.docPr
        properties.set("descr", visible(block.alt))
        properties.set("name", f"Figure {properties.get('id')}")
        inline.find(f".//{qn('pic:cNvPr')}").set("name", f"Figure {properties.get('id')}")
        run = make("w:r", None, make("w:drawing", None, inline))
        caption = [paragraph("FigureCaption", text_run(block.caption))] if block.caption else []
        return [paragraph("Figure", run), *caption]


def _number_properties(number: int) -> Element:
    return make("w:numPr", None, make("w:ilvl", {"w:val": 0}), make("w:numId", {"w:val": number}))


def _cover(block: Cover) -> list[Element]:
    return [
        paragraph("Publisher", text_run(block.publisher)),
        paragraph("Title", text_run(block.title)),
        *([paragraph("Subtitle", text_run(block.person))] if block.person else []),
        *(paragraph("CoverLine", text_run(line)) for line in block.lines),
        paragraph("Confidential", text_run(block.confidential)),
    ]


def _paragraph(block: Paragraph) -> list[Element]:
    return [paragraph(_TONES[block.tone], *runs(block.runs))]


def _callout(block: Callout) -> list[Element]:
    style = _BOXES[block.kind]
    return [paragraph(f"{style}Title", text_run(block.title)), paragraph(style, *runs(block.runs))]


def _quote(block: Quote) -> list[Element]:
    source = [paragraph("QuoteSource", text_run(block.source))] if block.source else []
    return [paragraph("Quote", text_run(block.text)), *source]


def _field(block: FormField) -> list[Element]:
    hint = [text_run(f" {block.hint}", "Hint")] if block.hint else []
    room = "\n" * (min(max(block.lines, 1), MOST_LINES) - 1)
    return [
        paragraph("FieldLabel", text_run(block.label, "Strong"), *hint),
        paragraph("Field", text_run(block.value or room)),
    ]


def _signature_table(block: Signature) -> Table:
    return Table(
        caption=SIGNATURES,
        header=(Cell(ROLE), Cell(NAME_AND_SIGNATURE), Cell(DATE)),
        rows=tuple((Cell(f"{role}\n"), Cell(""), Cell("")) for role in block.roles),
        widths=(2, 4, 1.5),
    )
