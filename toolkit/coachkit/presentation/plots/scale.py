"""What figures on the rating scale share: where a score lies, the grid behind it, the key above it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from coachkit.presentation.plots.canvas import SMALL, TEXT, Canvas, text_width, wrap
from coachkit.presentation.theme import INK, MUTED, PAPER, RULE

MOST_STEPS = 6
STEPS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
GUTTER = 118.0  # for the competencies' names
ROW, TALL_ROW = 21.0, 29.0
KEY = 25.0
AXIS = 18.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps scale points ``low .. high`` to the horizontal stretch ``left .. right`` in points."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Horizontal place of a value; values outside the scale stop at its ends.

        Examples
        --------
        >>> Scale(1, 5, 100, 300).at(3)
        200.0
        """
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)

    def ticks(self) -> list[float]:
        """Round values on the scale, at most seven of them.

        Examples
        --------
        >>> Scale(1, 5, 100, 300).ticks(), Scale(-0.6, 0.6, 0, 1).ticks()
        ([1.0, 2.0, 3.0, 4.0, 5.0], [-0.5, 0.0, 0.5])
        """
        span = self.high - self.low
        step = next((step for step in STEPS if span / step <= MOST_STEPS), span)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [number * step for number in range(first, last + 1)]


def row_height(labels: Iterable[str]) -> float:
    """Height of a figure's rows: taller where a name needs two lines.

    Examples
    --------
    >>> row_height(["People"]), row_height(["Owning organisation output beyond technology delivery"])
    (21.0, 29.0)
    """
    return TALL_ROW if any(len(wrap(label, GUTTER, TEXT)) > 1 for label in labels) else ROW


def draw_grid(canvas: Canvas, scale: Scale, top: float, bottom: float, signed: bool = False) -> None:
    """Vertical lines at the ticks from ``top`` to ``bottom`` with their numbers below."""
    for tick in scale.ticks():
        x = scale.at(tick)
        canvas.line((x, top), (x, bottom), RULE, 0.8)
        text = f"{tick:+g}".replace("-", "−") if signed and tick else f"{tick:g}"
        canvas.text(x, bottom + 12, text, size=SMALL, anchor="middle", color=MUTED)


def draw_key(canvas: Canvas, entries: Sequence[tuple[Callable[[float, float], None], str]], y: float = 10.0) -> None:
    """A key above the figure: each entry draws its mark at a given place, then its words follow."""
    x = 1.0
    for draw, words in entries:
        room = 20 + text_width(words, SMALL)
        if x > 1 and x + room > canvas.width:
            x, y = 1.0, y + 15
        draw(x + 7, y)
        canvas.text(x + 18, y + 3.4, words, size=SMALL, color=INK)
        x += room + 10


def target_mark(canvas: Canvas, x: float, y: float, half: float = 7.0) -> None:
    """The role target: an upright bar, edged so that it shows on any colour."""
    canvas.bar(x - 2.1, y - half - 0.6, 4.2, 2 * half + 1.2, PAPER)
    canvas.bar(x - 1.1, y - half, 2.2, 2 * half, INK)
