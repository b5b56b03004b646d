"""True profiles: what a manager is really like at each wave, before any rater errs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.segments.archetypes import NEED_PATTERNS
from coachkit.analysis.simulation.design import (
    LEVEL_MEANS,
    NONE_SHIFT,
    PILOT_FOCUS,
    PILOT_GAIN,
    TECHNICAL_MEAN,
    TECHNICAL_SHIFTS,
    UNIT_SHIFT_SD,
    Noise,
)
from coachkit.core.instrument import Instrument

LOWEST, HIGHEST = 1.15, 4.85  # true scores stay clear of the ends of the five-point scale


def draw_true_profiles(
    instrument: Instrument, people: pd.DataFrame, n_waves: int, noise: Noise, rng: np.random.Generator
) -> np.ndarray:
    """Draw the true scores of every manager at every wave.

    Parameters
    ----------
    instrument : Instrument
    people : DataFrame (n_managers,)
        As :func:`coachkit.analysis.simulation.people.draw_people` returns it.
    n_waves : int
        The situation holds at the last wave; pilot managers were weaker before it.
    noise : Noise
    rng : numpy Generator

    Returns
    -------
    ndarray of shape (n_waves, n_managers, n_competencies)
        Points of a five-point scale, competencies in the instrument's order (those outside the profile too).
    """
    competencies = instrument.competencies
    expected = np.column_stack([_expected(people, c.id, in_profile=c.in_profile) for c in competencies])
    sd = np.array([noise.specific_sd if c.in_profile else noise.technical_sd for c in competencies])
    general = np.where([c.in_profile for c in competencies], 1.0, 0.0)
    units = rng.normal(0, UNIT_SHIFT_SD, (people["unit"].max() + 1, len(competencies)))
    now = (
        expected
        + rng.normal(0, noise.general_sd, len(people))[:, None] * general
        + rng.standard_normal(expected.shape) * sd
        + units[people["unit"].to_numpy()]
    )
    truth = np.repeat(now[None], n_waves, axis=0)
    focus = np.isin([c.id for c in competencies], PILOT_FOCUS)
    before = np.outer(people["is_pilot"].to_numpy(), focus) * PILOT_GAIN
    truth[:-1] -= before
    return np.clip(truth, LOWEST, HIGHEST)


def _expected(people: pd.DataFrame, competency_id: str, *, in_profile: bool) -> np.ndarray:
    """Expected true score of one competency from level, situation and the state of the unit."""
    situation = people["situation"].to_numpy()
    shift = np.array([_shift(*row, competency_id) for row in _kinds(people)])
    if not in_profile:
        return TECHNICAL_MEAN + shift
    last = max(int(people["level"].max()), 1)
    level = np.interp(people["level"].to_numpy() / last, (0.0, 0.5, 1.0), LEVEL_MEANS)
    shared = NEED_PATTERNS["stale_organisation"].get(competency_id, 0.0)
    in_unit = people["is_stale_unit"].to_numpy() & (situation != "stale_organisation")
    return level + shift + np.where(situation == "none", NONE_SHIFT, 0.0) + in_unit * shared


def _kinds(people: pd.DataFrame) -> list[tuple[str, str | None, float]]:
    columns = people[["situation", "second_situation", "second_share"]]
    return [tuple(row) for row in columns.itertuples(index=False, name=None)]


def _shift(situation: str, second: str | None, share: float, competency_id: str) -> float:
    """Shift of one competency in one situation; a mixture is the weighted sum of two."""
    if situation == "mixture":
        return sum(share * _pattern(part, competency_id) for part in str(second).split("+"))
    extra = share * _pattern(second, competency_id) if isinstance(second, str) else 0.0
    return _pattern(situation, competency_id) + extra


def _pattern(situation: str, competency_id: str) -> float:
    if competency_id == "TECH":
        return TECHNICAL_SHIFTS.get(situation, 0.0)
    return NEED_PATTERNS.get(situation, {}).get(competency_id, 0.0)
