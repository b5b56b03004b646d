"""Is a probability what it says it is: how often the rule holds, given what is known?

Profiles, facts and thresholds are drawn from exactly what the engine assumes, apart from each other and without
supports. What gaps are left here would be errors of the engine (noise counted twice, answers drawn wrongly); gaps
that only appear on simulated engagements come from facts that depend on each other there, or are recorded wrongly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from coachkit.analysis.situations.base import Case, Draws, Floats, make_draws
from coachkit.analysis.situations.engine import CHECKS, UNIT_CHECK
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.core.instrument import Instrument

PERSONAL_CHECKS = tuple(check for check in CHECKS if check is not UNIT_CHECK)
MANAGERS, N_DRAWS = 1000, 1000
MEASURED = {  # facts spread widely about the thresholds, so that every bin is filled: lowest, highest
    "months_in_role": (3.0, 24.0),
    "months_managing_people_before_role": (0.0, 12.0),
    "improvement_capacity_pct": (4.0, 16.0),
}
WHOLE = {"performance_vs_expectations": (1, 5), "team_kpi_trend": (-1, 1), "potential_seen": (0, 1)}


def draw_definition(
    instrument: Instrument, rules: SituationRules, seed: int, lost: float = 0.2, n: int = MANAGERS
) -> pd.DataFrame:
    """Claims of each personal situation and whether the rule held for the truth they were drawn about.

    Parameters
    ----------
    lost : float
        Share (0-1) of the facts that are missing; their truth follows the documented answers.

    Returns
    -------
    DataFrame
        ``situation``, ``claimed`` (share of draws, 0-1), ``happened``; one row per manager and situation.
    """
    rng = np.random.default_rng([seed, 11])
    scales = (*instrument.profile_ids, "TECH")
    fate = make_draws(rules, scales, n, seed + 1)  # the truth of manager i is draw i
    known = {name: rng.uniform(low, high, n) for name, (low, high) in MEASURED.items()}
    known |= {name: rng.integers(low, high + 1, n).astype(float) for name, (low, high) in WHOLE.items()}
    known["aspires_to_senior"] = np.full(n, np.nan)
    is_lost = {name: rng.random(n) < lost for name in (*MEASURED, *WHOLE)}
    estimate = {scale: rng.normal(4.0 if scale == "TECH" else 3.6, 0.4, n) for scale in scales}
    error = {scale: rng.uniform(0.1, 0.4, n) for scale in scales}
    target = {scale: np.full(n, 3.5) for scale in scales}
    context = {name: np.where(is_lost[name], np.nan, v) if name in is_lost else v for name, v in known.items()}
    case = Case(
        rules, make_draws(rules, scales, N_DRAWS, seed), context, estimate, error, target, instrument.profile_ids, ""
    )
    truth = replace(
        case,
        draws=fate,
        context={name: _settle(values, name, fate, rules) for name, values in context.items()},
        estimate={scale: estimate[scale] + error[scale] * fate.normal[scale] for scale in scales},
        standard_error={scale: np.zeros(n) for scale in scales},
    )
    own = np.arange(n)
    parts = []
    for check in PERSONAL_CHECKS:
        claimed = check.must(replace(case, situation_id=check.id)).shares()[1]
        held = check.must(replace(truth, situation_id=check.id)).mid[own, own]
        parts.append(pd.DataFrame({"situation": check.id, "claimed": claimed, "happened": held}))
    return pd.concat(parts, ignore_index=True)


def _settle(values: Floats, name: str, fate: Draws, rules: SituationRules) -> Floats:
    """Put the truth where a fact was lost: the documented answer of each manager's own draw."""
    if name not in fate.answer:
        return values
    options = np.array([answer.value for answer in rules.fields[name].answers])
    return np.where(np.isnan(values), options[fate.answer[name]], values)


def wilson(happened: Floats, n: Floats, z: float = 1.96) -> tuple[Floats, Floats]:
    """Wilson's (1927) interval of a share that was seen in ``n`` cases.

    Examples
    --------
    >>> [float(round(end[0], 3)) for end in wilson(np.array([0.5]), np.array([10]))]
    [0.237, 0.763]
    """
    centre = (happened + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(happened * (1 - happened) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return centre - half, centre + half
