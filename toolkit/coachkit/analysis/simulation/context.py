"""What is known about each manager besides ratings: roster and context, consistent with the true situation."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.comments import LIVE_SITUATIONS, MENTOR_PREFERENCES
from coachkit.core.cohort import NOTHING

MONTHS_BETWEEN_WAVES = 6

# Lowest and highest plausible value by situation, at the last wave; "none" stands for everybody not named.
_RANGES: dict[str, dict[str, tuple[int, int]]] = {
    "months_in_role": {
        "none": (14, 72), "new_manager": (5, 12), "steady_state": (16, 60), "beyond_technology": (14, 30),
    },
    "months_managing_people_before_role": {
        "none": (8, 90), "new_manager": (0, 4), "steady_state": (18, 96), "senior_potential": (24, 120),
    },
    "management_training_hours": {
        "none": (16, 80), "new_manager": (0, 14), "beyond_technology": (8, 24), "senior_potential": (24, 120),
    },
    "team_size": {"none": (4, 16), "new_manager": (4, 9)},
    "performance_vs_expectations": {
        "none": (3, 4), "new_manager": (3, 3), "steady_state": (1, 2), "stale_organisation": (3, 3),
        "senior_potential": (4, 5),
    },
    "time_hands_on_pct": {
        "none": (10, 30), "new_manager": (20, 38), "steady_state": (20, 38), "beyond_technology": (44, 65),
        "stale_organisation": (22, 38), "senior_potential": (5, 18),
    },
    "time_improvement_pct": {
        "none": (10, 20), "new_manager": (4, 10), "steady_state": (0, 5), "beyond_technology": (3, 9),
        "stale_organisation": (0, 6), "senior_potential": (12, 24),
    },
    "improvement_capacity_pct": {
        "none": (10, 20), "new_manager": (8, 14), "steady_state": (0, 8), "beyond_technology": (10, 15),
        "stale_organisation": (1, 7), "senior_potential": (12, 24),
    },
    "initiatives_started": {"none": (2, 6), "new_manager": (0, 2), "steady_state": (0, 3)},
    "confidence_in_role": {
        "none": (3, 5), "new_manager": (2, 4), "beyond_technology": (1, 2), "senior_potential": (4, 5),
    },
    "potential_rating": {"none": (2, 3), "steady_state": (1, 2), "senior_potential": (4, 5)},
}  # fmt: skip
_BENEFITS = {"none": 0.7, "senior_potential": 0.8, "steady_state": 0.0, "stale_organisation": 0.0}
_TRENDS = {
    "none": ("flat", "rising"),
    "steady_state": ("falling", "flat"),
    "stale_organisation": ("flat", "flat"),
    "senior_potential": ("rising", "rising"),
}
_READINESS = {"none": ("3+ years", "3+ years"), "senior_potential": ("now", "1-2 years")}
_JOBS = ("Team Leader", "Manager", "Head")
_SHARE_MISSING = 0.04
_ESSENTIAL = ("manager_id", "wave", "open_hr_process")
_STILL_KNOWN = (*_ESSENTIAL, "months_in_role", "team_size", "volunteered", "line_manager_supports", "consent_coach")


def draw_months_in_role(people: pd.DataFrame, n_waves: int, rng: np.random.Generator) -> np.ndarray:
    """Months in role at each wave, shape (n_waves, n_managers); 0 or less = not yet in the role."""
    last = _draw(people, "months_in_role", rng).astype(int)
    back = MONTHS_BETWEEN_WAVES * np.arange(n_waves - 1, -1, -1)
    return last[None] - back[:, None]


def make_roster(
    people: pd.DataFrame, names: list[str], unit_ids: list[str], unit_names: list[str], levels: list[str]
) -> pd.DataFrame:
    """The roster table; every unit has a director outside the programme as line manager."""
    unit = people["unit"].to_numpy()
    rank = np.rint(people["level"].to_numpy() / max(len(levels) - 1, 1) * (len(_JOBS) - 1)).astype(int)
    titles = [
        f"{_JOBS[r]}, {unit_names[u]}" if r < 2 else f"Head of {unit_names[u]}" for r, u in zip(rank, unit, strict=True)
    ]
    return pd.DataFrame(
        {
            "manager_id": people["manager_id"],
            "name": names,
            "unit_id": np.array(unit_ids, dtype=object)[unit],
            "role_level": np.array(levels, dtype=object)[people["level"].to_numpy()],
            "job_title": titles,
            "line_manager_id": [f"D{u + 1:02d}" for u in unit],
            "language": "en",
        }
    )


def make_context(
    people: pd.DataFrame, months: np.ndarray, waves: list[tuple[str, date]], rng: np.random.Generator
) -> pd.DataFrame:
    """The context table: one row per manager and wave in which the manager held the role."""
    base = _lasting_facts(people, rng)
    parts = []
    for number, (wave, day) in enumerate(waves):
        part = base.assign(wave=wave, months_in_role=months[number])
        part["performance_vs_expectations"] = _performance(people, months[number], rng)
        part["performance_rated_on"] = (day.replace(day=1) - pd.Timedelta(days=20)).isoformat()
        part["responsibility_expanded_on"] = _expanded(people, day, months[-1], rng)
        parts.append(part[months[number] > 0])
    table = pd.concat(parts, ignore_index=True)[_columns()]
    table = _leave_blanks(table, people, rng)
    place = pd.Series(np.arange(len(people)), index=people["manager_id"])
    order = place.loc[table["manager_id"]].to_numpy()
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def _draw(people: pd.DataFrame, field: str, rng: np.random.Generator) -> np.ndarray:
    """Whole numbers from the range of each manager's situation; mixtures draw from either of their two."""
    ranges = _RANGES[field]
    pairs = [ranges.get(kind, ranges["none"]) for kind in _kind(people, rng)]
    low, high = np.array(pairs).T
    return rng.integers(low, high + 1).astype(float)


def _kind(people: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    kind = people["situation"].to_numpy(dtype=object).copy()
    for row in np.flatnonzero(people["second_share"].to_numpy() == 0.5):
        kind[row] = str(people["second_situation"].iloc[row]).split("+")[rng.integers(0, 2)]
    return kind


def _pick(people: pd.DataFrame, choices: dict[str, tuple[str, str]], rng: np.random.Generator) -> np.ndarray:
    pairs = np.array([choices.get(kind, choices["none"]) for kind in _kind(people, rng)], dtype=object)
    return pairs[np.arange(len(people)), rng.integers(0, 2, len(people))]


def _lasting_facts(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n = len(people)
    situation = people["situation"].to_numpy()
    before = _draw(people, "months_managing_people_before_role", rng)
    frame = pd.DataFrame({"manager_id": people["manager_id"], "months_managing_people_before_role": before})
    frame["first_management_role"] = np.where(before < 1, "yes", "no")
    for field in ("management_training_hours", "team_size", "improvement_capacity_pct", "confidence_in_role"):
        frame[field] = _draw(people, field, rng)
    frame["performance_rated_by"] = "line manager"
    frame["team_kpi_trend"] = _pick(people, _TRENDS, rng)
    _share_time(frame, people, rng)
    _count_initiatives(frame, people, rng)
    frame["potential_rating"] = _draw(people, "potential_rating", rng)
    frame["readiness"] = _pick(people, _READINESS, rng)
    frame["potential_rated_by"] = "head of function"
    senior = situation == "senior_potential"
    frame["aspires_to_senior"] = np.where(
        senior | (rng.random(n) < 0.15), "yes", np.where(rng.random(n) < 0.5, "no", NOTHING)
    )
    frame["open_hr_process"] = np.where(people["case"] == "open_hr_process", "yes", "no")
    is_willing = (rng.random(n) < 0.95) | (people["case"] == "combination").to_numpy()
    frame["volunteered"] = np.where(is_willing, "yes", "no")
    frame["line_manager_supports"] = np.where(rng.random(n) < 0.96, "yes", "no")
    names_one = senior | (rng.random(n) < 0.1)
    frame["specific_situation"] = np.where(names_one, np.resize(np.array(LIVE_SITUATIONS, dtype=object), n), NOTHING)
    wishes = np.array(MENTOR_PREFERENCES, dtype=object)[rng.integers(0, len(MENTOR_PREFERENCES), n)]
    frame["mentor_preference"] = np.where(senior | (rng.random(n) < 0.4), wishes, NOTHING)
    frame["consent_coach"] = np.where(rng.random(n) < 0.92, "yes", "no")
    frame["consent_sponsor"] = np.where(rng.random(n) < 0.75, "yes", "no")
    return frame


def _share_time(frame: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator) -> None:
    """Four shares that add up to 100: what is left after hands-on and improvement goes to people and stakeholders."""
    hands_on, improvement = _draw(people, "time_hands_on_pct", rng), _draw(people, "time_improvement_pct", rng)
    rest = 100 - hands_on - improvement
    for_people = np.rint(rest * rng.uniform(0.45, 0.65, len(people)))
    frame["time_hands_on_pct"], frame["time_people_pct"] = hands_on, for_people
    frame["time_improvement_pct"], frame["time_stakeholders_pct"] = improvement, rest - for_people


def _count_initiatives(frame: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator) -> None:
    started = _draw(people, "initiatives_started", rng)
    finished = rng.binomial(started.astype(int), 0.65)
    chance = np.array([_BENEFITS.get(kind, 0.4) for kind in _kind(people, rng)])
    frame["initiatives_started"], frame["initiatives_finished"] = started, finished.astype(float)
    frame["initiatives_benefit_confirmed"] = rng.binomial(finished, chance).astype(float)


def _performance(people: pd.DataFrame, months: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rating = _draw(people, "performance_vs_expectations", rng)
    return np.where(months < MONTHS_BETWEEN_WAVES, np.nan, rating)  # too early to judge


def _expanded(people: pd.DataFrame, day: date, months_now: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Responsibility grew lately for those beyond technology, long ago or never for the others."""
    ago = rng.integers(6, 16, len(people))
    wide = (people["situation"] == "beyond_technology").to_numpy()
    later = np.minimum(ago, np.maximum(months_now - 1, 1))
    grown = [(pd.Timestamp(day) - pd.DateOffset(months=int(m))).date().replace(day=1).isoformat() for m in range(1, 17)]
    return np.where(wide, np.array(grown, dtype=object)[later - 1], NOTHING)


def _columns() -> list[str]:
    return [
        "manager_id", "wave", "months_in_role", "months_managing_people_before_role", "first_management_role",
        "management_training_hours", "team_size", "responsibility_expanded_on", "performance_vs_expectations",
        "performance_rated_by", "performance_rated_on", "team_kpi_trend", "time_hands_on_pct", "time_people_pct",
        "time_improvement_pct", "time_stakeholders_pct", "improvement_capacity_pct", "initiatives_started",
        "initiatives_finished", "initiatives_benefit_confirmed", "confidence_in_role", "potential_rating", "readiness",
        "potential_rated_by", "aspires_to_senior", "open_hr_process", "volunteered", "line_manager_supports",
        "specific_situation", "mentor_preference", "consent_coach", "consent_sponsor",
    ]  # fmt: skip


def _leave_blanks(table: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Blank a few cells at random and most of the missing-context case.

    The first manager, whom examples show, keeps every cell; a rating never loses its date alone.
    """
    sparse = table["manager_id"].isin(people.loc[people["case"] == "missing_context", "manager_id"])
    for column in table.columns:
        blank = pd.Series(rng.random(len(table)) < _SHARE_MISSING, index=table.index)
        if column in _ESSENTIAL or column.startswith("time_"):
            blank[:] = False
        blank &= table["manager_id"] != people["manager_id"].iloc[0]
        if column not in _STILL_KNOWN:
            blank |= sparse
        table[column] = table[column].mask(blank)
    for column in ("performance_rated_by", "performance_rated_on"):
        table[column] = table[column].mask(table["performance_vs_expectations"].isna())
    unrated = table["potential_rating"].isna() & table["readiness"].isna()
    table["potential_rated_by"] = table["potential_rated_by"].mask(unrated)
    whole = table.select_dtypes("float").columns
    return table.astype(dict.fromkeys(whole, "Int64"))
