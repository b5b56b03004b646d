"""What hasty and straight-line answers change: readings with and without them, for the consultant to decide."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from coachkit.analysis.profiles import CohortProfiles, score_cohort
from coachkit.analysis.records import FormQuality
from coachkit.core.cohort import Responses
from coachkit.core.quality import flag_forms
from coachkit.core.uncertainty import read_probability


def compare_without_flagged(profiles: CohortProfiles) -> pd.DataFrame:
    """Readings that would change if flagged forms were left out.

    Parameters
    ----------
    profiles : CohortProfiles

    Returns
    -------
    DataFrame
        ``manager_id``, ``competency_id``, ``reading``, ``reading_without``; only rows that differ. Scores are
        left out on purpose: the difference of two means would give a single rater's answer away.

    Notes
    -----
    Nothing is dropped here; a consultant who leaves forms out records the reason in the engagement.
    """
    answers = profiles.data.responses
    keep = ~flag_forms(answers, profiles.settings).any(axis=1).to_numpy()
    columns = ["manager_id", "competency_id", "reading", "reading_without"]
    if keep.all():
        return pd.DataFrame(columns=columns)
    frames = (answers.keys, answers.ratings, answers.not_observed)
    keys, ratings, not_observed = (frame.loc[keep].reset_index(drop=True) for frame in frames)
    rest = Responses(keys, ratings, not_observed, answers.comments)
    without = score_cohort(replace(profiles.data, responses=rest), settings=profiles.settings)
    table = pd.DataFrame({"reading": _readings(profiles), "reading_without": _readings(without)})
    changed = table[table["reading"] != table["reading_without"]]
    return changed.rename_axis(["manager_id", "competency_id"]).reset_index()[columns]


def summarize_form_quality(profiles: CohortProfiles, changed: pd.DataFrame) -> FormQuality:
    """Count flagged forms and the readings they change; counts from one to ``minimums.cell`` - 1 are not given.

    Parameters
    ----------
    profiles : CohortProfiles
    changed : DataFrame
        As :func:`compare_without_flagged` returns it.
    """
    cell = profiles.data.minimums.cell
    flagged = int(flag_forms(profiles.data.responses, profiles.settings).any(axis=1).sum())
    n_forms, n_readings = len(profiles.data.responses.keys), int(profiles.estimate.notna().to_numpy().sum())
    shown = [None if 0 < count < cell else count for count in (flagged, len(changed))]
    return FormQuality(n_forms, shown[0], n_readings, shown[1])


def _readings(profiles: CohortProfiles) -> pd.Series:
    below = profiles.p_below_target
    cells = pd.MultiIndex.from_product([below.index, below.columns])
    return pd.Series([read_probability(p, profiles.settings) for p in below.to_numpy().ravel()], index=cells)
