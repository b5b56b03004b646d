"""Which file holds which table: named in engagement.yaml, or found under data/ by its name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import file_problem, named
from coachkit.engagement.settings import RESPONSES, SETTINGS_FILE, EngagementSettings, FileSettings, ResponseLayout
from coachkit.errors import nearest

DATA_FOLDER = "data"
WORKBOOK = "data_entry.xlsx"
RESPONSES_LONG = "responses_long"
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Source:
    """One place a table may be read from; ``label`` is the path as messages show it.

    ``is_named`` tells a file that engagement.yaml names from one found by its name.
    """

    table: str
    path: Path
    label: str
    settings: FileSettings
    is_named: bool

    @property
    def spec_name(self) -> str:
        """Name of the table's specification; answers have two layouts."""
        if self.table != RESPONSES:
            return self.table
        return RESPONSES_LONG if self.settings.format == "long" else RESPONSES


def find_sources(
    root: Path, settings: EngagementSettings, table_names: tuple[str, ...], workbook_sheets: tuple[str, ...]
) -> tuple[dict[str, list[Source]], tuple[Problem, ...]]:
    """Find the files of every table.

    Parameters
    ----------
    root : Path
        The engagement folder.
    table_names : tuple of str
        All tables; ``responses_long`` counts as another layout of ``responses``.
    workbook_sheets : tuple of str
        Names of the sheets in the data-entry workbook; empty when there is none.

    Returns
    -------
    dict, tuple of Problem
        Table name to its sources; several only for ``responses``, or where CSV and workbook both exist.
    """
    problems: list[Problem] = []
    sources: dict[str, list[Source]] = {}
    for table in (name for name in table_names if name != RESPONSES_LONG):
        named = list(_named(root, settings, table))
        problems += [_missing_file(source) for source in named if not source.path.is_file()]
        found = [source for source in named if source.path.is_file()]
        sources[table] = found if named else list(_found(root, table, workbook_sheets))
    problems += _unused(root, sources, settings, table_names)
    return sources, tuple(problems)


def _named(root: Path, settings: EngagementSettings, table: str) -> Iterator[Source]:
    for name, file in settings.files.items():
        long_name = name == RESPONSES_LONG
        if _belongs(name, table):
            chosen = replace(file, format="long") if long_name and file.format == "wide" else file
            path = root / file.path
            if path.resolve().is_relative_to(root.resolve()):
                yield Source(table, path, file.path, chosen, is_named=True)


def _found(root: Path, table: str, workbook_sheets: tuple[str, ...]) -> Iterator[Source]:
    names = (table, RESPONSES_LONG) if table == RESPONSES else (table,)
    for name in names:
        layout: ResponseLayout = "long" if name == RESPONSES_LONG else "wide"
        for suffix in _SUFFIXES:
            path = root / DATA_FOLDER / f"{name}{suffix}"
            if path.is_file():
                settings = FileSettings(path=f"{DATA_FOLDER}/{path.name}", format=layout)
                yield Source(table, path, settings.path, settings, is_named=False)
        if name in workbook_sheets:
            label = f"{DATA_FOLDER}/{WORKBOOK}"
            settings = FileSettings(path=label, format=layout, sheet=name)
            yield Source(table, root / DATA_FOLDER / WORKBOOK, label, settings, is_named=False)


def _missing_file(source: Source) -> Problem:
    folder = source.path.parent
    present = [path.name for path in sorted(folder.iterdir())] if folder.is_dir() else []
    hint = nearest(source.path.name, present) if present else f"The folder {folder.name!r} is empty or missing."
    what, fix = f"the file {source.label} of table {source.table} does not exist", f"correct the path. {hint}"
    return file_problem(
        SETTINGS_FILE, what, fix, code="E-MISSING-FILE", severity="refuse", column=f"files.{source.table}.path"
    )


def _unused(
    root: Path, sources: dict[str, list[Source]], settings: EngagementSettings, table_names: tuple[str, ...]
) -> Iterator[Problem]:
    used = {source.path for found in sources.values() for source in found}
    for path in sorted((root / DATA_FOLDER).glob("*")) if (root / DATA_FOLDER).is_dir() else ():
        is_table = path.suffix.lower() in (*_SUFFIXES, ".xls", ".ods") and path.is_file()
        if path in used or not is_table or path.name.startswith((".", "~$")) or path.name == WORKBOOK:
            continue
        label, instead = f"{DATA_FOLDER}/{path.name}", _named_instead(path.stem, settings, table_names)
        if instead and _is_only_a_header(path):
            continue
        what = "the file is not used: its name is not that of a table, and engagement.yaml does not name it"
        fix = f"rename it, or name it under files in engagement.yaml. {nearest(path.stem, table_names)}"
        if instead:
            what = f"the file is not used: engagement.yaml names {named(instead)} for this table"
            fix = "move it out of the data folder, or correct the path in engagement.yaml"
        yield file_problem(label, what, fix, code="N-UNUSED-FILE", severity="note")


def _named_instead(stem: str, settings: EngagementSettings, table_names: tuple[str, ...]) -> list[str]:
    """The files that engagement.yaml names for the table whose usual file this is."""
    if stem not in table_names:
        return []
    table = RESPONSES if stem == RESPONSES_LONG else stem
    return [file.path for name, file in settings.files.items() if _belongs(name, table)]


def _belongs(name: str, table: str) -> bool:
    return name == table or (table == RESPONSES and name.startswith(f"{RESPONSES}_"))


def _is_only_a_header(path: Path) -> bool:
    """Whether a text file holds at most one line, as a new engagement folder has; workbooks are not opened."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return False
    try:
        with path.open("rb") as stream:
            return sum(1 for line in islice(stream, 20) if line.strip()) < 2
    except OSError:
        return False
