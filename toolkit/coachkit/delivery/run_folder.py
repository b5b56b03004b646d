"""A run's folder: found again for the same inputs, or made anew, with its analysis and manifest."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from coachkit import __version__
from coachkit.delivery.ledger import Ledger, LedgerError
from coachkit.delivery.notebooks import NotebookTemplate
from coachkit.delivery.pipeline import EngagementAnalysis, ReportFacts, analyse_engagement
from coachkit.delivery.runs import OUT, WORK_FOLDERS
from coachkit.engagement.storage import (
    confined,
    file_stem,
    make_folder,
    remove_leftovers,
    sha256_of,
    sha256_of_file,
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


@cache
def recorded_versions() -> Mapping[str, str]:
    """Versions of everything that a report's figures, words and execution depend on."""
    return {**{package: version(package) for package in RECORDED_PACKAGES}, "python": platform.python_version()}


@dataclass(frozen=True)
class RunFolder:
    """A run ready for its reports: where it lies, its ledger, its analysis and what it keeps of every report.

    ``reports`` are by manager id, the cohort's under the empty id; their ``data`` is on disk and empty here.
    """

    path: Path
    ledger: Ledger
    analysis: EngagementAnalysis
    reports: Mapping[str, ReportFacts]
    slice_sha256: Mapping[str, str]

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.analysis.run_id


def prepare_run(
    engagement: Engagement, wave: str, templates: Mapping[str, NotebookTemplate], *, is_alone: bool = True
) -> RunFolder:
    """Analyse an engagement into the newest run with the same inputs, or into a new run folder.

    ``is_alone`` says that nobody else writes to the engagement now: what a killed writer left is removed then.
    """
    identity = _identity(engagement, wave, templates)
    found = _existing_run(engagement.path, identity)
    made_on = found[1] if found else datetime.now(UTC).date().isoformat()
    run_id = found[0] if found else f"{made_on}-{file_stem(wave).rsplit('-', 1)[0]}-{identity[:8]}"
    analysis = analyse_engagement(engagement, wave=wave, run_id=run_id, made_on=made_on)
    folder = make_folder(confined(engagement.path, OUT, run_id))
    if is_alone:
        remove_leftovers(folder)
        for name in WORK_FOLDERS:
            shutil.rmtree(confined(folder, name), ignore_errors=True)
    ledger = Ledger.readable(folder / "ledger.sqlite")
    reports: dict[str, ReportFacts] = {}
    hashes: dict[str, str] = {}
    score_rows: list[dict[str, object]] = []
    for facts in analysis.reports():
        hashes[facts.name] = _write_changed(folder, facts.name, facts.data)
        score_rows += facts.score_rows
        reports[facts.manager_id] = replace(facts, data=b"", score_rows=())
    for name, data in analysis.tables(score_rows).items():
        hashes[f"{name}.parquet"] = _write_changed(folder, f"{name}.parquet", data)
    manifest = write_json(folder / "manifest.json", _manifest(engagement, run_id, templates, hashes))
    ledger.set_facts(
        identity=identity,
        made_on=made_on,
        wave=wave,
        data_hash=engagement.data_hash,
        seed=str(engagement.settings.seed),
        version=__version__,
        manifest=manifest,
        sequence=ledger.facts().get("sequence") or str(_next_sequence(engagement.path)),
    )
    return RunFolder(folder, ledger, analysis, reports, hashes)


def earlier_runs(engagement: Path) -> list[tuple[Path, Ledger, dict[str, str]]]:
    """Every run of an engagement that this version can read, newest first by sequence, with its facts."""
    found = []
    for path in (engagement / OUT).glob("*/ledger.sqlite"):
        try:
            ledger = Ledger(path)
            facts = ledger.facts()
        except LedgerError:  # a damaged run, or one of a newer version, stays as it is
            continue
        found.append((path.parent, ledger, facts))
    return sorted(found, key=lambda run: (int(run[2].get("sequence", 0)), run[0].name), reverse=True)


def _next_sequence(engagement: Path) -> int:
    """Runs are ordered by a number of their own, because a clock may be set back."""
    return 1 + max((int(facts.get("sequence", 0)) for *_, facts in earlier_runs(engagement)), default=0)


def _identity(engagement: Engagement, wave: str, templates: Mapping[str, NotebookTemplate]) -> str:
    """What makes two runs the same run: data, settings, version, wave, seed and notebooks."""
    hashes = [templates[name].sha256 for name in sorted(templates)]
    parts = [engagement.data_hash, __version__, wave, str(engagement.settings.seed), *hashes]
    return sha256_of("\n".join(parts).encode())


def _existing_run(path: Path, identity: str) -> tuple[str, str] | None:
    for folder, _, facts in earlier_runs(path):
        if facts.get("identity") == identity:
            return folder.name, facts["made_on"]
    return None


def _write_changed(folder: Path, name: str, data: bytes) -> str:
    """Write a file of the analysis unless it is there already; returns its hash.

    Thousands of slices need not wait for the disk: each run compares them with their hashes, and a receipt does again.
    """
    path, digest = confined(folder, "analysis", name), sha256_of(data)
    if not path.is_file() or sha256_of_file(path) != digest:
        write_atomic(path, data, is_durable=False)
    return digest


def _manifest(
    engagement: Engagement, run_id: str, templates: Mapping[str, NotebookTemplate], analysis: Mapping[str, str]
) -> dict[str, object]:
    return {
        "run_id": run_id,
        "data_hash": engagement.data_hash,
        "inputs": {fact.name: fact.sha256 for fact in engagement.facts},
        "seed": engagement.settings.seed,
        "versions": dict(recorded_versions()),
        "notebooks": {name: template.sha256 for name, template in templates.items()},
        "analysis": dict(analysis),
    }
