"""What people hand in as scores and standard errors, as two tables that fit each other row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.errors import CoachkitError, listed

ID_COLUMN = "manager_id"


def score_table(scores: object) -> pd.DataFrame:
    """Scores as numbers, managers in the index, competencies as text in the columns.

    Parameters
    ----------
    scores : DataFrame or array-like of shape (n_managers, n_competencies)
        A column ``manager_id`` becomes the index.

    Raises
    ------
    CoachkitError
        If there are no managers, a manager or competency appears twice, or a column holds anything but numbers.

    Examples
    --------
    >>> score_table(pd.DataFrame({"manager_id": ["M1", "M2"], "PEO": [3, 4]}))["PEO"].to_dict()
    {'M1': 3.0, 'M2': 4.0}
    """
    table = _numbers(_framed(scores, "scores"), "scores")
    if table.empty:
        raise CoachkitError(f"scores hold {len(table)} managers and {table.shape[1]} competencies. Give at least one.")
    if np.isinf(table.to_numpy()).any():
        raise CoachkitError("scores hold an infinite value. Leave a score that is not known empty (NaN).")
    return table


def error_table(standard_errors: object, scores: pd.DataFrame) -> pd.DataFrame:
    """Standard errors in the order of the scores.

    Tables are matched by id and competency; arrays, and tables that share no label with the scores, by place.

    Raises
    ------
    CoachkitError
        If they share some managers or competencies only, or differ in size.
    """
    if not isinstance(standard_errors, pd.DataFrame):
        values = np.asarray(standard_errors, dtype=float)
        if values.shape != scores.shape:
            raise _ill_fitting(values.shape, scores)
        return pd.DataFrame(values, scores.index, scores.columns)
    table = _numbers(_framed(standard_errors, "standard errors"), "standard errors")
    if table.shape != scores.shape:
        raise _ill_fitting(table.shape, scores)
    columns = _places(table.columns, scores.columns, "competencies")
    rows = _places(table.index, scores.index, "managers")
    return pd.DataFrame(table.to_numpy()[np.ix_(rows, columns)], scores.index, scores.columns)


def _places(given: pd.Index, wanted: pd.Index, what: str) -> np.ndarray:
    """Where each wanted label stands: by name if all are there, by place if none is, refused in between."""
    places = given.get_indexer(wanted)
    if (places < 0).all():
        return np.arange(len(wanted))
    if (places < 0).any():
        raise CoachkitError(
            f"standard errors and scores share only {(places >= 0).sum()} of {len(wanted)} {what}. Give both the same."
        )
    return places


def _ill_fitting(shape: tuple[int, ...], scores: pd.DataFrame) -> CoachkitError:
    return CoachkitError(
        f"standard errors of shape {shape} do not fit scores of shape {scores.shape}. "
        "Give one for each score, managers in rows and competencies in columns."
    )


def _framed(values: object, what: str) -> pd.DataFrame:
    if not isinstance(values, pd.DataFrame):
        array = np.asarray(values)
        if array.ndim != 2:
            raise CoachkitError(f"{what} have {array.ndim} dimensions. Give managers in rows, competencies in columns.")
        return pd.DataFrame(array, columns=[f"x{number}" for number in range(array.shape[1])])
    table = values.set_index(ID_COLUMN) if ID_COLUMN in values.columns else values
    table = table.set_axis([str(name) for name in table.columns], axis=1)
    if table.columns.has_duplicates:
        raise CoachkitError(f"{what} hold {listed(set(table.columns[table.columns.duplicated()]))} more than once.")
    if table.index.has_duplicates:
        repeated = table.index.duplicated().sum()
        raise CoachkitError(f"{what} hold {repeated} rows of a manager already given. Give one row a manager.")
    return table


def _numbers(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """The table as floats; the message names columns, never what stands in them."""
    wrong = []
    for name in table.columns:
        try:
            table[name].astype(float)
        except (ValueError, TypeError):
            wrong.append(name)
    if wrong:
        raise CoachkitError(
            f"{what} hold something other than numbers in {listed(wrong)}. Leave such columns out; ids belong in the "
            f"index or in a column {ID_COLUMN!r}."
        )
    return table.astype(float)
