"""The tree reads core -> analysis -> presentation -> engagement -> delivery -> cli, and importing does nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "toolkit" / "coachkit"
LAYERS = ("errors", "core", "analysis", "presentation", "engagement", "delivery", "cli")
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)
MAX_LINES = 320


DOORS = {"__init__", "__main__", "agreement", "change", "reliability", "segments"}


def layer_of(parts: tuple[str, ...]) -> int | None:
    """Position of a module's layer; None for the public doors, which only name what lies in a layer."""
    name = parts[0].removesuffix(".py") if parts else "__init__"
    return None if name in DOORS else LAYERS.index(name)


def imported_modules(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = [
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level
    ]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return [name for name in names if name == "coachkit" or name.startswith("coachkit.")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_arrows_run_downwards_only(path):
    own = layer_of(path.relative_to(PACKAGE).parts)
    if own is None:
        return
    for name in imported_modules(path):
        parts = tuple(name.split(".")[1:])
        layer = layer_of(parts)
        assert layer is None or layer <= own, f"{path.name} imports {name} from a later layer"


@pytest.mark.parametrize("name", sorted(DOORS - {"__init__", "__main__"}))
def test_a_door_only_passes_names_on(name):
    tree = ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))
    assert {type(node) for node in tree.body} <= {ast.Expr, ast.ImportFrom, ast.Assign}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_modules_stay_small_and_relative_imports_are_not_used(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= MAX_LINES
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]


@pytest.mark.case("SEC-15")
@pytest.mark.case("SEC-18")
@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_evaluates_data_as_code(path):
    tree = ast.parse(path.read_text("utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"eval", "exec", "compile", "__import__"}
    imported = {
        name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in (a.name for a in node.names)
    }
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}


IMPORT_SCRIPT = """
import os, sys, threading
before = set(os.listdir("."))
import coachkit
heavy = {"pandas", "sklearn", "matplotlib", "papermill", "scipy"} & set(sys.modules)
print(sorted(heavy), threading.active_count(), set(os.listdir(".")) == before)
"""


def test_importing_does_nothing(tmp_path):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_SCRIPT], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    assert result.stdout.strip() == "[] 1 True"


@pytest.mark.case("SEC-04")
def test_nothing_makes_widgets_or_hands_markup_to_a_display():
    sources = {path.name: path.read_text("utf-8") for path in MODULES}
    for path in (PACKAGE.parents[1] / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        sources[path.name] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    markup = {"HTML", "HTMLMath", "Markdown", "Latex", "Math", "Javascript", "SVG", "IFrame"}
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            assert not [found for found in (module, *names) if found.startswith("ipywidgets")], name
            assert not (module.startswith("IPython") and markup & set(names)), name
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                assert called not in markup, f"{name} calls {called}"
