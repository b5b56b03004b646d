"""Blocks survive the way through a notebook."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from tests.presentation.conftest import every_block

from coachkit.errors import CoachkitError
from coachkit.presentation.blocks import Block
from coachkit.presentation.codec import decode_blocks, encode_blocks
from coachkit.presentation.show import make_bundle


def test_every_kind_of_block_comes_back_equal():
    blocks = every_block("Zoë & <b>\u202e 陈\n")
    assert {type(block) for block in blocks} == set(get_args(Block))
    assert decode_blocks(json.loads(json.dumps(encode_blocks(blocks)))) == blocks


def test_a_bare_list_is_read_too(blocks):
    assert decode_blocks(encode_blocks(blocks)["blocks"]) == blocks


def test_an_unknown_type_is_refused_with_its_position():
    with pytest.raises(CoachkitError, match=r"block 1 is of no known type"):
        decode_blocks([{"type": "heading", "level": 2, "text": "x"}, {"type": "script", "text": "secret"}])


def test_a_missing_field_is_refused_without_quoting_the_text():
    with pytest.raises(CoachkitError, match=r"block 0 \(heading\) cannot be read") as caught:
        decode_blocks([{"type": "heading", "text": "a name"}])
    assert "a name" not in str(caught.value)


def test_a_bundle_reads_in_every_front_end(blocks):
    bundle = make_bundle(*blocks)
    assert set(bundle) == {"application/vnd.coachkit.block+json", "text/html", "text/plain"}
    assert bundle["text/html"].startswith('<div class="ck"><style>')
    assert "<script" not in bundle["text/html"]
    assert bundle["text/plain"].count("Plain words") >= len(blocks)
