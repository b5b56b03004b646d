"""How far raters of the same manager agree on a scale, group by group, for the appendix of the cohort's report."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.records import GroupAgreement
from coachkit.core.agreement import average_deviation, icc, rwg_j
from coachkit.core.cohort import CohortData
from coachkit.core.instrument import Competency, RaterGroup
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores

FEW_DIFFER = 0.10  # ICC(1) below which managers hardly differ; LeBreton & Senter (2008) call .05 small, .10 medium


def describe_agreement(
    competency: Competency,
    raters: RaterScores,
    data: CohortData,
    settings: MeasurementSettings,
    dominated: frozenset[str] = frozenset(),
) -> tuple[GroupAgreement, ...]:
    """Agreement of each confidential rater group on one scale, without those one rater dominates.

    A group is left out where fewer than ``minimums.cohort`` managers have two raters with every item asked of
    the group, because medians over fewer would point at people.

    Notes
    -----
    r_wg(J) and AD_M use the items asked of the group and raters who answered all of them; ratings are counted
    in steps of the response format. ICC(1) and ICC(2) use the rater's score on the scale.

    References
    ----------
    James, Demaree & Wolf (1984); Burke, Finkelstein & Dusig (1999); LeBreton & Senter (2008), Organizational
    Research Methods 11, 815-852.
    """
    found = (
        _describe(position, group, competency, raters, data, settings)
        for position, group in enumerate(data.instrument.rater_groups)
        if group.is_confidential and not group.is_self and group.id not in dominated
    )
    return tuple(one for one in found if one is not None)


def _describe(
    position: int,
    group: RaterGroup,
    competency: Competency,
    raters: RaterScores,
    data: CohortData,
    settings: MeasurementSettings,
) -> GroupAgreement | None:
    form = data.instrument.response_format
    asked = [item for item in competency.item_ids if group.id in data.instrument.item(item).asked_of]
    rows = raters.group == position
    if not asked or not rows.any():
        return None
    steps = (raters.items.loc[rows, asked] - form.low) / form.step
    manager = raters.manager[rows]
    agreement = rwg_j(steps, manager, form.n_options).dropna()
    if len(agreement) < data.minimums.cohort:
        return None
    deviation = average_deviation(steps, manager)[agreement.index] * form.step
    column = [one.id for one in data.instrument.competencies].index(competency.id)
    single, mean_raters = _reliability(raters.scores[rows, column], manager)
    share = float((agreement >= settings.agreement_limit).mean())
    median = float(agreement.median())
    return GroupAgreement(
        group.id,
        group.label,
        len(agreement),
        mean_raters,
        median,
        share,
        float(deviation.median()),
        single[0],
        single[1],
        _read(_label(group, asked, competency), median, share, single, mean_raters, settings),
    )


def _label(group: RaterGroup, asked: list[str], competency: Competency) -> str:
    """The group's label, with the number of items where it is asked only some: fewer items agree less."""
    whole = len(competency.item_ids)
    return group.label if len(asked) == whole else f"{group.label} ({len(asked)} of {whole} items)"


def _reliability(scores: np.ndarray, manager: np.ndarray) -> tuple[tuple[float | None, float | None], float]:
    frame = pd.DataFrame({"score": scores, "manager": manager}).dropna()
    several = frame[frame.groupby("manager")["score"].transform("size") >= 2]
    found = icc(several["score"], several["manager"])
    if not np.isfinite(found.icc1) or not np.isfinite(found.icc2):
        return (None, None), found.mean_group_size
    return (found.icc1, found.icc2), found.mean_group_size


def _read(
    label: str,
    median: float,
    share: float,
    single: tuple[float | None, float | None],
    mean_raters: float,
    settings: MeasurementSettings,
) -> str:
    degree = "mostly agree" if share >= 0.75 else "often agree" if share >= 0.5 else "often disagree"
    text = f"{label}: raters of the same manager {degree} (median agreement {median:.2f}, "
    text += f"{settings.agreement_limit:.2f} or more for {100 * share:.0f}% of managers)."
    if single[0] is None:
        return text
    if single[0] < FEW_DIFFER:
        return text + f" They hardly tell managers apart here (reliability of one rater {max(single[0], 0.0):.2f})."
    several = f"the mean of {mean_raters:.1f} raters {single[1]:.2f}"
    return text + f" One rater alone tells managers apart with a reliability of {single[0]:.2f}, {several}."
