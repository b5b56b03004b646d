"""A finished analysis as notebooks read it: one slice per manager, one for the cohort, nothing else.

The analysis of a run is computed once; its slices are small JSON documents, so that the work per notebook does
not grow with the cohort.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from coachkit.analysis.records import CohortDossier, ManagerDossier
from coachkit.delivery.ledger import Ledger
from coachkit.delivery.receipts import MIME, Receipt, parameters_hash, subject_hash
from coachkit.engagement.storage import confined, file_stem, sha256_of
from coachkit.errors import CoachkitError, UnknownNameError

LATEST = "latest"
OUT = "out"
WORK_FOLDERS = ("work", "work-cohort")  # where notebooks are executed; nothing stays in them


class RunNotFoundError(CoachkitError):
    """A run folder that does not exist or is not complete."""


@dataclass(frozen=True)
class Run:
    """One run's slices. ``read`` returns the bytes of a slice by its relative name."""

    run_id: str
    read: Callable[[str], bytes]
    requested: Mapping[str, str] = field(default_factory=dict)

    def manager(self, manager_id: str) -> ManagerDossier:
        """Everything the development-plan notebook may know about one manager.

        Raises
        ------
        UnknownNameError
            If the run has no such manager.
        """
        return msgspec.json.decode(self.read(manager_slice(manager_id)), type=ManagerDossier)

    def cohort(self) -> CohortDossier:
        """Everything the cohort-diagnostics notebook may know."""
        return msgspec.json.decode(self.read(COHORT_SLICE), type=CohortDossier)

    def receipt(self, dossier: ManagerDossier | CohortDossier) -> None:
        """Show the receipt of what this notebook reported on; the runner publishes only if it matches."""
        from IPython.display import display

        receipt = make_receipt(self, dossier)
        text = f"Receipt {receipt.slice_sha256[:12]}: {receipt.kind}, run {receipt.run_id}."
        display({MIME: receipt.as_dict(), "text/plain": text}, raw=True)


def make_receipt(run: Run, dossier: ManagerDossier | CohortDossier) -> Receipt:
    """The receipt for a dossier, computed from the slice as it is read now."""
    if isinstance(dossier, ManagerDossier):
        manager_id = dossier.manager.manager_id
        data = run.read(manager_slice(manager_id))
        n_rows = len(dossier.profile.scores)
        return manager_receipt(dossier.provenance.run_id, manager_id, sha256_of(data), n_rows, run.requested)
    digest = sha256_of(run.read(COHORT_SLICE))
    return cohort_receipt(dossier.provenance.run_id, digest, dossier.n_managers, run.requested)


def manager_receipt(
    run_id: str, manager_id: str, slice_sha256: str, n_rows: int, requested: Mapping[str, str]
) -> Receipt:
    """Receipt of one manager's report."""
    hashed = parameters_hash(**requested, manager_id=manager_id)
    return Receipt("development_plan", run_id, subject_hash(manager_id), slice_sha256, n_rows, hashed)


def cohort_receipt(run_id: str, slice_sha256: str, n_rows: int, requested: Mapping[str, str]) -> Receipt:
    """Receipt of the cohort's report."""
    return Receipt("cohort_diagnostics", run_id, subject_hash(""), slice_sha256, n_rows, parameters_hash(**requested))


COHORT_SLICE = "cohort.json"


def manager_slice(manager_id: str) -> str:
    """Relative name of one manager's slice inside a run's ``analysis`` folder."""
    return f"managers/{file_stem(manager_id)}.json"


def latest_run_id(engagement: Path) -> str | None:
    """Id of the newest run of an engagement folder, or None."""
    pointer = engagement / OUT / LATEST
    return pointer.read_text("utf-8").strip() if pointer.is_file() else None


def open_run(engagement: str | Path = "samples", run_id: str = LATEST) -> Run:
    """Open a run for reading in a notebook.

    Parameters
    ----------
    engagement : str or Path
        An engagement folder, or ``"samples"`` for the shipped sample, which is analysed on the spot.
    run_id : str
        A run's id, or ``"latest"``.

    Raises
    ------
    RunNotFoundError
        If the folder holds no such run; the message lists what to do.
    """
    requested = {"engagement": str(engagement), "run_id": run_id}
    if str(engagement) == "samples":
        return _sample_run(requested)
    folder = Path(engagement)
    found = latest_run_id(folder) if run_id == LATEST else run_id
    if found is None:
        msg = "this engagement has no run yet. Run  coachkit run  with the engagement folder first."
        raise RunNotFoundError(msg)
    root = confined(folder, OUT, found, "analysis")
    if not root.is_dir():
        known = sorted(path.name for path in (folder / OUT).glob("*") if (path / "analysis").is_dir())
        raise UnknownNameError.from_choice("run", found, known)

    def read(name: str) -> bytes:
        path = confined(root, name)
        if not path.is_file():
            msg = f"run {found!r} has no slice {name!r}. Check the manager id against the roster, or run again."
            raise RunNotFoundError(msg)
        return path.read_bytes()

    return Run(found, read, requested)


def _sample_run(requested: Mapping[str, str]) -> Run:
    from coachkit.delivery.pipeline import analyse_engagement
    from coachkit.engagement.folder import open_engagement

    analysis = analyse_engagement(
        open_engagement("samples"), run_id="sample", made_on=datetime.now(UTC).date().isoformat()
    )

    @lru_cache(maxsize=8)
    def read(name: str) -> bytes:
        found = analysis.slice_of(name)
        if found is None:
            msg = f"the sample engagement has no slice {name!r}. Its managers are M001 to M048."
            raise RunNotFoundError(msg)
        return found

    return Run("sample", read, requested)


def newest_ledger(engagement: Path) -> Ledger:
    """The ledger of an engagement's newest run.

    Raises
    ------
    RunNotFoundError
        If the engagement has no run yet.
    """
    found = latest_run_id(engagement)
    if found is None or not (engagement / OUT / found / "ledger.sqlite").is_file():
        msg = "this engagement has no run yet. Run  coachkit run  with the engagement folder first."
        raise RunNotFoundError(msg)
    return Ledger(engagement / OUT / found / "ledger.sqlite")
