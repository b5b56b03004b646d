"""Blocks out of an executed notebook: what ``show`` displayed, and the prose between, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from coachkit.delivery.receipts import MIME as RECEIPT_MIME
from coachkit.presentation.blocks import MIME, Block, BulletList, Heading, Paragraph, Quote, Run
from coachkit.presentation.codec import decode_blocks

NOTEBOOK_ONLY = "notebook-only"
_EMPHASIS = {"strong_open": "strong", "em_open": "em"}


def collect_blocks(notebook: Any) -> tuple[tuple[Block, ...], Mapping[str, Any] | None]:  # noqa: ANN401 - NotebookNode
    """Collect the report of an executed notebook.

    Markdown cells become blocks, except those tagged ``notebook-only``; outputs count where they hold blocks;
    everything else (code, streams, other displays) stays in the notebook.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.

    Returns
    -------
    blocks : tuple of Block
        The report in reading order.
    receipt : dict or None
        The last receipt shown; None where the notebook shows none.
    """
    blocks: list[Block] = []
    receipt = None
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and NOTEBOOK_ONLY not in cell.metadata.get("tags", []):
            blocks += markdown_blocks(cell.source)
        for data in _displays(cell):
            if MIME in data:
                blocks += decode_blocks(data[MIME])
            receipt = data.get(RECEIPT_MIME, receipt)
    return tuple(blocks), receipt


def markdown_blocks(source: str) -> list[Block]:
    """Turn headings, paragraphs, lists, quotes and emphasis of CommonMark into blocks.

    HTML stays literal text, links keep their words only, images their alternative text.

    Examples
    --------
    >>> markdown_blocks("## Your *profile*")
    [Heading(type='heading', level=2, text='Your profile')]
    >>> markdown_blocks("<b>x</b> [a](javascript:1)")[0].runs[0].text
    '<b>x</b> [a](javascript:1)'
    """
    tokens = iter(_parser().parse(source))
    blocks: list[Block] = []
    for token in tokens:
        if token.type == "heading_open":
            blocks.append(Heading(level=int(token.tag[1]), text=_plain(next(tokens))))
        elif token.type == "paragraph_open":
            blocks.append(Paragraph(runs=_runs(next(tokens))))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            entries = _entries(tokens, token.type.replace("open", "close"))
            blocks.append(BulletList(entries=entries, ordered=token.type.startswith("ordered")))
        elif token.type == "blockquote_open":
            inner = _inline_until(tokens, "blockquote_close")
            blocks.append(Quote(text="\n".join(_plain(part) for part in inner), source=""))
        elif token.type in {"fence", "code_block"}:
            blocks.append(Paragraph(runs=(Run(token.content.rstrip()),)))
    return blocks


def _displays(cell: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - a NotebookNode
    for output in cell.get("outputs", []):
        if output.output_type in {"display_data", "execute_result"}:
            yield output.data


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _entries(tokens: Iterator[Token], closing: str) -> tuple[tuple[Run, ...], ...]:
    """One entry per list item; lists inside lists become entries of the same list."""
    level = 1
    entries = []
    opening = closing.replace("close", "open")
    for token in tokens:
        if token.type == opening:
            level += 1
        elif token.type == closing:
            level -= 1
            if not level:
                break
        elif token.type == "inline":
            entries.append(_runs(token))
    return tuple(entries)


def _inline_until(tokens: Iterator[Token], closing: str) -> list[Token]:
    inner = []
    for token in tokens:
        if token.type == closing:
            break
        if token.type == "inline":
            inner.append(token)
    return inner


def _runs(inline: Token) -> tuple[Run, ...]:
    runs: list[Run] = []
    styles: list[str] = []
    for token in inline.children or []:
        if token.type in _EMPHASIS:
            styles.append(_EMPHASIS[token.type])
        elif token.type in {"strong_close", "em_close"}:
            styles.pop()
        elif text := _words(token):
            style = styles[-1] if styles else "plain"
            if runs and runs[-1].style == style:
                text = runs.pop().text + text
            runs.append(Run(text, style))
    return tuple(runs)


def _words(token: Token) -> str:
    return " " if token.type in {"softbreak", "hardbreak"} else token.content


def _plain(inline: Token) -> str:
    return "".join(run.text for run in _runs(inline))
