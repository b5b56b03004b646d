"""Cohort figures for the diagnostics report: completion, heat map, spread and counts, small cells suppressed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import pandas as pd

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import CompetencySpread, Diagnosis, GroupCompletion, HeatCell, Reading, SituationCount
from coachkit.core.cohort import CohortData, Minimums
from coachkit.core.confidentiality import protect_cells
from coachkit.core.measurement import MeasurementSettings

READINGS: tuple[Reading, ...] = ("priority", "ask", "strength", "no_data")
Kind = TypeVar("Kind", bound=str)
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


def describe_gaps(profiles: CohortProfiles) -> tuple[str, ...]:
    """One sentence for every kind of data some managers lack."""
    data, n = profiles.data, len(profiles.data.roster)
    no_self = int(profiles.self_score.isna().all(axis=1).sum()) if data.instrument.self_group else 0
    without = int(profiles.estimate.isna().all(axis=1).sum())
    lacking = int(data.context.isna().all(axis=1).sum())
    notes = (
        (no_self, "no self-assessment", "so nothing in their reports is compared with their own view"),
        (without, "too few ratings for any estimate", "so a conversation comes first"),
        (lacking, "no facts about their role", "so scores alone speak for or against a situation"),
    )
    return tuple(f"{number} of {n} managers {_have(number)} {what}, {then}." for number, what, then in notes if number)


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def visible_cells(counts: pd.DataFrame, dominated: pd.DataFrame | None, minimums: Minimums) -> pd.DataFrame:
    """Which cells of units and competencies may be shown beside the cohort's mean.

    Units protect each other: a single hidden unit takes the next smallest with it, so that the cohort's mean
    minus the shown units never describes fewer than ``minimums.unit`` managers. A cell that one rater dominates
    counts as too small, so that its neighbours protect it too.
    """
    if dominated is not None:
        hidden = dominated.reindex(index=counts.index, columns=counts.columns, fill_value=False)
        counts = counts.mask(hidden & (counts > 0), 1)
    return protect_cells(counts, minimums.unit, totals="columns")


def map_units(
    profiles: CohortProfiles, settings: MeasurementSettings, dominated: pd.DataFrame | None = None
) -> tuple[HeatCell, ...]:
    """Mean estimate of every unit and competency; a cell is hidden with its count as :func:`visible_cells` says.

    Parameters
    ----------
    dominated : DataFrame of bool (units x competencies), optional
        Cells in which one rater gave most of the answers; they are hidden.
    """
    data = profiles.data
    units = data.roster["unit_id"]
    counts = profiles.estimate.notna().groupby(units).sum()
    shown = visible_cells(counts, dominated, data.minimums)
    is_large = len(data.roster) >= data.minimums.cohort
    mean = profiles.estimate.groupby(units).mean()
    priority = (profiles.p_below_target >= settings.priority_probability).where(profiles.estimate.notna())
    share = priority.astype(float).groupby(units).mean()
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
                )
            )
    return tuple(cells)


def spread_competencies(
    profiles: CohortProfiles,
    readings: pd.DataFrame,
    settings: MeasurementSettings,
    withheld: frozenset[str] = frozenset(),
) -> tuple[CompetencySpread, ...]:
    """Distribution of estimates and counts of readings per competency.

    Parameters
    ----------
    readings : DataFrame (managers x competencies)
        The reading of every score: priority, strength, ask or no_data.
    withheld : frozenset of str
        Competencies on which one rater gave most of the cohort's answers; they show no mean and no spread.
    """
    minimums = profiles.data.minimums
    rows = []
    for competency in profiles.data.instrument.profile_competencies:
        estimates = profiles.estimate[competency.id].dropna().to_numpy()
        n = len(estimates)
        is_large = n >= minimums.cohort and competency.id not in withheld
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
    return protect_counts({kind: int((readings == kind).sum()) for kind in READINGS}, cell)


def protect_counts(counts: dict[Kind, int], cell: int) -> dict[Kind, int | None]:
    """Counts that add up to a published total; a small one is hidden together with the next smallest.

    Examples
    --------
    >>> protect_counts({"recognised": 34, "none": 6, "open": 3}, 5)
    {'recognised': 34, 'none': None, 'open': None}
    """
    shown = protect_cells(pd.Series(counts, dtype=int), cell)
    return {kind: count if shown[kind] else None for kind, count in counts.items()}


def tally_situations(diagnoses: Iterable[Diagnosis]) -> tuple[Counter[str], Counter[str]]:
    """How many managers each situation is recognised in, and how many more it is possible in, by its id."""
    recognised, possible = Counter[str](), Counter[str]()
    for diagnosis in diagnoses:
        recognised.update(diagnosis.headline_ids)
        possible.update(
            finding.situation_id
            for finding in diagnosis.findings
            if finding.status == "possible" and finding.situation_id not in diagnosis.headline_ids
        )
    return recognised, possible


def count_situations(
    recognised: dict[str, int], possible: dict[str, int], titles: dict[str, str], cell: int
) -> tuple[SituationCount, ...]:
    """Situation tallies in the catalogue's order; a small tally is given as None ("fewer than five")."""
    return tuple(
        SituationCount(
            situation_id=situation_id,
            title=title,
            n_recognised=coarse(recognised.get(situation_id, 0), cell),
            n_possible=coarse(possible.get(situation_id, 0), cell),
        )
        for situation_id, title in titles.items()
    )


def coarse(count: int, cell: int) -> int | None:
    """A count without a published total; None where it is too small to be given.

    Examples
    --------
    >>> coarse(3, 5), coarse(0, 5), coarse(7, 5)
    (None, 0, 7)
    """
    return None if 0 < count < cell else count


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
