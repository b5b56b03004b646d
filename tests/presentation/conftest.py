"""Blocks of every kind, for tests that must hold for all of them."""

from __future__ import annotations

import pytest

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


def every_block(text: str) -> tuple[Block, ...]:
    """One block of every kind and variant, holding ``text`` wherever a text may stand."""
    run = (Run(text), Run(text, "strong"), Run(text, "em"), Run(text, "person"))
    row = (Cell(text), Cell(text, "right", True), Cell(text, "center", level=0), Cell(""))
    return (
        Cover(title=text, person=text, lines=(text, text), confidential=text, footer=text, publisher=text),
        Heading(level=1, text=text),
        Heading(level=2, text=text),
        Heading(level=3, text=text),
        Paragraph(runs=run),
        Paragraph(runs=run, tone="lead"),
        Paragraph(runs=run, tone="small"),
        BulletList(entries=(run, run)),
        BulletList(entries=(run,), ordered=True),
        Table(caption=text, header=row, rows=(row, row), note=text, widths=(1, 2, 1, 1)),
        Table(caption=text, header=row, rows=(row,), row_headers=False, stack_on_phone=True),
        Figure(svg=f"<svg xmlns='http://www.w3.org/2000/svg'><!-- {text} --></svg>", alt=text, caption=text),
        Callout(kind="finding", title=text, runs=run),
        Callout(kind="question", title=text, runs=run),
        Quote(text=text, source=text),
        FormField(label=text, hint=text, value=text, lines=3),
        FormField(label=text),
        Signature(roles=(text, text)),
        PageBreak(),
    )


@pytest.fixture
def blocks() -> tuple[Block, ...]:
    return every_block("Plain words")
