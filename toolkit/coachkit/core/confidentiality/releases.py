"""The snapshot lock: a report is issued again only when enough people changed to hide each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, combinations, product
from typing import Literal

POOL = "pooled"  # the pool's place among the published units of a competency
COMMENTS = "comments"  # all released comments of confidential raters, as one unit

Cells = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one manager's report has published, and keyed fingerprints of the raters behind it.

    Attributes
    ----------
    cells : dict competency id -> dict unit -> tuple of fingerprints
        Raters behind each published unit (a confidential group, or the pool). A fingerprint is
        ``person:answers``, so that an edited answer counts as a change.
    people : tuple of str
        Person parts of every confidential rater in the data, hidden groups included.
    figures : dict competency id -> dict name -> number or None
        The published figures, served again while the report is frozen.
    items : dict item id -> number or None
    comments : tuple of (question id, source, text)
    earlier : tuple of cells
        What earlier releases published; erased people stay in it as keyed tombstones only.
    """

    manager_id: str
    wave: str
    cells: dict[str, dict[str, tuple[str, ...]]]
    people: tuple[str, ...]
    figures: dict[str, dict[str, float | None]] = field(default_factory=dict)
    items: dict[str, float | None] = field(default_factory=dict)
    comments: tuple[tuple[str, str, str], ...] = ()
    withheld_questions: tuple[str, ...] = ()
    earlier: tuple[dict[str, dict[str, tuple[str, ...]]], ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseDecision:
    """Serve the new figures, the frozen ones, or the new ones without the groups in ``withdrawn``."""

    action: Literal["new", "frozen", "withdraw"]
    withdrawn: tuple[str, ...] = ()
    reason: str = ""


def fingerprint(person: str, answers: str, key: str) -> str:
    """Keyed mark of one rater's answers: comparable between releases, meaningless without the key.

    Examples
    --------
    >>> fingerprint("r1", "4,5", "k") == fingerprint("r1", "4,5", "k")
    True
    >>> fingerprint("r1", "4,5", "k").split(":")[0] == fingerprint("r1", "1,1", "k").split(":")[0]
    True
    """
    secret = blake2b(key.encode(), digest_size=32).digest()
    return ":".join(
        blake2b(text.encode("utf-8", "replace"), key=secret, digest_size=8).hexdigest()
        for text in (person, f"{person}\x00{answers}")
    )


def take_snapshot(current: Snapshot, previous: Snapshot | None) -> Snapshot:
    """The snapshot to save after releasing ``current``: it remembers what was published before."""
    if previous is None:
        return current
    history = [*previous.earlier]
    history += [previous.cells] if previous.cells not in (*history, current.cells) else []
    return Snapshot(
        current.manager_id,
        current.wave,
        current.cells,
        current.people,
        current.figures,
        current.items,
        current.comments,
        current.withheld_questions,
        tuple(history),
    )


def compare_release(previous: Snapshot | None, current: Snapshot, k: int) -> ReleaseDecision:
    """Decide whether a manager's new figures may be published beside those already out.

    Parameters
    ----------
    previous : Snapshot or None
        What was published last, with its history; None for a first release.
    current : Snapshot
        What would be published now.
    k : int
        Smallest number of people that may tell two releases apart.

    Returns
    -------
    ReleaseDecision
        ``new`` when every published group changed by nobody or by at least ``k`` people, in whatever way
        groups and pools are set against each other; ``frozen`` when fewer changed; ``withdraw`` when fewer
        changed because someone was erased, so that the old figures may not stand either: the groups named
        leave the report.

    Notes
    -----
    Being moved between groups, withdrawing and editing an answer all count as changes. Published means with
    their counts are sums, so the difference of any unions of published units is derivable; such a difference
    may hold nobody, at least ``k`` people, or exactly a unit that is published anyway.
    """
    if previous is None:
        return ReleaseDecision("new")
    latest = _touched(previous.cells, current.cells, k)
    before = {unit for cells in previous.earlier for unit in _touched(cells, current.cells, k)}
    if _units_with_erased(previous.cells, set(current.people)):
        return _after_erasure(latest | before)
    if latest:
        return ReleaseDecision("frozen", reason="fewer people changed than are needed to protect each of them")
    if before:
        return ReleaseDecision("withdraw", tuple(sorted(before)), "groups withdrawn earlier are still too alike")
    return ReleaseDecision("new")


def _after_erasure(touched: set[str]) -> ReleaseDecision:
    if not touched:
        return ReleaseDecision("new", reason="an erasure changed the figures; the earlier report is withdrawn")
    return ReleaseDecision(
        "withdraw",
        tuple(sorted(touched)),
        "an erasure changed the figures; the earlier report is withdrawn and the groups concerned are not shown",
    )


def _touched(before: Cells, after: Cells, k: int) -> set[str]:
    found: set[str] = set()
    for competency, units in before.items():
        found |= _units_apart_by_few(units, after.get(competency, {}), k)
    return found


def _units_with_erased(cells: Cells, present: set[str]) -> set[str]:
    return {
        unit
        for units in cells.values()
        for unit, marks in units.items()
        if any(mark.split(":")[0] not in present for mark in marks)
    }


def _units_apart_by_few(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]], k: int
) -> set[str]:
    """Units now published that, with units published before, would isolate fewer than ``k`` people.

    Small combinations come first, so that a unit is not blamed for the change of another one.
    """
    published = {_people(marks) for marks in (*before.values(), *after.values())}
    found: set[str] = set()
    pairs = sorted(product(_unions(before), _unions(after)), key=lambda pair: len(pair[0]) + len(pair[1]))
    for old, new in pairs:
        apart = _people(_marks(before, old) ^ _marks(after, new))
        if 0 < len(apart) < k and apart not in published and found.isdisjoint(new):
            found |= set(new)
    return found


def _unions(units: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    names = sorted(units)
    return chain.from_iterable(combinations(names, size) for size in range(1, len(names) + 1))


def _marks(units: Mapping[str, tuple[str, ...]], names: tuple[str, ...]) -> set[str]:
    return {mark for name in names for mark in units[name]}


def _people(marks: Iterable[str]) -> frozenset[str]:
    return frozenset(mark.split(":")[0] for mark in marks)
