"""Response quality: straight-lining, haste and much "Not observed" are flagged, never dropped."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.core.cohort import FLOOR, CohortData, Responses
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import group_codes

STRAIGHT, HASTE, NOT_OBSERVED = "Q-STRAIGHT", "Q-HASTE", "Q-NOTOBSERVED"
SENTENCES = {
    STRAIGHT: "Some forms hold the same answer to every item; they say little about differences between competencies.",
    HASTE: "Some answers were given very quickly; read small differences with care.",
}


def flag_forms(responses: Responses, settings: MeasurementSettings | None = None) -> pd.DataFrame:
    """Flag single forms, for the consultant's eyes only: a flag on one form tells who a rater is.

    Returns
    -------
    DataFrame of bool (n_forms x {straight_line, haste})
        ``straight_line``: one answer to every item, on enough items. ``haste``: less than the shortest time an
        item, or than half the median of the rater's group; False where time is unknown.

    References
    ----------
    Huang, Curran, Keeney, Poposki & DeShon (2012), Journal of Business and Psychology 27, 99-114.
    """
    settings = settings or MeasurementSettings()
    ratings = responses.ratings
    answered = ratings.notna().sum(axis=1).to_numpy()
    same = (ratings.max(axis=1) == ratings.min(axis=1)).to_numpy()
    seconds = responses.keys["seconds"].astype(float)
    pace = seconds / np.maximum(answered, 1)
    usual = pace.groupby(responses.keys["rater_group"].to_numpy()).transform("median")
    hasty = (pace < settings.seconds_per_item) | (pace < settings.share_of_median_time * usual)
    return pd.DataFrame(
        {
            "straight_line": same & (answered >= settings.straight_line_items),
            "haste": (hasty & (answered > 0)).to_numpy(),
        },
        index=responses.keys.index,
    )


def flag_managers(data: CohortData, settings: MeasurementSettings | None = None) -> pd.DataFrame:
    """Flags per manager, worded so that no rater and no number of raters shows.

    Returns
    -------
    DataFrame
        ``manager_id``, ``code``, ``text``, sorted by manager in roster order, then code.
    """
    settings = settings or MeasurementSettings()
    forms = flag_forms(data.responses, settings)
    manager = data.responses.keys["manager_id"].to_numpy()
    found = [
        pd.DataFrame({"manager_id": pd.unique(manager[forms[column]]), "code": code, "text": SENTENCES[code]})
        for code, column in ((STRAIGHT, "straight_line"), (HASTE, "haste"))
    ]
    flags = pd.concat([*found, _not_observed(data, settings)], ignore_index=True)
    place = pd.Series(np.arange(len(data.roster)), index=data.roster.index)
    flags = flags[flags["manager_id"].isin(place.index)]
    order = np.lexsort((flags["text"], flags["code"], flags["manager_id"].map(place)))
    return flags.iloc[order].reset_index(drop=True)


def _not_observed(data: CohortData, settings: MeasurementSettings) -> pd.DataFrame:
    """Groups in which much was "Not observed"; only groups large enough to be named."""
    keys, groups = data.responses.keys, data.instrument.rater_groups
    code = group_codes(keys["rater_group"], data.instrument)
    asked = np.array([[g.id in item.asked_of for item in data.instrument.items] for g in groups])
    n_asked = asked.sum(axis=1)[code]
    n_not_observed = data.responses.not_observed.to_numpy(dtype=bool).sum(axis=1)
    frame = pd.DataFrame({"manager_id": keys["manager_id"], "group": code, "asked": n_asked, "missed": n_not_observed})
    totals = frame.groupby(["manager_id", "group"], sort=False).agg(
        asked=("asked", "sum"), missed=("missed", "sum"), forms=("asked", "size")
    )
    totals = totals[totals["missed"] > settings.not_observed_share * totals["asked"]].reset_index()
    smallest = np.array([max(g.minimum, FLOOR) if g.is_confidential and not g.is_self else 1 for g in groups])
    totals = totals[totals["forms"] >= smallest[totals["group"]]]
    labels = [g.label for g in groups]
    texts = [
        f"{labels[g]}: more than {settings.not_observed_share:.0%} of the answers were “Not observed”."
        for g in totals["group"]
    ]
    return pd.DataFrame({"manager_id": totals["manager_id"], "code": NOT_OBSERVED, "text": texts}, dtype=object)
