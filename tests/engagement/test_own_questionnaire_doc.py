"""The example of docs/engagement-folder.md is followed word by word: it must load and be scored."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from coachkit.core.scoring import key_ratings
from coachkit.engagement.folder import open_engagement
from coachkit.engagement.init import init_engagement

GUIDE = Path(__file__).parents[2] / "docs" / "engagement-folder.md"
ANSWERS = [[3, 4, 5, 1], [2, 4, 4, 2], [5, 5, 3, 1], [4, 4, 4, 2]]


@pytest.fixture
def made(tmp_path):
    section = GUIDE.read_text(encoding="utf-8").partition("## A questionnaire of your own")[2]
    questionnaire, files = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "instrument.yaml").write_text(questionnaire, encoding="utf-8")
    init_engagement(tmp_path / "client", tmp_path / "own")
    settings = tmp_path / "client" / "engagement.yaml"
    filled = settings.read_text(encoding="utf-8").replace('owner: ""', "owner: Head of Learning")
    settings.write_text(filled + files, encoding="utf-8")
    write(tmp_path / "client" / "data" / "roster.csv", [
        ["manager_id", "name", "unit_id", "role_level"],
        *([str(group), f"Leader {group}", "U1", "all"] for group in range(1, 4)),
    ])  # fmt: skip
    rows = [[group, *answers, "Listens."] for group in range(1, 4) for answers in ANSWERS]
    write(tmp_path / "client" / "data" / "survey.csv", [["GROUP", "Q1", "Q2", "Q3", "Q4", "OPEN"], *rows])
    return open_engagement(tmp_path / "client")


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def test_the_example_of_the_guide_loads_without_a_problem_to_fix(made):
    assert {problem.code for problem in made.problems} == {"N-NO-CONTEXT", "N-NO-UNITS"}
    keys = made.responses.keys
    assert (set(keys["manager_id"]), set(keys["rater_group"])) == ({"1", "2", "3"}, {"reports"})
    assert list(keys["rater_id"][:2]) == ["R2", "R3"]
    assert made.responses.ratings.to_numpy().tolist() == ANSWERS * 3
    assert len(made.responses.comments) == 12


def test_the_example_marks_the_statement_that_is_worded_the_other_way_round(made):
    keyed = key_ratings(made.responses, made.instrument)
    assert keyed.iloc[0][["Q3", "Q4"]].tolist() == [5.0, 5.0]  # an answer of 1 counts 1 + 5 - 1
