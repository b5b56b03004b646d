"""Reports from literal dossiers: the shipped notebooks' prose and calls, run without a kernel or a run folder."""

from __future__ import annotations

from functools import lru_cache

import nbformat
from tests.fixtures.dossiers import cohort_dossier, manager_dossier

import coachkit
from coachkit.analysis.records import CohortDossier, ManagerDossier
from coachkit.delivery.documents.blocks import collect_blocks
from coachkit.delivery.documents.html import render_document
from coachkit.engagement.resources import notebook_path
from coachkit.presentation.show import make_bundle


class LiteralRun:
    """Stands in for a finished run: hands out one dossier."""

    def __init__(self, dossier):
        self.dossier = dossier

    def manager(self, _):
        return self.dossier

    def cohort(self):
        return self.dossier

    def receipt(self, _):
        return None


def execute(name: str, dossier):
    """Execute a shipped notebook's code cells on a literal dossier and keep what they show."""
    notebook = nbformat.reads(_source(name), as_version=4)
    outputs = []

    class Toolkit:
        open_run = staticmethod(lambda *_: LiteralRun(dossier))
        show = staticmethod(
            lambda *blocks: outputs.append(nbformat.v4.new_output("display_data", data=make_bundle(*blocks)))
        )

    names = {}
    original = coachkit.__dict__.get("open_run"), coachkit.__dict__.get("show")
    coachkit.open_run, coachkit.show = Toolkit.open_run, Toolkit.show
    try:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
                cell.outputs = [*outputs]
                outputs.clear()
    finally:
        for key, value in zip(("open_run", "show"), original, strict=True):
            if value is None:
                delattr(coachkit, key)
            else:
                setattr(coachkit, key, value)
    return notebook


@lru_cache(maxsize=4)
def _source(name: str) -> str:
    return notebook_path(name).read_text("utf-8")


def plan_blocks(dossier: ManagerDossier | None = None):
    return collect_blocks(execute("development_plan", dossier or manager_dossier()))[0]


def plan_page(dossier: ManagerDossier | None = None) -> str:
    return render_document(plan_blocks(dossier), "Development plan")


def cohort_blocks(dossier: CohortDossier | None = None):
    return collect_blocks(execute("cohort_diagnostics", dossier or cohort_dossier()))[0]


def cohort_page(dossier: CohortDossier | None = None) -> str:
    return render_document(cohort_blocks(dossier), "Cohort diagnostics")
