"""Same inputs, same key, same version: the same bytes, whoever makes the reports and wherever."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from tests.end_to_end.folders import simulated, with_release_key

from coachkit.delivery.batch import run_batch
from coachkit.engagement.folder import open_engagement

pytestmark = pytest.mark.slow

N_MANAGERS = 12  # enough for the cohort's report to show figures
WAYS = {
    "one worker": {"jobs": 1},
    "three workers": {"jobs": 3},
    "ordinary kernels": {"jobs": 2, "plain_kernels": True, "only": ("M001", "M002")},
}


def published(run: Path, suffix: str) -> dict[str, bytes]:
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in sorted(run.glob(f"*/**/*{suffix}"))}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    return with_release_key(simulated(tmp_path_factory.mktemp("same") / "prepared", N_MANAGERS))


@pytest.fixture(scope="module")
def reference(prepared, tmp_path_factory) -> Path:
    """Reports of the shipped notebooks, made by two warm workers."""
    engagement = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("reference") / "engagement"))
    result = run_batch(open_engagement(engagement), lambda _: None, jobs=2)
    assert (result.n_done, result.failures) == (N_MANAGERS + 1, ())
    return result.folder


@pytest.mark.parametrize("way", WAYS)
def test_the_same_inputs_give_the_same_bytes(prepared, reference, tmp_path, monkeypatch, way):
    """Each way in a folder of its own, from another working directory and in another time zone."""
    engagement = Path(shutil.copytree(prepared, tmp_path / "elsewhere" / "engagement"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(os.environ, "TZ", "Pacific/Auckland")
    result = run_batch(open_engagement(engagement), lambda _: None, **WAYS[way])
    assert result.failures == ()
    for suffix in (".html", ".ipynb"):
        made, expected = published(result.folder, suffix), published(reference, suffix)
        assert made
        assert made == {name: expected[name] for name in made}
    for name, data in published(result.folder, ".ipynb").items():
        nbformat.validate(nbformat.reads(data.decode("utf-8"), as_version=4), relax_add_props=False), name


def test_analysis_tables_are_the_same_bytes_too(prepared, reference, tmp_path):
    engagement = Path(shutil.copytree(prepared, tmp_path / "engagement"))
    result = run_batch(open_engagement(engagement), lambda _: None, only=("M001",), jobs=1)
    for path in sorted((reference / "analysis").rglob("*")):
        if path.is_file():
            twin = result.folder / "analysis" / path.relative_to(reference / "analysis")
            assert twin.read_bytes() == path.read_bytes(), path.name


def test_another_key_changes_the_order_of_comments_and_nothing_else(prepared, reference, tmp_path):
    """The key is one of the inputs: a copy of the folder keeps it, a new folder draws its own."""
    engagement = Path(shutil.copytree(prepared, tmp_path / "engagement"))
    (engagement / "releases" / "key").write_text("b" * 64, "ascii")
    result = run_batch(open_engagement(engagement), lambda _: None, only=("M001",), jobs=1)
    orders = []
    for run in (reference, result.folder):
        dossiers = [json.loads(path.read_bytes()) for path in sorted((run / "analysis" / "managers").iterdir())]
        orders.append([dossier["profile"].pop("comments") for dossier in dossiers])
        orders.append(dossiers)
    assert orders[1] == orders[3]
    assert orders[0] != orders[2]
    for first, second in zip(orders[0], orders[2], strict=True):
        assert sorted(map(str, first)) == sorted(map(str, second))
