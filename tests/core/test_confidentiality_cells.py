"""Cells of cohort tables: complementary suppression, checked by solving for every hidden cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.core.confidentiality import dominated_cells, protect_cells


def test_large_cells_are_shown():
    assert protect_cells(pd.Series({"A": 12, "B": 6}), 5).all()


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 6, 2], [True, False, False]),  # the next smallest goes too
        ([12, 3, 3], [True, False, False]),  # two small cells, six people together
        ([12, 8, 2, 2], [True, False, False, False]),  # four people are still too few
        ([12, 0, 6], [True, True, True]),  # an empty cell hides nobody
        ([9, 2], [False, False]),
        ([3], [False]),
    ],
)
def test_a_line_with_a_total_hides_enough_to_protect_small_cells(counts, shown):
    assert protect_cells(pd.Series(counts), 5).tolist() == shown


@pytest.mark.case("PRIV-07")
def test_a_small_cohort_shows_no_table():
    assert not protect_cells(pd.Series({"A": 5, "B": 4}), 4, cohort_minimum=10).any()


def test_totals_of_columns_only_leave_rows_alone():
    table = pd.DataFrame({"x": [6, 7, 2], "y": [6, 7, 8]}, index=["A", "B", "C"])
    shown = protect_cells(table, 5, totals="columns")
    assert shown["x"].tolist() == [False, True, False]
    assert shown["y"].all()
    assert protect_cells(table, 5, totals="none").to_numpy().sum() == 5


@pytest.mark.case("PRIV-07")
@settings(max_examples=150, deadline=None)
@given(st.integers(2, 5), st.integers(2, 5), st.integers(0, 10**6))
def test_totals_determine_no_hidden_cell(rows, columns, seed):
    """Brute audit: no hidden cell is fixed by the row and column totals and the shown cells."""
    table = pd.DataFrame(np.random.default_rng(seed).integers(0, 12, (rows, columns)))
    hidden = ~protect_cells(table, 5).to_numpy()
    counts = table.to_numpy()
    assert not ((counts > 0) & (counts < 5) & ~hidden).any()
    cells = np.argwhere(hidden)
    if not len(cells):
        return
    lines = np.zeros((rows + columns, len(cells)))
    lines[cells[:, 0], np.arange(len(cells))] = 1
    lines[rows + cells[:, 1], np.arange(len(cells))] = 1
    rank = np.linalg.matrix_rank(lines)
    for index, (row, column) in enumerate(cells):
        if 0 < counts[row, column] < 5:
            alone = np.zeros(len(cells))
            alone[index] = 1
            is_derivable = np.linalg.matrix_rank(np.vstack([lines, alone])) == rank
            is_whole_table_hidden = (
                hidden[row][counts[row] > 0].all() and hidden[:, column][counts[:, column] > 0].all()
            )
            assert not is_derivable or is_whole_table_hidden


@pytest.mark.case("PRIV-08")
def test_a_cell_in_which_one_rater_gave_most_forms_is_dominated():
    forms = pd.DataFrame({"unit_id": ["U1"] * 4 + ["U2"] * 4, "rater_id": list("aaab") + list("aabb")})
    assert dominated_cells(forms, ["unit_id"]).to_dict() == {"U1": True, "U2": False}
