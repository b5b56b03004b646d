"""The organisation around the managers: units, their measures over time, and coaches and mentors."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.names import draw_names
from coachkit.analysis.simulation.people import number_ids
from coachkit.core.instrument import Instrument

N_QUARTERS = 9
_UNIT_NAMES = (
    "Network Operations", "Customer Services", "Asset Maintenance", "Digital and Data", "Water Quality",
    "Capital Delivery", "Field Services", "Metering and Billing", "Treatment Works", "Supply Chain",
    "Environment and Permits", "Corporate Services",
)  # fmt: skip
_GOALS = (
    "Cut supply interruptions by a third; fewer repeat faults",
    "Resolve nine in ten contacts first time; lower cost to serve",
    "Move from reactive to planned maintenance; extend asset life",
    "Decisions on live data; retire three old systems",
    "No sample failures; faster laboratory results",
    "Deliver schemes on time and within budget; benefits owned by operations",
)
_INITIATIVES = (
    "Pressure management; night-shift rota review",
    "Contact-reason dashboard; call-back promise",
    "Pump overhaul programme",
    "Data platform; control-room alerts",
    "Laboratory scheduling; sampling app",
    "Stage-gate review; benefits register",
)
# Ranges (low, high) in a healthy unit and in one that only keeps the lights on.
_FACTS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "change_people_pct": ((14, 22), (4, 7)),
    "change_budget_pct": ((14, 24), (4, 8)),
    "improvement_goal_pct": ((10, 12), (15, 15)),
    "improvement_share_pct": ((12, 17), (3, 5)),
    "unplanned_work_pct": ((12, 26), (44, 56)),
    "ideas_raised": ((40, 90), (30, 60)),
    "idea_to_decision_days": ((12, 35), (90, 140)),
    "approval_layers": ((1, 3), (5, 6)),
    "benefit_planned": ((200, 600), (300, 500)),
    "concurrent_changes": ((2, 5), (7, 9)),
    "turnover_pct": ((6, 11), (13, 18)),
    "vacancies_pct": ((3, 7), (9, 13)),
    "sponsor_strength": ((3, 5), (1, 2)),
}
_KPIS = (
    ("Repeat faults per 1,000 jobs", "better", "lower", 60.0),
    ("Customer satisfaction", "better", "higher", 74.0),
    ("Days from request to completion", "faster", "lower", 21.0),
    ("Cost per job", "cheaper", "lower", 180.0),
)
_MISSING_FACTS = ((3, "unplanned_work_pct"), (5, "benefit_realised"), (4, "approval_layers"))
_KPI_COLUMNS = ["unit_id", "kpi", "tag", "direction", "period", "value", "owner"]
_SECTORS = ("utilities", "energy", "transport", "public services", "telecoms", "manufacturing", "retail", "health")
_STYLES = ("challenging", "reflective", "practical", "warm", "structured")
_ZONES = ("Europe/London", "Europe/London", "Europe/Dublin", "Europe/Berlin", "Europe/London")
_LANGUAGES = ("en", "en; fr", "en; cy", "en; de", "en; es")
_ROLES = ("coach", "mentor", "both")
_LEVELS = ("head of function", "director", "board")


def unit_labels(n_units: int) -> tuple[list[str], list[str]]:
    """Ids and names of the units; names repeat with a region once they are used up."""
    names = []
    for number in range(n_units):
        lap, place = divmod(number, len(_UNIT_NAMES))
        names.append(f"{_UNIT_NAMES[place]}, Region {lap + 1}" if lap else _UNIT_NAMES[place])
    return [f"U{number + 1}" for number in range(n_units)], names


def make_units(unit_ids: list[str], names: list[str], stale: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The units table; a stale unit misses its own improvement goal and confirms no benefit."""
    n = len(unit_ids)
    pick = np.arange(n) % len(_GOALS)
    frame = pd.DataFrame({"unit_id": unit_ids, "unit_name": names})
    frame["strategic_goals"] = np.array(_GOALS, dtype=object)[pick]
    frame["linked_initiatives"] = np.array(_INITIATIVES, dtype=object)[pick]
    for field, (healthy, tired) in _FACTS.items():
        low, high = np.where(stale, np.array(tired)[:, None], np.array(healthy)[:, None])
        frame[field] = rng.integers(low, high + 1)
    frame["benefit_planned"] *= 1000
    frame.insert(4, "run_people_pct", 100 - frame["change_people_pct"])
    frame.insert(6, "run_budget_pct", 100 - frame["change_budget_pct"])
    _follow_ideas(frame, stale, rng)
    share = np.where(stale, rng.uniform(0.02, 0.06, n), rng.uniform(0.55, 0.95, n))
    realised = (frame["benefit_planned"] * share / 1000).round().astype("Int64") * 1000
    frame.insert(frame.columns.get_loc("benefit_planned") + 1, "benefit_realised", realised)
    for row, field in _MISSING_FACTS:
        frame[field] = frame[field].astype("Int64").mask(np.arange(n) == row)
    return frame


def _follow_ideas(frame: pd.DataFrame, stale: np.ndarray, rng: np.random.Generator) -> None:
    """Raised, approved, done, confirmed: each step keeps a share of the one before."""
    at = int(frame.columns.get_loc("ideas_raised"))
    count = frame["ideas_raised"].to_numpy()
    steps = (("ideas_approved", 0.5, 0.12), ("ideas_done", 0.7, 0.4), ("ideas_benefit_confirmed", 0.6, 0.0))
    for number, (field, healthy, tired) in enumerate(steps, start=1):
        count = rng.binomial(count, np.where(stale, tired, healthy))
        frame.insert(at + number, field, count)


def make_kpis(unit_ids: list[str], stale: np.ndarray, last_day: date, rng: np.random.Generator) -> pd.DataFrame:
    """KPI series of nine quarters; healthy units improve by about 2 % a quarter, stale ones stay flat."""
    periods = _quarters_before(last_day)
    parts = []
    for unit, unit_id in enumerate(unit_ids):
        for name, tag, direction, start in _KPIS:
            better = 0.0 if stale[unit] else rng.uniform(0.012, 0.03)
            sign = 1.0 if direction == "higher" else -1.0
            noise = rng.normal(0, 0.008, N_QUARTERS)
            path = start * rng.uniform(0.85, 1.15) * (1 + sign * better * np.arange(N_QUARTERS) * 0.8 + noise)
            owner = None if (unit, tag) == (4, "cheaper") else f"D{unit + 1:02d}"
            rows = [
                (unit_id, name, tag, direction, p, round(float(v), 1), owner)
                for p, v in zip(periods, path, strict=True)
            ]
            parts += rows
    return pd.DataFrame(parts, columns=_KPI_COLUMNS)


def _quarters_before(day: date) -> list[str]:
    """The last full quarters before a day, oldest first, as 2026-Q1."""
    last = pd.Period(day, freq="Q") - 1
    return [f"{p.year}-Q{p.quarter}" for p in pd.period_range(end=last, periods=N_QUARTERS, freq="Q")]


def make_coaches(
    instrument: Instrument, people: pd.DataFrame, n_coaches: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Coaches and mentors with what they are strong in; a few must not work with one manager each."""
    competencies = np.array([c.id for c in instrument.profile_competencies], dtype=object)
    managers = people["manager_id"].to_numpy()
    capacity = max(3, -(-len(people) // n_coaches) + 1)
    rows = []
    for number, coach_id in enumerate(number_ids("C", n_coaches, 2)):
        strong = np.sort(rng.permutation(len(competencies))[: rng.integers(3, 6)])
        sectors = np.sort(rng.permutation(len(_SECTORS))[: rng.integers(2, 4)])
        avoid = managers[int(rng.integers(0, len(managers)))] if number % 4 == 0 else None
        rows.append(
            {
                "coach_id": coach_id,
                "role": _ROLES[number % len(_ROLES)],
                "languages": _LANGUAGES[int(rng.integers(0, len(_LANGUAGES)))],
                "time_zone": _ZONES[int(rng.integers(0, len(_ZONES)))],
                "capacity": int(rng.integers(capacity - 2, capacity + 2)),
                "competencies": "; ".join(competencies[strong]),
                "sectors": "; ".join(_SECTORS[k] for k in sectors),
                "level": _LEVELS[int(rng.integers(0, len(_LEVELS)))],
                "style": _STYLES[number % len(_STYLES)],
                "not_with": avoid,
            }
        )
    frame = pd.DataFrame(rows)
    frame.insert(1, "name", draw_names(n_coaches, rng))
    return frame
