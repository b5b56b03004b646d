"""What a slide holds, free of any program: one finding, one chart or table, and notes for whoever presents it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coachkit.presentation.blocks import BulletList, Paragraph, Table


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart by its numbers; None leaves a gap. ``alt`` tells its finding in words.

    ``kind`` stacked shows shares of a whole per category, grouped compares series side by side. ``low`` and ``high``
    bound the axis of values; None leaves that to the program.
    """

    kind: Literal["stacked", "grouped"]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    alt: str
    number_format: str = "0"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide. ``title`` is the finding as a sentence; ``say`` and ``not_to_conclude`` are the speaker's notes."""

    section: str
    title: str
    say: tuple[str, ...]
    not_to_conclude: tuple[str, ...]
    chart: ChartSpec | None = None
    table: Table | None = None
    text: tuple[BulletList | Paragraph, ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """A presentation: what its first slide and every footer say, and the slides."""

    title: str
    subtitle: str
    lines: tuple[str, ...]
    confidential: str
    footer: str
    colour_primary: str
    colour_accent: str
    slides: tuple[Slide, ...]
    language: str = "en-GB"
