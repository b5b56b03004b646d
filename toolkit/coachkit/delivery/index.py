"""The run's index page: every report with its status, for the consultant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from coachkit.engagement.resources import template_path
from coachkit.engagement.storage import confined, write_atomic

REPORT = "Report"
#: What the documents for other readers are called, by file stem.
READER_NAMES = {"coach_brief": "Coach's brief", "sponsor_summary": "Sponsor's summary"}


@dataclass(frozen=True, slots=True)
class IndexHeading:
    """What the page says about the run as a whole."""

    title: str
    client: str
    wave: str
    run_id: str
    made_on: str
    version: str
    data_hash: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the page. ``situation`` is the diagnosis' short wording; ``files`` are relative paths."""

    label: str
    unit: str
    manager_id: str
    situation: str
    help: str
    status: str = ""
    files: tuple[str, ...] = ()
    message: str = ""

    @property
    def page(self) -> str:
        """The report itself as a page; empty when there is none."""
        return next((file for file in self.files if file.endswith(".html") and _stem(file) not in READER_NAMES), "")

    @property
    def downloads(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Documents by reader: a name, then (format, file) of each; the notebook is not among them."""
        names: dict[str, list[tuple[str, str]]] = {}
        for file in self.files:
            form = PurePosixPath(file).suffix.lstrip(".")
            if form != "ipynb":
                names.setdefault(READER_NAMES.get(_stem(file), REPORT), []).append(
                    ("page" if form == "html" else form, file)
                )
        order = (REPORT, *READER_NAMES.values())
        return tuple((name, tuple(names[name])) for name in order if name in names)

    @property
    def notebook(self) -> str:
        """The executed notebook; empty when there is none."""
        return next((file for file in self.files if file.endswith(".ipynb")), "")


def _stem(file: str) -> str:
    return PurePosixPath(file).stem


def write_index(folder: Path, heading: IndexHeading, entries: list[IndexEntry]) -> Path:
    """Render ``index.html`` of a run and write it atomically; returns its path."""
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    source = template_path("documents", "html", "index.html.j2").read_text("utf-8")
    page = environment.from_string(source).render(
        heading=heading,
        cohort=[entry for entry in entries if not entry.manager_id],
        managers=[entry for entry in entries if entry.manager_id],
        n_done=sum(entry.status == "done" for entry in entries),
        n_failed=sum(entry.status == "failed" for entry in entries),
    )
    path = confined(folder, "index.html")
    write_atomic(path, page.encode("utf-8"))
    return path
