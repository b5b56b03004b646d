"""A small engagement folder that tests bend in one place each."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from coachkit.engagement.check import check_engagement
from coachkit.engagement.folder import open_engagement
from coachkit.engagement.instruments import load_instrument

SETTINGS = """\
client: Example Ltd
purpose: Development of the managers
owner: Head of Learning
recorded_on: 2026-01-10
retention_date: 2027-12-31
waves:
  - id: w1
    date: 2026-02-01
"""
ROSTER = [
    {"manager_id": "007", "name": "Zoë O'Neil", "unit_id": "OPS", "role_level": "new", "line_manager_id": "B1"},
    {"manager_id": "M2", "name": "李雷", "unit_id": "OPS", "role_level": "established", "line_manager_id": "B1"},
    {"manager_id": "M3", "name": "Ana Petrović", "unit_id": "DEV", "role_level": "senior", "line_manager_id": "B2"},
]
CONTEXT = [{"manager_id": row["manager_id"], "months_in_role": "7"} for row in ROSTER]
UNITS = [{"unit_id": "OPS", "unit_name": "Operations"}, {"unit_id": "DEV", "unit_name": "Development"}]
RATERS = (("self", ("",)), ("manager", ("B1",)), ("peer", ("P1", "P2", "P3")), ("report", ("S1", "S2", "S3")))


class Folder:
    """An engagement folder under test; ``rows`` holds its tables until ``write`` puts them on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.instrument = load_instrument("manager_transition")
        self.settings = SETTINGS
        self.rows = {
            "roster": [dict(row) for row in ROSTER],
            "context": [dict(row) for row in CONTEXT],
            "units": [dict(row) for row in UNITS],
            "responses": [form for row in ROSTER for form in self.forms(row["manager_id"])],
        }

    def forms(self, manager_id: str, wave: str = "w1") -> list[dict[str, str]]:
        """Eight forms of one manager: self, line manager, three peers, three reports."""
        return [self.form(manager_id, rater or manager_id, group, wave) for group, raters in RATERS for rater in raters]

    def form(self, manager_id: str, rater_id: str, group: str, wave: str = "w1", **answers: str) -> dict[str, str]:
        """One form: 3 on every item the group is asked, then the answers named."""
        keys = {"manager_id": manager_id, "rater_id": rater_id, "rater_group": group, "wave": wave, "seconds": "300"}
        items = {item.id: "3" if group in item.asked_of else "" for item in self.instrument.items}
        return {**keys, **items, "COM_STRENGTH": "", "COM_DEVELOP": "", **answers}

    def write(self) -> Path:
        """Write settings and tables."""
        (self.path / "data").mkdir(parents=True, exist_ok=True)
        (self.path / "engagement.yaml").write_text(self.settings, encoding="utf-8")
        for name, rows in self.rows.items():
            if rows:
                self.write_csv(f"{name}.csv", rows)
        return self.path

    def write_csv(self, name: str, rows: list[dict[str, str]]) -> Path:
        """Write rows as a CSV file under data/."""
        out = io.StringIO()
        writer = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
        file = self.path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(out.getvalue(), encoding="utf-8")
        return file

    def open(self):
        """Write the folder and open it."""
        return open_engagement(self.write())

    def check(self):
        """Write the folder and check it."""
        return check_engagement(self.write())

    def found(self, code: str):
        """The problems of one code after writing and checking."""
        return [problem for problem in self.check() if problem.code == code]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "engagement")
