"""What the cohort itself tells about its measurement: rater reliabilities, means and true-score spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.agreement import icc_from_sums
from coachkit.core.instrument import Instrument
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores, on_grid
from coachkit.core.uncertainty import stratum_means, true_score_sd


@dataclass(frozen=True)
class CohortModel:
    """Means and spread of true scores, by competency.

    Attributes
    ----------
    mean : array (n_managers, n_competencies)
        The mean each manager's score is drawn towards.
    sd_true : array (n_competencies,)
    sd_self, stratum_names, stratum
        Spread of self scores; names of the groups of role levels with a mean of their own, and each manager's.
    notes : tuple of str
    """

    mean: np.ndarray
    sd_true: np.ndarray
    sd_self: np.ndarray
    stratum: np.ndarray
    stratum_names: tuple[str, ...]
    notes: tuple[str, ...]


def estimate_single_rater(
    raters: RaterScores, instrument: Instrument, settings: MeasurementSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Reliability of one rater of each group on each competency: the prior blended with the cohort's ICC(1).

    Returns
    -------
    reliability : array (n_groups, n_competencies)
    n_managers : int array of the same shape
        Managers with two or more raters behind the cohort's part; 0 = the prior alone.

    Notes
    -----
    ``(w prior + n ICC) / (w + n)`` with n managers and w = ``settings.prior_weight_managers``, from
    ``settings.minimum_managers_reliability`` managers up.
    """
    priors = np.array([group.single_rater_reliability for group in instrument.rater_groups])
    shape = (len(priors), raters.scores.shape[1])
    reliability = np.broadcast_to(priors[:, None], shape).copy()
    used = np.zeros(shape, dtype=int)
    for g in range(shape[0]):
        rows = raters.group == g
        for c in range(shape[1]):
            found, n = _cohort_icc(raters.scores[rows, c], raters.manager[rows], len(raters.manager_ids))
            if n >= settings.minimum_managers_reliability and np.isfinite(found):
                weight = settings.prior_weight_managers
                reliability[g, c] = (weight * reliability[g, c] + n * found) / (weight + n)
                used[g, c] = n
    return np.clip(reliability, settings.lowest_reliability, settings.highest_reliability), used


def fit_cohort(
    observed: np.ndarray,
    reliability: np.ndarray,
    self_score: np.ndarray,
    levels: pd.Series,
    instrument: Instrument,
    settings: MeasurementSettings,
) -> CohortModel:
    """Estimate means and true-score spread per competency, falling back to documented priors.

    Parameters
    ----------
    observed, reliability, self_score : arrays (n_managers, n_competencies)
    levels : Series (n_managers,)
        Role level of each manager.

    Notes
    -----
    Role levels with enough managers have a mean of their own; smaller ones share one, so that no mean rests
    on few people. With fewer than ``minimum_managers_mean`` scores the prior mean stands in, because an
    estimate would otherwise give other managers' scores away.
    """
    bounds = instrument.response_format
    span = bounds.high - bounds.low
    stratum, names = _strata(levels.fillna("").astype(str), settings.minimum_managers_level)
    prior_mean = bounds.low + settings.prior_mean_share * span
    mean = np.full(observed.shape, prior_mean)
    sd_true = np.full(observed.shape[1], settings.prior_true_sd_share * span)
    sd_self = np.full(observed.shape[1], settings.prior_self_sd_share * span)
    short: list[str] = []
    for c, competency in enumerate(instrument.competencies):
        groups = _usable_strata(observed[:, c], stratum, settings.minimum_managers_mean)
        if groups is None:
            short.append(competency.id)
        else:
            mean[:, c] = stratum_means(observed[:, c], groups)[groups]
            sd_true[c] = _spread(observed[:, c], reliability[:, c], groups, sd_true[c], settings)
        sd_self[c] = _self_spread(self_score[:, c], sd_self[c], settings)
    return CohortModel(
        mean, sd_true, sd_self, stratum, names, _notes(names, short, len(instrument.competencies), prior_mean, settings)
    )


def _cohort_icc(scores: np.ndarray, manager: np.ndarray, n_managers: int) -> tuple[float, int]:
    has = ~np.isnan(scores)
    x, code = scores[has], manager[has]
    n = np.bincount(code, minlength=n_managers)
    total = np.bincount(code, weights=x, minlength=n_managers)
    apart = on_grid((x - (total / np.maximum(n, 1))[code]) ** 2)
    within = np.bincount(code, weights=apart, minlength=n_managers)
    several = n >= 2
    found = icc_from_sums(n[several], total[several], within[several])
    return found.icc1, int(several.sum())


def _strata(levels: pd.Series, minimum: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """Role levels, the smallest merged until each stratum has ``minimum`` managers (or one is left)."""
    counts = levels.value_counts()
    parts = sorted(([str(name)], int(counts[name])) for name in counts.index)
    parts.sort(key=lambda part: (part[1], part[0]))
    while len(parts) > 1 and parts[0][1] < minimum:
        merged = (parts[0][0] + parts[1][0], parts[0][1] + parts[1][1])
        parts = sorted([merged, *parts[2:]], key=lambda part: (part[1], part[0]))
    position = {name: index for index, (names, _) in enumerate(parts) for name in names}
    titles = tuple(" and ".join(sorted(names)) for names, _ in parts)
    return levels.map(position).to_numpy(dtype=int), titles


def _usable_strata(observed: np.ndarray, stratum: np.ndarray, minimum: int) -> np.ndarray | None:
    has = ~np.isnan(observed)
    if has.sum() < minimum:
        return None
    counts = np.bincount(stratum[has], minlength=int(stratum.max(initial=0)) + 1)
    return stratum if (counts >= minimum).all() else np.zeros_like(stratum)


def _spread(
    observed: np.ndarray, reliability: np.ndarray, groups: np.ndarray, prior: float, settings: MeasurementSettings
) -> float:
    if (~np.isnan(observed)).sum() < settings.minimum_managers_reliability:
        return prior
    found = true_score_sd(observed, reliability, groups)
    return found if found > 0 else prior


def _self_spread(scores: np.ndarray, prior: float, settings: MeasurementSettings) -> float:
    present = scores[~np.isnan(scores)]
    if len(present) < settings.minimum_managers_reliability or np.ptp(present) == 0:
        return prior
    return float(present.std(ddof=1))


def _notes(
    names: tuple[str, ...],
    short: list[str],
    n_competencies: int,
    prior_mean: float,
    settings: MeasurementSettings,
) -> tuple[str, ...]:
    if len(names) > 1:
        first = f"Estimates are drawn towards the mean of the role level ({'; '.join(names)})."
    else:
        first = (
            "Estimates are drawn towards the mean of this whole group of managers, the more so the fewer people rated."
        )
    if not short:
        return (first,)
    second = (
        f"Fewer than {settings.minimum_managers_mean} managers have scores on {', '.join(short)}: an assumed mean "
        f"of {prior_mean:g} and an assumed spread stand in for the cohort's own."
    )
    return (first, second) if len(short) < n_competencies else (second,)
