"""Who takes part: units and their state, each manager's true situation, role level and special case."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.design import (
    LEVEL_SHARES,
    MIXTURES,
    SITUATION_SHARES,
    STALE_POSITION,
    UNIT_WEIGHTS,
)
from coachkit.core.instrument import Instrument

CASES_FROM = 24  # smaller cohorts have no room for special cases
_PILOT_SHARE = 0.6
_COMBINED = 1.0  # how much of its pattern a second situation adds

_CASES: tuple[tuple[str, str, str], ...] = (
    ("few_reports", "none", "only two direct reports answered; the group is suppressed"),
    ("no_self", "none", "no self-assessment"),
    ("only_line_manager", "none", "only the line manager answered"),
    ("over_rater", "steady_state", "rates themselves far above all others"),
    ("open_hr_process", "steady_state", "an open HR process rules out coaching"),
    ("missing_context", "beyond_technology", "most context fields are empty"),
    ("combination", "new_manager", "new to management and also beyond technology"),
    ("hard_to_observe", "none", "peers chose Not observed for more than 30 % of the items"),
)


def number_ids(prefix: str, n: int, width: int) -> list[str]:
    """Ids of equal length: ``number_ids("M", 2, 3)`` is ``["M001", "M002"]``."""
    width = max(width, len(str(n)))
    return [f"{prefix}{number:0{width}d}" for number in range(1, n + 1)]


def unit_sizes(n_managers: int, n_units: int) -> np.ndarray:
    """Split managers over units in the proportions of the sample, largest remainder first.

    Examples
    --------
    >>> unit_sizes(48, 6)
    array([12, 10,  9,  7,  6,  4])
    """
    weights = np.resize(np.array(UNIT_WEIGHTS, dtype=float), n_units)
    exact = n_managers * weights / weights.sum()
    sizes = np.floor(exact).astype(int)
    order = np.argsort(sizes - exact, kind="stable")
    sizes[order[: n_managers - sizes.sum()]] += 1
    return sizes


def draw_people(instrument: Instrument, n_managers: int, n_units: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the managers' true situations and levels.

    Returns
    -------
    DataFrame (n_managers,)
        ``manager_id``, ``unit`` (position), ``is_stale_unit``, ``situation``, ``second_situation``, ``second_share``
        (0-1), ``level`` (position in the instrument's role levels), ``is_pilot`` (coached between the waves), ``case``.
    """
    unit = np.repeat(np.arange(n_units), unit_sizes(n_managers, n_units))
    stale = unit % len(UNIT_WEIGHTS) == STALE_POSITION
    situation = np.full(n_managers, "stale_organisation", dtype=object)
    situation[~stale] = _quota(SITUATION_SHARES, int((~stale).sum()), rng)
    _give_stale_units_own_situations(unit, stale, situation)
    people = pd.DataFrame(
        {
            "manager_id": number_ids("M", n_managers, 3),
            "unit": unit,
            "is_stale_unit": stale,
            "situation": situation,
            "second_situation": None,
            "second_share": 0.0,
            "case": None,
        }
    )
    _lead_with_a_clear_case(people)
    _mix(people, rng)
    _place_cases(people)
    levels = _draw_levels(people, len(instrument.role_levels), rng)
    # The two needs of the combined case show only at the lowest level: a higher target hides the behaviours.
    people["level"] = np.where(people["case"] == "combination", 0, levels)
    free = (people["situation"] == "none") & people["case"].isna() & ~people["is_stale_unit"]
    people["is_pilot"] = free & (rng.random(n_managers) < _PILOT_SHARE)
    return people


def _quota(shares: dict[str, float], n: int, rng: np.random.Generator) -> np.ndarray:
    """``n`` labels in fixed shares (largest remainder), in random order."""
    exact = n * np.array(list(shares.values()))
    counts = np.floor(exact).astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: n - counts.sum()]] += 1
    return rng.permutation(np.repeat(np.array(list(shares), dtype=object), counts))


def _give_stale_units_own_situations(unit: np.ndarray, stale: np.ndarray, situation: np.ndarray) -> None:
    """In a stale unit of six or more, one manager is new and one has senior potential."""
    for number in np.unique(unit[stale]):
        members = np.flatnonzero(unit == number)
        if len(members) >= len(UNIT_WEIGHTS):
            situation[members[0]] = "new_manager"
            situation[members[-1]] = "senior_potential"


def _lead_with_a_clear_case(people: pd.DataFrame) -> None:
    """The first manager, whom examples show, is plainly beyond technology (swapped with the first who is)."""
    situation = people["situation"].to_numpy(dtype=object).copy()
    clear = np.flatnonzero(situation == "beyond_technology")
    if len(clear) and not people["is_stale_unit"].iloc[0]:
        situation[[0, clear[0]]] = situation[[clear[0], 0]]
        people["situation"] = situation


def _mix(people: pd.DataFrame, rng: np.random.Generator) -> None:
    rows = np.flatnonzero(people["situation"] == "mixture")
    pairs = [MIXTURES[k] for k in (rng.integers(0, len(MIXTURES)) + np.arange(len(rows))) % len(MIXTURES)]
    people["second_situation"] = people["second_situation"].astype(object)
    people.loc[rows, "second_situation"] = ["+".join(pair) for pair in pairs]
    people.loc[rows, "second_share"] = 0.5


def _place_cases(people: pd.DataFrame) -> None:
    """Give each special case to the last free manager in the situation it needs; the first stays plain."""
    if len(people) < CASES_FROM:
        return
    for case, situation, _ in _CASES:
        free = people.index[(people["situation"] == situation) & people["case"].isna() & ~people["is_stale_unit"]]
        if len(free):
            people.loc[free[-1], "case"] = case
    combined = people["case"] == "combination"
    people.loc[combined, ["second_situation", "second_share"]] = ["beyond_technology", _COMBINED]


def _draw_levels(people: pd.DataFrame, n_levels: int, rng: np.random.Generator) -> np.ndarray:
    shares = np.cumsum([LEVEL_SHARES[situation] for situation in people["situation"]], axis=1)
    third = (rng.random(len(people))[:, None] >= shares[:, :-1]).sum(axis=1)
    return np.rint(third / 2 * (n_levels - 1)).astype(int)


def list_cases(people: pd.DataFrame, unit_ids: list[str]) -> pd.DataFrame:
    """The special cases that are present: ``case``, ``subject_id`` (a manager or unit), ``what``."""
    known = {case: what for case, _, what in _CASES}
    rows = [(case, manager, known[case]) for manager, case in people[["manager_id", "case"]].dropna().to_numpy()]
    rows += [
        ("mixture", manager, f"halfway between {pair.replace('+', ' and ')}")
        for manager, pair in people.loc[people["situation"] == "mixture", ["manager_id", "second_situation"]].to_numpy()
    ]
    sizes = people["unit"].value_counts(sort=False)
    stale = set(people.loc[people["is_stale_unit"], "unit"])
    for unit, size in sizes.items():
        if unit in stale:
            rows.append(("stale_unit", unit_ids[unit], "keeps the lights on; weak improvement is shared by the unit"))
        if size < 5:
            rows.append(("small_unit", unit_ids[unit], f"only {size} managers; suppressed in unit tables"))
    return pd.DataFrame(rows, columns=["case", "subject_id", "what"])
