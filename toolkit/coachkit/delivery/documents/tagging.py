"""What Typst leaves undone in a tagged PDF: cells that head their row, and packing.

Typst marks the cells of a header row and gives them their scope, not those of a header column; and it writes every
tag as an object of its own, two thirds of a report's bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any


def finish(pdf: bytes, have_row_headers: Sequence[bool]) -> bytes:
    """Mark row headers in the tables of a PDF and pack its objects; equal input gives equal bytes.

    Parameters
    ----------
    pdf : bytes
        A PDF by Typst.
    have_row_headers : sequence of bool
        For every table in reading order, whether its first column heads the rows.

    Returns
    -------
    bytes
        The same pages; the first cell of such a row is tagged TH with the scope Row.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        tables = elements(document.Root.StructTreeRoot, "/Table")
        for table, has_headers in zip(tables, have_row_headers, strict=True):
            if has_headers:
                _mark_rows(table)
        packed = io.BytesIO()
        streams = pikepdf.ObjectStreamMode.generate
        document.save(packed, object_stream_mode=streams, deterministic_id=True, compress_streams=True)
    return packed.getvalue()


def elements(node: Any, kind: str) -> Iterator[Any]:  # noqa: ANN401 - a pikepdf dictionary
    """Elements of one kind below a node of the tag tree, in reading order."""
    for child in children(node):
        if child.get("/S") == kind:
            yield child
        yield from elements(child, kind)


def children(node: Any) -> list[Any]:  # noqa: ANN401 - a pikepdf dictionary
    """The elements directly below a node, without references to marked content."""
    import pikepdf

    below = node.get("/K")
    listed = list(below) if isinstance(below, pikepdf.Array) else [below]
    return [child for child in listed if isinstance(child, pikepdf.Dictionary) and "/S" in child]


def _mark_rows(table: Any) -> None:  # noqa: ANN401 - a pikepdf dictionary
    import pikepdf

    for body in elements(table, "/TBody"):
        for row in elements(body, "/TR"):
            first = children(row)[0]
            first.S = pikepdf.Name.TH
            for attributes in first.A:
                if attributes.O == "/Table":
                    attributes.Scope = pikepdf.Name.Row
