"""What an instrument file may not contradict: every rule finds all its flaws, each with the path of its key.

A path reads like ``competencies.OPP.items[3]``; list positions count from 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from coachkit.engagement.instrument_number_checks import (
    check_groups,
    check_levels,
    check_scale,
    check_share,
)
from coachkit.engagement.instrument_shape import Flaw, InstrumentFile, ItemFile
from coachkit.errors import nearest

#: A mean of one item has no internal consistency and no missing rule.
MIN_ITEMS = 2
#: Columns of the responses table; an item of that id could not be told from them.
RESERVED = frozenset({"manager_id", "rater_id", "rater_group", "wave", "submitted_on", "seconds", "item_id", "answer"})
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FOLDER = re.compile(r"[a-z][a-z0-9_]{0,39}")


def find_flaws(file: InstrumentFile) -> tuple[Flaw, ...]:
    """All contradictions of an instrument file, in the order of its sections.

    Parameters
    ----------
    file : InstrumentFile
        The file as read; types and unknown keys have been dealt with by the reader.

    Returns
    -------
    tuple of Flaw
        Empty when the file can be built into an Instrument.
    """
    return tuple(flaw for rule in _RULES for flaw in rule(file))


# ------------------------------------------------------------------ head
def _head(file: InstrumentFile) -> Iterator[Flaw]:
    for name in ("version", "title", "purpose", "citation", "licence"):
        if not getattr(file, name).strip():
            yield Flaw(name, "", "is empty", "say it in a few words; reports print it.")
    if not _FOLDER.fullmatch(file.id):
        yield Flaw("id", file.id, "is not a plain id", "use lower-case letters, digits and _, such as team_pulse.")
    if not _LANGUAGE.fullmatch(file.language):
        yield Flaw("language", file.language, "is not a language code", "write one such as en, en-GB or no.")


def _ids(file: InstrumentFile) -> Iterator[Flaw]:
    for section in ("rater_groups", "role_levels", "competencies", "items", "comment_questions"):
        for name in getattr(file, section):
            if not _ID.fullmatch(name):
                fix = "start with a letter; then letters, digits and _, 40 at most."
                yield Flaw(f"{section}.{name}", name, "is not a plain id", fix)
    columns = [("items", name) for name in file.items] + [
        ("comment_questions", name) for name in file.comment_questions
    ]
    first: dict[str, str] = {}
    for section, name in columns:
        path = f"{section}.{name}"
        if name.lower() in RESERVED:
            yield Flaw(path, name, "is the name of another column of the responses", "choose another id.")
        if name.lower() in first:
            yield Flaw(path, name, f"is the same id as {first[name.lower()]}", "give each question its own id.")
        first.setdefault(name.lower(), path)


# ------------------------------------------------------------------ competencies and items
def _competencies(file: InstrumentFile) -> Iterator[Flaw]:
    if file.min_share_answered is not None:
        yield from check_share("min_share_answered", file.min_share_answered)
    if not any(competency.in_profile for competency in file.competencies.values()):
        yield Flaw(
            "competencies",
            "",
            "has no competency in the profile",
            "leave out in_profile: false on at least one.",
        )
    for kind in ("name", "short_name"):
        names = Counter(getattr(competency, kind).strip() for competency in file.competencies.values())
        for competency_id, competency in file.competencies.items():
            name = getattr(competency, kind).strip()
            if not name or names[name] > 1:
                what = "is empty" if not name else "names two competencies"
                yield Flaw(f"competencies.{competency_id}.{kind}", name, what, "give each its own name.")
    for competency_id, competency in file.competencies.items():
        path = f"competencies.{competency_id}"
        if len(set(competency.items)) < MIN_ITEMS:
            what = f"has {len(set(competency.items))} item(s); a scale needs {MIN_ITEMS} or more"
            yield Flaw(f"{path}.items", "", what, "add items, or move this one to another scale.")
        if competency.min_share_answered is not None:
            yield from check_share(f"{path}.min_share_answered", competency.min_share_answered)


def _membership(file: InstrumentFile) -> Iterator[Flaw]:
    home: dict[str, str] = {}
    for competency_id, competency in file.competencies.items():
        for place, item_id in enumerate(competency.items):
            path = f"competencies.{competency_id}.items[{place}]"
            if item_id not in file.items:
                yield Flaw(path, item_id, "is not an item", nearest(item_id, list(file.items)))
            elif item_id in home:
                yield Flaw(path, item_id, f"belongs to {home[item_id]} already", "list each item in one scale, once.")
            home.setdefault(item_id, f"competencies.{competency_id}")
        for place, item_id in enumerate(competency.reverse_keyed):
            if item_id not in competency.items:
                path = f"competencies.{competency_id}.reverse_keyed[{place}]"
                yield Flaw(path, item_id, "is not an item of this scale", nearest(item_id, competency.items))
    for item_id in file.items:
        if item_id not in home:
            yield Flaw(
                f"items.{item_id}",
                item_id,
                "belongs to no scale",
                "list it under a competency, or take it out.",
            )


def _routing(file: InstrumentFile) -> Iterator[Flaw]:
    for section in ("competencies", "items"):
        for name, entry in getattr(file, section).items():
            path = f"{section}.{name}.asked_of"
            if entry.asked_of is not None and not entry.asked_of:
                yield Flaw(path, "[]", "asks nobody", "name at least one rater group, or leave asked_of out.")
            for place, group_id in enumerate(entry.asked_of or ()):
                if group_id not in file.rater_groups:
                    fix = nearest(group_id, list(file.rater_groups))
                    yield Flaw(f"{path}[{place}]", group_id, "is not a rater group", fix)
                elif group_id in entry.asked_of[:place]:
                    yield Flaw(f"{path}[{place}]", group_id, "is named twice", "name each group once.")
    others = {name for name, group in file.rater_groups.items() if not group.is_self}
    for competency_id, competency in file.competencies.items():
        asked = {group for item_id in competency.items for group in file.asked_of(item_id)}
        if competency.items and others and not asked & others:
            what = "is asked of no group of other people"
            yield Flaw(f"competencies.{competency_id}", "", what, "ask at least one other group.")


def _wording(file: InstrumentFile) -> Iterator[Flaw]:
    selves = {name for name, group in file.rater_groups.items() if group.is_self}
    for item_id, item in file.items.items():
        asked = set(file.asked_of(item_id))
        if asked & selves and not item.text_self.strip():
            yield Flaw(
                f"items.{item_id}.text_self",
                "",
                "is empty, yet the self group is asked",
                "word it in the first person.",
            )
        if asked - selves and not item.text_rater.strip():
            yield Flaw(
                f"items.{item_id}.text_rater",
                "",
                "is empty, yet other groups are asked",
                "word it for raters.",
            )
    for question_id, question in file.comment_questions.items():
        for name in ("text_self", "text_rater") if selves else ("text_rater",):
            if not getattr(question, name).strip():
                yield Flaw(f"comment_questions.{question_id}.{name}", "", "is empty", "word the question.")
    for name in ("text_self", "text_rater"):
        yield from _repeated(name, file.items)


def _repeated(name: str, items: Mapping[str, ItemFile]) -> Iterator[Flaw]:
    first: dict[str, str] = {}
    for item_id, item in items.items():
        text = " ".join(getattr(item, name).casefold().split())
        if text and text in first:
            yield Flaw(
                f"items.{item_id}.{name}",
                item_id,
                f"repeats the text of {first[text]}",
                "ask each thing once.",
            )
        first.setdefault(text, item_id)


_RULES: tuple[Callable[[InstrumentFile], Iterator[Flaw]], ...] = (
    _head, _ids, check_scale, check_groups, check_levels, _competencies, _membership, _routing, _wording,
)  # fmt: skip
