"""From cells to typed values, one column at a time; every distinct cell is looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coachkit.engagement.tables import NUMBER_KINDS, ColumnSpec, FileOptions
from coachkit.engagement.tabular.dates import date_reader, period_reader
from coachkit.engagement.tabular.grid import Cell, Marked, cell_text
from coachkit.engagement.tabular.labels import choice_reader, rating_reader, yes_no_reader
from coachkit.engagement.tabular.numbers import number_reader
from coachkit.engagement.tabular.texts import text_reader
from coachkit.engagement.tabular.values import Bad, ColumnNotes, FileContext, Observed

_EXCEL_ERROR = re.compile(r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
_HAS_TEXT = frozenset({"id", "name", "text"})


@dataclass(frozen=True, slots=True)
class ColumnRead:
    """A converted column: values, cells that could not be read, notes, and "not observed" marks.

    ``values`` is float64, datetime64[ns] or object by kind; cells in ``bad`` hold the missing value there.
    """

    values: np.ndarray
    bad: dict[Cell, Bad]
    notes: ColumnNotes
    not_observed: np.ndarray | None


def convert_column(
    cells: Sequence[Cell], column: ColumnSpec, options: FileOptions, context: FileContext | None = None
) -> ColumnRead:
    """Convert the cells of one column; None and "" are empty cells.

    Examples
    --------
    >>> read = convert_column(["4", "", "six"], ColumnSpec("OPP01", "rating", minimum=1, maximum=5), FileOptions())
    >>> read.values.tolist(), list(read.bad)
    ([4.0, nan, nan], ['six'])
    """
    context = context or FileContext()
    notes = ColumnNotes()
    distinct = list(dict.fromkeys(cells))
    read = _reader(distinct, column, options, context, notes)
    missing = _missing_codes(column, options)
    values: dict[Cell, Any] = {}
    bad: dict[Cell, Bad] = {}
    for cell in distinct:
        value = _convert(cell, column, missing, read)
        if isinstance(value, Bad):
            bad[cell] = value
            value = None
        values[cell] = value
    observed = None
    if column.kind == "rating" and column.choices:
        observed = np.fromiter((values[cell] is Observed.NOT for cell in cells), bool, len(cells))
        values = {cell: None if value is Observed.NOT else value for cell, value in values.items()}
    return ColumnRead(_as_array(cells, values, column), bad, notes, observed)


def _missing_codes(column: ColumnSpec, options: FileOptions) -> frozenset[str]:
    if column.kind in ("id", "name"):
        return frozenset()
    return frozenset(code.strip().casefold() for code in options.missing_codes)


def _convert(cell: Cell, column: ColumnSpec, missing: frozenset[str], read: Callable[[Cell], Any]) -> Any:  # noqa: ANN401 - text, number, truth value or date by column kind
    if isinstance(cell, str):
        cell = cell.strip()
        if _EXCEL_ERROR.fullmatch(cell) and column.kind != "text":
            return _formula_error(cell)
    elif isinstance(cell, Marked) and cell.mark == "error":
        return _formula_error(cell.shown)
    if cell is None or cell == "" or (missing and cell_text(cell).casefold() in missing):
        if column.required:
            return Bad("E-EMPTY", "the cell is empty, but a value is needed", "fill it in", shows_value=False)
        return None
    return read(cell)


def _formula_error(shown: str) -> Bad:
    return Bad("E-FORMULA", "is an error of a formula", f"repair the formula that gives {shown}, or clear the cell")


def _reader(
    distinct: Sequence[Cell], column: ColumnSpec, options: FileOptions, context: FileContext, notes: ColumnNotes
) -> Callable[[Cell], Any]:
    if column.kind in _HAS_TEXT:
        return text_reader(column, options, notes)
    if column.kind in ("number", "integer", "percent"):
        return number_reader(distinct, column, options, context, notes)
    if column.kind == "rating":
        return rating_reader(number_reader(distinct, column, options, context, notes), column, options, notes)
    if column.kind == "date":
        return date_reader(distinct, column, options, context, notes)
    if column.kind == "period":
        return period_reader(notes)
    return yes_no_reader(options) if column.kind == "yes_no" else choice_reader(column, options)


def _as_array(cells: Sequence[Cell], values: dict[Cell, Any], column: ColumnSpec) -> np.ndarray:
    if column.kind in NUMBER_KINDS:
        numbers = {cell: np.nan if value is None else value for cell, value in values.items()}
        return np.fromiter((numbers[cell] for cell in cells), np.float64, len(cells))
    if column.kind == "date":
        days = {cell: np.datetime64(value or "NaT", "ns") for cell, value in values.items()}
        return np.array([days[cell] for cell in cells], dtype="datetime64[ns]")
    array = np.empty(len(cells), dtype=object)
    array[:] = [values[cell] for cell in cells]
    return array
