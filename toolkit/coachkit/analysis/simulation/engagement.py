"""Put one synthetic engagement together: the client's tables, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.answers import NOT_OBSERVED_TOKEN, Answers, draw_answers
from coachkit.analysis.simulation.context import draw_months_in_role, make_context, make_roster
from coachkit.analysis.simulation.design import EXPECTED_EFFECTS, EXPECTED_INTERVENTIONS, Noise
from coachkit.analysis.simulation.expected import expected_scores
from coachkit.analysis.simulation.names import draw_names
from coachkit.analysis.simulation.panel import draw_panel, opaque_ids
from coachkit.analysis.simulation.people import draw_people, list_cases
from coachkit.analysis.simulation.profiles import draw_true_profiles
from coachkit.analysis.simulation.remarks import draw_remarks
from coachkit.analysis.simulation.units import make_coaches, make_kpis, make_units, unit_labels
from coachkit.core.cohort import NOTHING
from coachkit.core.instrument import Instrument
from coachkit.errors import CoachkitError

WAVE_DATES = (date(2026, 3, 20), date(2026, 9, 18))
_PEOPLE, _PROFILES, _NAMES, _MONTHS, _CONTEXT, _UNITS, _PANEL, _ANSWERS, _REMARKS, _DATES = range(10)
_OPEN_DAYS = 18  # forms come in during this many days before a wave's date


@dataclass(frozen=True)
class SimulatedWave:
    """One occasion of measurement of a synthetic engagement."""

    id: str
    label: str
    date: date


@dataclass(frozen=True)
class SimulatedEngagement:
    """A synthetic engagement.

    Attributes
    ----------
    tables : dict of DataFrame
        ``roster``, ``context``, ``units``, ``kpis``, ``coaches``, ``responses`` (wide) with the columns that
        engagement files have; item columns are categories "NO" (not observed) and the ratings as text.
    truth : dict of DataFrame
        ``managers``, ``profiles``, ``expected_scores``, ``units``, ``raters``, ``cases``, ``forms``: what generated the tables.
    instrument_id : str
    seed : int
    waves : tuple of SimulatedWave
        Oldest first; the last is the current one.
    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]
    instrument_id: str
    seed: int
    waves: tuple[SimulatedWave, ...] = field(default_factory=tuple)


def simulate_engagement(
    instrument: Instrument,
    n_managers: int = 48,
    n_units: int = 6,
    seed: int = 2026,
    waves: int = 2,
    n_coaches: int = 10,
    noise: Noise | None = None,
) -> SimulatedEngagement:
    """Simulate an engagement with known truth.

    Parameters
    ----------
    instrument : Instrument
        Any questionnaire; situations leave their patterns where competency ids are known (OPP, CASE, ...).
    n_managers, n_units, n_coaches : int
        Sizes; unit sizes follow the proportions 12:10:9:7:6:4.
    seed : int
        Equal seeds give equal tables; every part draws from its own stream.
    waves : {1, 2}
        Occasions of measurement, six months apart.
    noise : Noise, optional
        How raters err; the default gives single-rater reliabilities of about .50 for line managers, .37 for peers
        and .30 for direct reports.

    Returns
    -------
    SimulatedEngagement

    Raises
    ------
    CoachkitError
        If a size is not positive or there are fewer managers than units.

    References
    ----------
    Conway, J. M. & Huffcutt, A. I. (1997). Psychometric properties of multisource performance ratings. Human
    Performance, 10(4), 331-360.
    """
    _check_sizes(n_managers, n_units, waves, n_coaches)
    noise = noise or Noise()
    plan = _waves(waves)
    streams = {part: np.random.default_rng([seed, part]) for part in range(_DATES + 1)}
    unit_ids, unit_names = unit_labels(n_units)
    people = draw_people(instrument, n_managers, n_units, streams[_PEOPLE])
    months = draw_months_in_role(people, waves, streams[_MONTHS])
    truth = draw_true_profiles(instrument, people, waves, noise, streams[_PROFILES])
    forms = draw_panel(instrument, people, months, waves, noise.share_returning, streams[_PANEL])
    answers = draw_answers(instrument, people, truth, forms, noise, (seed, _ANSWERS))
    remarks = draw_remarks(instrument, truth, forms, noise.share_comment, streams[_REMARKS])
    stale = _stale_units(people, n_units)
    levels = [level.id for level in instrument.role_levels]
    names = draw_names(n_managers, streams[_NAMES])
    keys = _keys(instrument, people, forms, answers, plan, seed, streams[_DATES])
    tables = {
        "roster": make_roster(people, names, unit_ids, unit_names, levels),
        "context": make_context(people, months, [(w.id, w.date) for w in plan], streams[_CONTEXT]),
        "units": make_units(unit_ids, unit_names, stale, streams[_UNITS]),
        "kpis": make_kpis(unit_ids, stale, plan[-1].date, streams[_UNITS]),
        "coaches": make_coaches(instrument, people, n_coaches, streams[_UNITS]),
        "responses": _responses(instrument, keys, answers, remarks),
    }
    known = {
        "managers": _managers(people, unit_ids),
        "profiles": _profiles(instrument, people, _scaled(instrument, truth), plan),
        "expected_scores": _profiles(instrument, people, expected_scores(instrument, truth, noise), plan),
        "units": _units(unit_ids, stale),
        "raters": _raters(instrument, noise),
        "cases": list_cases(people, unit_ids),
        "forms": keys.assign(kind=answers.careless).loc[answers.careless != "", _FORM_TRUTH].reset_index(drop=True),
    }
    return SimulatedEngagement(tables, known, instrument.id, seed, plan)


_FORM_TRUTH = ["manager_id", "rater_id", "wave", "kind"]


def _check_sizes(n_managers: int, n_units: int, waves: int, n_coaches: int) -> None:
    if n_units < 1 or n_managers < n_units or n_coaches < 1:
        raise CoachkitError(
            f"cannot simulate {n_managers} managers in {n_units} units with {n_coaches} coaches. "
            "Ask for at least one unit and one coach, and for as many managers as units."
        )
    if not 1 <= waves <= len(WAVE_DATES):
        raise CoachkitError(f"cannot simulate {waves} waves. Ask for 1 to {len(WAVE_DATES)}.")


def _waves(n: int) -> tuple[SimulatedWave, ...]:
    days = WAVE_DATES[-n:]
    return tuple(SimulatedWave(f"w{number}", f"{day:%B %Y}", day) for number, day in enumerate(days, start=1))


def _stale_units(people: pd.DataFrame, n_units: int) -> np.ndarray:
    stale = np.zeros(n_units, dtype=bool)
    stale[people.loc[people["is_stale_unit"], "unit"].unique()] = True
    return stale


def _keys(
    instrument: Instrument,
    people: pd.DataFrame,
    forms: pd.DataFrame,
    answers: Answers,
    plan: tuple[SimulatedWave, ...],
    seed: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The key columns of the responses; self-raters carry the manager's own id, all others an opaque one."""
    manager, group, wave = (forms[column].to_numpy() for column in ("manager", "group", "wave"))
    managers = people["manager_id"].to_numpy(dtype=object)[manager]
    numbers = forms["rater"].to_numpy().copy()
    heads = np.array([not (g.is_self or g.is_confidential) for g in instrument.rater_groups])[group]
    numbers[heads] = forms["rater"].max() + 1 + people["unit"].to_numpy()[manager[heads]]
    is_self = np.array([g.is_self for g in instrument.rater_groups])[group]
    last = np.array([np.datetime64(w.date) for w in plan])[wave]
    days = last - rng.integers(0, _OPEN_DAYS, len(forms)).astype("timedelta64[D]")
    texts = {day: str(day) for day in np.unique(days)}
    return pd.DataFrame(
        {
            "manager_id": managers,
            "rater_id": np.where(is_self, managers, opaque_ids(numbers, seed)),
            "rater_group": np.array([g.id for g in instrument.rater_groups], dtype=object)[group],
            "wave": np.array([w.id for w in plan], dtype=object)[wave],
            "submitted_on": [texts[day] for day in days],
            "seconds": answers.seconds.astype(int),
        }
    )


def _responses(
    instrument: Instrument, keys: pd.DataFrame, answers: Answers, remarks: dict[str, np.ndarray]
) -> pd.DataFrame:
    form = instrument.response_format
    ratings = [f"{form.low + form.step * number:g}" for number in range(form.n_options)]
    tokens = pd.Index([NOT_OBSERVED_TOKEN, *ratings], dtype=object)
    columns = {
        item_id: pd.Categorical.from_codes(answers.codes[:, number], categories=tokens)
        for number, item_id in enumerate(instrument.item_ids)
    }
    return pd.concat([keys, pd.DataFrame(columns), pd.DataFrame(remarks)], axis=1)


def _managers(people: pd.DataFrame, unit_ids: list[str]) -> pd.DataFrame:
    situation = people["situation"]
    effects = [EXPECTED_EFFECTS[name] for name in situation]
    return pd.DataFrame(
        {
            "manager_id": people["manager_id"],
            "unit_id": np.array(unit_ids, dtype=object)[people["unit"].to_numpy()],
            "situation": situation,
            "second_situation": people["second_situation"],
            "is_pilot": np.where(people["is_pilot"], "yes", "no"),
            "expected_intervention": situation.map(EXPECTED_INTERVENTIONS),
            "expected_effect": [effect for effect, _ in effects],
            "effect_on": ["; ".join(focus) for _, focus in effects],
        }
    )


def _scaled(instrument: Instrument, truth: np.ndarray) -> np.ndarray:
    form = instrument.response_format
    return form.low + (truth - 1) / 4 * (form.high - form.low)


def _profiles(
    instrument: Instrument, people: pd.DataFrame, scaled: np.ndarray, plan: tuple[SimulatedWave, ...]
) -> pd.DataFrame:
    columns = [competency.id for competency in instrument.competencies]
    parts = [
        pd.DataFrame(np.round(scaled[number], 3), columns=columns).assign(manager_id=people["manager_id"], wave=w.id)
        for number, w in enumerate(plan)
    ]
    return pd.concat(parts, ignore_index=True)[["manager_id", "wave", *columns]]


def _units(unit_ids: list[str], stale: np.ndarray) -> pd.DataFrame:
    state = np.where(stale, "stale_organisation", "healthy")
    return pd.DataFrame({"unit_id": unit_ids, "state": state, "shared_needs": np.where(stale, "IMP; BEN", NOTHING)})


def _raters(instrument: Instrument, noise: Noise) -> pd.DataFrame:
    groups = instrument.rater_groups
    r = [noise.self_reliability if group.is_self else noise.single_rater(group.id) for group in groups]
    return pd.DataFrame({"rater_group": [group.id for group in groups], "single_rater_reliability": r})
