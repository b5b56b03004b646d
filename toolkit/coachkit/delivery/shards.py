"""A share of a run's reports, for job arrays and workflow engines that start the same command many times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from coachkit.errors import CoachkitError

MOST_SHARDS = 10_000
Job = TypeVar("Job")


class ShardError(CoachkitError):
    """A share that does not exist."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard ``number`` (from 1) of ``total``: every ``total``-th report of the run, so that shards take equally long.

    Examples
    --------
    >>> Shard.parse("2/3").share("abcdefg")
    ['b', 'e']
    """

    number: int
    total: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.total <= MOST_SHARDS:
            msg = (
                f"shard {self.number}/{self.total} does not exist. Number shards from 1 to their total, at most "
                f"{MOST_SHARDS:,}; the first of four is 1/4."
            )
            raise ShardError(msg)

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``.

        Raises
        ------
        ShardError
            If the text is not two numbers with a slash between them.
        """
        found = re.fullmatch(r"\s*([0-9]{1,5})\s*/\s*([0-9]{1,5})\s*", text)
        if found is None:
            msg = f"shard {text!r} is not of the form i/n. The first of four shards is 1/4."
            raise ShardError(msg)
        return cls(int(found[1]), int(found[2]))

    @property
    def lock_name(self) -> str:
        """Name of the lock that keeps the same shard from running twice."""
        return f"shard-{self.number}-of-{self.total}"

    def share(self, jobs: Sequence[Job]) -> list[Job]:
        """The shard's own jobs, in the run's order; all shards together have every job exactly once."""
        return list(jobs[self.number - 1 :: self.total])
