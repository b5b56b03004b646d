"""Cells of cohort tables: hide small counts, and enough of their neighbours that totals do not give them away."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

Totals = Literal["none", "rows", "columns", "both"]


def protect_cells(
    counts: pd.DataFrame | pd.Series,
    minimum: int,
    *,
    totals: Totals = "both",
    cohort_minimum: int = 0,
) -> pd.DataFrame | pd.Series:
    """Say which cells of a table of counts may be shown beside its totals.

    Parameters
    ----------
    counts : DataFrame or Series of int
        People behind each cell. A Series is one line with a total.
    minimum : int
        Smallest number of people behind a shown cell; an empty cell hides nobody and may be shown.
    totals : {"both", "rows", "columns", "none"}
        Which totals are published beside the cells.
    cohort_minimum : int
        Tables with fewer people in all show nothing.

    Returns
    -------
    DataFrame or Series of bool, like ``counts``
        True where the cell may be shown.

    Notes
    -----
    In a line with a published total the hidden cells together hold no one, or at least ``minimum`` people in
    two or more cells; otherwise the next smallest cell is hidden as well, until nothing changes. A last look
    at the linear system of totals hides more where crossing lines would still determine a cell.

    References
    ----------
    Cox (1980), Suppression methodology and statistical disclosure control, JASA 75, 377-385.

    Examples
    --------
    >>> protect_cells(pd.Series({"A": 12, "B": 6, "C": 2}), 5)
    A     True
    B    False
    C    False
    dtype: bool
    """
    table = counts.to_numpy().astype(np.int64)
    grid = table.reshape(len(counts), -1)
    if isinstance(counts, pd.Series):
        totals = "columns"
    is_too_small = grid.sum() < cohort_minimum
    shown = np.zeros(grid.shape, dtype=bool) if is_too_small else ~_hide(grid, minimum, totals)
    shaped = shown.reshape(table.shape)
    if isinstance(counts, pd.Series):
        return pd.Series(shaped, index=counts.index)
    return pd.DataFrame(shaped, index=counts.index, columns=counts.columns)


def dominated_cells(forms: pd.DataFrame, by: list[str], share: float = 0.5) -> pd.Series:
    """True for cells in which one rater gave more than ``share`` of the forms; such cells are not published.

    Parameters
    ----------
    forms : DataFrame
        One row per form, with ``rater_id`` and the columns named in ``by``.
    by : list of str
        Columns that make a cell.

    Examples
    --------
    >>> forms = pd.DataFrame({"unit_id": ["U1"] * 3 + ["U2"] * 2, "rater_id": ["a", "a", "b", "c", "d"]})
    >>> dominated_cells(forms, ["unit_id"]).to_dict()
    {'U1': True, 'U2': False}
    """
    per_rater = forms.groupby([*by, "rater_id"], sort=True).size()
    cells = per_rater.groupby(level=list(range(len(by))))
    return cells.max() / cells.sum() > share


def _hide(counts: np.ndarray, minimum: int, totals: Totals) -> np.ndarray:
    hidden = (counts > 0) & (counts < minimum)
    while True:
        before = hidden.copy()
        if totals in ("columns", "both"):
            for column in range(counts.shape[1]):
                _complete_line(counts[:, column], hidden[:, column], minimum)
        if totals in ("rows", "both"):
            for row in range(counts.shape[0]):
                _complete_line(counts[row], hidden[row], minimum)
        if totals == "both" and (hidden == before).all():
            _break_crossings(counts, hidden)
        if (hidden == before).all():
            return hidden


def _complete_line(counts: np.ndarray, hidden: np.ndarray, minimum: int) -> None:
    while hidden.any() and (hidden.sum() < 2 or counts[hidden].sum() < minimum):
        candidates = np.flatnonzero(~hidden & (counts > 0))
        if not len(candidates):
            hidden[:] = True
            return
        hidden[candidates[counts[candidates].argmin()]] = True


def _break_crossings(counts: np.ndarray, hidden: np.ndarray) -> None:
    """Hide one more cell in the row of the smallest cell that row and column totals still determine."""
    rows, columns = np.nonzero(hidden)
    if not len(rows):
        return
    lines = np.zeros((sum(counts.shape), len(rows)))
    lines[rows, np.arange(len(rows))] = 1
    lines[counts.shape[0] + columns, np.arange(len(rows))] = 1
    _, singular, directions = np.linalg.svd(lines, full_matrices=True)
    free = directions[(singular > 1e-9).sum() :]
    still = np.flatnonzero(np.abs(free).max(axis=0, initial=0.0) < 1e-9)
    fixed = [cell for cell in still if (~hidden[rows[cell]] & (counts[rows[cell]] > 0)).any()]
    if len(fixed):
        row = rows[min(fixed, key=lambda cell: counts[rows[cell], columns[cell]])]
        candidates = np.flatnonzero(~hidden[row] & (counts[row] > 0))
        hidden[row, candidates[counts[row, candidates].argmin()]] = True
