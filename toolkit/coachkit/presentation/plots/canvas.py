"""A sheet to draw on: SVG written directly.

A figure of this kind holds about a hundred marks. Written directly it takes about a millisecond, against some
seventy with a plotting library; text stays text in the reader's own font, so every script shows, and nothing in
it is ever read as mathematics or markup.
"""

from __future__ import annotations

import unicodedata
from html import escape

from coachkit.presentation.theme import FONT_STACK, INK, PAPER, visible

WIDTH = 345.0  # points: the text width of a printed column, and a phone held upright
TEXT = 10.5
SMALL = 9.5
_NARROW = frozenset("iljtfrI.,:;'|!()[] -")
_WIDE = frozenset("mwMW@%&")


class Canvas:
    """Marks in points from the top left corner. Drawing methods add a mark; :meth:`svg` gives the document."""

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.height, self.width = height, width
        self._marks: list[str] = []

    def line(
        self, start: tuple[float, float], end: tuple[float, float], color: str, width: float = 1.0, dash: str = ""
    ) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{color}" stroke-width="{width:g}"{dashed}/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, color: str, radius: float = 0.0) -> None:
        """A filled rectangle, its corners rounded by ``radius``."""
        rounded = f' rx="{radius:g}"' if radius else ""
        self._marks.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}"{rounded} fill="{color}"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str, stroke: str = PAPER) -> None:
        """A circle with an outline."""
        self._marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'
        )

    def marker(self, shape: str, at: tuple[float, float], size: float, fill: str, stroke: str) -> None:
        """A circle, diamond, square or triangle of the same visual weight."""
        x, y = at
        if shape == "circle":
            self.circle(x, y, size, fill, stroke)
            return
        corners = _CORNERS[shape]
        points = " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in corners)
        self._marks.append(f'<polygon points="{points}" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = TEXT,
        anchor: str = "start",
        color: str = INK,
        strong: bool = False,
    ) -> None:
        """Text with its baseline at ``y``; ``anchor`` start, middle or end."""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        weight = ' font-weight="600"' if strong else ""
        self._marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{color}"{at}{weight}>{_xml(text)}</text>'
        )

    def label(self, x: float, y: float, text: str, room: float, *, anchor: str = "end", strong: bool = False) -> None:
        """Text wrapped to at most two lines of width ``room`` and centred on ``y``; longer text ends in an ellipsis."""
        lines = wrap(text, room, TEXT)
        first = y + TEXT * 0.36 - (len(lines) - 1) * TEXT * 0.54
        for number, line in enumerate(lines):
            self.text(x, first + number * TEXT * 1.08, line, anchor=anchor, strong=strong)

    def svg(self) -> str:
        """The whole figure."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}pt" height="{self.height:g}pt" font-family="{_xml(FONT_STACK)}" fill="none">'
            f"{''.join(self._marks)}</svg>"
        )


_CORNERS = {
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "square": ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
    "triangle": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
}


def text_width(text: str, size: float) -> float:
    """Width of a text in points, estimated generously for the usual screen fonts.

    Examples
    --------
    >>> text_width("Peers", 10) < text_width("管理者のフィードバック", 10)
    True
    """
    return size * sum(_advance(character) for character in text)


def wrap(text: str, room: float, size: float, most: int = 2) -> list[str]:
    """Break a text into at most ``most`` lines of width ``room``, with an ellipsis where it does not fit.

    Examples
    --------
    >>> wrap("Owning organisation output", 80, 10)
    ['Owning', 'organisation …']
    """
    words = text.split()
    lines: list[str] = []
    while words and len(lines) < most:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] += " …"
    return [_cut(line, room, size) for line in lines]


def _cut(line: str, room: float, size: float) -> str:
    if text_width(line, size) <= room:
        return line
    line = line.removesuffix(" …")[:200]
    while line and text_width(f"{line}…", size) > room:
        line = line[:-1]
    return f"{line}…"


def _advance(character: str) -> float:
    if character.isascii():
        if character in _NARROW:
            return 0.33
        return 0.86 if character in _WIDE else 0.68 if character.isupper() else 0.56
    if unicodedata.combining(character):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.62


def _xml(text: str) -> str:
    return escape(visible(text).replace("\n", " ").replace("\t", " "), quote=True)
