"""A report as tagged PDF (PDF/UA-1), typeset from its blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

import msgspec

from coachkit.delivery.documents.layout import LONG, introductions, split_cover, stays_whole
from coachkit.delivery.documents.scripts import drawable, pictographs_in_words
from coachkit.delivery.documents.tagging import finish
from coachkit.delivery.documents.typesetting import FAMILIES, typeset
from coachkit.presentation.blocks import Block, Cover, Figure, FormField, Heading, Quote, Table
from coachkit.presentation.theme import HEAT, INK, MUTED, RULE, WASH, Theme, visible

PAPERS = {"A4": "a4", "Letter": "us-letter"}
FIGURE_PT = 335.0
NARROW_FIELD = 3  # fields in a row where the hints are short
SHORT_HINT = 130  # characters of label and hint
_EMPTY = {"text": "", "align": "left", "strong": False, "level": None}
_UNTOUCHED = frozenset({"svg", "type", "style", "tone", "kind", "align"})


def render_pdf(blocks: Sequence[Block], title: str = "") -> bytes:
    """Typeset the blocks of one report as an accessible PDF.

    Parameters
    ----------
    blocks : sequence of Block
        The report; its cover gives colours, paper and the line that every page repeats.
    title : str
        Title of the document; empty: the cover's title.

    Returns
    -------
    bytes
        A PDF that declares PDF/UA-1, with bookmarks from the headings, alternative texts and embedded fonts; the
        same bytes for the same blocks.

    Raises
    ------
    DocumentError
        If a text needs a font that is not installed; the script is named.
    SettingsError
        If a colour of the cover is not of the form ``#RRGGBB``.
    """
    cover, rest = split_cover(blocks, title)
    language, _, region = cover.language.partition("-")
    data = {
        "title": _text(title or cover.title or "Report"),
        "footer": _text(cover.footer),
        "date": "Date",
        "lang": language if re.fullmatch("[A-Za-z]{2,3}", language) else "en",
        "region": region if re.fullmatch("[A-Za-z]{2}", region) else "GB",
        "paper": PAPERS.get(cover.paper, "a4"),
        "look": _look(cover),
        "blocks": [_plain(cover), *_entries(rest)],
    }
    tables = [block.row_headers for block in blocks if isinstance(block, Table)]
    return finish(typeset("report.typ", data), tables)


def _look(cover: Cover) -> dict[str, Any]:
    theme = Theme.from_colours(cover.colour_primary, cover.colour_accent)
    return {
        "ink": INK,
        "muted": MUTED,
        "rule": RULE,
        "wash": WASH,
        "heat": HEAT,
        "primary": theme.primary,
        "accent": theme.accent,
        "figure": FIGURE_PT,
    }


def _entries(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """Blocks as the template reads them: fields and quotes that follow each other in one group, levels without gaps."""
    level = 0
    stick = dict(zip(map(id, blocks), introductions(blocks), strict=True))
    for kind, group in groupby(blocks, key=_group):
        members = [{**_plain(block), "sticky": stick[id(block)]} for block in group]
        if kind is Quote:
            yield {"type": "quotes", "entries": members, "long": _is_long(members)}
            continue
        if kind is FormField:
            yield {"type": "fields", "entries": members, "columns": _columns(members)}
            continue
        for member in members:
            if member["type"] == "heading":
                level = member["level"] = min(max(member["level"] - 1, 1), level + 1, 6)
            yield member


def _group(block: Block) -> type:
    return type(block) if isinstance(block, Quote | FormField) else Block


def _columns(fields: list[dict[str, Any]]) -> int:
    """Columns for fields that follow each other: up to three where the hints are short, and no lonely last one."""
    longest = max(len(field["label"]) + len(field["hint"]) for field in fields)
    most = 1 if longest > LONG else NARROW_FIELD if longest < SHORT_HINT and len(fields) % NARROW_FIELD != 1 else 2
    return min(len(fields), most)


def _plain(block: Block) -> dict[str, Any]:
    """A block as JSON values with every text drawable, and what the template cannot work out itself."""
    values = _drawn(msgspec.to_builtins(block))
    values["long"] = _is_long(values)
    if isinstance(block, Table):
        n_columns = len(block.header)
        values["widths"] = list(block.widths) if len(block.widths) == n_columns else [1] * n_columns
        apart = [False, *("right" == left.align != cell.align for left, cell in pairwise(block.header))]
        values["rows"] = [_row(row, apart) for row in values["rows"]]
        values["header"] = _row(values["header"], apart)
        values["keep"] = stays_whole(block)
    if isinstance(block, Figure):
        values["svg"] = with_own_fonts(block.svg)
    if isinstance(block, Heading):
        values["text"] = values["text"] or "–"
    return values


def _row(row: list[dict[str, Any]], apart: list[bool]) -> list[dict[str, Any]]:
    """As many cells as the header has, each with a level of the heat scale or none."""
    cells = [*row, *[_EMPTY] * (len(apart) - len(row))]
    return [{**cell, "level": _level(cell["level"]), "apart": gap} for cell, gap in zip(cells, apart, strict=False)]


def _level(level: int | None) -> int | None:
    return None if level is None else min(max(level, 0), len(HEAT) - 1)


def _drawn(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value if key in _UNTOUCHED else _text(value)
    if isinstance(value, Mapping):
        return {name: _drawn(entry, name) for name, entry in value.items()}
    return [_drawn(entry) for entry in value] if isinstance(value, list | tuple) else value


def _is_long(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return len(value) > LONG
    if isinstance(value, Mapping):
        return any(_is_long(entry) for name, entry in value.items() if name not in _UNTOUCHED)
    return isinstance(value, list) and any(map(_is_long, value))


def _text(text: str) -> str:
    return drawable(visible(text))


def with_own_fonts(svg: str) -> str:
    """A figure that asks for the report's fonts instead of the reader's."""
    stack = ", ".join(FAMILIES)
    return re.sub(r'font-family="[^"]*"', lambda _: f'font-family="{stack}"', pictographs_in_words(svg), count=1)
