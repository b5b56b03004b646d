"""Tables of released figures: rater groups in long form, items by manager."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from coachkit.core.cohort import CohortData
from coachkit.core.confidentiality import POOL, STATUS_NAMES, GroupRelease, release_items
from coachkit.core.scoring import RaterScores


def list_items(
    data: CohortData, raters: RaterScores, release: GroupRelease, frozen: Mapping[str, Mapping[str, float | None]]
) -> pd.DataFrame:
    """Released item means over confidential raters, managers x items.

    Only raters count whose group is published for the item's competency and who have a score on it: anyone
    else could be worked out from the item means beside the competency's.
    """
    confidential = np.array([g.is_confidential and not g.is_self for g in data.instrument.rater_groups])
    position = {c.id: i for i, c in enumerate(data.instrument.competencies)}
    in_group = release.is_released & confidential[None, :, None]
    counted = in_group[raters.manager, raters.group] & ~np.isnan(raters.scores)
    may_count = {item.id: counted[:, position[item.competency_id]] for item in data.instrument.items}
    means = release_items(
        raters.items,
        may_count,
        raters.manager,
        len(data.roster),
        data.minimums,
        data.instrument.response_format.step,
    )
    table = pd.DataFrame(means, index=data.roster.index, columns=raters.items.columns)
    for manager, values in frozen.items():
        table.loc[manager] = pd.Series(values, dtype=float).reindex(table.columns)
    return table


def list_groups(data: CohortData, release: GroupRelease) -> pd.DataFrame:
    """Release as a long table: one row per manager, competency and group, and one per pool."""
    managers, competencies = np.array(data.manager_ids, dtype=object), [c.id for c in data.instrument.competencies]
    parts = []
    for g, group in enumerate(data.instrument.rater_groups):
        status = np.array(STATUS_NAMES, dtype=object)[release.status[:, g]]
        n = np.where(release.n[:, g] > 0, release.n[:, g], np.nan)
        parts.append(_block(managers, competencies, group.id, group.label, status, release.score[:, g], n))
    pooled = np.where(release.pool_n > 0, "shown", "none").astype(object)
    blank = np.full(pooled.shape, np.nan)
    rows = _block(managers, competencies, POOL, "Several groups together", pooled, release.pool_score, blank)
    parts.append(rows[rows["status"] == "shown"])
    return pd.concat(parts, ignore_index=True)


def _block(managers, competencies, group_id, label, status, score, n):  # noqa: ANN001, ANN202 - columns
    size = status.shape
    return pd.DataFrame(
        {
            "manager_id": np.repeat(managers, size[1]),
            "competency_id": np.tile(np.array(competencies, dtype=object), size[0]),
            "group_id": group_id,
            "label": label,
            "status": status.ravel(),
            "score": score.ravel(),
            "n_raters": n.ravel(),
        }
    )
