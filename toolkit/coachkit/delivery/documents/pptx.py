"""The cohort report as an editable presentation: native charts and tables, a finding as title, notes for the speaker."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from pptx import Presentation
from pptx.util import Emu, Inches

from coachkit.analysis.records import CohortDossier
from coachkit.delivery.documents.packages import repacked
from coachkit.delivery.documents.slides.base import LEFT, TEXT_WIDTH, TITLE_ONLY, TITLE_SLIDE, WIDTH, empty_presentation
from coachkit.delivery.documents.slides.charts import add_chart, rgb
from coachkit.delivery.documents.slides.tables import add_table
from coachkit.delivery.documents.slides.texts import TextStyle, set_text
from coachkit.presentation.blocks import BulletList, Paragraph
from coachkit.presentation.cohort_slides import cohort_deck
from coachkit.presentation.slides import Deck, Slide
from coachkit.presentation.theme import INK, MUTED, Theme, visible

TOP, BOTTOM = Inches(2.0), Inches(6.85)
GAP = Inches(0.45)
NOTE_HEIGHT = Inches(0.4)
SAY, NOT_TO_CONCLUDE = "What to say", "What not to conclude"
SIZES = (20, 18, 16, 14, 12)


def render_deck(dossier: CohortDossier, title: str = "") -> bytes:
    """Write the cohort's presentation.

    Parameters
    ----------
    dossier : CohortDossier
        Released figures of the cohort.
    title : str
        Title in the file's properties; empty: the report's.

    Returns
    -------
    bytes
        A .pptx file; the same bytes for the same dossier.

    Raises
    ------
    SettingsError
        If a colour of the engagement is not of the form ``#RRGGBB``.
    """
    deck = cohort_deck(dossier)
    theme = Theme.from_colours(deck.colour_primary, deck.colour_accent)
    presentation = Presentation(io.BytesIO(empty_presentation(theme)))
    _set_properties(presentation, visible(title or deck.title), deck.language)
    _title_slide(presentation, deck, theme)
    for number, slide in enumerate(deck.slides, start=2):
        _slide(presentation, slide, deck, theme, number)
    saved = io.BytesIO()
    presentation.save(saved)
    return repacked(saved.getvalue())


def _set_properties(presentation, title: str, language: str) -> None:  # noqa: ANN001 - a Presentation
    """A title and a language; nobody's name and no time."""
    properties = presentation.core_properties
    element = properties._element  # noqa: SLF001 - no public way to remove a property
    for child in list(element):
        element.remove(child)
    properties.title, properties.language = title, language


def _title_slide(presentation, deck: Deck, theme: Theme) -> None:  # noqa: ANN001 - a Presentation
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_SLIDE])
    _bar(slide, theme)
    _write(slide.shapes.title.text_frame, [deck.title], 40, theme.primary, bold=True)
    _write(slide.placeholders[1].text_frame, [*deck.lines, deck.subtitle], 20, INK)
    _text_box(slide, [deck.confidential], (LEFT, Inches(6.4), TEXT_WIDTH, Inches(0.5)), 14, theme.accent)
    notes = ("Say what the report is for and what it is not for before you show a figure.", deck.confidential)
    slide.notes_slide.notes_text_frame.text = visible("\n".join((SAY, *notes)))


def _slide(presentation, spec: Slide, deck: Deck, theme: Theme, number: int) -> None:  # noqa: ANN001 - a Presentation
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY])
    _bar(slide, theme)
    _text_box(slide, [spec.section], (LEFT, Inches(0.38), TEXT_WIDTH, Inches(0.32)), 13, MUTED)
    size = 26 if len(spec.title) <= 110 else 20 if len(spec.title) <= 230 else 16
    _write(slide.shapes.title.text_frame, [spec.title], size, theme.primary, bold=True)
    _body(slide, spec)
    footer = (LEFT, Inches(7.05), Inches(10), Inches(0.3))
    _text_box(slide, [deck.footer], footer, 10, MUTED)
    place = (WIDTH - Inches(1.6), Inches(7.05), Inches(1), Inches(0.3))
    _text_box(slide, [str(number)], place, 10, MUTED)
    slide.notes_slide.notes_text_frame.text = visible(_notes(spec))


def _body(slide, spec: Slide) -> None:  # noqa: ANN001 - a Slide of python-pptx
    """Chart and table side by side, either across, or text; a text beside them is a note below."""
    has_note = bool(spec.text) and (spec.chart is not None or spec.table is not None)
    height = BOTTOM - TOP - (NOTE_HEIGHT if has_note or (spec.table and spec.table.note) else 0)
    both = spec.chart is not None and spec.table is not None
    left_width = Emu(int(TEXT_WIDTH * 0.58)) if both else TEXT_WIDTH
    if spec.chart is not None:
        add_chart(slide, spec.chart, (LEFT, TOP, left_width, Emu(height)))
    if spec.table is not None:
        start = LEFT + left_width + GAP if both else LEFT
        add_table(slide, spec.table, (start, TOP, Emu(LEFT + TEXT_WIDTH - start), Emu(height)))
    notes = [spec.table.note] if spec.table is not None and spec.table.note else []
    notes += [line for block in spec.text for line in _lines(block)] if has_note else []
    if notes:
        _text_box(slide, notes, (LEFT, BOTTOM - NOTE_HEIGHT, TEXT_WIDTH, NOTE_HEIGHT), 11, MUTED)
    elif spec.text and not has_note:
        lines = [line for block in spec.text for line in _lines(block)]
        _text_box(slide, lines, (LEFT, TOP, TEXT_WIDTH, BOTTOM - TOP), _fitting(lines), INK, spaced=True)


def _lines(block: BulletList | Paragraph) -> list[str]:
    if isinstance(block, Paragraph):
        return ["".join(run.text for run in block.runs)]
    entries = ["".join(run.text for run in entry) for entry in block.entries]
    return [f"{number}.  {text}" if block.ordered else f"•  {text}" for number, text in enumerate(entries, start=1)]


def _fitting(lines: Sequence[str]) -> int:
    """The largest size at which the lines fit the body, each with half a line of air."""
    room = (BOTTOM - TOP) / 12_700
    width = TEXT_WIDTH / 12_700

    def height(size: int) -> float:
        return sum(math.ceil(len(line) * size * 0.5 / width) * size * 1.2 + size * 0.7 for line in lines)

    return next((size for size in SIZES if height(size) <= room), SIZES[-1])


def _bar(slide, theme: Theme) -> None:  # noqa: ANN001 - a Slide of python-pptx
    fill = slide.background.fill
    fill.solid()
    fill.fore_color.rgb = rgb("#FFFFFF")
    bar = slide.shapes.add_shape(1, 0, 0, WIDTH, Inches(0.12))
    bar.fill.solid()
    bar.fill.fore_color.rgb = rgb(theme.primary)
    bar.line.fill.background()
    bar.shadow.inherit = False
    bar.name = "Colour bar"


def _text_box(slide, lines: Sequence[str], box, size: int, color: str, *, spaced: bool = False) -> None:  # noqa: ANN001
    shape = slide.shapes.add_textbox(*box)
    _write(shape.text_frame, lines, size, color, spaced=spaced)


def _write(frame, lines: Sequence[str], size: int, color: str, *, bold: bool = False, spaced: bool = False) -> None:  # noqa: ANN001
    """Lines as paragraphs, left-aligned and at the top, without the margins that boxes have."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = 1
    style = TextStyle(size, color, bold, after=size * 0.5 if spaced else 0.0)
    set_text(frame._txBody, lines, style)  # noqa: SLF001 - no public way that is fast


def _notes(spec: Slide) -> str:
    parts = [SAY, *(f"•  {text}" for text in spec.say), "", NOT_TO_CONCLUDE]
    return "\n".join([*parts, *(f"•  {text}" for text in spec.not_to_conclude)])
