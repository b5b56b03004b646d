"""What opens a report and what belongs on one page, decided once for every format that has pages."""

from __future__ import annotations

from collections.abc import Sequence

from coachkit.presentation.blocks import Block, Cover, Heading, PageBreak, Paragraph, Table

KEPT_TOGETHER = 14  # tables up to this many rows are not split between pages, unless they hold much text
MUCH = 1500  # characters of a table that may be split however few its rows
LONG = 900  # characters from which a cell, box or paragraph may be split between pages


def split_cover(blocks: Sequence[Block], title: str = "") -> tuple[Cover, list[Block]]:
    """A report's cover, or a plain one with the title where it has none, and all other blocks.

    Examples
    --------
    >>> cover, rest = split_cover([PageBreak()], "Plan")
    >>> cover.title, len(rest)
    ('Plan', 1)
    """
    cover = next((block for block in blocks if isinstance(block, Cover)), None)
    cover = cover or Cover(title=title or "Report", person="", lines=(), confidential="", footer="")
    return cover, [block for block in blocks if not isinstance(block, Cover)]


def stays_whole(table: Table) -> bool:
    """Whether a table is kept on one page.

    Examples
    --------
    >>> stays_whole(Table(caption="", header=(), rows=()))
    True
    """
    n_characters = sum(len(cell.text) for row in table.rows for cell in row)
    return len(table.rows) <= KEPT_TOGETHER and n_characters <= MUCH


def introductions(blocks: Sequence[Block]) -> list[bool]:
    """For every block, whether it is a paragraph that introduces the block after it and must not part from it."""
    before = [None, *blocks[:-1]]
    after = [*blocks[1:], None]
    return [_introduces(*three) for three in zip(before, blocks, after, strict=True)] if blocks else []


def _introduces(before: Block | None, block: Block, after: Block | None) -> bool:
    if not isinstance(block, Paragraph) or not isinstance(before, Heading) or after is None:
        return False
    is_short = sum(len(run.text) for run in block.runs) <= LONG
    return is_short and not isinstance(after, Heading | Paragraph | PageBreak | Cover)
