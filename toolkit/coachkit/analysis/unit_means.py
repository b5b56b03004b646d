"""Unit means beside each other: as rated, and drawn together as far as chance explains their differences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.cohort_norms import side_of
from coachkit.analysis.cohort_tables import visible_cells
from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import UnitMean
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.norms import shrink_unit_means

LEAST_UNITS = 3  # with two units the variance between them rests on a single difference


def draw_unit_means(
    profiles: CohortProfiles, dominated: pd.DataFrame, settings: MeasurementSettings | None = None
) -> tuple[UnitMean, ...]:
    """Empirical Bayes means of every unit that may be shown, with 95 % ranges.

    Parameters
    ----------
    profiles : CohortProfiles
        ``others`` (as rated) and its error ``standard_error / sqrt(reliability)`` are used, because estimates are
        already drawn towards the mean of all managers.
    dominated : DataFrame of bool (units x competencies)
        Cells that one rater dominates; they are neither shown nor used.

    Notes
    -----
    Only shown cells enter the common mean: a hidden one could otherwise be worked out from it.
    """
    chosen, units = settings or profiles.settings, profiles.data.roster["unit_id"]
    counts = profiles.others.notna().groupby(units).sum()
    shown = visible_cells(counts, dominated, profiles.data.minimums)
    found: list[UnitMean] = []
    for competency_id in counts.columns:
        names = list(shown.index[shown[competency_id] & (counts[competency_id] > 0)])
        if len(names) >= LEAST_UNITS:
            found += _draw(profiles, competency_id, units.isin(names).to_numpy(), chosen)
    return tuple(found)


def _draw(
    profiles: CohortProfiles, competency_id: str, rows: np.ndarray, settings: MeasurementSettings
) -> list[UnitMean]:
    rated = profiles.others.loc[rows, competency_id]
    error = profiles.standard_error.loc[rows, competency_id] / np.sqrt(profiles.reliability.loc[rows, competency_id])
    table = shrink_unit_means(rated, profiles.data.roster.loc[rows, "unit_id"], error.where(rated.notna()))
    middle = float(np.average(table["shrunken"], weights=table["n"]))
    half = settings.interval_z * table["standard_error"]
    return [
        UnitMean(
            str(unit_id),
            competency_id,
            int(row["n"]),
            float(row["mean"]),
            float(row["shrunken"]),
            float(row["shrunken"] - half[unit_id]),
            float(row["shrunken"] + half[unit_id]),
            side_of(row["shrunken"] - half[unit_id], row["shrunken"] + half[unit_id], middle),
        )
        for unit_id, row in table.iterrows()
    ]
