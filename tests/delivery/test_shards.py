"""Shards have every report exactly once, and say what does not exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachkit.delivery.shards import Shard, ShardError


@given(st.integers(1, 40), st.integers(0, 200))
def test_all_shards_together_have_every_job_once_and_take_equally_many(total, n):
    shares = [Shard(number, total).share(range(n)) for number in range(1, total + 1)]
    assert sorted(job for share in shares for job in share) == list(range(n))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["", "1", "1/", "/2", "a/b", "1/2/3", "-1/2", "1.5/2"])
def test_what_is_no_shard_is_refused_with_the_form(text):
    with pytest.raises(ShardError, match="The first of four shards is 1/4"):
        Shard.parse(text)


@pytest.mark.parametrize("text", ["0/2", "3/2", "0/0"])
def test_a_shard_outside_its_total_is_refused(text):
    with pytest.raises(ShardError, match="Number shards from 1 to their total"):
        Shard.parse(text)


def test_a_shard_names_its_lock():
    assert Shard.parse(" 2/ 4 ").lock_name == "shard-2-of-4"
