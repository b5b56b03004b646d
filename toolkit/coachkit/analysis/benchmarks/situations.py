"""How well the five situations are recognised, on simulated managers whose context is partly wrong and partly lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coachkit.analysis.benchmarks.simulated import cohort_data
from coachkit.analysis.profiles import CohortProfiles, score_cohort
from coachkit.analysis.segments.archetypes import NEED_PATTERNS
from coachkit.analysis.simulation import simulate_engagement
from coachkit.analysis.situations import SITUATION_IDS, CohortDiagnosis, SituationRules, diagnose
from coachkit.core.instrument import Instrument

NONE = "none"
CLASSES = (*SITUATION_IDS, NONE)
UNIT = "stale_organisation"
DISTURBED = 0.20  # share of the context's cells that are lost or wrong, half each
OURS, PLAIN, LARGEST_GAP = "ours", "rule without uncertainty", "arg-max of the gaps"


@dataclass(frozen=True)
class SituationTrial:
    """Recognition over several simulated cohorts.

    Attributes
    ----------
    truth : array of str (n,)
        Class of each manager; managers between two situations are left out.
    shares : dict of method -> array (n, n_classes)
        Probability of each class, rows sum to 1.
    verdict : dict of method -> array of str (n,)
        The class the method names; "unclear" where ours leaves it to the conversation.
    claimed, happened : arrays
        Every single probability ours gives (situations of persons, and of units once per unit) and whether it held.
    """

    truth: np.ndarray
    shares: dict[str, np.ndarray]
    verdict: dict[str, np.ndarray]
    claimed: np.ndarray
    happened: np.ndarray


def run_situations(
    instrument: Instrument, rules: SituationRules, seeds: Iterable[int], n_managers: int = 96, n_units: int = 12
) -> SituationTrial:
    """Diagnose simulated cohorts whose context was disturbed, by our engine and two simpler rules.

    Notes
    -----
    One cell in five of the managers' context is lost or holds another manager's value (half each). The rule without
    uncertainty takes observed scores, nominal thresholds and missing facts at face value; the arg-max of the gaps
    names the situation whose need pattern fits the observed profile best, and never none.
    """
    parts = [_one_cohort(instrument, rules, seed, n_managers, n_units) for seed in seeds]
    join = {name: [getattr(part, name) for part in parts] for name in ("truth", "claimed", "happened")}
    shares = {m: np.concatenate([part.shares[m] for part in parts]) for m in parts[0].shares}
    verdict = {m: np.concatenate([part.verdict[m] for part in parts]) for m in parts[0].verdict}
    return SituationTrial(
        np.concatenate(join["truth"]),
        shares,
        verdict,
        np.concatenate(join["claimed"]),
        np.concatenate(join["happened"]),
    )


def disturb_context(context: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Lose half of the ``share`` of cells and put another manager's value into the other half."""
    result = context.copy()
    for name in context.columns.drop("wave", errors="ignore"):
        column = context[name].astype(object)
        chance = rng.random(len(column))
        other = column.iloc[rng.permutation(len(column))].to_numpy()
        mixed = np.where(chance < share / 2, other, column.to_numpy())
        result[name] = np.where((chance >= share / 2) & (chance < share), None, mixed)
    return result


def _one_cohort(
    instrument: Instrument, rules: SituationRules, seed: int, n_managers: int, n_units: int
) -> SituationTrial:
    simulated = simulate_engagement(instrument, n_managers, n_units, seed=seed, waves=1)
    data = cohort_data(simulated, instrument)
    context = disturb_context(data.context, DISTURBED, np.random.default_rng([seed, 7]))
    profiles = score_cohort(replace(data, context=context))
    found = diagnose(profiles, rules)
    known = simulated.truth["managers"]["situation"].to_numpy(dtype=object)
    rows = known != "mixture"
    plain = _without_uncertainty(profiles, rules)
    shares = {OURS: class_shares(found), PLAIN: plain, LARGEST_GAP: _largest_gap(profiles)}
    verdict = {method: np.array(CLASSES, dtype=object)[s.argmax(axis=1)][rows] for method, s in shares.items()}
    verdict[OURS] = _outcomes(found)[rows]
    claimed, happened = _claims(found, known, rows, simulated.truth["units"])
    return SituationTrial(known[rows], {m: s[rows] for m, s in shares.items()}, verdict, claimed, happened)


def class_shares(found: CohortDiagnosis) -> np.ndarray:
    """Probability of each situation being the one, or none: independent probabilities given at most one holds."""
    p = np.nan_to_num(found.probability[list(SITUATION_IDS)].to_numpy())
    unit = SITUATION_IDS.index(UNIT)
    below = np.nan_to_num(found.p_below.get("IMP", np.zeros(len(p))))
    p[:, unit] *= np.maximum(below, np.nan_to_num(found.judged.alone[:, SITUATION_IDS.index("steady_state")]))
    p = np.clip(p, 0.001, 0.98)
    odds = np.column_stack([p / (1 - p), np.ones(len(p))])
    return odds / odds.sum(axis=1, keepdims=True)


def _outcomes(found: CohortDiagnosis) -> np.ndarray:
    names = []
    for manager_id in found.manager_ids:
        outcome, headline = found.outcome(manager_id)
        if outcome == "recognised":
            names.append(headline[0])
        else:
            names.append(NONE if outcome in ("none_of_the_five", "no_intervention") else "unclear")
    return np.array(names, dtype=object)


def _without_uncertainty(profiles: CohortProfiles, rules: SituationRules) -> np.ndarray:
    """The rules on observed scores: what holds is certain, what is missing does not hold."""
    plain = replace(profiles, estimate=profiles.others, standard_error=profiles.others * 0.0)
    fixed = replace(rules.engine["threshold_spread"], value=0.0)
    found = diagnose(plain, replace(rules, engine=rules.engine | {"threshold_spread": fixed}), n_draws=20)
    certain = replace(found, judged=replace(found.judged, mid=np.round(np.nan_to_num(found.judged.low))))
    return class_shares(certain)


def _largest_gap(profiles: CohortProfiles) -> np.ndarray:
    gaps = (profiles.target - profiles.others).fillna(0.0)
    pattern = (
        pd.DataFrame({name: dict(p) for name, p in NEED_PATTERNS.items()})
        .T.reindex(columns=gaps.columns)
        .fillna(0.0)
        .loc[list(SITUATION_IDS)]
    )
    weights = -pattern.to_numpy() / np.linalg.norm(pattern.to_numpy(), axis=1, keepdims=True)
    fit = gaps.to_numpy() @ weights.T
    chosen = np.eye(len(CLASSES))[fit.argmax(axis=1)]
    return 0.9 * chosen + 0.1 / len(CLASSES)


def _claims(
    found: CohortDiagnosis, known: np.ndarray, rows: np.ndarray, units: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    personal = [name for name in SITUATION_IDS if name != UNIT]
    p = found.probability.loc[rows, personal].to_numpy()
    held = np.column_stack([known[rows] == name for name in personal])
    stale = units.set_index("unit_id")["state"] == UNIT
    of_units = found.judged_units.mid[:, 0]
    held_units = stale.reindex(list(found.inputs.unit_ids)).to_numpy(dtype=bool)
    claimed, happened = np.concatenate([p.ravel(), of_units]), np.concatenate([held.ravel(), held_units])
    return claimed[~np.isnan(claimed)], happened[~np.isnan(claimed)]


def summarize_situations(trial: SituationTrial) -> dict[str, pd.DataFrame]:
    """Tables of a trial: ``methods`` (hits, log loss) and ``confusion`` (truth by our verdict)."""
    code = np.array([CLASSES.index(name) for name in trial.truth])
    rows = []
    for method, shares in trial.shares.items():
        verdict, likely = trial.verdict[method], np.array(CLASSES, dtype=object)[shares.argmax(axis=1)]
        loss = float(-np.log(shares[np.arange(len(code)), code]).mean())
        is_open = verdict == "unclear"
        decided = float((verdict == trial.truth)[~is_open].mean()) if not is_open.all() else float("nan")
        rows.append((method, len(code), (likely == trial.truth).mean(), is_open.mean(), decided, loss))
    names = ["method", "managers", "hits", "left_open", "hits_when_decided", "log_loss"]
    table = pd.crosstab(pd.Series(trial.truth, name="truth"), pd.Series(trial.verdict[OURS], name="verdict"))
    order = [*CLASSES, "unclear"]
    confusion = table.reindex(index=list(CLASSES), columns=order, fill_value=0).rename_axis(columns=None)
    return {"methods": pd.DataFrame(rows, columns=names), "confusion": confusion.reset_index()}
