"""Synthetic engagements as the analysis receives them, straight from memory."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.simulation import SimulatedEngagement
from coachkit.core.cohort import CohortData, Responses
from coachkit.core.instrument import Instrument

NOT_OBSERVED = "NO"
KEYS = ["manager_id", "rater_id", "rater_group", "wave", "seconds"]
COMMENT_COLUMNS = ["manager_id", "rater_id", "rater_group", "wave", "question_id", "text"]


def cohort_data(simulated: SimulatedEngagement, instrument: Instrument, wave: str | None = None) -> CohortData:
    """One wave of a simulated engagement, comments left out.

    Parameters
    ----------
    simulated : SimulatedEngagement
    instrument : Instrument
        The one it was simulated with.
    wave : str, optional
        The last by default.

    Returns
    -------
    CohortData
    """
    occasion = next(w for w in simulated.waves if w.id == (wave or simulated.waves[-1].id))
    tables = simulated.tables
    roster = tables["roster"].set_index("manager_id")
    return CohortData(
        instrument,
        occasion.id,
        roster,
        _context(tables["context"], occasion.id).reindex(roster.index),
        tables["units"].set_index("unit_id"),
        tables["kpis"],
        tables["coaches"].set_index("coach_id"),
        _responses(tables["responses"], instrument).of_wave(occasion.id),
        _targets(roster["role_level"], instrument),
        reference_date=occasion.date,
    )


def true_scores(simulated: SimulatedEngagement, instrument: Instrument, wave: str | None = None) -> pd.DataFrame:
    """Ratings expected over raters (managers x profile competencies), managers in roster order."""
    known = simulated.truth["expected_scores"]
    chosen = known[known["wave"] == (wave or simulated.waves[-1].id)].set_index("manager_id")
    return chosen.loc[simulated.tables["roster"]["manager_id"], list(instrument.profile_ids)]


def _context(context: pd.DataFrame, wave: str) -> pd.DataFrame:
    if "wave" in context:
        context = context[context["wave"].isna() | (context["wave"] == wave)]
    return context.set_index("manager_id")


def _responses(forms: pd.DataFrame, instrument: Instrument) -> Responses:
    columns = {item: _points(forms[item], instrument) for item in instrument.item_ids}
    ratings = pd.DataFrame(columns, index=forms.index)
    hidden = pd.DataFrame({i: (forms[i] == NOT_OBSERVED).to_numpy() for i in instrument.item_ids}, index=forms.index)
    return Responses(forms[KEYS], ratings, hidden, pd.DataFrame(columns=COMMENT_COLUMNS, dtype=object))


def _points(answers: pd.Series, instrument: Instrument) -> np.ndarray:
    """Ratings from categories; "Not observed" (the first category) and no answer are NaN."""
    form = instrument.response_format
    values = np.array([np.nan, *(form.low + form.step * np.arange(form.n_options)), np.nan])
    return values[answers.cat.codes.to_numpy()]


def _targets(levels: pd.Series, instrument: Instrument) -> pd.DataFrame:
    by_level = {
        level.id: [instrument.target(level.id, c) for c in instrument.profile_ids] for level in instrument.role_levels
    }
    rows = [by_level[level] for level in levels]
    return pd.DataFrame(rows, index=levels.index, columns=list(instrument.profile_ids))
