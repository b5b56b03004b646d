"""A run's folder: found again for the same inputs, or made anew, with its analysis and manifest."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit import __version__
from coachkit.delivery.ledger import Ledger, LedgerError
from coachkit.delivery.notebooks import NotebookTemplate
from coachkit.delivery.pipeline import EngagementAnalysis, analyse_engagement
from coachkit.delivery.runs import OUT
from coachkit.engagement.storage import (
    confined,
    file_stem,
    make_folder,
    remove_leftovers,
    sha256_of,
    write_atomic,
    write_json,
)

if TYPE_CHECKING:
    from coachkit.engagement.folder import Engagement

RECORDED_PACKAGES = (
    "coachkit",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "matplotlib",
    "papermill",
    "nbclient",
    "ipykernel",
)


@dataclass(frozen=True)
class RunFolder:
    """A run ready for its reports: where it lies, its ledger, its analysis and the slices on disk."""

    path: Path
    ledger: Ledger
    analysis: EngagementAnalysis
    slices: Mapping[str, bytes]


def prepare_run(engagement: Engagement, wave: str, templates: Mapping[str, NotebookTemplate]) -> RunFolder:
    """Analyse an engagement into the newest run with the same inputs, or into a new run folder."""
    identity = _identity(engagement, wave, templates)
    found = _existing_run(engagement.path, identity)
    made_on = found[1] if found else datetime.now(UTC).date().isoformat()
    run_id = found[0] if found else f"{made_on}-{file_stem(wave).rsplit('-', 1)[0]}-{identity[:8]}"
    analysis = analyse_engagement(engagement, wave=wave, run_id=run_id, made_on=made_on)
    folder = make_folder(confined(engagement.path, OUT, run_id))
    remove_leftovers(folder)
    ledger = Ledger(folder / "ledger.sqlite")
    slices = analysis.slices()
    _write_analysis(folder, slices, analysis.tables())
    manifest = write_json(folder / "manifest.json", _manifest(engagement, run_id, templates))
    ledger.set_facts(
        identity=identity,
        made_on=made_on,
        wave=wave,
        data_hash=engagement.data_hash,
        seed=str(engagement.settings.seed),
        version=__version__,
        manifest=manifest,
    )
    return RunFolder(folder, ledger, analysis, slices)


def _identity(engagement: Engagement, wave: str, templates: Mapping[str, NotebookTemplate]) -> str:
    """What makes two runs the same run: data, settings, version, wave, seed and notebooks."""
    hashes = [templates[name].sha256 for name in sorted(templates)]
    parts = [engagement.data_hash, __version__, wave, str(engagement.settings.seed), *hashes]
    return sha256_of("\n".join(parts).encode())


def _existing_run(path: Path, identity: str) -> tuple[str, str] | None:
    for ledger_path in sorted((path / OUT).glob("*/ledger.sqlite"), reverse=True):
        try:
            facts = Ledger(ledger_path).facts()
        except LedgerError:  # a run of a newer version is not this run; it stays as it is
            continue
        if facts.get("identity") == identity:
            return ledger_path.parent.name, facts["made_on"]
    return None


def _write_analysis(folder: Path, slices: Mapping[str, bytes], tables: Mapping[str, bytes]) -> None:
    named = {**slices, **{f"{name}.parquet": data for name, data in tables.items()}}
    for name, data in named.items():
        path = confined(folder, "analysis", name)
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, data)


def _manifest(engagement: Engagement, run_id: str, templates: Mapping[str, NotebookTemplate]) -> dict[str, object]:
    versions = {package: version(package) for package in RECORDED_PACKAGES}
    return {
        "run_id": run_id,
        "data_hash": engagement.data_hash,
        "inputs": {fact.name: fact.sha256 for fact in engagement.facts},
        "seed": engagement.settings.seed,
        "versions": {**versions, "python": platform.python_version()},
        "notebooks": {name: template.sha256 for name, template in templates.items()},
    }
