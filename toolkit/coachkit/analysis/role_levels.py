"""Role levels: which of them have a mean of their own, and how scores rise with the level where they share one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.composite import Composite
from coachkit.core.instrument import Instrument
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import on_grid
from coachkit.core.uncertainty import stratum_means

LARGEST_LEVEL_SHARE = 0.5  # of the true variance; bounds what few managers can make of it


@dataclass(frozen=True)
class LevelOffsets:
    """How far each manager's expected score lies from the mean of the stratum, because the role level differs.

    ``value`` and ``error`` (n_managers, n_competencies) in scale points; 0 where a level has a mean of its own.
    ``stretch`` is the variance of true scores over all managers by that among managers of one level (1 or more).
    """

    value: np.ndarray
    error: np.ndarray
    stretch: float = 1.0

    @property
    def n_slopes(self) -> int:
        """Slopes estimated: 1 if scores rise with the level's target within a stratum, else 0."""
        return int(self.value.any())


def level_offsets(
    composite: Composite, levels: pd.Series, instrument: Instrument, settings: MeasurementSettings
) -> LevelOffsets:
    """Estimate how scores rise with the role level's target, for levels too small for a mean of their own.

    Parameters
    ----------
    composite : Composite
        Released scores with the reliabilities of the prior.
    levels : Series (n_managers,)

    Notes
    -----
    One slope for the whole cohort, from the managers' averages over competencies within strata, so that no level's
    mean rests on few people. It is blended, by inverse variances, with the prior ``level_slope`` (halfway between
    levels that score alike and levels that differ as their targets do).
    """
    observed, (stratum, _) = composite.observed, level_strata(levels, settings)
    by_level = {x.id: [instrument.target(x.id, c.id) for c in instrument.competencies] for x in instrument.role_levels}
    unknown = [np.nan] * len(instrument.competencies)
    targets = np.array([by_level.get(level, unknown) for level in levels], dtype=float).reshape(observed.shape)
    rise = np.nan_to_num(_within(targets, stratum))
    has = ~np.isnan(observed).all(axis=1)
    if has.sum() < settings.minimum_managers_mean:
        return LevelOffsets(np.zeros(observed.shape), np.zeros(observed.shape))
    slope, error = 0.0, 0.0
    if rise[has].any():
        x = np.nanmean(_within(observed, stratum)[has], axis=1)
        slope, error = _blend_slope(rise[has].mean(axis=1), x, settings)
    return LevelOffsets(slope * rise, error * np.abs(rise), _stretch(composite, slope * rise, stratum))


def _stretch(composite: Composite, offset: np.ndarray, stratum: np.ndarray) -> float:
    """True variance over all managers by that within levels, pooled over competencies."""
    observed = composite.observed
    n = (~np.isnan(observed)).sum()
    n_within = n - observed.shape[1] * (len(np.unique(stratum)) + offset.any())
    n_all = n - observed.shape[1]
    if n_within <= 0:
        return 1.0
    everyone = np.zeros_like(stratum)
    total = np.nansum(on_grid(_within(observed, everyone) ** 2)) / n_all
    within = np.nansum(on_grid(_within(observed - offset, stratum) ** 2)) / n_within
    true = total * np.nanmean(composite.reliability)
    between = np.clip(total - within, 0.0, LARGEST_LEVEL_SHARE * true)
    return float(true / (true - between)) if true > 0 else 1.0


def _within(values: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Each column less the mean of its stratum."""
    return np.column_stack([column - stratum_means(column, stratum)[stratum] for column in values.T])


def _blend_slope(rise: np.ndarray, x: np.ndarray, settings: MeasurementSettings) -> tuple[float, float]:
    rise, x, total = rise - rise.mean(), x - x.mean(), ((rise - rise.mean()) ** 2).sum()
    prior, prior_precision = settings.level_slope, 1 / settings.level_slope_sd**2
    if total <= 0:
        return prior, settings.level_slope_sd
    found = (rise * x).sum() / total
    noise = ((x - found * rise) ** 2).sum() / (len(x) - 2) / total
    precision = 1 / max(noise, 1e-12)
    both = precision + prior_precision
    return float((precision * found + prior_precision * prior) / both), float(both**-0.5)


def level_strata(levels: pd.Series, settings: MeasurementSettings) -> tuple[np.ndarray, tuple[str, ...]]:
    """Strata of role levels, each manager's and their names; small levels share one."""
    return _strata(levels.fillna("").astype(str), settings.minimum_managers_level)


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
