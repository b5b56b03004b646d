"""Blocks to an HTML fragment. Every text is escaped here, in one place; figures are images, never markup."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

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
    Run,
    Signature,
    Table,
)
from coachkit.presentation.theme import is_bidirectional, visible

KEPT_TOGETHER = 3  # tables up to this many rows are not split between pages
_TAGS = {"strong": "strong", "em": "em"}


def escape(text: str) -> str:
    """Escape text for element content and quoted attributes, with control characters made visible.

    Examples
    --------
    >>> escape('<img src=x onerror="pwn()">')
    '&lt;img src=x onerror=&quot;pwn()&quot;&gt;'
    """
    return html.escape(visible(text), quote=True)


def render_blocks(blocks: Iterable[Block], heading_ids: Sequence[str] = ()) -> str:
    """Render blocks as an HTML fragment without scripts, links or external resources.

    ``heading_ids`` are given to the level-2 headings in order, for a table of contents.

    Examples
    --------
    >>> render_blocks([Paragraph(runs=(Run("a < b", "strong"),))])
    '<p><strong>a &lt; b</strong></p>'
    """
    ids = iter(heading_ids)
    parts: list[str] = []
    for kind, group in groupby(blocks, key=_kind_of_run):
        if kind:
            body = "".join(_boxed(block) for block in group)
            parts.append(f'<div class="{kind}">{body}</div>')
            continue
        for block in group:
            if isinstance(block, Heading):
                parts.append(_heading(block, next(ids, "") if block.level == 2 else ""))
            else:
                parts.append(_RENDERERS[type(block)](block))
    return "".join(parts)


def _boxed(block: Block) -> str:
    """A block that stands in a grid with its neighbours of the same kind."""
    if isinstance(block, FormField):
        return _field(block)
    return _quote(block) if isinstance(block, Quote) else ""


def _kind_of_run(block: Block) -> str:
    """Fields and quotes that follow each other share a frame, so that they can be set in columns."""
    return "ck-fields" if isinstance(block, FormField) else "ck-quotes" if isinstance(block, Quote) else ""


def _cover(block: Cover) -> str:
    person = f'<p class="ck-person"><bdi>{escape(block.person)}</bdi></p>' if block.person else ""
    lines = "".join(f"<p>{_text(line)}</p>" for line in block.lines)
    return (
        f'<div class="ck-cover"><p class="ck-publisher">{_text(block.publisher)}</p><h1>{_text(block.title)}</h1>'
        f'{person}{lines}<p class="ck-confidential">{_text(block.confidential)}</p></div>'
    )


def _text(text: str) -> str:
    escaped = escape(text)
    return f"<bdi>{escaped}</bdi>" if is_bidirectional(text) else escaped


def _run(run: Run) -> str:
    if run.style == "person":
        return f"<bdi>{escape(run.text)}</bdi>"
    tag = _TAGS.get(run.style)
    return f"<{tag}>{_text(run.text)}</{tag}>" if tag else _text(run.text)


def _runs(runs: Sequence[Run]) -> str:
    return "".join(_run(run) for run in runs)


def _heading(block: Heading, heading_id: str) -> str:
    level = min(max(block.level, 1), 6)
    anchor = f' id="{escape(heading_id)}"' if heading_id else ""
    return f"<h{level}{anchor}>{_text(block.text)}</h{level}>"


def _paragraph(block: Paragraph) -> str:
    attribute = "" if block.tone == "body" else f' class="ck-{block.tone}"'
    return f"<p{attribute}>{_runs(block.runs)}</p>"


def _list(block: BulletList) -> str:
    tag = "ol" if block.ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{_runs(entry)}</li>' for entry in block.entries)}</{tag}>"


def _table(block: Table) -> str:
    stacked = block.stack_on_phone
    role = (lambda name: f' role="{name}"') if stacked else (lambda _: "")
    header = "".join(
        f'<th scope="col"{role("columnheader")}{_cell_class(cell)}>{_text(cell.text)}</th>'
        if cell.text
        else f"<td{role('cell')}></td>"
        for cell in block.header
    )
    rows = "".join(_row(block, row, role) for row in block.rows)
    total = sum(block.widths)
    columns = "".join(f'<col style="width:{100 * width / total:.1f}%">' for width in block.widths)
    keep = " ck-keep" if len(block.rows) <= KEPT_TOGETHER else ""
    note = f'<p class="ck-small ck-note">{_text(block.note)}</p>' if block.note else ""
    return (
        f'<div class="ck-table{keep}"><table{role("table")}{" class=ck-stack" if stacked else ""}>'
        f"<caption>{_text(block.caption)}</caption>{f'<colgroup>{columns}</colgroup>' if columns else ''}"
        f"<thead{role('rowgroup')}><tr{role('row')}>{header}</tr></thead>"
        f"<tbody{role('rowgroup')}>{rows}</tbody></table>{note}</div>"
    )


def _row(block: Table, row: tuple[Cell, ...], role) -> str:  # noqa: ANN001 - a one-argument closure
    cells = []
    for column, cell in enumerate(row):
        name = block.header[column].text if column < len(block.header) else ""
        label = f' data-label="{escape(name)}"' if block.stack_on_phone and name else ""
        text = f"<strong>{_text(cell.text)}</strong>" if cell.strong else _text(cell.text)
        if column == 0 and block.row_headers:
            cells.append(f'<th scope="row"{role("rowheader")}{_cell_class(cell)}>{text}</th>')
        else:
            cells.append(f"<td{role('cell')}{_cell_class(cell)}{label}>{text}</td>")
    return f"<tr{role('row')}>{''.join(cells)}</tr>"


def _cell_class(cell: Cell) -> str:
    names = []
    if cell.align != "left":
        names.append(f"ck-{cell.align}")
    if cell.level is not None:
        names.append(f"ck-heat{min(max(cell.level, 0), 4)}")
    return f' class="{" ".join(names)}"' if names else ""


def _figure(block: Figure) -> str:
    data = base64.b64encode(block.svg.encode("utf-8", "replace")).decode("ascii")
    return (
        f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(block.alt)}" '
        f'style="max-width:{block.width_pt * 4 / 3:.0f}px"><figcaption>{_text(block.caption)}</figcaption></figure>'
    )


def _callout(block: Callout) -> str:
    return (
        f'<div class="ck-callout ck-{block.kind}"><p class="ck-callout-title">{_text(block.title)}</p>'
        f"<p>{_runs(block.runs)}</p></div>"
    )


def _quote(block: Quote) -> str:
    source = f"<footer>{_text(block.source)}</footer>" if block.source else ""
    return f'<blockquote><p dir="auto">{escape(block.text)}</p>{source}</blockquote>'


def _field(block: FormField) -> str:
    hint = f'<span class="ck-hint">{_text(block.hint)}</span>' if block.hint else ""
    lines = min(max(block.lines, 1), 12)
    return (
        f'<div class="ck-field"><p><strong>{_text(block.label)}</strong>{hint}</p>'
        f'<div class="ck-lines" style="min-height:{lines * 1.6 + 0.4:.1f}em">{_text(block.value)}</div></div>'
    )


def _signature(block: Signature) -> str:
    boxes = "".join(f"<div><span>{_text(role)}</span><span>Date</span></div>" for role in block.roles)
    return f'<div class="ck-signatures">{boxes}</div>'


def _page_break(_: PageBreak) -> str:
    return '<div class="ck-page-break"></div>'


_RENDERERS: dict[type, Callable[[Any], str]] = {
    Cover: _cover,
    Paragraph: _paragraph,
    BulletList: _list,
    Table: _table,
    Figure: _figure,
    Callout: _callout,
    Signature: _signature,
    PageBreak: _page_break,
}
