"""Blocks to plain JSON values and back, told apart by their ``type`` field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from coachkit.errors import CoachkitError
from coachkit.presentation.blocks import Block

VERSION = 1
_CLASSES = {cls.__dataclass_fields__["type"].default: cls for cls in get_args(Block)}


def encode_blocks(blocks: Iterable[Block]) -> dict[str, Any]:
    """Turn blocks into the payload of a notebook output.

    Examples
    --------
    >>> from coachkit.presentation.blocks import Heading
    >>> encode_blocks([Heading(level=2, text="Your profile")])
    {'version': 1, 'blocks': [{'type': 'heading', 'level': 2, 'text': 'Your profile'}]}
    """
    return {"version": VERSION, "blocks": [msgspec.to_builtins(block) for block in blocks]}


def decode_blocks(payload: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Read a payload written by :func:`encode_blocks` (or its bare list of blocks).

    Raises
    ------
    CoachkitError
        If a block is of an unknown type or lacks a field; the position is named, never the text.

    Examples
    --------
    >>> decode_blocks({"version": 1, "blocks": [{"type": "heading", "level": 2, "text": "Your profile"}]})
    (Heading(type='heading', level=2, text='Your profile'),)
    """
    entries = payload["blocks"] if isinstance(payload, Mapping) else payload
    return tuple(_decode(position, entry) for position, entry in enumerate(entries))


def _decode(position: int, entry: Mapping[str, Any]) -> Block:
    kind = entry.get("type") if isinstance(entry, Mapping) else None
    if kind not in _CLASSES:
        raise CoachkitError(f"block {position} is of no known type. Allowed: {sorted(_CLASSES)}.")
    try:
        return msgspec.convert(entry, _CLASSES[kind])
    except msgspec.ValidationError as error:
        raise CoachkitError(f"block {position} ({kind}) cannot be read: {error}.") from error
