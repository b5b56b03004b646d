"""The presentation every deck starts from: wide, in the client's colours, without what the library's own brings along."""

from __future__ import annotations

import io
import re
from functools import lru_cache

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Inches, Length

from coachkit.presentation.theme import BLUE, GREEN, INK, MUTED, PURPLE, VERMILION, Theme

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TEXT_WIDTH = Inches(0.6), Inches(12.13)
TITLE_SLIDE, TITLE_ONLY = 0, 1  # layouts kept, in this order
_KEPT = ("Title Slide", "Title Only")
_SCHEME = ("dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")
_DROPPED = (RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.PRINTER_SETTINGS)


@lru_cache(maxsize=8)
def empty_presentation(theme: Theme) -> bytes:
    """A presentation without slides: two layouts, 16 to 9, no thumbnail, author or printer settings."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    for layout in list(presentation.slide_layouts):
        if layout.name in _KEPT:
            _place(layout)
        else:
            presentation.slide_layouts.remove(layout)
    for shape in list(presentation.slide_master.placeholders):
        if shape.placeholder_format.type is not None and shape.placeholder_format.idx >= 10:  # date, footer, number
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - the library has no public way
    _color(presentation, theme)
    for rels in (presentation.part.package._rels, presentation.part.rels):  # noqa: SLF001 - as above
        for key in [key for key, rel in rels.items() if rel.reltype in _DROPPED]:
            rels.pop(key)
    saved = io.BytesIO()
    presentation.save(saved)
    return saved.getvalue()


def _place(layout) -> None:  # noqa: ANN001 - a SlideLayout
    """Put a layout's title where ours stands, and remove the placeholders that no slide of ours fills."""
    for shape in list(layout.placeholders):
        if shape.placeholder_format.idx == 0:
            top, height = (Inches(2.3), Inches(1.3)) if layout.name == _KEPT[0] else (Inches(0.72), Inches(1.15))
            set_box(shape, LEFT, top, TEXT_WIDTH, height)
        elif layout.name == _KEPT[0] and shape.placeholder_format.idx == 1:
            set_box(shape, LEFT, Inches(3.7), TEXT_WIDTH, Inches(1.6))
        else:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - the library has no public way


def set_box(shape, left: Length, top: Length, width: Length, height: Length) -> None:  # noqa: ANN001 - any shape
    """Place a shape."""
    shape.left, shape.top, shape.width, shape.height = left, top, width, height


def _color(presentation, theme: Theme) -> None:  # noqa: ANN001 - a Presentation
    """Give the program's colour chooser the colours of the reports."""
    part = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    wanted = (theme.primary, BLUE, VERMILION, GREEN, PURPLE, MUTED, INK, theme.primary, theme.accent)
    text = part.blob.decode("utf-8")
    for name, color in zip(_SCHEME, wanted, strict=True):
        filled = f'<a:{name}><a:srgbClr val="{color.lstrip("#")}"/></a:{name}>'
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", filled, text, count=1, flags=re.DOTALL)
    part._blob = text.encode("utf-8")  # noqa: SLF001 - as above
