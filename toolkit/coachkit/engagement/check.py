"""Check an engagement folder: every problem of every file at once, in one order."""

from __future__ import annotations

from pathlib import Path

from coachkit.engagement.folder import SAMPLES, open_engagement
from coachkit.engagement.problems import Problem, ProblemReport
from coachkit.engagement.rows import file_problem
from coachkit.engagement.settings import SETTINGS_FILE
from coachkit.errors import SettingsError, SettingsProblemsError


def check_engagement(path: str | Path = SAMPLES) -> ProblemReport:
    """Check everything in an engagement folder and change nothing.

    Parameters
    ----------
    path : str or Path
        The folder; ``"samples"`` checks the engagement that comes with coachkit.

    Returns
    -------
    ProblemReport
        All problems of engagement.yaml, the instrument and all tables, sorted; equal input gives an equal
        report. ``exit_code`` is 0 clean, 1 notes only, 2 problems. When engagement.yaml or the instrument
        cannot be read, the tables are not looked at, and a note says so.
    """
    try:
        return open_engagement(path).problems
    except SettingsProblemsError as error:
        return ProblemReport([*(problem for problem in error.problems if isinstance(problem, Problem)), _not_looked()])
    except SettingsError as error:
        fix = "name an engagement folder, or make one with: coachkit init DIR"
        return ProblemReport([file_problem(SETTINGS_FILE, str(error), fix, code="E-FOLDER", severity="refuse")])


def _not_looked() -> Problem:
    what = "the tables under data/ are checked once the problems above are solved"
    return file_problem(SETTINGS_FILE, what, "solve them and check again", code="N-NOT-CHECKED", severity="note")
