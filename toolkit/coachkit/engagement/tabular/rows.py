"""Rows that mean the same person twice: repeated keys, and ids that only look different."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from coachkit.engagement.problems import visible
from coachkit.engagement.tabular.grid import Cell, Findings, cell_text

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SHOWN = 20  # pairs named before the rest is counted


def fold_id(text: str) -> str:
    """An id without the differences nobody sees or means: spaces around, case, composed accents, zero widths.

    Examples
    --------
    >>> fold_id(" M1\u200b ") == fold_id("m1")
    True
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.strip().casefold()


def _code_points(text: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in text[:12]) + (" ..." if len(text) > 12 else "")


def refuse_lookalike_ids(
    column: str, cells: Sequence[Cell], rows: Sequence[int], identifies_row: bool, findings: Findings
) -> None:
    """Refuse ids that differ only in spaces, case, composed accents or invisible characters.

    Spaces around an id are refused where the column alone identifies a row, and otherwise dropped and noted.
    """
    first: dict[str, tuple[str, int]] = {}
    spellings: dict[str, int] = {}
    for cell, row in zip(cells, rows, strict=True):
        text = cell_text(cell)
        if text.strip():
            spellings.setdefault(text, row)
    trimmed, pairs = 0, 0
    for text, row in spellings.items():
        trimmed += text != text.strip()
        known, first_row = first.setdefault(fold_id(text), (text, row))
        if known == text or (not identifies_row and known.strip() == text.strip()):
            continue
        pairs += 1
        if pairs <= _SHOWN:
            what = (
                f'is the same id as "{visible(known)}" in row {first_row} to a reader '
                f"({_code_points(known)} and {_code_points(text)})"
            )
            findings.refuse(
                "E-ID-SPELLING", what, "write the id the same way everywhere", row=row, column=column, value=text
            )
    if pairs > _SHOWN:
        what = f"{pairs - _SHOWN} more ids are written in two ways"
        findings.refuse("E-ID-SPELLING", what, "write each id the same way everywhere", column=column)
    if trimmed:
        findings.note("N-TRIM", f"spaces around ids were dropped ({trimmed} different ids)", column=column)


def find_repeats(
    keys: Sequence[tuple[object, ...]],
    contents: Sequence[tuple[Cell, ...]],
    rows: Sequence[int],
    name: str,
    findings: Findings,
) -> tuple[set[int], set[int]]:
    """Positions of rows to drop (exact repeats, noted) and to hold (same key, different content).

    Parameters
    ----------
    keys, contents : sequence of tuples
        Key values and all stored cells of each row; a key with an empty part is not compared.
    rows : sequence of int
        Row numbers of the spreadsheet.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, key in enumerate(keys):
        groups.setdefault(key, []).append(position)
    drop: set[int] = set()
    hold: set[int] = set()
    for key, positions in groups.items():
        if len(positions) == 1 or None in key:
            continue
        if len({contents[position] for position in positions}) == 1:
            drop.update(positions[1:])
            continue
        hold.update(positions)
        _hold_group(key, [rows[position] for position in positions], name, findings)
    if drop:
        numbers = ", ".join(str(rows[position]) for position in sorted(drop)[:10])
        findings.note("N-REPEATED", f"{len(drop)} rows repeat an earlier row exactly and were dropped: {numbers}")
    return drop, hold


def _hold_group(key: tuple[object, ...], rows: Sequence[int], name: str, findings: Findings) -> None:
    value = " / ".join(str(part) for part in key)
    numbers = ", ".join(str(row) for row in rows[:10]) + (" ..." if len(rows) > 10 else "")
    for row in rows:
        what = f"stands in {len(rows)} rows with different content (rows {numbers})"
        findings.hold(
            "E-DUPLICATE", what, "keep the right row and delete the others", row=row, column=name, value=value
        )
