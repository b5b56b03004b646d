"""What the cohort itself tells about its measurement: rater reliabilities, means and true-score spread."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coachkit.analysis.role_levels import LevelOffsets, level_strata
from coachkit.core.agreement import icc_from_sums
from coachkit.core.composite import Composite
from coachkit.core.hyperparameters import widen_errors
from coachkit.core.instrument import Instrument, RaterGroup
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores, average_groups, on_grid
from coachkit.core.uncertainty import estimate_true_scores, stratum_means, true_score_sd


@dataclass(frozen=True)
class CohortModel:
    """Means and spread of true scores, by competency.

    Attributes
    ----------
    mean : array (n_managers, n_competencies)
        The mean each manager's score is drawn towards.
    mean_error : array (n_managers, n_competencies)
        Standard error of that mean, scale points.
    sd_true, freedom : arrays (n_competencies,)
        Spread of true scores and the degrees of freedom behind it.
    sd_self, stratum_names, stratum
        Spread of self scores; names of the groups of role levels with a mean of their own, and each manager's.
    notes : tuple of str
    """

    mean: np.ndarray
    mean_error: np.ndarray
    sd_true: np.ndarray
    freedom: np.ndarray
    sd_self: np.ndarray
    stratum: np.ndarray
    stratum_names: tuple[str, ...]
    notes: tuple[str, ...]


def estimate_single_rater(
    raters: RaterScores,
    instrument: Instrument,
    settings: MeasurementSettings,
    levels: pd.Series | None = None,
    offsets: LevelOffsets | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Reliability of one rater of each group on each competency: the prior blended with the cohort's own.

    Parameters
    ----------
    levels : Series (n_managers,), optional
        Role levels. Managers are compared within those that have a mean of their own (see :func:`fit_cohort`),
        because reliability says how well raters tell apart the managers who share a mean.
    offsets : LevelOffsets, optional
        Differences between levels that share a mean; taken off first. The prior, which holds for managers of all
        levels, is lowered to the narrower spread within levels.

    Returns
    -------
    reliability, error : arrays (n_groups, n_competencies)
        With its standard error.
    n_managers : int array of the same shape
        Managers behind the cohort's part; 0 = the prior alone.

    Notes
    -----
    ``(w prior + n found) / (w + n)`` with n managers and w = ``settings.prior_weight_managers``, from
    ``settings.minimum_managers_reliability`` managers up. Found is ICC(1) over managers with two or more raters of
    the group. In a group of single raters, the line manager, nobody can be compared within the group; found is then
    cov(x, y) / var(x) with x the group's score and y the mean of the other groups, and counts half, being less
    exact. The prior is worth w managers, so that its spread between samples, ``settings.prior_reliability_sd``,
    shrinks by ``sqrt(w / (w + n))``.
    """
    stretch = offsets.stretch if offsets is not None else 1.0
    if offsets is not None:
        raters = replace(raters, scores=on_grid(raters.scores - offsets.value[raters.manager]))
    groups = instrument.rater_groups
    priors = 1 / (1 + stretch * (1 / np.array([group.single_rater_reliability for group in groups]) - 1))
    shape = (len(priors), raters.scores.shape[1])
    found, used = np.full(shape, np.nan), np.zeros(shape, dtype=int)
    stratum = np.zeros(len(raters.manager_ids), dtype=int) if levels is None else level_strata(levels, settings)[0]
    for g in range(shape[0]):
        rows = raters.group == g
        for c in range(shape[1]):
            found[g, c], used[g, c] = _cohort_icc(raters.scores[rows, c], raters.manager[rows], stratum)
    _compare_single_raters(raters, groups, stratum, found, used)
    used[(used < settings.minimum_managers_reliability) | ~np.isfinite(found)] = 0
    weight = settings.prior_weight_managers
    blended = (weight * priors[:, None] + used * np.where(used > 0, found, 0.0)) / (weight + used)
    error = settings.prior_reliability_sd * np.sqrt(weight / (weight + used))
    return np.clip(blended, settings.lowest_reliability, settings.highest_reliability), error, used


def _compare_single_raters(
    raters: RaterScores, groups: tuple[RaterGroup, ...], stratum: np.ndarray, found: np.ndarray, used: np.ndarray
) -> None:
    """Fill in reliabilities of groups of one rater each from their covariance with the other groups."""
    single = [g for g, group in enumerate(groups) if not group.is_self and (used[g] == 0).all()]
    others = [g for g, group in enumerate(groups) if not group.is_self and g not in single]
    if not single or not others:
        return
    means = average_groups(raters, len(groups)).mean
    for g in single:
        for c in range(means.shape[2]):
            x, y = means[:, g, c], means[:, others, c].mean(axis=1)  # managers rated by every group
            both = ~np.isnan(x) & ~np.isnan(y)
            x, y = (v[both] - stratum_means(v[both], stratum[both])[stratum[both]] for v in (x, y))
            variance = (on_grid(x) ** 2).sum()
            if variance > 0:
                found[g, c], used[g, c] = on_grid(x * y).sum() / variance, both.sum() // 2


def fit_cohort(
    observed: np.ndarray,
    reliability: np.ndarray,
    self_score: np.ndarray,
    levels: pd.Series,
    instrument: Instrument,
    settings: MeasurementSettings,
    offsets: LevelOffsets | None = None,
) -> CohortModel:
    """Estimate means and true-score spread per competency, falling back to documented priors.

    Parameters
    ----------
    observed, reliability, self_score : arrays (n_managers, n_competencies)
    levels : Series (n_managers,)
        Role level of each manager.
    offsets : LevelOffsets, optional
        Differences between levels that share a mean.

    Notes
    -----
    Role levels with enough managers have a mean of their own; smaller ones share one, so that no mean rests
    on few people. With fewer than ``minimum_managers_mean`` scores the prior mean stands in, because an
    estimate would otherwise give other managers' scores away.
    """
    bounds = instrument.response_format
    span, n_competencies = bounds.high - bounds.low, observed.shape[1]
    stratum, names = level_strata(levels, settings)
    prior_mean = bounds.low + settings.prior_mean_share * span
    mean, mean_error = (np.full(observed.shape, v) for v in (prior_mean, settings.prior_mean_sd_share * span))
    sd_true = np.full(n_competencies, settings.prior_true_sd_share * span)
    freedom = np.full(n_competencies, settings.prior_spread_freedom)
    short: list[str] = []
    offset, offset_error = (offsets.value, offsets.error) if offsets else (np.zeros(observed.shape),) * 2
    for c, competency in enumerate(instrument.competencies):
        groups = _usable_strata(observed[:, c], stratum, settings.minimum_managers_mean)
        if groups is None:
            short.append(competency.id)
            continue
        level, own = observed[:, c] - offset[:, c], reliability[:, c]
        mean[:, c] = stratum_means(level, groups)[groups] + offset[:, c]
        sd_true[c], freedom[c] = _spread(level, own, groups, sd_true[c], settings)
        freedom[c] = max(freedom[c] - (offsets.n_slopes if offsets else 0), 1.0)
        mean_error[:, c] = np.hypot(_mean_errors(level, own, groups, sd_true[c])[groups], offset_error[:, c])
    prior_self = settings.prior_self_sd_share * span
    sd_self = np.array([_self_spread(scores, prior_self, settings) for scores in self_score.T])
    notes = _notes(names, short, n_competencies, prior_mean, settings)
    return CohortModel(mean, mean_error, sd_true, freedom, sd_self, stratum, names, notes)


def estimate_scores(composite: Composite, model: CohortModel) -> tuple[np.ndarray, np.ndarray]:
    """Estimated true scores and their standard errors, the uncertainty of the model itself included.

    Returns
    -------
    estimate, standard_error : arrays (n_managers, n_competencies)
        1.96 standard errors make the 95 % interval, also where a t distribution stands behind it.
    """
    observed, reliability = composite.observed, composite.reliability
    estimate, known = estimate_true_scores(observed, reliability, model.mean, model.sd_true)
    errors = composite.reliability_error, model.mean_error, model.freedom
    return estimate, widen_errors(known, observed, reliability, model.mean, *errors)


def _mean_errors(observed: np.ndarray, reliability: np.ndarray, groups: np.ndarray, sd_true: float) -> np.ndarray:
    """Standard error of each stratum's mean of observed scores, whose variances are ``sd_true^2 / R``."""
    has = ~np.isnan(observed)
    n = np.bincount(groups[has], minlength=int(groups.max(initial=0)) + 1)
    total = np.bincount(groups[has], weights=1 / reliability[has], minlength=len(n))
    return sd_true * np.sqrt(total) / np.maximum(n, 1)


def _cohort_icc(scores: np.ndarray, manager: np.ndarray, stratum: np.ndarray) -> tuple[float, int]:
    """ICC(1) over managers with two or more raters, their means compared within strata."""
    has = ~np.isnan(scores)
    x, code = scores[has], manager[has]
    n = np.bincount(code, minlength=len(stratum))
    total = np.bincount(code, weights=x, minlength=len(stratum))
    apart = on_grid((x - (total / np.maximum(n, 1))[code]) ** 2)
    within = np.bincount(code, weights=apart, minlength=len(stratum))
    several = n >= 2
    n, total, within, stratum = n[several], total[several], within[several], stratum[several]
    sizes, sums = np.bincount(stratum, weights=n), np.bincount(stratum, weights=total)
    centred = total - n * (sums / np.maximum(sizes, 1))[stratum]
    found = icc_from_sums(n, on_grid(centred), within, n_means=len(np.unique(stratum)))
    return found.icc1, int(several.sum())


def _usable_strata(observed: np.ndarray, stratum: np.ndarray, minimum: int) -> np.ndarray | None:
    has = ~np.isnan(observed)
    if has.sum() < minimum:
        return None
    counts = np.bincount(stratum[has], minlength=int(stratum.max(initial=0)) + 1)
    return stratum if (counts >= minimum).all() else np.zeros_like(stratum)


def _spread(
    observed: np.ndarray, reliability: np.ndarray, groups: np.ndarray, prior: float, settings: MeasurementSettings
) -> tuple[float, float]:
    """Spread of true scores and its degrees of freedom."""
    has = ~np.isnan(observed)
    found = true_score_sd(observed, reliability, groups)
    if not found > 0:
        return prior, settings.prior_spread_freedom
    return found, float(has.sum() - len(np.unique(groups[has])))


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
            "Estimates are drawn towards the mean of this whole group of managers, its role levels allowed for, the "
            "more so the fewer people rated."
        )
    if not short:
        return (first,)
    second = (
        f"Fewer than {settings.minimum_managers_mean} managers have scores on {', '.join(short)}: an assumed mean "
        f"of {prior_mean:g} and an assumed spread stand in for the cohort's own."
    )
    return (first, second) if len(short) < n_competencies else (second,)
