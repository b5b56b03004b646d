"""How well the scales of the instrument worked in this cohort, for the report's appendix."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.dominance import ALL, dominated_groups
from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.rater_agreement import describe_agreement
from coachkit.analysis.records import GroupAgreement, ItemQuality, ScaleQuality
from coachkit.analysis.wording import join_words
from coachkit.core.cohort import CohortData
from coachkit.core.instrument import Competency
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.reliability import Alpha, cronbach_alpha, omega_total, sem
from coachkit.core.scoring import score_raters
from coachkit.errors import CoachkitError

# Bands of Cronbach's alpha as commonly read (Nunnally & Bernstein 1994, Psychometric Theory, ch. 7).
BANDS = (
    (0.60, "The items hardly measure one thing here; read the items one by one, not the score."),
    (0.70, "The items hang together loosely; fine for a conversation, too loose for comparisons."),
    (0.80, "The items hang together acceptably."),
    (0.90, "The items hang together well."),
    (1.01, "The items hang together very closely; some of them may repeat each other."),
)
DOMINATED = "One person gave more than half of the forms, so the figures would mostly describe that person."
UNEQUAL = 0.05  # omega minus alpha from which items clearly weigh unequally
BETTER = 0.02  # rise of alpha without an item that is worth a second look


def describe_scales(
    data: CohortData, profiles: CohortProfiles, settings: MeasurementSettings | None = None
) -> tuple[ScaleQuality, ...]:
    """Each scale over the forms of raters: item consistency, raters' agreement, errors, and what they mean.

    Alpha says whether items go together within one rater. It does not say whether raters agree; the error
    bars of the reports come from agreement between raters.

    Parameters
    ----------
    data : CohortData
    profiles : CohortProfiles
        The cohort's scores, for the single-rater reliabilities and errors in use.
    settings : MeasurementSettings, optional
        The profiles' own by default.

    Returns
    -------
    tuple of ScaleQuality
        One per competency in the instrument's order; coefficients are None where too few complete forms are.
    """
    chosen = settings or profiles.settings
    is_rater = data.responses.keys["rater_group"] != getattr(data.instrument.self_group, "id", None)
    ratings = data.responses.ratings.loc[is_rater.to_numpy()]
    raters = score_raters(data.responses, data.instrument, data.manager_ids)
    withheld = dominated_groups(raters, data.instrument)
    return tuple(
        _describe(
            competency,
            _keyed(competency, ratings, data).dropna(),
            describe_agreement(competency, raters, data, chosen, frozenset(withheld.index[withheld[competency.id]])),
            bool(withheld.loc[ALL, competency.id]),
            data,
            profiles,
            chosen,
        )
        for competency in data.instrument.competencies
    )


def _keyed(competency: Competency, ratings: pd.DataFrame, data: CohortData) -> pd.DataFrame:
    form = data.instrument.response_format
    items = ratings[list(competency.item_ids)].copy()
    for item_id in competency.item_ids:
        if data.instrument.item(item_id).is_reverse_keyed:
            items[item_id] = form.low + form.high - items[item_id]
    return items


def _describe(
    competency: Competency,
    complete: pd.DataFrame,
    agreement: tuple[GroupAgreement, ...],
    is_dominated: bool,
    data: CohortData,
    profiles: CohortProfiles,
    settings: MeasurementSettings,
) -> ScaleQuality:
    single = profiles.measurement["single_rater"][competency.id]
    error = _score_error(competency, profiles)
    text = DOMINATED if is_dominated else _why_not(complete, settings)
    if text:
        return ScaleQuality(
            competency.id, competency.name, len(complete), None, None, None, single, text,
            score_error=error, agreement=agreement, reading=_reading([text], agreement, error, settings),
        )  # fmt: skip
    alpha, omega = cronbach_alpha(complete), _omega(complete)
    text = next(text for bound, text in BANDS if alpha.alpha < bound)
    items = tuple(_item(item_id, alpha, data, settings) for item_id in competency.item_ids)
    sentences = [_read_alpha(alpha, text), *_read_routing(competency, data)]
    sentences += [*_read_omega(alpha.alpha, omega), *_read_items(items)]
    return ScaleQuality(
        competency.id,
        competency.name,
        len(complete),
        alpha.alpha,
        alpha.low,
        alpha.high,
        single,
        text,
        omega,
        sem(float(complete.mean(axis=1).std(ddof=1)), min(max(alpha.alpha, 0.0), 1.0)),
        error,
        items,
        agreement,
        _reading(sentences, agreement, error, settings),
    )


def _why_not(complete: pd.DataFrame, settings: MeasurementSettings) -> str:
    if complete.shape[1] < 2:
        return "The scale has one item, so there is nothing it could hang together with."
    if len(complete) < settings.minimum_forms:
        return f"Too few complete forms ({len(complete)}) to judge how the items hang together."
    if (complete.var() == 0).any() or not complete.sum(axis=1).var() > 0:
        return "All forms answer at least one item alike, so it cannot be judged how the items hang together."
    return ""


def _omega(complete: pd.DataFrame) -> float | None:
    try:
        return omega_total(complete).omega
    except CoachkitError:  # two items, or hardly more forms than items
        return None


def _score_error(competency: Competency, profiles: CohortProfiles) -> float | None:
    column = [one.id for one in profiles.data.instrument.competencies].index(competency.id)
    errors = profiles.scores.standard_error[:, column]
    present = errors[~np.isnan(errors)]
    return float(present.mean()) if len(present) else None


def _item(item_id: str, alpha: Alpha, data: CohortData, settings: MeasurementSettings) -> ItemQuality:
    rest, without = float(alpha.item_rest[item_id]), float(alpha.alpha_if_deleted[item_id])
    if np.isnan(rest):
        text = "cannot be judged"
    elif rest <= -settings.weak_item_rest:
        text = "runs against the others: check whether it is reverse-keyed"
    elif rest < settings.weak_item_rest:
        text = "stands apart: reread its wording"
    elif without - alpha.alpha >= BETTER:
        text = "goes with the others, but the scale would be more consistent without it"
    else:
        text = "goes with the others"
    return ItemQuality(item_id, data.instrument.item(item_id).indicator, _number(rest), _number(without), text)


def _read_alpha(alpha: Alpha, text: str) -> str:
    return (
        f"{text} Alpha is {alpha.alpha:.2f}, with 95% confidence {alpha.low:.2f} to {alpha.high:.2f} ({alpha.n} forms)."
    )


def _read_routing(competency: Competency, data: CohortData) -> list[str]:
    asked = {
        group.label.lower(): sum(group.id in data.instrument.item(item).asked_of for item in competency.item_ids)
        for group in data.instrument.rater_groups
        if not group.is_self
    }
    whole = [label for label, n in asked.items() if n == len(competency.item_ids)]
    part = [label for label, n in asked.items() if 0 < n < len(competency.item_ids)]
    if not part or not whole:
        return []
    return [f"These figures come from {join_words(whole)} only; {join_words(part)} are asked part of the items."]


def _read_omega(alpha: float, omega: float | None) -> list[str]:
    if omega is None:
        return []
    if omega - alpha >= UNEQUAL:
        return [
            f"Omega total is {omega:.2f}, clearly higher: the items weigh unequally, and alpha understates the scale."
        ]
    if alpha - omega >= UNEQUAL:
        return [f"Omega total is {omega:.2f}, clearly lower: some items go together more closely than with the rest."]
    return [f"Omega total, which lets items weigh unequally, is {omega:.2f} and tells the same."]


def _read_items(items: tuple[ItemQuality, ...]) -> list[str]:
    apart = [item for item in items if item.text != "goes with the others"]
    if not apart:
        return ["Every item goes with the others."]
    return [
        f"Item {item.item_id} {item.text}"
        + ("." if item.item_rest is None else f" (correlation with the others {item.item_rest:.2f}")
        + ("" if item.item_rest is None else _without(item))
        for item in apart
    ]


def _without(item: ItemQuality) -> str:
    return ")." if item.alpha_if_deleted is None else f", alpha without it {item.alpha_if_deleted:.2f})."


def _reading(
    sentences: list[str], agreement: tuple[GroupAgreement, ...], error: float | None, settings: MeasurementSettings
) -> tuple[str, ...]:
    found = sentences + [group.text for group in agreement]
    if error is not None:
        width = settings.interval_z * error
        found.append(f"A manager's score on this scale is known to about ±{width:.1f} points on average (95% range).")
    return tuple(found)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
