"""What a scored cohort publishes about each manager, to be held against the next release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from coachkit.analysis.scored import ScoredCohort
from coachkit.core.confidentiality import Snapshot, take_snapshot

SERVED = ("others", "observed", "reliability", "n_effective")


def snapshot_all(profiles: ScoredCohort) -> dict[str, Snapshot]:
    """Snapshots of everything published, by manager id; frozen managers keep the one they have."""
    scores, data = profiles.scores, profiles.data
    marks, result = profiles.marks, {}
    for position, manager in enumerate(data.manager_ids):
        if manager in scores.lock.frozen:
            result[manager] = scores.lock.frozen[manager]
            continue
        silent = manager in scores.lock.without_comments
        comments, withheld = ((), ()) if silent else marks.released_comments(manager)
        current = replace(
            marks.snapshot(position, scores.release, with_comments=not silent),
            figures=_collect(profiles, position),
            items=_plain(profiles.items.columns, profiles.items.loc[manager].to_numpy()),
            comments=tuple((c.question_id, c.source, c.text) for c in comments),
            withheld_questions=withheld,
        )
        result[manager] = take_snapshot(current, scores.lock.previous.get(manager))
    return result


def _collect(profiles: ScoredCohort, row: int) -> dict[str, dict[str, float | None]]:
    scores, release = profiles.scores, profiles.scores.release
    composite = scores.composite
    table = {name: getattr(composite, name)[row] for name in SERVED}
    table |= {"estimate": scores.estimate[row], "standard_error": scores.standard_error[row]}
    table |= {"pool_score": release.pool_score[row], "pool_n": release.pool_n[row]}
    for g, group in enumerate(profiles.data.instrument.rater_groups):
        if not group.is_self:
            table |= {f"status:{group.id}": release.status[row, g], f"score:{group.id}": release.score[row, g]}
            table[f"n:{group.id}"] = release.n[row, g]
    competencies = profiles.data.instrument.competencies
    return {c.id: _plain(table, [values[i] for values in table.values()]) for i, c in enumerate(competencies)}


def _plain(names: Iterable[str], values: Iterable[float]) -> dict[str, float | None]:
    return {name: None if np.isnan(value) else float(value) for name, value in zip(names, values, strict=True)}
