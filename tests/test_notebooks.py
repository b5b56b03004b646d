"""Notebooks are letters with live figures: thin cells, prose before each, no results typed in, nothing stored."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from tests.delivery.documents.pages import execute
from tests.fixtures.dossiers import cohort_dossier, manager_dossier

from coachkit.delivery.notebooks import read_locks, read_template

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BinOp, ast.Compare, ast.Subscript,
)  # fmt: skip
DOSSIERS = {"development_plan": manager_dossier, "cohort_diagnostics": cohort_dossier}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path):
    return nbformat.reads(path.read_text("utf-8"), as_version=4)


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def test_the_two_reports_are_here():
    assert {path.stem for path in NOTEBOOKS} >= set(DOSSIERS)


@each
def test_a_notebook_is_valid_and_stored_without_results(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert set(cell.metadata) <= {"tags"}
    assert set(json.loads(path.read_text("utf-8"))["metadata"]) == {"kernelspec", "language_info"}


@each
def test_it_opens_with_title_parameters_and_run(path):
    first, second, third = read(path).cells[:3]
    assert first.source.startswith("# ")
    assert first.metadata.tags == ["notebook-only"]
    assert "**For**" in first.source
    assert "**Needs**" in first.source
    assert second.metadata.tags == ["parameters"]
    assert all(isinstance(line, ast.AnnAssign) for line in ast.parse(second.source).body)
    assert all("  # " in line for line in second.source.splitlines())
    assert "run = open_run(engagement, run_id)" in third.source


@each
def test_parameters_are_ids_only(path):
    defaults = dict(read_template(path).parameters)
    assert defaults.pop("manager_id", "M001") == "M001"
    assert defaults == {"engagement": "samples", "run_id": "latest"}


@each
def test_cells_are_thin(path):
    for source in code_of(path)[2:]:
        assert 1 <= len(source.splitlines()) <= 5
    for source in code_of(path):
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, FORBIDDEN)]


@each
def test_every_call_is_preceded_by_a_question_of_20_to_60_words(path):
    cells = read(path).cells
    for before, cell in pairwise(cells[2:-1]):
        if cell.cell_type == "code":
            heading, _, prose = before.source.partition("\n\n")
            assert heading.startswith("## ")
            assert 20 <= len(prose.split()) <= 60, heading
            assert "?" in prose or heading == "## What matters most"


@each
def test_prose_holds_no_results_and_never_says_anonymous(path):
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d+[.,]\d|\d+ ?%|\bM\d{3}\b", cell.source)
            assert "anonym" not in cell.source.lower()


@each
def test_the_last_cell_shows_the_receipt(path):
    assert code_of(path)[-1] == "run.receipt(dossier)"
    assert read(path).cells[-1].cell_type == "code"


@each
def test_it_runs_from_top_to_bottom(path):
    notebook = execute(path.stem, DOSSIERS[path.stem]())
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(shown) == len(code_of(path)) - 2  # all but parameters and receipt


@each
def test_the_approved_version_is_the_one_here(path):
    assert read_locks(FOLDER)[path.name] == read_template(path).sha256, "run: coachkit approve " + path.name
