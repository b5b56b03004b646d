"""Do intervals cover, are probabilities calibrated, are unchanged managers left alone: measured, beside naive methods.

Every function returns a table with "ours" and the naive methods from the same simulated cohorts. Means, spreads
and rater reliabilities differ between cohorts, raters carry a halo, and ratings are whole numbers from 1 to 5.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtr

from coachkit.analysis.benchmarks.cohorts import (
    GROUPS,
    Population,
    Scored,
    World,
    alpha_errors,
    draw_population,
    score_known,
)
from coachkit.analysis.benchmarks.definition import draw_definition, wilson
from coachkit.analysis.benchmarks.simulated import cohort_data, true_scores
from coachkit.analysis.benchmarks.situations import SituationTrial, run_situations, summarize_situations
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.simulation import simulate_engagement
from coachkit.analysis.situations import SituationRules
from coachkit.core.change import RELIABLE_Z
from coachkit.core.hyperparameters import tail_factor
from coachkit.core.instrument import Instrument

Size = Literal["quick", "full"]
COHORTS = (12, 24, 48, 200, 2000)
RATERS = (1, 2, 3, 4, 6, 8, 10)
PANEL = ((1, 1), (3, 5), (3, 5))  # line manager, peers, reports: a usual panel
TARGET = 3.5
BINS = 10
MANAGERS_PER_CELL = {"quick": 1200, "full": 9600}
ENGAGEMENTS = {"quick": 480, "full": 4000}
SITUATION_COHORTS = {"quick": 5, "full": 20}
DEFINITION_COHORTS = {"quick": 4, "full": 20}


def cover_cohorts(size: Size = "quick", cohorts: tuple[int, ...] = COHORTS) -> pd.DataFrame:
    """Share of true scores inside 95 % intervals, by cohort size and number of raters.

    Returns
    -------
    DataFrame
        ``managers`` (in a cohort), ``raters`` (of one group, or "1+3-5+3-5" for a usual panel), ``cohorts`` drawn,
        ``ours``, ``monte_carlo_error`` of ours, ``known`` (mean, spread and reliability taken as known), ``alpha``
        (observed mean with bars from Cronbach's alpha), ``width`` (half our interval, scale points).
    """
    rows = []
    for managers in cohorts:
        repeats = max(4, MANAGERS_PER_CELL[size] // managers)
        for raters in (*RATERS, "1+3-5+3-5"):
            found = np.array([_cover(managers, raters, seed) for seed in range(repeats)])
            ours, known, alpha, width = found.mean(axis=0)
            error = found[:, 0].std(ddof=1) / np.sqrt(repeats)
            rows.append((managers, str(raters), repeats, ours, error, known, alpha, width))
    names = ["managers", "raters", "cohorts", "ours", "monte_carlo_error", "known", "alpha", "width"]
    return pd.DataFrame(rows, columns=names)


def calibrate_gaps(size: Size = "quick", cohorts: tuple[int, ...] = COHORTS) -> pd.DataFrame:
    """P(true < target) against how often it was so, in ten bins of the probability.

    Returns
    -------
    DataFrame
        ``method`` ("ours", "alpha" bars, "plain mean": 0 or 1), ``managers``, ``bin``, ``claimed`` and ``happened``
        (means, 0-1), ``n`` probabilities in the bin.
    """
    parts = []
    for managers in cohorts:
        repeats = max(4, MANAGERS_PER_CELL[size] // managers)
        drawn = [_score(managers, "1+3-5+3-5", seed) for seed in range(repeats)]
        below = np.concatenate([(people.true < TARGET).ravel() for people, _, _ in drawn])
        claims = {
            "ours": [ndtr((TARGET - s.estimate) / s.error) for _, s, _ in drawn],
            "alpha": [ndtr((TARGET - s.observed) / alpha) for _, s, alpha in drawn],
            "plain mean": [(s.observed < TARGET).astype(float) for _, s, _ in drawn],
        }
        for method, values in claims.items():
            table = bin_claims(np.concatenate([v.ravel() for v in values]), below)
            parts.append(table.assign(method=method, managers=managers))
    return pd.concat(parts, ignore_index=True)[["method", "managers", "bin", "claimed", "happened", "n"]]


def flag_unchanged(size: Size = "quick", cohorts: tuple[int, ...] = COHORTS) -> pd.DataFrame:
    """Share of unchanged managers whom a reliable change index flags; 5 % is right.

    Returns
    -------
    DataFrame
        ``managers``, ``cohorts``, ``ours`` (different raters: inter-rater reliability of both means, and the t limit
        for the cohort's own spread), ``z_only`` (the same with 1.96), ``alpha`` (Cronbach's alpha), ``paired`` (the same raters, error from their pooled differences).
    """
    rows = []
    for managers in cohorts:
        repeats = max(4, MANAGERS_PER_CELL[size] // managers)
        found = np.array([_flag(managers, seed) for seed in range(repeats)])
        rows.append((managers, repeats, *found.mean(axis=0)))
    return pd.DataFrame(rows, columns=["managers", "cohorts", "ours", "z_only", "alpha", "paired"])


def cover_engagements(instrument: Instrument, size: Size = "quick", cohorts: tuple[int, ...] = COHORTS) -> pd.DataFrame:
    """Coverage and calibration of the whole path on simulated engagements: gaps in answers, levels, situations.

    Returns
    -------
    DataFrame
        ``managers``, ``cohorts``, ``covered``, ``calibration_error`` (mean absolute gap between claimed and happened,
        weighted by bin), ``largest_gap`` (of bins with 2 % of the claims or more).
    """
    rows = []
    for managers in cohorts:
        repeats = max(2, ENGAGEMENTS[size] // managers)
        parts = [_engagement(instrument, managers, seed) for seed in range(repeats)]
        covered, claimed, below = (np.concatenate(values) for values in zip(*parts, strict=True))
        table = bin_claims(claimed, below)
        rows.append((managers, repeats, covered.mean(), *calibration_errors(table)))
    return pd.DataFrame(rows, columns=["managers", "cohorts", "covered", "calibration_error", "largest_gap"])


def recognise_situations(
    instrument: Instrument, rules: SituationRules, size: Size = "quick"
) -> tuple[SituationTrial, dict[str, pd.DataFrame]]:
    """Recognition of the five situations: the trial, and its tables ``methods``, ``confusion``, ``calibration``."""
    trial = run_situations(instrument, rules, range(SITUATION_COHORTS[size]))
    return trial, summarize_situations(trial) | {
        "calibration": with_interval(bin_claims(trial.claimed, trial.happened))
    }


def calibrate_definition(instrument: Instrument, rules: SituationRules, size: Size = "quick") -> pd.DataFrame:
    """Probabilities of the personal situations against the rule itself, a fifth and half of the facts missing.

    Returns
    -------
    DataFrame
        ``lost`` (share of the facts), ``bin``, ``claimed``, ``happened``, ``n``, ``low`` and ``high`` (Wilson, 95 %).
    """
    parts = []
    for lost in (0.2, 0.5):
        drawn = pd.concat([draw_definition(instrument, rules, s, lost) for s in range(DEFINITION_COHORTS[size])])
        table = with_interval(bin_claims(drawn["claimed"].to_numpy(), drawn["happened"].to_numpy()))
        parts.append(table.assign(lost=lost))
    return pd.concat(parts, ignore_index=True)[["lost", "bin", "claimed", "happened", "n", "low", "high"]]


def accuracy_benchmark(instrument: Instrument, rules: SituationRules, size: Size = "quick") -> dict[str, pd.DataFrame]:
    """All tables of the accuracy benchmark, by name.

    Parameters
    ----------
    instrument : Instrument
        The shipped one, for simulated engagements.
    rules : SituationRules
    size : {"quick", "full"}
        Under a minute, or several minutes with smaller Monte Carlo errors.
    """
    _, situations = recognise_situations(instrument, rules, size)
    return {
        "coverage": cover_cohorts(size),
        "calibration": calibrate_gaps(size),
        "unchanged": flag_unchanged(size),
        "engagements": cover_engagements(instrument, size),
        **{f"situations_{name}": table for name, table in situations.items()},
        "situations_definition": calibrate_definition(instrument, rules, size),
    }


def bin_claims(claimed: np.ndarray, happened: np.ndarray, bins: int = BINS) -> pd.DataFrame:
    """Mean claim and frequency in equal bins of the claimed probability: ``bin`` (0-based), ``claimed``, ``happened``, ``n``.

    Examples
    --------
    >>> bin_claims(np.array([0.1, 0.1, 0.9]), np.array([0, 1, 1]), bins=2)["happened"].tolist()
    [0.5, 1.0]
    """
    table = pd.DataFrame({"claimed": claimed, "happened": np.asarray(happened, dtype=float)}).dropna()
    code = np.clip((table["claimed"] * bins).astype(int), 0, bins - 1).rename("bin")
    grouped = table.groupby(code)
    return grouped.mean().assign(n=grouped.size()).reset_index()


def with_interval(table: pd.DataFrame) -> pd.DataFrame:
    """The bins with Wilson's 95 % interval of what happened: ``low``, ``high``."""
    low, high = wilson(table["happened"].to_numpy(), table["n"].to_numpy())
    return table.assign(low=low, high=high)


def calibration_errors(table: pd.DataFrame, least_share: float = 0.02) -> tuple[float, float]:
    """Weighted mean gap between claimed and happened, and the largest in bins holding ``least_share`` of the claims."""
    gaps, share = (table["happened"] - table["claimed"]).abs(), table["n"] / table["n"].sum()
    return float((gaps * share).sum()), float(gaps[share >= least_share].max())


def _panel(raters: int | str) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[int, int], ...]]:
    if isinstance(raters, int):
        return (("peer", 0.37),), ((raters, raters),)
    return GROUPS, PANEL


def _draw(managers: int, raters: int | str, seed: int) -> tuple[Population, np.ndarray, np.random.Generator]:
    groups, sizes = _panel(raters)
    rng = np.random.default_rng([seed, managers, len(groups)])
    low, high = np.array(sizes).T
    people = draw_population(managers, groups, World(), rng)
    return people, rng.integers(low, high + 1, (managers, len(sizes))), rng


def _score(managers: int, raters: int | str, seed: int) -> tuple[Population, Scored, np.ndarray]:
    people, n_raters, rng = _draw(managers, raters, seed)
    answers = people.rate(n_raters, rng)
    scored = score_known(people.instrument, answers)
    return people, scored, alpha_errors(people.instrument, answers, scored.observed)


def _cover(managers: int, raters: int | str, seed: int) -> tuple[float, float, float, float]:
    people, scored, alpha = _score(managers, raters, seed)
    miss = np.abs(people.true - scored.estimate)
    return (
        float((miss <= RELIABLE_Z * scored.error).mean()),
        float((miss <= RELIABLE_Z * scored.known_error).mean()),
        float((np.abs(people.true - scored.observed) <= RELIABLE_Z * alpha).mean()),
        float(RELIABLE_Z * scored.error.mean()),
    )


def _flag(managers: int, seed: int) -> tuple[float, float, float, float]:
    people, n_raters, rng = _draw(managers, "1+3-5+3-5", seed)
    first, same = people.rate_twice(n_raters, rng)
    before, after = (score_known(people.instrument, r) for r in (first, people.rate(n_raters, rng)))
    change, spread = after.observed - before.observed, before.observed.std(axis=0, ddof=1)
    inter = spread * np.sqrt(2 - before.reliability - after.reliability)
    alpha = np.sqrt(2) * alpha_errors(people.instrument, first, before.observed)
    limit = RELIABLE_Z * tail_factor(np.array([managers - 1.0]))
    return (
        float((np.abs(change) >= limit * inter).mean()),
        float((np.abs(change) >= RELIABLE_Z * inter).mean()),
        float((np.abs(change) >= RELIABLE_Z * alpha).mean()),
        _flag_paired(first, same, managers),
    )


def _flag_paired(first, same, managers: int) -> float:  # noqa: ANN001 - RaterScores at two times
    apart = same.scores - first.scores
    n = np.bincount(first.manager, minlength=managers)[:, None]
    mean = np.stack([np.bincount(first.manager, weights=a, minlength=managers) for a in apart.T], axis=1) / n
    residual = apart - mean[first.manager]
    pooled = np.sqrt((residual**2).sum(axis=0) / (len(apart) - managers))
    return float((np.abs(mean) >= RELIABLE_Z * pooled / np.sqrt(n)).mean())


def _engagement(instrument: Instrument, managers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    simulated = simulate_engagement(instrument, managers, max(1, managers // 8), seed=seed, waves=1)
    scores, true = score_cohort(cohort_data(simulated, instrument)), true_scores(simulated, instrument)
    known = scores.estimate.notna().to_numpy()
    covered = ((scores.low <= true) & (true <= scores.high)).to_numpy()[known]
    return covered, scores.p_below_target.to_numpy()[known], (true < scores.target).to_numpy()[known]
