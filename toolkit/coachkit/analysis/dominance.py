"""Group figures that rest mostly on one rater: found here, and withheld from the cohort's report."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import Attribution
from coachkit.analysis.wording import join_words
from coachkit.core.cohort import NOTHING
from coachkit.core.confidentiality import dominated_cells
from coachkit.core.instrument import Competency, Instrument
from coachkit.core.scoring import RaterScores

ALL = "all"
CANNOT_TELL = (
    "Whether “{scale}” is shared by the unit cannot be told: one person gave most of the unit's answers on it."
)


def dominated(raters: RaterScores, cells: np.ndarray, competencies: tuple[Competency, ...]) -> pd.DataFrame:
    """Cells in which one rater gave more than half of the forms.

    Parameters
    ----------
    cells : object array (n_raters,)
        The cell each rater's form belongs to; None = counted nowhere.
    competencies : tuple of Competency
        In the order of the columns of ``raters.scores``; a form counts where it has a score.

    Returns
    -------
    DataFrame of bool (cells x competencies)
    """
    names = sorted({cell for cell in cells if cell is not None})
    counted = np.array([cell is not None for cell in cells], dtype=bool)
    columns = {}
    for column, competency in enumerate(competencies):
        rows = counted & ~np.isnan(raters.scores[:, column])
        found = dominated_cells(pd.DataFrame({"cell": cells[rows], "rater_id": raters.rater_id[rows]}), ["cell"])
        columns[competency.id] = found.reindex(names, fill_value=False).to_numpy(dtype=bool)
    return pd.DataFrame(columns, index=names)


def dominated_units(profiles: CohortProfiles) -> pd.DataFrame:
    """Units and profile competencies on which one rater gave more than half of the others' forms (bool)."""
    instrument, raters = profiles.data.instrument, profiles.raters
    is_self = np.array([group.is_self for group in instrument.rater_groups])
    units = profiles.data.roster["unit_id"].to_numpy(dtype=object)[raters.manager]
    cells = np.where(is_self[raters.group] | pd.isna(units), NOTHING, units)
    return dominated(raters, cells, instrument.competencies)[list(instrument.profile_ids)]


def dominated_scales(raters: RaterScores, rows: np.ndarray, competencies: tuple[Competency, ...]) -> frozenset[str]:
    """Competencies on which one rater gave more than half of the forms in ``rows`` (bool array)."""
    found = dominated(raters, np.where(rows, ALL, NOTHING), competencies)
    return frozenset(found.columns[found.any(axis=0)])


def dominated_groups(raters: RaterScores, instrument: Instrument) -> pd.DataFrame:
    """Rater groups in which one rater gave more than half of the forms about the whole cohort.

    Returns
    -------
    DataFrame of bool (ids of rater groups other than self, and ``all`` for these together, x competencies)
    """
    groups = instrument.rater_groups
    own = np.array([None if group.is_self else group.id for group in groups], dtype=object)
    every = np.array([None if group.is_self else ALL for group in groups], dtype=object)
    parts = [dominated(raters, ids[raters.group], instrument.competencies) for ids in (own, every)]
    return pd.concat(parts)


@dataclass(frozen=True)
class Dominance:
    """Where one rater gave more than half of the answers, and what may therefore not be shown.

    ``units`` (units x profile competencies) and ``groups`` (rater groups and ``all`` x competencies) are tables of
    bool.
    """

    units: pd.DataFrame
    groups: pd.DataFrame

    @property
    def competencies(self) -> frozenset[str]:
        """Competencies without cohort figures."""
        row = self.groups.loc[ALL]
        return frozenset(row.index[row])

    def covers(self, unit_id: str) -> bool:
        """Whether any figure of a unit is dominated."""
        return unit_id in self.units.index and bool(self.units.loc[unit_id].any())

    def hide_units(self, profiles: CohortProfiles) -> CohortProfiles:
        """Profiles for comparing units, in which dominated cells take no part."""
        if not self.units.to_numpy().any():
            return profiles
        units = profiles.data.roster["unit_id"].to_numpy()
        hidden = self.units.reindex(units, fill_value=False).to_numpy(dtype=bool)
        return replace(profiles, estimate=profiles.estimate.mask(hidden))

    def hide_attributions(
        self, attributions: tuple[Attribution, ...], unit_id: str, instrument: Instrument
    ) -> tuple[Attribution, ...]:
        """Person or system with "cannot tell" where the unit's figures are dominated."""
        if not self.covers(unit_id):
            return attributions
        short = {competency.id: competency.short_name for competency in instrument.competencies}
        hidden = set(self.units.columns[self.units.loc[unit_id]])
        return tuple(
            replace(one, verdict="cannot_tell", text=CANNOT_TELL.format(scale=short[one.competency_id]))
            if one.competency_id in hidden
            else one
            for one in attributions
        )

    def notes(self, profiles: CohortProfiles) -> tuple[str, ...]:
        """One sentence for every unit and rater group with figures withheld for this reason."""
        instrument = profiles.data.instrument
        short = {competency.id: competency.short_name for competency in instrument.competencies}
        labels = {group.id: group.label for group in instrument.rater_groups} | {ALL: "all raters together"}
        names = profiles.data.units.get("unit_name", {})
        units = [_note(f"the unit “{names.get(cell) or cell}”", row, short) for cell, row in self.units.iterrows()]
        groups = [_note(f"the rater group “{labels[str(cell)]}”", row, short) for cell, row in self.groups.iterrows()]
        return tuple(note for note in units + groups if note)


def find_dominance(profiles: CohortProfiles) -> Dominance:
    """Look for one-rater cells in the units and rater groups of a cohort."""
    return Dominance(dominated_units(profiles), dominated_groups(profiles.raters, profiles.data.instrument))


def _note(where: str, row: pd.Series, short: dict[str, str]) -> str:
    if not row.any():
        return ""
    scales = "every competency" if row.all() else join_words([short[key] for key in row.index[row]], shown=len(short))
    return (
        f"One person gave more than half of the answers for {where} on {scales}; figures that would mostly be this "
        "person's view are withheld."
    )
