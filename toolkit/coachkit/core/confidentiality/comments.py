"""Which written comments may be shown, under which label, in an order that links nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import pandas as pd

from coachkit.core.cohort import FLOOR, Minimums
from coachkit.core.instrument import Instrument, RaterGroup

POOLED_LABEL = "All others together"


@dataclass(frozen=True, slots=True)
class ReleasedComment:
    """A comment that may be shown to the manager; ``source`` is the label of a group or of the pool."""

    question_id: str
    source: str
    text: str


def release_comments(
    comments: pd.DataFrame, instrument: Instrument, minimums: Minimums, key: str = ""
) -> tuple[tuple[ReleasedComment, ...], tuple[str, ...]]:
    """Release one manager's comments, question by question.

    Parameters
    ----------
    comments : DataFrame
        ``rater_id``, ``rater_group``, ``question_id``, ``text`` of one manager; empty texts do not count.
    instrument : Instrument
    minimums : Minimums
        ``items_and_comments`` is the smallest number of people who wrote something.
    key : str
        Keys the order of comments; any constant text gives a stable order that tells nothing.

    Returns
    -------
    comments : tuple of ReleasedComment
        Self and named groups first (they are not anonymous), then groups with enough writers; smaller groups
        only inside "All others together", where that is large enough. Shuffled within each source.
    withheld : tuple of str
        Ids of questions where comments of confidential raters are not shown, whether or not there are any.
    """
    released: list[ReleasedComment] = []
    withheld: list[str] = []
    written = comments[comments["text"].fillna("").str.strip() != ""]
    for question in instrument.comment_questions:
        rows = written[written["question_id"] == question.id]
        open_groups = [g for g in instrument.rater_groups if g.is_self or not g.is_confidential]
        sources = [(g.label, rows[rows["rater_group"] == g.id]) for g in open_groups]
        confidential = _confidential_sources(rows, instrument.rater_groups, minimums)
        if not confidential:
            withheld.append(question.id)
        for label, chosen in [*sources, *confidential]:
            released += [ReleasedComment(question.id, label, t) for t in shuffle(chosen["text"], key + question.id)]
    return tuple(released), tuple(withheld)


def shuffle(texts: Iterable[str], key: str) -> list[str]:
    """Order texts by a keyed hash of their content: stable, and independent of row order and rater.

    Examples
    --------
    >>> shuffle(["b", "a"], "k") == shuffle(["a", "b"], "k")
    True
    """
    secret = blake2b(key.encode(), digest_size=32).digest()
    return sorted(texts, key=lambda text: blake2b(text.encode("utf-8", "replace"), key=secret).digest())


def _confidential_sources(
    rows: pd.DataFrame, groups: tuple[RaterGroup, ...], minimums: Minimums
) -> list[tuple[str, pd.DataFrame]]:
    floor = max(minimums.items_and_comments, FLOOR)
    parts = {g: rows[rows["rater_group"] == g.id] for g in groups if g.is_confidential and not g.is_self}
    writers = {g: part["rater_id"].nunique() for g, part in parts.items()}
    passing = [g for g, n in writers.items() if n >= max(floor, g.minimum)]
    small = [g for g, n in writers.items() if n > 0 and g not in passing]
    if not small:
        return [(g.label, parts[g]) for g in passing]
    pooled = pd.concat([parts[g] for g in small])
    if len(small) >= 2 and pooled["rater_id"].nunique() >= floor:
        return [*((g.label, parts[g]) for g in passing), (POOLED_LABEL, pooled)]
    everyone = pd.concat([pooled, *(parts[g] for g in passing)])
    if len(small) + len(passing) >= 2 and everyone["rater_id"].nunique() >= floor:
        return [(POOLED_LABEL, everyone)]
    return []
