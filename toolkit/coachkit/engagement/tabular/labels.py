"""Answers given in words: rating labels, choices, yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from coachkit.engagement.problems import visible
from coachkit.engagement.tables import ColumnSpec, FileOptions
from coachkit.engagement.tabular.grid import Cell, Marked, cell_text
from coachkit.engagement.tabular.numbers import check_number
from coachkit.engagement.tabular.values import Bad, ColumnNotes, Observed

_NUMBERED = re.compile(r"(?P<number>[+\-−]?\d+(?:[.,]\d+)?)\s*(?:[-–—:=.)]\s*)+(?P<label>[^\s\d].*)", re.ASCII)
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


def _fold(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def rating_reader(
    number: Callable[[Cell], float | Bad], column: ColumnSpec, options: FileOptions, notes: ColumnNotes
) -> Callable[[Cell], float | Bad | Observed]:
    """Read ratings: numbers, declared labels (``Agree``, ``4 - Agree``), and "not observed"."""
    labels = _rating_labels(column, options)
    unseen = {_fold(choice) for choice in column.choices}

    def read(cell: Cell) -> float | Bad | Observed:
        if not isinstance(cell, str):
            return number(cell)
        folded = _fold(cell)
        if folded in unseen:
            return Observed.NOT
        value = labels.get(folded)
        numbered = _NUMBERED.fullmatch(cell.strip())
        if value is None and numbered and labels.get(_fold(numbered["label"])) == _number(numbered["number"]):
            value = _number(numbered["number"])
        if value is None and numbered:
            what = "is a number with a word that is not a label of this scale"
            return Bad("E-LABEL", what, "type the number alone, or list the word under value_labels")
        if value is None:
            return number(cell)
        notes.note("N-LABEL", cell, f"words were read as ratings (such as {visible(cell, 30)!r} as {value:g})")
        return check_number(value, column)

    return read


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("−", "-"))


def _rating_labels(column: ColumnSpec, options: FileOptions) -> dict[str, float]:
    labels = {_fold(label): float(value) for label, value in column.labels.items()}
    for label, value in options.value_labels.items():
        try:
            labels[_fold(label)] = _number(value)
        except ValueError:
            continue  # a wording of another column: yes, no or a choice
    return labels


def choice_reader(column: ColumnSpec, options: FileOptions) -> Callable[[Cell], str | Bad]:
    """Read one of the column's choices, whatever its case."""
    known = _with_labels({_fold(choice): choice for choice in column.choices}, options)
    allowed = ", ".join(column.choices)

    def read(cell: Cell) -> str | Bad:
        text = cell_text(cell.value if isinstance(cell, Marked) else cell)
        value = known.get(_fold(text))
        if value is not None:
            return value
        close = get_close_matches(_fold(text[:100]), list(known), n=1, cutoff=0.7)
        hint = f'; did you mean "{known[close[0]]}"?' if close else ""
        return Bad("E-CHOICE", f"is not one of: {allowed}{hint}", f"type one of: {allowed}")

    return read


def _with_labels(known: dict[str, str], options: FileOptions) -> Mapping[str, str]:
    meant = {
        _fold(label): known[_fold(value)] for label, value in options.value_labels.items() if _fold(value) in known
    }
    return {**known, **meant}


def yes_no_reader(options: FileOptions) -> Callable[[Cell], bool | Bad]:
    """Read yes or no, in English or as ``value_labels`` says."""
    known = {**dict.fromkeys(_YES, "yes"), **dict.fromkeys(_NO, "no")}
    words = _with_labels(known, options)

    def read(cell: Cell) -> bool | Bad:
        value = words.get(_fold(cell_text(cell)))
        if value is None:
            fix = 'type yes or no; for other words write value_labels: {"ja": "yes"} for this file in engagement.yaml'
            return Bad("E-YES-NO", "is not yes or no", fix)
        return value == "yes"

    return read
