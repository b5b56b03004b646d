"""How well the scales of the instrument worked in this cohort, for the report's appendix."""

from __future__ import annotations

import pandas as pd

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import ScaleQuality
from coachkit.core.cohort import CohortData
from coachkit.core.instrument import Competency
from coachkit.core.reliability import cronbach_alpha

MINIMUM_FORMS = 30
# Bands of Cronbach's alpha as commonly read (Nunnally & Bernstein 1994, Psychometric Theory, ch. 7).
BANDS = (
    (0.60, "The items hardly measure one thing here; read the items one by one, not the score."),
    (0.70, "The items hang together loosely; fine for a conversation, too loose for comparisons."),
    (0.80, "The items hang together acceptably."),
    (0.90, "The items hang together well."),
    (1.01, "The items hang together very closely; some of them may repeat each other."),
)


def describe_scales(data: CohortData, profiles: CohortProfiles) -> tuple[ScaleQuality, ...]:
    """Cronbach's alpha of each scale over the forms of raters, with the single-rater reliabilities in use.

    Alpha says whether items go together within one rater. It does not say whether raters agree; the error
    bars of the reports come from agreement between raters.
    """
    is_rater = data.responses.keys["rater_group"] != getattr(data.instrument.self_group, "id", None)
    ratings = data.responses.ratings.loc[is_rater.to_numpy()]
    return tuple(_describe(competency, ratings, data, profiles) for competency in data.instrument.competencies)


def _describe(
    competency: Competency, ratings: pd.DataFrame, data: CohortData, profiles: CohortProfiles
) -> ScaleQuality:
    form = data.instrument.response_format
    items = ratings[list(competency.item_ids)].copy()
    for item_id in competency.item_ids:
        if data.instrument.item(item_id).is_reverse_keyed:
            items[item_id] = form.low + form.high - items[item_id]
    complete = items.dropna()
    single = profiles.measurement["single_rater"][competency.id]
    if len(complete) < MINIMUM_FORMS or len(competency.item_ids) < 2 or (complete.var() == 0).any():
        reason = f"Too few complete forms ({len(complete)}) to judge how the items hang together."
        return ScaleQuality(competency.id, competency.name, len(complete), None, None, None, single, reason)
    alpha = cronbach_alpha(complete)
    text = next(text for bound, text in BANDS if alpha.alpha < bound)
    return ScaleQuality(
        competency.id,
        competency.name,
        len(complete),
        float(alpha.alpha),
        float(alpha.low),
        float(alpha.high),
        single,
        text,
    )
