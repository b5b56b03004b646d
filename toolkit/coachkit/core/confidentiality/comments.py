"""Which written comments may be shown, under which label, in an order that links nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import pandas as pd

from coachkit.core.cohort import FLOOR, Minimums
from coachkit.core.instrument import Instrument, RaterGroup

POOLED_LABEL = "All others together"

Written = dict[str, list[tuple[str, str]]]  # rater and text by rater group


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
    columns = (comments[name] for name in ("rater_group", "question_id", "rater_id", "text"))
    written = [row for row in zip(*columns, strict=True) if isinstance(row[3], str) and row[3].strip()]
    for question in instrument.comment_questions:
        texts: Written = {group.id: [] for group in instrument.rater_groups}
        for group, asked, rater, text in written:
            if asked == question.id and group in texts:
                texts[group].append((rater, text))
        open_groups = [g for g in instrument.rater_groups if g.is_self or not g.is_confidential]
        sources = [(g.label, texts[g.id]) for g in open_groups]
        confidential = _confidential_sources(texts, instrument.rater_groups, minimums)
        if not confidential:
            withheld.append(question.id)
        for label, chosen in [*sources, *confidential]:
            ordered = shuffle((text for _, text in chosen), key + question.id)
            released += [ReleasedComment(question.id, label, text) for text in ordered]
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
    texts: Written, groups: tuple[RaterGroup, ...], minimums: Minimums
) -> list[tuple[str, list[tuple[str, str]]]]:
    floor = max(minimums.items_and_comments, FLOOR)
    confidential = [g for g in groups if g.is_confidential and not g.is_self and texts[g.id]]
    passing = [g for g in confidential if _writers(texts[g.id]) >= max(floor, g.minimum)]
    small = [g for g in confidential if g not in passing]
    if not small:
        return [(g.label, texts[g.id]) for g in passing]
    pooled = [row for g in small for row in texts[g.id]]
    if len(small) >= 2 and _writers(pooled) >= floor:
        return [*((g.label, texts[g.id]) for g in passing), (POOLED_LABEL, pooled)]
    everyone = [*pooled, *(row for g in passing for row in texts[g.id])]
    if len(confidential) >= 2 and _writers(everyone) >= floor:
        return [(POOLED_LABEL, everyone)]
    return []


def _writers(rows: list[tuple[str, str]]) -> int:
    return len({rater for rater, _ in rows})
