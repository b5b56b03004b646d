"""Rows of several tables and files under one roof: where a row comes from, and how a problem names it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coachkit.engagement.problems import Problem, Severity
from coachkit.engagement.tables import FileFacts

ROW, FILE, SHEET = "_row", "_file", "_sheet"
ORIGIN = (ROW, FILE, SHEET)
LISTED_IDS = 8


@dataclass(frozen=True, slots=True)
class Findings:
    """What a rule found: index labels of rows to hold back, and the problems that say why."""

    held: frozenset[object] = frozenset()
    problems: tuple[Problem, ...] = field(default=())

    def __add__(self, other: Findings) -> Findings:
        """Both rules' findings together."""
        return Findings(self.held | other.held, self.problems + other.problems)


def mark_origin(frame: pd.DataFrame, facts: FileFacts) -> pd.DataFrame:
    """Add the file and sheet each row was read from (``_row`` is there already)."""
    return frame.assign(**{FILE: facts.name, SHEET: facts.sheet})


def drop_origin(frame: pd.DataFrame) -> pd.DataFrame:
    """The table itself, without where its rows came from."""
    return frame.drop(columns=[name for name in ORIGIN if name in frame.columns])


def row_problem(row: pd.Series, column: str, what: str, fix: str, *, code: str, severity: Severity = "hold") -> Problem:
    """Word a problem of one row; the value quoted is the row's own in ``column``."""
    value = row.get(column)
    sheet = row.get(SHEET)
    return Problem(
        code=code,
        severity=severity,
        file=str(row[FILE]),
        sheet=sheet if isinstance(sheet, str) else None,
        row=int(row[ROW]),
        column=column,
        value="" if value is None or value is pd.NaT or value != value else _plain(value),
        what=what,
        fix=fix,
    )


def hold_rows(frame: pd.DataFrame, mask: pd.Series, column: str, what: str, fix: str, *, code: str) -> Findings:
    """Hold every row where ``mask`` is True, each with a problem that quotes its value in ``column``."""
    bad = frame.loc[mask.to_numpy(dtype=bool)]
    problems = tuple(row_problem(row, column, what, fix, code=code) for _, row in bad.iterrows())
    return Findings(frozenset(bad.index), problems)


def note_rows(frame: pd.DataFrame, mask: pd.Series, column: str, what: str, fix: str, *, code: str) -> Findings:
    """Note every row where ``mask`` is True and keep it."""
    bad = frame.loc[mask.to_numpy(dtype=bool)]
    return Findings(
        problems=tuple(row_problem(row, column, what, fix, code=code, severity="note") for _, row in bad.iterrows())
    )


def file_problem(
    file: str, what: str, fix: str, *, code: str, severity: Severity, column: str | None = None
) -> Problem:
    """Word a problem of a whole file; ``what`` is a whole sentence."""
    return Problem(code=code, severity=severity, file=file, column=column, what=what, fix=fix)


def without(frame: pd.DataFrame, held: frozenset[object]) -> pd.DataFrame:
    """The rows that are not held back, order kept."""
    return frame if not held else frame.loc[~frame.index.isin(list(held))]


def named(ids: Sequence[str], shown: int = LISTED_IDS) -> str:
    """Word some ids for a sentence, cut after a few.

    Examples
    --------
    >>> named(["M2", "M1", "M3"], shown=2)
    'M1, M2 and 1 more'
    """
    ordered = sorted(set(ids))
    text = ", ".join(ordered[:shown])
    return text if len(ordered) <= shown else f"{text} and {len(ordered) - shown:,} more"


def rows_named(rows: Sequence[int]) -> str:
    """Word row numbers for a sentence.

    Examples
    --------
    >>> rows_named([7, 3])
    'rows 3 and 7'
    """
    ordered = [str(row) for row in sorted(int(row) for row in rows)]
    return f"rows {', '.join(ordered[:-1])} and {ordered[-1]}" if len(ordered) > 1 else f"row {ordered[0]}"


def _plain(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:g}"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
