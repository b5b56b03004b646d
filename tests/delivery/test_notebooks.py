"""Templates and parameters are checked before a kernel starts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from coachkit.delivery.notebooks import (
    NotebookTemplate,
    ParameterRefusedError,
    TemplateRefusedError,
    approve_notebook,
    approved_template,
    plain_parameters,
    read_locks,
    read_template,
)
from coachkit.engagement.resources import find_resource

TEMPLATE = NotebookTemplate("plan.ipynb", b"", "0" * 64, {"manager_id": "M001", "flag": True, "table": None})


def write_notebook(path: Path, *cells: tuple[str, list[str]]) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source, metadata={"tags": tags}) for source, tags in cells]
    nbformat.write(notebook, path)
    return path


def test_the_parameters_cell_is_read_with_its_types(tmp_path):
    path = write_notebook(
        tmp_path / "n.ipynb", ('manager_id: str = "007"  # who\nlimit = 3', ["parameters"]), ("1 + 1", [])
    )
    assert read_template(path).parameters == {"manager_id": "007", "limit": 3}


@pytest.mark.case("SEC-25")
@pytest.mark.parametrize("tags", [[[], []], [["parameters"], ["parameters"]]])
def test_exactly_one_parameters_cell_is_needed(tmp_path, tags):
    path = write_notebook(tmp_path / "n.ipynb", ('a = "x"', tags[0]), ('b = "y"', tags[1]))
    with pytest.raises(TemplateRefusedError, match="exactly one is needed"):
        read_template(path)


def test_code_in_the_parameters_cell_is_refused(tmp_path):
    path = write_notebook(tmp_path / "n.ipynb", ("import os\na = os.getcwd()", ["parameters"]))
    with pytest.raises(TemplateRefusedError, match="may hold only lines such as"):
        read_template(path)


@pytest.mark.case("SEC-21")
@pytest.mark.case("IN-84")
@pytest.mark.parametrize("name", ["managerid", "class", "x; import os", "Manager_ID", "é", "", "a b"])
def test_an_undeclared_parameter_is_refused_with_the_nearest_name(name):
    with pytest.raises(ParameterRefusedError, match="has no parameter"):
        plain_parameters(TEMPLATE, {name: "M001"})


@pytest.mark.case("SEC-22")
@pytest.mark.case("IN-84")
@pytest.mark.parametrize(
    "value",
    [
        Path("x"),
        pd.Timestamp("2026-01-01"),
        Decimal(1),
        pd.NA,
        (1, 2),
        b"x",
        np.arange(3),
        object(),
        {1: "a"},
        {"a": (1,)},
    ],
)
def test_only_plain_json_values_are_passed(value):
    with pytest.raises(ParameterRefusedError, match="allowed are text, numbers"):
        plain_parameters(TEMPLATE, {"table": value})


@pytest.mark.case("SEC-23")
def test_numpy_scalars_become_plain_values():
    values = plain_parameters(TEMPLATE, {"flag": np.bool_(False), "table": [np.float64(1.5)]})
    assert values == {"flag": False, "table": [1.5]}
    assert type(values["flag"]) is bool


@pytest.mark.case("SEC-24")
@pytest.mark.case("IN-84")
@pytest.mark.parametrize("value", [7, True, None, 1e5])
def test_an_id_stays_text(value):
    with pytest.raises(ParameterRefusedError, match="is str; got"):
        plain_parameters(TEMPLATE, {"manager_id": value})


@pytest.mark.case("SEC-24")
@pytest.mark.parametrize("value", ["007", "1e5", "None", "nan", "1_000", "٣", " 5 "])
def test_text_that_looks_like_a_number_is_passed_unchanged(value):
    assert plain_parameters(TEMPLATE, {"manager_id": value}) == {"manager_id": value}


@pytest.mark.case("SEC-20")
def test_half_a_character_is_refused():
    with pytest.raises(ParameterRefusedError, match="lone surrogate"):
        plain_parameters(TEMPLATE, {"manager_id": "a\ud800"})


@pytest.mark.case("IN-84")
def test_deep_nesting_is_refused():
    value: object = "x"
    for _ in range(30):
        value = [value]
    with pytest.raises(ParameterRefusedError, match="nested deeper than 20 levels"):
        plain_parameters(TEMPLATE, {"table": value})


@pytest.mark.case("SEC-14")
def test_a_changed_notebook_is_refused_until_approved(tmp_path):
    own = tmp_path / "notebooks"
    own.mkdir()
    path = own / "development_plan.ipynb"
    path.write_bytes(find_resource("notebooks", "development_plan.ipynb").read_bytes().replace(b"plan", b"plaN", 1))
    with pytest.raises(TemplateRefusedError, match="has changed since it was approved"):
        approved_template("development_plan", tmp_path)
    digest = approve_notebook(path, own)
    assert approved_template("development_plan", tmp_path).sha256 == digest


@pytest.mark.case("SEC-14")
def test_shipped_notebooks_are_the_approved_ones(tmp_path):
    folder = find_resource("notebooks")
    locks = read_locks(folder)
    assert locks == {path.name: read_template(path).sha256 for path in sorted(folder.glob("*.ipynb"))}
    assert approved_template("cohort_diagnostics", tmp_path).sha256 == locks["cohort_diagnostics.ipynb"]


def test_an_unchanged_copy_of_a_shipped_notebook_needs_no_approval(tmp_path):
    from coachkit.delivery.lab import copy_notebooks

    copies = copy_notebooks(tmp_path)
    assert approved_template("development_plan", tmp_path).sha256 == read_template(copies[1]).sha256
