"""Cohort figures for the diagnostics report: completion, heat map, spread and counts, small cells suppressed."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import CompetencySpread, GroupCompletion, HeatCell, Reading, SituationCount
from coachkit.core.cohort import CohortData
from coachkit.core.confidentiality import dominated_cells, protect_cells
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.norms import shrink_unit_means

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


def measure_completion(data: CohortData) -> tuple[GroupCompletion, ...]:
    """Forms, raters and answered shares of every rater group.

    Counts of raters are given for the whole cohort only, and only from ``minimums.cohort`` managers on.
    """
    keys, instrument = data.responses.keys, data.instrument
    may_count = len(data.roster) >= data.minimums.cohort
    rows = []
    for group in instrument.rater_groups:
        forms = (keys["rater_group"] == group.id).to_numpy()
        asked = [item.id for item in instrument.items if group.id in item.asked_of]
        ratings, unseen = data.responses.ratings.loc[forms, asked], data.responses.not_observed.loc[forms, asked]
        per_manager = keys.loc[forms].groupby("manager_id")["rater_id"].nunique()
        cells = max(1, ratings.size)
        rows.append(
            GroupCompletion(
                group_id=group.id,
                label=group.label,
                n_managers=len(per_manager),
                n_raters=int(per_manager.sum()) if may_count else None,
                median_raters=float(per_manager.median()) if len(per_manager) else None,
                share_answered=float(ratings.notna().to_numpy().sum() / cells) if forms.any() else None,
                share_not_observed=float(unseen.to_numpy().sum() / cells) if forms.any() else None,
            )
        )
    return tuple(rows)


def map_units(profiles: CohortProfiles, settings: MeasurementSettings) -> tuple[HeatCell, ...]:
    """Mean estimate of every unit and competency; a cell is hidden with its count when too few stand behind it.

    Units protect each other: a single hidden unit takes the next smallest with it, so that the cohort's mean
    minus the shown units never describes fewer than ``minimums.unit`` managers. A unit in which one rater gave
    most of the forms counts as too small, because its means would be that rater's opinion.
    """
    data = profiles.data
    units = data.roster["unit_id"]
    counts = profiles.estimate.notna().groupby(units).sum()
    shown = protect_cells(_protected_sizes(counts, data), data.minimums.unit, totals="columns")
    is_large = len(data.roster) >= data.minimums.cohort
    mean = profiles.estimate.groupby(units).mean()
    priority = (profiles.p_below_target >= settings.priority_probability).where(profiles.estimate.notna())
    share = priority.astype(float).groupby(units).mean()
    expected = _expected_means(profiles, shown)
    cells = []
    for unit_id in counts.index:
        for competency_id in counts.columns:
            is_visible = is_large and bool(shown.loc[unit_id, competency_id]) and counts.loc[unit_id, competency_id] > 0
            cells.append(
                HeatCell(
                    unit_id=unit_id,
                    competency_id=competency_id,
                    n_managers=int(counts.loc[unit_id, competency_id]) if is_visible else None,
                    mean=_number(mean.loc[unit_id, competency_id]) if is_visible else None,
                    share_priority=_number(share.loc[unit_id, competency_id]) if is_visible else None,
                    expected=_number(expected.loc[unit_id, competency_id]) if is_visible else None,
                )
            )
    return tuple(cells)


def units_of_one_voice(data: CohortData) -> tuple[str, ...]:
    """Units in which one rater gave most of the forms about others; the line manager of a whole unit counts too."""
    keys = data.responses.keys
    own = {group.id for group in data.instrument.rater_groups if group.is_self}
    forms = keys.loc[~keys["rater_group"].isin(own), ["manager_id", "rater_id"]]
    forms = forms.assign(unit_id=forms["manager_id"].map(data.roster["unit_id"])).dropna()
    found = dominated_cells(forms, ["unit_id"])
    return tuple(sorted(found.index[found]))


def _protected_sizes(counts: pd.DataFrame, data: CohortData) -> pd.DataFrame:
    """Counts as suppression sees them: a unit that speaks with one voice never reaches the minimum."""
    capped = counts.copy()
    one_voice = [unit for unit in units_of_one_voice(data) if unit in capped.index]
    capped.loc[one_voice] = capped.loc[one_voice].clip(upper=data.minimums.unit - 1)
    return capped


def _expected_means(profiles: CohortProfiles, shown: pd.DataFrame) -> pd.DataFrame:
    """Shrunken unit means from shown cells alone, so that no hidden unit leaves a trace in them."""
    units = profiles.data.roster["unit_id"]
    expected = pd.DataFrame(np.nan, index=shown.index, columns=shown.columns)
    for competency_id in shown.columns:
        seen = units.isin(shown.index[shown[competency_id]]).to_numpy() & profiles.estimate[competency_id].notna()
        if seen.any():
            found = shrink_unit_means(
                profiles.estimate.loc[seen, competency_id],
                units[seen],
                profiles.standard_error.loc[seen, competency_id],
            )
            expected.loc[found.index, competency_id] = found["shrunken"]
    return expected


def spread_competencies(
    profiles: CohortProfiles, readings: pd.DataFrame, settings: MeasurementSettings
) -> tuple[CompetencySpread, ...]:
    """Distribution of estimates and counts of readings per competency.

    Parameters
    ----------
    readings : DataFrame (managers x competencies)
        The reading of every score: priority, strength, ask or no_data.
    """
    minimums = profiles.data.minimums
    rows = []
    for competency in profiles.data.instrument.profile_competencies:
        estimates = profiles.estimate[competency.id].dropna().to_numpy()
        n = len(estimates)
        is_large = n >= minimums.cohort
        mean, half = (
            (estimates.mean(), settings.interval_z * estimates.std(ddof=1) / math.sqrt(n)) if is_large else (None, 0)
        )
        counts = protected_counts(readings[competency.id], minimums.cell)
        rows.append(
            CompetencySpread(
                competency_id=competency.id,
                name=competency.name,
                short_name=competency.short_name,
                mean=_number(mean),
                mean_low=None if mean is None else float(mean - half),
                mean_high=None if mean is None else float(mean + half),
                quantiles=tuple(float(q) for q in np.quantile(estimates, QUANTILES)) if is_large else (),
                target=float(profiles.target[competency.id].mean()),
                n_priority=counts["priority"],
                n_ask=counts["ask"],
                n_strength=counts["strength"],
                n_no_data=counts["no_data"],
            )
        )
    return tuple(rows)


def protected_counts(readings: pd.Series, cell: int) -> dict[Reading, int | None]:
    """Count readings; None where fewer than ``cell`` but not nobody, with a second cell hidden to protect a single one.

    Examples
    --------
    >>> protected_counts(pd.Series(["priority"] * 3 + ["ask"] * 9 + ["strength"] * 30), 5)
    {'priority': None, 'ask': None, 'strength': 30, 'no_data': 0}
    """
    counts = {kind: int((readings == kind).sum()) for kind in ("priority", "ask", "strength", "no_data")}
    shown = protect_cells(pd.Series(counts), cell)
    hidden = set(shown.index[~shown])
    return {kind: None if kind in hidden else count for kind, count in counts.items()}


def count_situations(
    recognised: dict[str, int], possible: dict[str, int], titles: dict[str, str], cell: int
) -> tuple[SituationCount, ...]:
    """Situation tallies in the catalogue's order; a small tally is given as None ("fewer than five")."""
    return tuple(
        SituationCount(
            situation_id=situation_id,
            title=title,
            n_recognised=_coarse(recognised.get(situation_id, 0), cell),
            n_possible=_coarse(possible.get(situation_id, 0), cell),
        )
        for situation_id, title in titles.items()
    )


def _coarse(count: int, cell: int) -> int | None:
    return None if 0 < count < cell else count


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
