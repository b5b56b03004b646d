"""What hasty and straight-line answers change: readings and means with and without them, for the consultant to decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from coachkit.analysis.profiles import CohortProfiles, score_cohort
from coachkit.analysis.records import FlaggedMean, QualityEffect
from coachkit.core.cohort import Responses
from coachkit.core.quality import flag_forms
from coachkit.core.uncertainty import read_probability

COLUMNS = ["manager_id", "competency_id", "reading", "reading_without"]


def score_without_flagged(profiles: CohortProfiles) -> CohortProfiles | None:
    """The cohort scored again without flagged forms; None where no form is flagged. Nothing is dropped for good."""
    answers = profiles.data.responses
    keep = ~flag_forms(answers, profiles.settings).any(axis=1).to_numpy()
    if keep.all():
        return None
    frames = (answers.keys, answers.ratings, answers.not_observed)
    keys, ratings, not_observed = (frame.loc[keep].reset_index(drop=True) for frame in frames)
    rest = Responses(keys, ratings, not_observed, answers.comments)
    return score_cohort(replace(profiles.data, responses=rest), settings=profiles.settings)


def compare_without_flagged(profiles: CohortProfiles, without: CohortProfiles | None = None) -> pd.DataFrame:
    """Readings that would change if flagged forms were left out.

    Parameters
    ----------
    profiles : CohortProfiles
    without : CohortProfiles, optional
        The result of :func:`score_without_flagged`; scored here by default.

    Returns
    -------
    DataFrame
        ``manager_id``, ``competency_id``, ``reading``, ``reading_without``; only rows that differ. Scores are
        left out on purpose: the difference of two means would give a single rater's answer away.

    Notes
    -----
    For the consultant only, who decides and records the reason; a changed reading tells something about the
    flagged rater, so it is on no manager's page.
    """
    without = without or score_without_flagged(profiles)
    if without is None:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.DataFrame({"reading": _readings(profiles), "reading_without": _readings(without)})
    changed = table[table["reading"] != table["reading_without"]]
    return changed.rename_axis(["manager_id", "competency_id"]).reset_index()[COLUMNS]


def summarise_flagged(
    profiles: CohortProfiles, withheld: frozenset[str] = frozenset(), without: CohortProfiles | None = None
) -> QualityEffect:
    """The cohort's means with and without flagged forms, and how many readings would change.

    Parameters
    ----------
    profiles : CohortProfiles
    withheld : frozenset of str
        Competencies whose cohort figures may not be shown.
    without : CohortProfiles, optional
        The result of :func:`score_without_flagged`; scored here by default.

    Returns
    -------
    QualityEffect
        Rows only where at least ``minimums.items_and_comments`` forms about as many managers are flagged, in a
        cohort that may be shown: with fewer, two means side by side would tell what the flagged raters answered.
    """
    answers, minimums = profiles.data.responses, profiles.data.minimums
    flagged = flag_forms(answers, profiles.settings).any(axis=1).to_numpy()
    n, about = int(flagged.sum()), answers.keys.loc[flagged, "manager_id"].nunique()
    least = minimums.items_and_comments
    if n == 0:
        return QualityEffect(len(flagged), 0)
    without = without or score_without_flagged(profiles)
    if without is None or about < least or len(profiles.data.roster) < minimums.cohort:
        return QualityEffect(len(flagged), n if n >= least else None)
    rows = []
    for competency in profiles.data.instrument.profile_competencies:
        both = profiles.estimate[competency.id].notna() & without.estimate[competency.id].notna()
        if both.sum() >= minimums.cohort and competency.id not in withheld:
            means = [float(np.mean(frame.estimate.loc[both, competency.id])) for frame in (profiles, without)]
            rows.append(FlaggedMean(competency.id, competency.name, means[0], means[1]))
    changed = compare_without_flagged(profiles, without)
    is_small = 0 < changed["manager_id"].nunique() < minimums.cell
    n_readings = int(profiles.estimate.notna().to_numpy().sum())
    return QualityEffect(len(flagged), n, tuple(rows), n_readings, None if is_small else len(changed))


def _readings(profiles: CohortProfiles) -> pd.Series:
    below = profiles.p_below_target
    cells = pd.MultiIndex.from_product([below.index, below.columns])
    return pd.Series([read_probability(p, profiles.settings) for p in below.to_numpy().ravel()], index=cells)
