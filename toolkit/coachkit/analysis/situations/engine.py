"""Judges the five situations on draws: true profiles from score uncertainty, thresholds that vary, gaps filled.

A rule says "P(x < target) >= .80" about a single score. On the draws the event itself ("x < target in this
draw") is counted: the share of draws that satisfy the whole rule is then the probability that the manager's true
profile does, which a test can calibrate. Supports move the log-odds of that share by their documented weights; a
rule that holds in no draw stays at zero whatever supports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from coachkit.analysis.situations import (
    beyond_technology,
    new_manager,
    senior_potential,
    stale_organisation,
    steady_state,
)
from coachkit.analysis.situations.base import Case, Check, Claim, Draws, Flags, Floats, make_draws
from coachkit.analysis.situations.inputs import CohortInputs, cohort_inputs
from coachkit.analysis.situations.thresholds import SituationRules, require_names

if TYPE_CHECKING:
    from coachkit.analysis.profiles import CohortProfiles

CHECKS: tuple[Check, ...] = (
    new_manager.CHECK,
    steady_state.CHECK,
    beyond_technology.CHECK,
    stale_organisation.CHECK,
    senior_potential.CHECK,
)
SITUATION_IDS = tuple(check.id for check in CHECKS)
UNIT_CHECK = stale_organisation.CHECK
ENGINE_NAMES = (
    "threshold_spread",
    "shared_error",
    "recognised",
    "possible",
    "margin",
    "clear_gap",
    "shares_unit_pattern",
    "least_share_scored",
    "certainty_cap",
    "absent_support",
    "useful_change",
)
UNIT_NAMES = (
    "least_units",
    "least_managers",
    "shared_icc",
    "chance_level",
    "deviation",
    "kpi_quarters",
    "kpi_flat_change_pct",
)
CHUNK = 2_000_000  # draws held at once (managers x draws); bounds memory, changes no result


@dataclass(frozen=True)
class Judged:
    """Probabilities per manager (or unit) and situation.

    Attributes
    ----------
    low, mid, high : arrays (n, n_situations)
        Probability if what is missing spoke against, as expected, for; equal where nothing is missing.
    alone : array (n, n_situations)
        ``mid`` before the unit's pattern was taken into account.
    by_answer : array (n, n_situations, n_options)
        Probability given each documented answer to each field, columns as :func:`answer_options`.
    """

    low: Floats
    mid: Floats
    high: Floats
    alone: Floats
    by_answer: Floats


def check_rules(rules: SituationRules) -> None:
    """Refuse rules whose names are not exactly those the checks ask for (SettingsError)."""
    require_names("engine", rules.engine, ENGINE_NAMES)
    require_names("units", rules.units, UNIT_NAMES)
    require_names("situations", rules.situations, SITUATION_IDS)
    for check in CHECKS:
        rule = rules.situations[check.id]
        require_names(f"situations.{check.id}.thresholds", rule.thresholds, check.thresholds)
        require_names(f"situations.{check.id}.supports", rule.supports, check.supports)
        unanswered = [name for name in check.fields if not rules.fields.get(name) or not rules.fields[name].answers]
        require_names(f"fields (with answers, for {check.id})", {}, unanswered)


def judge_cohort(
    profiles: CohortProfiles, rules: SituationRules, n_draws: int, random_state: int
) -> tuple[CohortInputs, Judged, Judged]:
    """Judge all managers and all units; returns the inputs, the managers' and the units' probabilities."""
    inputs = cohort_inputs(profiles, rules)
    scales = tuple(dict.fromkeys([*inputs.scale_ids, *(s for check in CHECKS for s in check.scales)]))
    draws = make_draws(rules, scales, n_draws, random_state)
    least = max(rules.threshold(UNIT_CHECK.id, "minimum_managers").value, profiles.data.minimums.team)
    units, stale = _judge_units(inputs, rules, draws, least)
    parts = [
        _judge_managers(_slice(inputs, rows, rules, draws), stale[inputs.unit_code[rows]])
        for rows in _chunks(len(inputs.manager_ids), n_draws)
    ]
    joined = [np.concatenate([getattr(part, name) for part in parts]) for name in Judged.__dataclass_fields__]
    return inputs, _with_units(Judged(*joined), units, inputs.unit_code), units


def _chunks(n: int, n_draws: int) -> Iterator[slice]:
    step = max(1, CHUNK // n_draws)
    for start in range(0, n, step):
        yield slice(start, start + step)


def _slice(inputs: CohortInputs, rows: slice, rules: SituationRules, draws: Draws) -> Case:
    def cut(part: dict[str, Floats]) -> dict[str, Floats]:
        return {name: values[rows] for name, values in part.items()}

    return Case(
        rules,
        draws,
        cut(inputs.context),
        cut(inputs.estimate),
        cut(inputs.standard_error),
        cut(inputs.target),
        inputs.profile_ids,
        "",
    )


def _judge_managers(case: Case, stale: Flags) -> Judged:
    """Judge some managers; the unit's column is filled by :func:`_with_units`."""
    columns = []
    for check in CHECKS:
        if check is UNIT_CHECK:
            columns.append(_nothing(case))
            continue
        own = replace(case, situation_id=check.id)
        alone = check.must(own)
        claim = alone & ~Claim.known(stale) if check is steady_state.CHECK else alone
        columns.append(_probabilities(check, own, claim, alone))
    return Judged(*(np.stack(parts, axis=1) for parts in zip(*columns, strict=True)))


def _nothing(case: Case) -> tuple[Floats, ...]:
    empty = np.full(case.n, np.nan)
    return empty, empty, empty, empty, np.full((case.n, len(answer_options(case.rules))), np.nan)


def _probabilities(check: Check, case: Case, claim: Claim, alone: Claim) -> tuple[Floats, ...]:
    shift = support_shift(check, case)
    shares = [*claim.shares(), alone.mid.mean(axis=1)]
    moved = [move_odds(share, shift, case.rules) for share in shares]
    given = move_odds(_given_answers(check, case, claim), shift[:, None], case.rules)
    return (*moved, given)


def support_shift(check: Check, case: Case) -> Floats:
    """Log-odds that the supports add per manager; an unknown support adds nothing."""
    absent = case.rules.engine_value("absent_support")
    weights = case.rules.situations[check.id].supports
    total = np.zeros(case.n)
    for name, share in check.support(case).items():
        total += np.nan_to_num(weights[name].value * (share - absent * (1 - share)))
    return total


def move_odds(share: Floats, shift: Floats, rules: SituationRules) -> Floats:
    """Shift the log-odds of a share of draws; shares of zero stay, shares near one are capped first."""
    capped = np.minimum(share, 1 - rules.engine_value("certainty_cap"))
    odds = capped / (1 - capped) * np.exp(shift)
    return odds / (1 + odds)


def answer_options(rules: SituationRules) -> tuple[tuple[str, int], ...]:
    """All documented answers as (field, position), in the order of ``by_answer``."""
    return tuple((name, k) for name, rule in rules.fields.items() for k in range(len(rule.answers)))


def _given_answers(check: Check, case: Case, claim: Claim) -> Floats:
    """Share of draws given each answer; only for managers with something missing, else the plain share."""
    options = answer_options(case.rules)
    shares = np.repeat(claim.mid.mean(axis=1)[:, None], len(options), axis=1)
    missing = np.zeros(case.n, dtype=bool)
    for name in check.fields:
        missing |= np.isnan(case.field(name))
    if missing.any():
        masks = np.stack([case.draws.answer[name] == k for name, k in options], axis=1).astype(np.float32)
        shares[missing] = claim.mid[missing].astype(np.float32) @ (masks / np.maximum(masks.sum(axis=0), 1))
    return shares


def _judge_units(inputs: CohortInputs, rules: SituationRules, draws: Draws, least: float) -> tuple[Judged, Flags]:
    """Judge the units; the second value holds, per unit and draw, "stale whatever is missing", last row False."""
    n_units = len(inputs.unit_ids)
    chances = inputs.p_below.get("IMP", np.full(len(inputs.manager_ids), np.nan))
    context = {**inputs.unit_context, "unit_of_member": inputs.unit_code, "member_chance": chances}
    stale = np.zeros((n_units + 1, draws.n), dtype=bool)
    case = Case(rules, draws, {"": np.full(n_units, np.nan), **context}, {}, {}, {}, (), UNIT_CHECK.id)
    if n_units == 0:
        none = np.zeros((0, 1))
        return Judged(none, none, none, none, np.zeros((0, 1, len(answer_options(rules))))), stale
    claim = UNIT_CHECK.must(case)
    low, mid, high, alone, given = _probabilities(UNIT_CHECK, case, claim, claim)
    enough = np.array([len(of_unit) >= least for of_unit in stale_organisation.members(case)])
    stale[:-1] = claim.low & enough[:, None]
    low, mid, high, alone = (np.where(enough, part, np.nan)[:, None] for part in (low, mid, high, alone))
    return Judged(low, mid, high, alone, by_answer=np.where(enough[:, None], given, np.nan)[:, None, :]), stale


def _with_units(judged: Judged, units: Judged, codes: np.ndarray) -> Judged:
    """Give each manager the probability of the unit's situation; NaN without a unit."""
    position = SITUATION_IDS.index(UNIT_CHECK.id)
    for name in Judged.__dataclass_fields__:
        values = getattr(units, name)[:, 0]
        padded = np.concatenate([values, np.full((1, *values.shape[1:]), np.nan)])
        getattr(judged, name)[:, position] = padded[codes]
    return judged
