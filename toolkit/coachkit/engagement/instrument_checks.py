"""What an instrument file may not contradict: every rule finds all its flaws, each with the path of its key.

A path reads like ``competencies.OPP.items[3]``; list positions count from 0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coachkit.core.cohort import FLOOR
from coachkit.errors import listed, nearest

if TYPE_CHECKING:
    from coachkit.engagement.instruments import InstrumentFile, RaterGroupFile, Sourced

#: Up to this many points every point needs a label (labelled points are answered more reliably: Krosnick &
#: Presser 2010, Handbook of Survey Research, ch. 9); a longer scale (0-10, percent) needs at least both ends.
FULLY_LABELLED = 7
#: A mean of one item has no internal consistency and no missing rule.
MIN_ITEMS = 2
#: Columns of the responses table; an item of that id could not be told from them.
RESERVED = frozenset(
    {"manager_id", "rater_id", "rater_group", "wave", "submitted_on", "seconds", "item_id", "answer"}
)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FOLDER = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One contradiction: where, what was given, what is wrong, how to put it right."""

    path: str
    value: str
    what: str
    fix: str


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
        yield Flaw(
            "id", file.id, "is not a plain id", "use lower-case letters, digits and _, such as team_pulse."
        )
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
            yield Flaw(
                path, name, f"is the same id as {first[name.lower()]}", "give each question its own id."
            )
        first.setdefault(name.lower(), path)


# ------------------------------------------------------------------ response format
def _scale(file: InstrumentFile) -> Iterator[Flaw]:
    scale = file.response_format
    if scale.high <= scale.low:
        yield Flaw(
            "response_format.high",
            f"{scale.high:g}",
            f"is not above low ({scale.low:g})",
            "swap or correct them.",
        )
    elif scale.step <= 0 or not _is_whole((scale.high - scale.low) / scale.step):
        what = f"does not divide the range {scale.low:g} to {scale.high:g}"
        yield Flaw("response_format.step", f"{scale.step:g}", what, "use a step that reaches high exactly.")
    else:
        yield from _anchors(file)


def _anchors(file: InstrumentFile) -> Iterator[Flaw]:
    scale, path = file.response_format, "response_format.anchors"
    seen_values: set[float] = set()
    seen_labels = {scale.not_observed.strip().casefold()} if scale.not_observed else set()
    for place, anchor in enumerate(scale.anchors):
        here, value = f"{path}[{place}]", anchor.value
        if not scale.low <= value <= scale.high:
            yield Flaw(
                here,
                f"{value:g}",
                f"is outside {scale.low:g} to {scale.high:g}",
                "correct value, low or high.",
            )
        elif not _is_whole((value - scale.low) / scale.step):
            yield Flaw(
                here, f"{value:g}", f"is between the steps of {scale.step:g}", "correct value or step."
            )
        if value in seen_values:
            yield Flaw(here, f"{value:g}", "is labelled twice", "keep one label for each value.")
        if not anchor.label.strip():
            yield Flaw(here, f"{value:g}", "has an empty label", "say what this answer means.")
        if anchor.label.strip().casefold() in seen_labels:
            yield Flaw(here, anchor.label, "is used for two answers", "give each answer its own label.")
        seen_values.add(value)
        seen_labels.add(anchor.label.strip().casefold())
    missing = [f"{value:g}" for value in _points_to_label(file) if value not in seen_values]
    if missing:
        fix = "label every point." if len(_points_to_label(file)) > MIN_ITEMS else "label at least both ends."
        yield Flaw(path, ", ".join(missing), "has no label (a gap in the anchors)", fix)


def _points_to_label(file: InstrumentFile) -> list[float]:
    scale = file.response_format
    n_points = round((scale.high - scale.low) / scale.step) + 1
    if n_points > FULLY_LABELLED:
        return [scale.low, scale.high]
    return [round(scale.low + place * scale.step, 9) for place in range(n_points)]


# ------------------------------------------------------------------ rater groups and targets
def _groups(file: InstrumentFile) -> Iterator[Flaw]:
    selves = [name for name, group in file.rater_groups.items() if group.is_self]
    others = [group for group in file.rater_groups.values() if not group.is_self]
    for name in selves[1:]:
        yield Flaw(
            f"rater_groups.{name}.is_self", "true", f"{selves[0]} is the self group already", "keep one."
        )
    if not others:
        yield Flaw(
            "rater_groups",
            listed(selves),
            "has no group of other people",
            "add who rates besides the person.",
        )
    elif all(group.weight is not None and group.weight.value == 0 for group in others):
        yield Flaw(
            "rater_groups",
            "0",
            "gives every group of others the weight 0",
            "give at least one a weight above 0.",
        )
    for name, group in file.rater_groups.items():
        yield from _group(f"rater_groups.{name}", group)


def _group(path: str, group: RaterGroupFile) -> Iterator[Flaw]:
    if not group.label.strip():
        yield Flaw(f"{path}.label", "", "is empty", "name the group as reports should print it.")
    if group.minimum is not None:
        yield from _minimum(f"{path}.minimum", group)
        yield from _sourced(f"{path}.minimum", group.minimum)
    if group.weight is not None:
        yield from _number(f"{path}.weight", group.weight, 0, 100)
    if group.single_rater_reliability is not None:
        yield from _number(f"{path}.single_rater_reliability", group.single_rater_reliability, 0.01, 0.99)


def _minimum(path: str, group: RaterGroupFile) -> Iterator[Flaw]:
    number = group.minimum.value if group.minimum else 0
    is_confidential = group.is_confidential if group.is_confidential is not None else not group.is_self
    floor = FLOOR if is_confidential else 1
    if number < floor or not _is_whole(number):
        what = f"is not a whole number of at least {floor}"
        fix = f"raise it to {floor}"
        if is_confidential:
            fix += ", or set is_confidential: false for a group that is told so before it answers"
        yield Flaw(f"{path}.value", f"{number:g}", what, f"{fix}.")
    if group.is_self and number > 1:
        yield Flaw(
            f"{path}.value", f"{number:g}", "is more than one self-rating", "set it to 1, or leave it out."
        )


def _levels(file: InstrumentFile) -> Iterator[Flaw]:
    scale = file.response_format
    if not file.role_levels:
        yield Flaw("role_levels", "", "is empty", "give at least one level with its target.")
    for name, level in file.role_levels.items():
        path = f"role_levels.{name}"
        yield from _number(f"{path}.target", level.target, scale.low, scale.high)
        for competency_id, target in level.targets.items():
            here = f"{path}.targets.{competency_id}"
            if competency_id not in file.competencies:
                yield Flaw(
                    here,
                    competency_id,
                    "is not a competency",
                    nearest(competency_id, list(file.competencies)),
                )
            yield from _number(here, target, scale.low, scale.high)


# ------------------------------------------------------------------ competencies and items
def _competencies(file: InstrumentFile) -> Iterator[Flaw]:
    if file.min_share_answered is not None:
        yield from _share("min_share_answered", file.min_share_answered)
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
            yield from _share(f"{path}.min_share_answered", competency.min_share_answered)


def _membership(file: InstrumentFile) -> Iterator[Flaw]:
    home: dict[str, str] = {}
    for competency_id, competency in file.competencies.items():
        for place, item_id in enumerate(competency.items):
            path = f"competencies.{competency_id}.items[{place}]"
            if item_id not in file.items:
                yield Flaw(path, item_id, "is not an item", nearest(item_id, list(file.items)))
            elif item_id in home:
                yield Flaw(
                    path, item_id, f"belongs to {home[item_id]} already", "list each item in one scale, once."
                )
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


def _repeated(name: str, items: Mapping[str, object]) -> Iterator[Flaw]:
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


# ------------------------------------------------------------------ numbers
def _share(path: str, number: Sourced) -> Iterator[Flaw]:
    yield from _number(path, number, 0.01, 1)


def _number(path: str, number: Sourced, low: float, high: float) -> Iterator[Flaw]:
    if not low <= number.value <= high:
        what = f"is not a number from {low:g} to {high:g}"
        yield Flaw(f"{path}.value", f"{number.value:g}", what, "correct it.")
    yield from _sourced(path, number)


def _sourced(path: str, number: Sourced) -> Iterator[Flaw]:
    if not number.source.strip():
        yield Flaw(f"{path}.source", "", "is empty", "say where the number comes from.")


def _is_whole(number: float) -> bool:
    return math.isclose(number, round(number), abs_tol=1e-9)


_RULES: tuple[Callable[[InstrumentFile], Iterator[Flaw]], ...] = (
    _head, _ids, _scale, _groups, _levels, _competencies, _membership, _routing, _wording,
)  # fmt: skip
