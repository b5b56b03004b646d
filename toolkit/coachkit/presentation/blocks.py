"""Neutral content blocks: what a report says, free of any format.

A notebook shows blocks; every document format is rendered from the blocks of the executed notebook. Text is
runs, never markup, so that nothing a person typed can become code in any format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MIME = "application/vnd.coachkit.block+json"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text with one emphasis. ``lang`` and direction are left to the renderer (isolated)."""

    text: str
    style: Literal["plain", "strong", "em", "person"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The document's title, whom it is about, and what every page repeats.

    ``footer`` is printed on every page; colours and paper are the client's.
    """

    type: Literal["cover"] = "cover"
    title: str
    person: str
    lines: tuple[str, ...]
    confidential: str
    footer: str
    publisher: str = ""
    colour_primary: str = "#0B3C5D"
    colour_accent: str = "#B34700"
    paper: str = "A4"
    language: str = "en-GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is the document's title."""

    type: Literal["heading"] = "heading"
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text. ``tone`` lead is the section's opening sentence, small is for notes and limits."""

    type: Literal["paragraph"] = "paragraph"
    runs: tuple[Run, ...]
    tone: Literal["body", "lead", "small"] = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletList:
    """A list; each entry is a tuple of runs."""

    type: Literal["list"] = "list"
    entries: tuple[tuple[Run, ...], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. ``level`` colours a heat cell in five steps (0 lowest .. 4 highest) besides its text."""

    text: str
    align: Literal["left", "right", "center"] = "left"
    strong: bool = False
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a caption and header cells; ``row_headers`` marks the first column as headers.

    ``stack_on_phone`` lays each row out as a card on narrow screens; ``widths`` are relative column widths
    (empty: chosen by the renderer).
    """

    type: Literal["table"] = "table"
    caption: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_headers: bool = True
    stack_on_phone: bool = False
    note: str = ""
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as SVG with a text alternative that tells its finding, not its shape."""

    type: Literal["figure"] = "figure"
    svg: str
    alt: str
    caption: str
    width_pt: float = 345.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Callout:
    """A boxed remark."""

    type: Literal["callout"] = "callout"
    kind: Literal["finding", "question", "caution", "note"]
    title: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Somebody's words, with a source that never names a rater."""

    type: Literal["quote"] = "quote"
    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """Something to fill in by hand or in a document: a label, a hint and lines of space."""

    type: Literal["field"] = "field"
    label: str
    hint: str = ""
    value: str = ""
    lines: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Signature lines, one per role."""

    type: Literal["signature"] = "signature"
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBreak:
    """A new printed page."""

    type: Literal["page_break"] = "page_break"


Block = Cover | Heading | Paragraph | BulletList | Table | Figure | Callout | Quote | FormField | Signature | PageBreak
