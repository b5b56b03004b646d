"""Rules between and inside the tables that describe managers, units and coaches.

A rule looks at one table (and what it refers to) and says which rows to hold back and why. The rows that are
left are consistent: every manager has a unit, every context row a manager.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.response_rules import fill_wave
from coachkit.engagement.rows import (
    FILE,
    Findings,
    drop_origin,
    file_problem,
    hold_rows,
    named,
    note_rows,
    row_problem,
    without,
)
from coachkit.engagement.unit_rules import (
    SHARES_TOLERANCE,
    coach_notes,
    funnel_notes,
    run_change_notes,
    series_notes,
    unknown_kpi_units,
)

_TIME = ("time_hands_on_pct", "time_people_pct", "time_improvement_pct", "time_stakeholders_pct")


@dataclass(frozen=True)
class Checked:
    """Tables whose rows fit together, and everything found on the way."""

    tables: dict[str, pd.DataFrame]
    problems: tuple[Problem, ...]
    held_managers: frozenset[str]


def cross_check(
    tables: Mapping[str, pd.DataFrame],
    instrument: Instrument,
    wave_dates: Mapping[str, dt.date | None],
    held_ids: Mapping[str, frozenset[str]] | None = None,
) -> Checked:
    """Check the tables against one another.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        ``roster`` and, if given, ``context``, ``units``, ``kpis``, ``coaches``; as read, with origin columns.
    instrument : Instrument
        Its competencies are those coaches may name.
    wave_dates : mapping of wave id to date
        The waves of the engagement; None where no date was given.
    held_ids : mapping of table name to frozenset of str, optional
        Ids whose row of ``roster`` or ``units`` was held back while reading. Nothing is reported on such a
        manager; a manager of such a unit is kept, and the unit goes on without its figures.

    Returns
    -------
    Checked
        The rows that may be used; ``units`` is derived from the roster when there is no such table.
    """
    kept = dict(tables)
    problems: list[Problem] = []
    held_ids = held_ids or {}
    everyone = set(kept["roster"]["manager_id"]) | held_ids.get("roster", frozenset())

    def apply(name: str, findings: Findings) -> None:
        kept[name] = without(kept[name], findings.held)
        problems.extend(findings.problems)

    if "units" in kept:
        problems.extend(funnel_notes(kept["units"], "units") + run_change_notes(kept["units"]))
        kept["units"] = _with_bare_units(kept["units"], held_ids.get("units", frozenset()))
        apply("roster", _unknown_units(kept["roster"], kept["units"]))
    else:
        kept["units"] = _units_of(kept["roster"])
    apply("roster", _reporting_lines(kept["roster"]))
    held = frozenset(everyone - set(kept["roster"]["manager_id"]))
    if "context" in kept:
        kept["context"], found = _context(kept["context"], kept["roster"], wave_dates, held)
        problems.extend(found)
    if "kpis" in kept:
        apply("kpis", unknown_kpi_units(kept["kpis"], kept["units"]))
        problems.extend(series_notes(kept["kpis"]))
    if "coaches" in kept:
        problems.extend(coach_notes(kept["coaches"], everyone, instrument))
    return Checked(kept, tuple(problems), held)


# ------------------------------------------------------------------ roster
def _unknown_units(roster: pd.DataFrame, units: pd.DataFrame) -> Findings:
    ids = sorted(units["unit_id"])
    fix = f"correct the id, or add the unit to the units table (it has {named(ids)})"
    mask = ~roster["unit_id"].isin(ids)
    return hold_rows(roster, mask, "unit_id", "is not in the units table", fix, code="E-UNKNOWN-ID")


def _with_bare_units(units: pd.DataFrame, held: frozenset[str]) -> pd.DataFrame:
    """Add the units whose row was held back, with nothing but their id."""
    if not held:
        return units
    units = drop_origin(units)
    bare = pd.DataFrame({"unit_id": sorted(held), "unit_name": sorted(held)}, dtype=object)
    bare = bare.reindex(columns=units.columns).astype(units.dtypes.to_dict())
    return pd.concat([units, bare], ignore_index=True)


def _units_of(roster: pd.DataFrame) -> pd.DataFrame:
    ids = sorted(set(roster["unit_id"].dropna()))
    return pd.DataFrame({"unit_id": ids, "unit_name": ids}, dtype=object)


def _reporting_lines(roster: pd.DataFrame) -> Findings:
    """A manager who reports to themself, or a circle of managers."""
    boss = {
        row.manager_id: row.line_manager_id
        for row in roster[["manager_id", "line_manager_id"]].itertuples()
        if isinstance(row.line_manager_id, str)
    }
    findings = Findings()
    for circle in _circles(boss):
        chain = " -> ".join([*circle, circle[0]])
        mask = roster["manager_id"].isin(circle)
        what = "is the manager's own id" if len(circle) == 1 else f"closes a circle of reporting lines: {chain}"
        fix = "give the id of the line manager, or leave the cell empty"
        findings += hold_rows(roster, mask, "line_manager_id", what, fix, code="E-REPORTING")
    return findings


def _circles(boss: Mapping[str, str]) -> list[list[str]]:
    """Every circle in the reporting lines, each once, starting at its smallest id."""
    done: set[str] = set()
    circles = []
    for start in sorted(boss):
        path: dict[str, int] = {}
        person = start
        while person in boss and person not in done and person not in path:
            path[person] = len(path)
            person = boss[person]
        if person in path:
            circle = list(path)[path[person] :]
            first = circle.index(min(circle))
            circles.append(circle[first:] + circle[:first])
        done.update(path)
    return circles


# ------------------------------------------------------------------ context
def _context(
    context: pd.DataFrame, roster: pd.DataFrame, wave_dates: Mapping[str, dt.date | None], held: frozenset[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    problems: list[Problem] = []
    context, found = fill_wave(context, tuple(wave_dates), required=False)
    context, problems = without(context, found.held), [*problems, *found.problems]
    context = context[~context["manager_id"].isin(list(held)).to_numpy(dtype=bool)]
    for rule in (_unknown_managers(context, roster), _doubled_context(context)):
        context, problems = without(context, rule.held), [*problems, *rule.problems]
    for rule in (_time_shares(context), _contradictions(context)):
        problems.extend(rule.problems)
    problems.extend(funnel_notes(context, "context"))
    problems.extend(_late_dates(context, wave_dates).problems)
    context, found = _rated_by_self(context)
    problems.extend(found.problems)
    problems.extend(_without_context(context, roster))
    return context, problems


def _unknown_managers(context: pd.DataFrame, roster: pd.DataFrame) -> Findings:
    mask = ~context["manager_id"].isin(list(roster["manager_id"]))
    fix = "correct the id, or add the manager to the roster"
    return hold_rows(context, mask, "manager_id", "is not on the roster", fix, code="E-UNKNOWN-ID")


def _doubled_context(context: pd.DataFrame) -> Findings:
    mask = context.duplicated(["manager_id", "wave"], keep=False)
    what = "has more than one row for the same wave; all are held back"
    return hold_rows(context, mask, "manager_id", what, "keep the row that is right", code="E-REPEATED")


def _time_shares(context: pd.DataFrame) -> Findings:
    total = context[list(_TIME)].astype("float64").sum(axis=1, min_count=len(_TIME))
    mask = (total - 100).abs() > SHARES_TOLERANCE
    findings = Findings()
    for label, row in context[mask.to_numpy(dtype=bool)].iterrows():
        what = f"and the three other shares of working time add up to {total[label]:g}, not 100"
        note = row_problem(row, _TIME[0], what, "check the four shares", code="N-SHARES", severity="note")
        findings += Findings(problems=(note,))
    return findings


def _contradictions(context: pd.DataFrame) -> Findings:
    first = context["first_management_role"].map(lambda value: value is True or value is np.True_)
    mask = first & (context["months_managing_people_before_role"].astype("float64") > 0)
    what = "contradicts first_management_role: yes"
    return note_rows(
        context, mask, "months_managing_people_before_role", what, "correct one of the two", code="N-CONTRADICTION"
    )


def _late_dates(context: pd.DataFrame, wave_dates: Mapping[str, dt.date | None]) -> Findings:
    days = context["wave"].map(lambda wave: wave_dates.get(wave) if isinstance(wave, str) else None)
    limit = pd.to_datetime(days)
    findings = Findings()
    for column in ("responsibility_expanded_on", "performance_rated_on"):
        mask = pd.to_datetime(context[column]) > limit
        what, fix = "lies after the date of the wave", "check the date, or the wave of this row"
        findings += note_rows(context, mask, column, what, fix, code="N-DATE")
    return findings


def _rated_by_self(context: pd.DataFrame) -> tuple[pd.DataFrame, Findings]:
    """Potential and performance are given by somebody else; a rating by the manager is set aside."""
    findings = Findings()
    context = context.copy()
    pairs = {
        "potential_rated_by": ("potential_rating", "readiness"),
        "performance_rated_by": ("performance_vs_expectations",),
    }
    for column, values in pairs.items():
        by = context[column].map(lambda text: text.strip().casefold() if isinstance(text, str) else "")
        mask = (by == context["manager_id"].str.casefold()) | by.isin(["self", "own", "me"])
        what = f"is the manager themself; {' and '.join(values)} must come from somebody else and is not used"
        findings += note_rows(context, mask, column, what, "have somebody else rate it", code="N-OWN-RATING")
        for name in values:
            context[name] = context[name].mask(mask.to_numpy(dtype=bool))
    return context, findings


def _without_context(context: pd.DataFrame, roster: pd.DataFrame) -> list[Problem]:
    absent = sorted(set(roster["manager_id"]) - set(context["manager_id"]))
    if not absent or context.empty:
        return []
    what = f"{len(absent):,} managers have no context row ({named(absent)}); no situation can be told for them"
    fix = "add a row for each, as far as things are known"
    return [file_problem(str(context[FILE].iloc[0]), what, fix, code="N-NO-CONTEXT", severity="note")]
