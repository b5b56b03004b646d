"""A small roster specification and a reader for contents written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from coachkit.engagement.tables import ColumnSpec, FileOptions, TableRead, TableSpec
from coachkit.engagement.tabular.reading import read_table

ROSTER = TableSpec(
    "roster",
    "Roster",
    (
        ColumnSpec("manager_id", "id", required=True),
        ColumnSpec("name", "name", required=True, aliases=("full name",)),
        ColumnSpec("unit_id", "id"),
        ColumnSpec("level", "choice", choices=("new", "established", "senior")),
        ColumnSpec("months", "number", minimum=0, maximum=600),
        ColumnSpec("team_size", "integer", minimum=0, maximum=1000),
        ColumnSpec("hands_on", "percent", minimum=0, maximum=100),
        ColumnSpec("since", "date"),
        ColumnSpec("volunteered", "yes_no"),
        ColumnSpec("period", "period"),
        ColumnSpec(
            "score",
            "rating",
            minimum=1,
            maximum=5,
            choices=("NO", "Not observed"),
            labels={"Agree": 4.0, "Disagree": 2.0},
        ),
        ColumnSpec("comment", "text"),
    ),
    key=("manager_id",),
)


class Reader:
    """Writes a file and reads it as a roster; ``told`` lists (severity, code, row) of what was found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, content: str | bytes, name: str = "roster.csv", **options: object) -> TableRead:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.path(path, **options)

    def path(self, path: Path, **options: object) -> TableRead:
        options.setdefault("not_after", date(2026, 12, 31))
        return read_table(path, ROSTER, FileOptions(**options))

    def column(self, name: str, *cells: str, **options: object) -> TableRead:
        """Read a roster with one further column, one row per cell, each cell in quotes."""
        rows = "".join(f'M{n},Ann{n},"{cell}"\n' for n, cell in enumerate(cells, 2))
        return self(f"manager_id,name,{name}\n{rows}", **options)


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


@pytest.fixture
def told() -> Callable[[TableRead], list[tuple[str, str, int | None]]]:
    return lambda table: [(problem.severity, problem.code, problem.row) for problem in table.problems]


@pytest.fixture
def sentence() -> Callable[[TableRead, str], str]:
    """The one sentence with a code."""

    def one(table: TableRead, code: str) -> str:
        found = [problem.sentence() for problem in table.problems if problem.code == code]
        assert len(found) == 1, [problem.sentence() for problem in table.problems]
        return found[0]

    return one
