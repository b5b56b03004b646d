"""Small engagements that end-to-end tests bend: simulated, edited on disk, and given light notebooks."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import nbformat

from coachkit.analysis.simulation import simulate_engagement
from coachkit.delivery.notebooks import approve_notebook
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.simulate import write_simulation

Rows = list[dict[str, str]]
PARAMETERS = 'engagement: str = "samples"\nrun_id: str = "latest"'
OPEN = "from coachkit import open_run, show\nfrom coachkit.presentation.blocks import Heading\nrun = open_run(engagement, run_id)"
PLAN = "dossier = run.manager(manager_id)\nshow(Heading(level=1, text=dossier.manager.name))"
COHORT = "dossier = run.cohort()\nshow(Heading(level=1, text=dossier.engagement.title))"
RECEIPT = "run.receipt(dossier)"


def simulated(path: Path, managers: int, seed: int = 5) -> Path:
    """A simulated engagement folder."""
    return write_simulation(path, simulate_engagement(load_instrument("manager_transition"), managers, seed=seed))


def edit(engagement: Path, table: str, change: Callable[[Rows], Rows | None]) -> None:
    """Rewrite a table's CSV after ``change`` edited its rows in place or returned new ones."""
    path = engagement / "data" / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows = change(rows) or rows
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def with_release_key(engagement: Path, key: str = "a" * 64) -> Path:
    """Give an engagement the secret that orders its comments, which is drawn at random otherwise."""
    releases = engagement / "releases"
    releases.mkdir(mode=0o700)
    (releases / "key").write_text(key, "ascii")
    return engagement


def light_notebooks(engagement: Path, before_plan: str = "") -> None:
    """Approved notebooks of the engagement's own that show a heading and the receipt, nothing else."""
    _approved(engagement, "development_plan", PARAMETERS + '\nmanager_id: str = "M001"', OPEN, before_plan, PLAN)
    _approved(engagement, "cohort_diagnostics", PARAMETERS, OPEN, COHORT)


def _approved(engagement: Path, name: str, parameters: str, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in (parameters, *filter(None, cells), RECEIPT)]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # random otherwise: the same cells are the same notebook
    path = engagement / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    nbformat.write(notebook, path)
    approve_notebook(path, path.parent)
