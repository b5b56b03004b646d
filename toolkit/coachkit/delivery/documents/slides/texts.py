"""Text on slides: paragraphs built as elements, because the library's properties cost ten times as much per cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree
from pptx.oxml.ns import qn

from coachkit.presentation.theme import INK, visible

FONT = "Calibri"
_P, _PPR, _R, _RPR, _T, _BR = (qn(f"a:{name}") for name in ("p", "pPr", "r", "rPr", "t", "br"))
_FILL, _RGB, _LATIN, _AFTER, _POINTS = (
    qn(f"a:{name}") for name in ("solidFill", "srgbClr", "latin", "spcAft", "spcPts")
)
_ALIGN = {"left": "l", "right": "r", "center": "ctr"}


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Size in points, colour, weight and alignment; ``after`` is the air below a paragraph in points."""

    size: float
    color: str = INK
    bold: bool = False
    align: str = "left"
    after: float = 0.0


def set_text(body: Any, lines: Sequence[str], style: TextStyle) -> None:  # noqa: ANN401 - a txBody element
    """Replace the paragraphs of a text body; a line break inside a line stays one."""
    for old in body.findall(_P):
        body.remove(old)
    for line in lines:
        paragraph = etree.SubElement(body, _P)
        properties = etree.SubElement(paragraph, _PPR, algn=_ALIGN[style.align])
        if style.after:
            etree.SubElement(etree.SubElement(properties, _AFTER), _POINTS, val=str(round(style.after * 100)))
        for number, part in enumerate(visible(line).split("\n")):
            if number:
                _run_properties(etree.SubElement(paragraph, _BR), style)
            if part:
                run = etree.SubElement(paragraph, _R)
                _run_properties(run, style)
                etree.SubElement(run, _T).text = part


def _run_properties(run: Any, style: TextStyle) -> None:  # noqa: ANN401 - an element
    properties = etree.SubElement(run, _RPR, lang="en-GB", sz=str(round(style.size * 100)), b=str(int(style.bold)))
    etree.SubElement(etree.SubElement(properties, _FILL), _RGB, val=style.color.lstrip("#"))
    etree.SubElement(properties, _LATIN, typeface=FONT)
