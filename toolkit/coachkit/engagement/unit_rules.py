"""Rules on units, their measures, and coaches."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import FILE, Findings, file_problem, hold_rows, named, note_rows, row_problem

SHARES_TOLERANCE = 1.0  # percentage points by which shares may miss 100 through rounding
SHORT_SERIES = 8  # periods from which a trend can be told from noise
_FUNNELS = {
    "context": (("initiatives_started", "initiatives_finished", "initiatives_benefit_confirmed"),),
    "units": (("ideas_raised", "ideas_approved", "ideas_done", "ideas_benefit_confirmed"),),
}


def funnel_notes(frame: pd.DataFrame, table: str) -> list[Problem]:
    """Counts that must not grow from step to step (raised, approved, done, confirmed)."""
    problems: list[Problem] = []
    for steps in _FUNNELS[table]:
        for before, after in pairwise(steps):
            mask = frame[after].astype("float64") > frame[before].astype("float64")
            what = f"is more than {before}"
            problems += note_rows(frame, mask, after, what, "check both numbers", code="N-CONTRADICTION").problems
    return problems


def run_change_notes(units: pd.DataFrame) -> list[Problem]:
    """Run and change shares that do not add up to 100."""
    problems: list[Problem] = []
    for kind in ("people", "budget"):
        total = units[f"run_{kind}_pct"].astype("float64") + units[f"change_{kind}_pct"].astype("float64")
        mask = (total - 100).abs() > SHARES_TOLERANCE
        what = f"and change_{kind}_pct do not add up to 100"
        problems += note_rows(units, mask, f"run_{kind}_pct", what, "check both shares", code="N-SHARES").problems
    return problems


def unknown_kpi_units(kpis: pd.DataFrame, units: pd.DataFrame) -> Findings:
    """Hold measures of units that do not exist."""
    mask = ~kpis["unit_id"].isin(list(units["unit_id"]))
    fix = "correct the id, or add the unit to the units table"
    return hold_rows(kpis, mask, "unit_id", "is not a unit of this engagement", fix, code="E-UNKNOWN-ID")


def series_notes(kpis: pd.DataFrame) -> list[Problem]:
    """Series whose tag, direction or kind of period changes, and those too short for a trend."""
    if kpis.empty:
        return []
    file, problems = str(kpis[FILE].iloc[0]), []
    short = []
    for (unit, kpi), series in kpis.groupby(["unit_id", "kpi"], sort=True):
        for column in ("tag", "direction"):
            if len(set(series[column])) > 1:
                what = f'"{kpi}" of unit {unit} has more than one {column} ({named(series[column])})'
                note = file_problem(
                    file, what, "use the same one in every period", code="N-SERIES", severity="note", column=column
                )
                problems.append(note)
        if len({"Q" in period for period in series["period"]}) > 1:
            what = f'"{kpi}" of unit {unit} mixes quarters and months'
            fix = "use one kind of period for a measure"
            problems.append(file_problem(file, what, fix, code="N-SERIES", severity="note", column="period"))
        if series["period"].nunique() < SHORT_SERIES:
            short.append(f"{kpi} ({unit})")
    if short:
        what = f"{len(short)} measures have fewer than {SHORT_SERIES} periods ({named(short, 4)}); no trend can be told"
        problems.append(file_problem(file, what, "add earlier periods", code="N-SHORT-SERIES", severity="note"))
    return problems


def coach_notes(coaches: pd.DataFrame, managers: set[str], instrument: Instrument) -> list[Problem]:
    """Ids of managers and competencies in the coaches table that nobody knows."""
    competencies = {competency.id for competency in instrument.competencies}
    problems: list[Problem] = []
    for column, allowed, kind in (
        ("not_with", managers, "managers on the roster"),
        ("competencies", competencies, "competencies of the instrument"),
    ):
        for _, row in coaches[coaches[column].notna().to_numpy(dtype=bool)].iterrows():
            unknown = set(split_list(row[column])) - allowed
            if unknown:
                what = f"names {named(list(unknown))}, not among the {kind}"
                fix = "correct the ids; they are separated by semicolons"
                problems.append(row_problem(row, column, what, fix, code="N-UNKNOWN-ID", severity="note"))
    return problems


def split_list(text: str) -> tuple[str, ...]:
    """Split a cell of several values.

    Examples
    --------
    >>> split_list("OPP; CASE ;;OUT")
    ('OPP', 'CASE', 'OUT')
    """
    return tuple(part.strip() for part in text.split(";") if part.strip())
