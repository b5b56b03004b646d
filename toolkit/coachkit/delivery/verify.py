"""Does the disk hold what the ledger says? Recomputes every hash of a run and names what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coachkit.delivery.ledger import Ledger
from coachkit.delivery.runs import WORK_FOLDERS
from coachkit.engagement.storage import TEMPORARY_PREFIX, sha256_of_file

What = Literal["missing", "edited", "unfinished", "stray", "leftover", "damaged"]
REPORT_FOLDERS, ANALYSIS = ("managers", "cohort"), "analysis"
FIXES: dict[What, str] = {
    "missing": "run again with --repair, then  coachkit run  makes the report anew",
    "edited": "keep your copy elsewhere, run again with --repair, then  coachkit run  makes the report anew",
    "unfinished": "its report is not done;  coachkit run  makes it anew",
    "stray": "nobody's report: move it out of the run's folder",
    "leftover": "left by a writer that was killed; the next  coachkit run  removes it",
    "damaged": "run again:  coachkit run  sets it aside and makes the reports anew",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as recorded; ``path`` is relative to the run, ``job_id`` empty for files of the run itself."""

    path: str
    what: What
    job_id: str = ""

    @property
    def fix(self) -> str:
        """What to do about it."""
        return FIXES[self.what]


@dataclass(frozen=True, slots=True)
class Verification:
    """How many files were compared, and those that differ."""

    run_id: str
    n_files: int
    differences: tuple[Difference, ...]

    @property
    def is_sound(self) -> bool:
        """Whether everything is as recorded."""
        return not self.differences


def verify_run(ledger: Ledger) -> Verification:
    """Compare every published file, the manifest and the analysis of a run with the recorded hashes.

    Parameters
    ----------
    ledger : Ledger
        Of the run to look at.

    Returns
    -------
    Verification
    """
    run, differences = ledger.path.parent, []
    if ledger.check():
        return Verification(run.name, 0, (Difference(ledger.path.name, "damaged"),))
    rows, files_of = ledger.jobs(), ledger.files_by_job()
    recorded = {row.job_id: files_of.get(row.job_id, {}) for row in rows if row.status == "done"}
    for job_id, files in recorded.items():
        differences += [found for path, (digest, _) in files.items() for found in _compare(run, path, digest, job_id)]
        differences += [] if files else [Difference(job_id, "missing", job_id)]
    own = _own_files(run, ledger)
    differences += [found for path, digest in own.items() for found in _compare(run, path, digest)]
    known = {path for files in recorded.values() for path in files} | set(own)
    differences += _unrecorded(run, known, {row.stem for row in rows if row.status != "done"})
    n_files = len(own) + sum(map(len, recorded.values()))
    return Verification(run.name, n_files, tuple(sorted(differences, key=lambda one: one.path)))


def mark_broken(ledger: Ledger, found: Verification) -> list[str]:
    """Mark reports with a missing or edited file as stale, so that the next run makes them; returns their ids."""
    broken = sorted({one.job_id for one in found.differences if one.job_id})
    if broken:
        ledger.mark("stale", broken, "verification found a file missing or edited")
    return broken


def _own_files(run: Path, ledger: Ledger) -> dict[str, str]:
    """The manifest and what it lists of the analysis: relative path -> hash."""
    own = {"manifest.json": ledger.facts().get("manifest", "")}
    try:
        manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return own
    return own | {f"analysis/{name}": digest for name, digest in manifest.get("analysis", {}).items()}


def _compare(run: Path, path: str, digest: str, job_id: str = "") -> Iterator[Difference]:
    target = run / path
    if not target.is_file():
        yield Difference(path, "missing", job_id)
    elif target.is_symlink() or sha256_of_file(target) != digest:
        yield Difference(path, "edited", job_id)


def _unrecorded(run: Path, known: set[str], unfinished: set[str]) -> Iterator[Difference]:
    """Files nobody recorded: half a report of a killed run, temporary files, or somebody's own."""
    for path in (path for path in run.rglob("*") if path.is_file()):
        name = path.relative_to(run).as_posix()
        top, *below = path.relative_to(run).parts
        if path.name.startswith(TEMPORARY_PREFIX) or top in WORK_FOLDERS:
            yield Difference(name, "leftover")
        elif top in REPORT_FOLDERS and name not in known:
            stem = below[0] if top == "managers" else top
            yield Difference(name, "unfinished" if stem in unfinished else "stray")
        elif top == ANALYSIS and name not in known:
            yield Difference(name, "stray")
