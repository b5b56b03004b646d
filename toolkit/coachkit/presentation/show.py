"""Show blocks in a notebook: pretty in JupyterLab, complete for every document made from the executed notebook."""

from __future__ import annotations

from typing import Any

from coachkit.presentation.blocks import (
    MIME,
    Block,
    BulletList,
    Callout,
    Cover,
    Figure,
    FormField,
    Heading,
    Paragraph,
    Quote,
    Signature,
    Table,
)
from coachkit.presentation.codec import encode_blocks
from coachkit.presentation.html import render_blocks
from coachkit.presentation.style import fragment_style
from coachkit.presentation.theme import Theme


def show(*blocks: Block) -> None:
    """Display blocks as one output: HTML for reading here, JSON for the documents, plain text for a terminal.

    Examples
    --------
    >>> from coachkit.presentation.blocks import Paragraph, Run
    >>> make_bundle(Paragraph(runs=(Run("Three priorities."),)))["text/plain"]
    'Three priorities.'
    """
    from IPython.display import display

    display(make_bundle(*blocks), raw=True)


def make_bundle(*blocks: Block) -> dict[str, Any]:
    """The MIME bundle of some blocks."""
    covers = [block for block in blocks if isinstance(block, Cover)]
    theme = Theme(covers[0].colour_primary, covers[0].colour_accent) if covers else Theme()
    return {
        MIME: encode_blocks(blocks),
        "text/html": f'<div class="ck">{fragment_style(theme)}{render_blocks(blocks)}</div>',
        "text/plain": "\n".join(text for block in blocks for text in _texts(block) if text),
    }


def _texts(block: Block) -> list[str]:  # noqa: C901 - one case per kind of block
    """Plain text of a block, line by line."""
    match block:
        case Cover():
            return [block.title, block.person, *block.lines, block.confidential]
        case Heading():
            return [block.text]
        case Paragraph():
            return ["".join(run.text for run in block.runs)]
        case BulletList():
            return ["- " + "".join(run.text for run in entry) for entry in block.entries]
        case Table():
            rows = [block.header, *block.rows]
            return [block.caption, *(" | ".join(cell.text for cell in row) for row in rows), block.note]
        case Figure():
            return [block.alt]
        case Callout():
            return [f"{block.title}: " + "".join(run.text for run in block.runs)]
        case Quote():
            return [f"“{block.text}” ({block.source})"]
        case FormField():
            return [f"{block.label}: {block.value}"]
        case Signature():
            return list(block.roles)
    return []
