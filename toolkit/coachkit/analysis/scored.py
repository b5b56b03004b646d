"""A scored cohort: released scores with their uncertainty, and what they were computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coachkit.analysis.measurement_model import CohortModel
from coachkit.analysis.release_lock import Lock, Marks
from coachkit.analysis.released_tables import list_groups, list_items
from coachkit.core.cohort import CohortData
from coachkit.core.composite import Composite
from coachkit.core.confidentiality import GroupRelease
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores


@dataclass(frozen=True)
class Scores:
    """All competencies of all managers as arrays (n_managers, n_competencies), in the instrument's order."""

    release: GroupRelease
    composite: Composite
    model: CohortModel
    single_rater: np.ndarray
    n_single_rater: np.ndarray
    estimate: np.ndarray
    standard_error: np.ndarray
    self_score: np.ndarray
    target: np.ndarray
    p_below: np.ndarray
    lock: Lock


@dataclass(frozen=True)
class ScoredCohort:
    """Released scores of a cohort at one wave.

    Attributes
    ----------
    data : CohortData
    estimate, standard_error, low, high, others, self_score, reliability, n_effective, target, p_below_target, \
p_bottom_three : DataFrame (managers x profile competencies)
        Indexed by ``manager_id`` in roster order; scale points, probabilities 0-1, NaN = missing. ``others`` is
        the observed mean of the released groups; ``estimate`` the estimated true score with its error.
    technical : DataFrame (managers x {estimate, standard_error})
        First scale outside the profile; without columns when there is none.
    groups : DataFrame
        Long: ``manager_id, competency_id, group_id, label, status, score, n_raters``; released figures only.
        A pool of groups has the id ``pooled``.
    quality : DataFrame
        ``manager_id, code, text``: response-quality flags.
    measurement : dict
        ``single_rater`` {competency: {group: reliability}}, ``single_rater_managers``, ``sigma_true``,
        ``mean`` {stratum: {competency: mean}}, ``notes``.
    """

    data: CohortData
    settings: MeasurementSettings
    scores: Scores = field(repr=False)
    raters: RaterScores = field(repr=False)
    estimate: pd.DataFrame
    standard_error: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    others: pd.DataFrame
    self_score: pd.DataFrame
    reliability: pd.DataFrame
    n_effective: pd.DataFrame
    target: pd.DataFrame
    p_below_target: pd.DataFrame
    p_bottom_three: pd.DataFrame
    technical: pd.DataFrame
    quality: pd.DataFrame
    measurement: dict[str, Any]
    key: str = field(default="", repr=False)

    @cached_property
    def manager_ids(self) -> tuple[str, ...]:
        """Ids in roster order."""
        return self.data.manager_ids

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Released rater groups in long form."""
        return list_groups(self.data, self.scores.release)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Released item means over confidential raters (managers x items); NaN = too few answers."""
        frozen = {manager: snapshot.items for manager, snapshot in self.scores.lock.frozen.items()}
        return list_items(self.data, self.raters, self.scores.release, frozen)

    @cached_property
    def marks(self) -> Marks:
        """Rows and comments of each manager's raters, indexed once; not for display."""
        return Marks(self.data, self.raters, self.key)
