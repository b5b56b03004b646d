"""WordprocessingML elements, built as a tree: a text becomes a text node, never a piece of markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from coachkit.presentation.blocks import Run
from coachkit.presentation.theme import is_bidirectional, visible

_STYLES = {"strong": "Strong", "em": "Emphasis"}
_BREAKS = re.compile("([\n\t])")
Element = Any  # an lxml element of python-docx


def make(tag: str, attributes: Mapping[str, object] | None = None, *children: Element) -> Element:
    """An element such as ``make("w:pStyle", {"w:val": "Lead"})`` with children in the order given."""
    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(name), str(value))
    element.extend(children)
    return element


def paragraph(style: str, *content: Element, extra: Iterable[Element] = ()) -> Element:
    """A paragraph of a style; ``extra`` are further properties in schema order."""
    return make("w:p", None, make("w:pPr", None, make("w:pStyle", {"w:val": style}), *extra), *content)


def text_run(text: str, style: str = "") -> Element:
    """A run of text; line ends and tabs stay, control characters are made visible."""
    properties = [make("w:rStyle", {"w:val": style})] if style else []
    if is_bidirectional(text):
        properties.append(make("w:rtl"))
    start = [make("w:rPr", None, *properties)] if properties else []
    return make("w:r", None, *start, *map(_piece, filter(None, _BREAKS.split(visible(text)))))


def runs(parts: Iterable[Run]) -> list[Element]:
    """Runs of a block, with emphasis by character style."""
    return [text_run(part.text, _STYLES.get(part.style, "")) for part in parts]


def _piece(piece: str) -> Element:
    if piece == "\n":
        return make("w:br")
    if piece == "\t":
        return make("w:tab")
    text = make("w:t")
    text.text = piece
    if piece != piece.strip():
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return text
