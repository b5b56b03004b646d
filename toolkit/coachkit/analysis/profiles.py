"""Score a cohort: every manager's released scores with their uncertainty, in one frozen record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from coachkit.analysis.measurement_model import (
    estimate_scores,
    estimate_single_rater,
    fit_cohort,
)
from coachkit.analysis.profile_records import build_profile
from coachkit.analysis.records import Profile
from coachkit.analysis.release_lock import Lock, freeze_release, lock_releases
from coachkit.analysis.role_levels import level_offsets
from coachkit.analysis.scored import ScoredCohort, Scores
from coachkit.analysis.snapshots import snapshot_all
from coachkit.core.cohort import CohortData
from coachkit.core.composite import combine_groups
from coachkit.core.confidentiality import (
    Snapshot,
    release_groups,
)
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.norms import NormGroup
from coachkit.core.quality import flag_managers
from coachkit.core.scoring import GroupMeans, RaterScores, average_groups, score_raters
from coachkit.core.uncertainty import probability_below, probability_in_bottom
from coachkit.errors import CoachkitError, UnknownNameError, listed


@dataclass(frozen=True)
class CohortProfiles(ScoredCohort):
    """A scored cohort that builds each manager's profile and says what it publishes.

    The tables are described at :class:`coachkit.analysis.scored.ScoredCohort`.
    """

    @cached_property
    def snapshots(self) -> dict[str, Snapshot]:
        """What this scoring publishes, by manager: save it and pass it as ``releases`` next time."""
        return snapshot_all(self)

    @cached_property
    def norm_groups(self) -> dict[str, NormGroup]:
        """The cohort's estimates by competency, to compare each of them with all."""
        estimates = self.estimate.astype(float)
        return {key: NormGroup(estimates[key].to_numpy(), self.data.minimums) for key in estimates.columns}

    def profile(self, manager_id: str) -> Profile:
        """Build one manager's released profile.

        Raises
        ------
        UnknownNameError
            If the manager is not in the roster.
        """
        if manager_id not in self.data.roster.index:
            raise UnknownNameError.from_choice("manager", manager_id, self.manager_ids)
        return build_profile(self, manager_id)


def score_cohort(
    engagement: Any,  # noqa: ANN401 - CohortData, or anything with .cohort(wave)
    wave: str | None = None,
    settings: MeasurementSettings | None = None,
    releases: Mapping[str, Snapshot] | None = None,
    release_key: str = "",
) -> CohortProfiles:
    """Score every manager of a cohort, with uncertainty, through the confidentiality layer.

    Parameters
    ----------
    engagement : CohortData, or an object with ``.cohort(wave) -> CohortData``
    wave : str, optional
        Measurement occasion; the engagement's current one by default.
    settings : MeasurementSettings, optional
    releases : mapping manager_id -> Snapshot, optional
        What was published before: a manager with too few changed raters gets the frozen figures again.
    release_key : str
        Keys the fingerprints of raters and the order of comments.

    Returns
    -------
    CohortProfiles

    Raises
    ------
    MissingItemsError, RatingOutOfRangeError, UnknownNameError
        If the answers do not fit the instrument.
    CoachkitError
        If a target is missing.

    Notes
    -----
    Items are averaged within raters, raters within groups, released groups by declared weights. The estimate
    draws the observed score towards the mean of the role level or cohort as far as raters disagree.

    References
    ----------
    Kelley (1947), Fundamentals of Statistics; Conway & Huffcutt (1997), Human Performance 10, 331-360.
    """
    settings = settings or MeasurementSettings()
    data = engagement if isinstance(engagement, CohortData) else engagement.cohort(wave)
    if wave is not None and data.wave != wave:
        raise UnknownNameError.from_choice("wave", wave, [data.wave])
    raters = score_raters(data.responses, data.instrument, data.manager_ids)
    means = average_groups(raters, len(data.instrument.rater_groups))
    lock = lock_releases(data, raters, means, dict(releases or {}), release_key)
    scores = _estimate(data, raters, means, lock, settings)
    return _assemble(data, settings, scores, raters, release_key)


def _estimate(
    data: CohortData, raters: RaterScores, means: GroupMeans, lock: Lock, settings: MeasurementSettings
) -> Scores:
    groups = data.instrument.rater_groups
    release = release_groups(means.mean, means.n, groups, data.minimums, lock.withdrawn)
    release = freeze_release(release, lock, data)
    levels = data.roster["role_level"] if "role_level" in data.roster else pd.Series("", index=data.roster.index)
    priors = np.array([[group.single_rater_reliability] for group in groups])
    plain = combine_groups(release, groups, np.broadcast_to(priors, (len(groups), means.mean.shape[2])))
    offsets = level_offsets(plain, levels, data.instrument, settings)
    single_rater, single_error, n_used = estimate_single_rater(raters, data.instrument, settings, levels, offsets)
    composite = lock.restore(combine_groups(release, groups, single_rater, single_error), data)
    self_score = _self_scores(means, data)
    model = fit_cohort(
        composite.observed, composite.reliability, self_score, levels, data.instrument, settings, offsets
    )
    estimate, error = estimate_scores(composite, model)
    estimate, error = lock.restore_estimates(estimate, error, data)
    target = _targets(data)
    below = probability_below(target, estimate, error)
    return Scores(release, composite, model, single_rater, n_used, estimate, error, self_score, target, below, lock)


def _assemble(
    data: CohortData, settings: MeasurementSettings, scores: Scores, raters: RaterScores, key: str
) -> CohortProfiles:
    chosen = [c.in_profile for c in data.instrument.competencies]
    columns = [c.id for c in data.instrument.profile_competencies]

    def frame(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(values[:, chosen], index=data.roster.index, columns=columns)

    bounds = data.instrument.response_format
    estimate, error = scores.estimate, scores.standard_error
    own_error = error[:, chosen] * np.sqrt(1 - settings.shared_error)  # what is shared moves no rank
    bottom = probability_in_bottom(estimate[:, chosen], own_error, settings.bottom_size, settings.quadrature_nodes)
    return CohortProfiles(
        data=data,
        settings=settings,
        scores=scores,
        raters=raters,
        estimate=frame(estimate),
        standard_error=frame(error),
        low=frame(np.maximum(estimate - settings.interval_z * error, bounds.low)),
        high=frame(np.minimum(estimate + settings.interval_z * error, bounds.high)),
        others=frame(scores.composite.others),
        self_score=frame(scores.self_score),
        reliability=frame(scores.composite.reliability),
        n_effective=frame(scores.composite.n_effective),
        target=frame(scores.target),
        p_below_target=frame(scores.p_below),
        p_bottom_three=pd.DataFrame(bottom, index=data.roster.index, columns=columns),
        technical=_technical(data, scores),
        quality=flag_managers(data, settings),
        measurement=_measurement(data, scores),
        key=key,
    )


def _self_scores(means: GroupMeans, data: CohortData) -> np.ndarray:
    for position, group in enumerate(data.instrument.rater_groups):
        if group.is_self:
            return means.mean[:, position, :]
    return np.full((means.mean.shape[0], means.mean.shape[2]), np.nan)


def _targets(data: CohortData) -> np.ndarray:
    """Targets of all competencies; scales outside the profile take the role level's default."""
    instrument = data.instrument
    targets = data.targets.reindex(index=data.roster.index, columns=list(instrument.profile_ids))
    missing = targets.columns[targets.isna().any()]
    if len(missing):
        raise CoachkitError(
            f"targets lack a value for {listed(missing)} of some managers. Give every manager a role level."
        )
    known = {level.id for level in instrument.role_levels}
    levels = data.roster.get("role_level", pd.Series("", index=data.roster.index))
    spare = targets.mean(axis=1)
    columns = []
    for competency in instrument.competencies:
        if competency.in_profile:
            columns.append(targets[competency.id].to_numpy(dtype=float))
            continue
        by_level = {level: instrument.target(level, competency.id) for level in known}
        columns.append(levels.map(by_level).fillna(spare).to_numpy(dtype=float))
    return np.column_stack(columns)


def _technical(data: CohortData, scores: Scores) -> pd.DataFrame:
    outside = [i for i, c in enumerate(data.instrument.competencies) if not c.in_profile]
    if not outside:
        return pd.DataFrame(index=data.roster.index)
    first = outside[0]
    return pd.DataFrame(
        {"estimate": scores.estimate[:, first], "standard_error": scores.standard_error[:, first]},
        index=data.roster.index,
    )


def _measurement(data: CohortData, scores: Scores) -> dict[str, Any]:
    ids = [c.id for c in data.instrument.competencies]
    groups = [(i, g.id) for i, g in enumerate(data.instrument.rater_groups) if not g.is_self]
    model = scores.model
    means = [model.mean[model.stratum == s].mean(axis=0) for s in range(len(model.stratum_names))]
    return {
        "single_rater": {c: {g: float(scores.single_rater[i, k]) for i, g in groups} for k, c in enumerate(ids)},
        "single_rater_managers": {
            c: {g: int(scores.n_single_rater[i, k]) for i, g in groups} for k, c in enumerate(ids)
        },
        "sigma_true": dict(zip(ids, map(float, model.sd_true), strict=True)),
        "mean": {
            name: dict(zip(ids, map(float, mean), strict=True))
            for name, mean in zip(model.stratum_names, means, strict=True)
        },
        "notes": model.notes,
    }
