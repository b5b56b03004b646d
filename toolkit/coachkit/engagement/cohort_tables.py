"""Tables as the analysis receives them: canonical columns, context of one wave, targets, raised minimums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.rows import drop_origin
from coachkit.engagement.settings import EngagementSettings
from coachkit.engagement.tables import TableSpec


def as_table(frame: pd.DataFrame | None, spec: TableSpec) -> pd.DataFrame:
    """A table with exactly its canonical columns; empty when it was not given."""
    columns = list(spec.column_names)
    if frame is None or not len(frame.columns):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return drop_origin(frame).reindex(columns=columns).reset_index(drop=True)


def raise_minimums(instrument: Instrument, settings: EngagementSettings) -> Instrument:
    """The instrument with the minimums of its rater groups as engagement.yaml sets them."""
    own = settings.minimums.rater_groups
    if not own:
        return instrument
    groups = tuple(replace(group, minimum=own.get(group.id, group.minimum)) for group in instrument.rater_groups)
    return replace(instrument, rater_groups=groups)


def targets_of(levels: pd.Series, instrument: Instrument, overrides: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Role targets per manager: the programme's own per competency, its own default, then the instrument's."""
    ids = instrument.profile_ids
    by_level = {}
    for level in instrument.role_levels:
        own = overrides.get(level.id, {})
        by_level[level.id] = [
            own.get(competency, level.targets.get(competency, own.get("default", level.target))) for competency in ids
        ]
    rows = [by_level[level] for level in levels]
    return pd.DataFrame(rows, index=levels.index, columns=list(ids), dtype="float64")


def context_of(context: pd.DataFrame, wave: str, managers: pd.Index) -> pd.DataFrame:
    """Context at one wave: the wave's own row, its gaps filled from the row for all waves."""
    own = context[(context["wave"] == wave).to_numpy(dtype=bool)].set_index("manager_id")
    general = context[context["wave"].isna().to_numpy(dtype=bool)].set_index("manager_id")
    merged = own.reindex(managers)
    general = general.reindex(managers)
    for column in merged.columns:
        both = merged[column].where(merged[column].notna(), general[column])
        merged[column] = both.where(both.notna(), None) if both.dtype == object else both
    return merged.drop(columns="wave")
