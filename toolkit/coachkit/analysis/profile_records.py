"""One manager's slice of a scored cohort as plain records, ready to be shown."""

from __future__ import annotations

from typing import Literal

import numpy as np

from coachkit.analysis.records import (
    Comment,
    CompetencyScore,
    GroupScore,
    ItemScore,
    Profile,
    QualityFlag,
    SelfOther,
)
from coachkit.analysis.scored import ScoredCohort
from coachkit.analysis.wording import capital
from coachkit.core.agreement import compare_self_other
from coachkit.core.confidentiality import NONE, POOL, POOLED, SHOWN, STATUS_NAMES
from coachkit.core.instrument import Competency
from coachkit.core.uncertainty import read_probability

AGREEMENT: dict[str, Literal["agree_good", "agree_poor"]] = {"strength": "agree_good", "priority": "agree_poor"}
FROZEN_NOTE = (
    "The figures are those of the earlier report: too few answers changed since then to show new ones without "
    "giving a single rater away."
)


def build_profile(profiles: ScoredCohort, manager_id: str) -> Profile:
    """Build the profile of one manager from released figures only.

    Parameters
    ----------
    profiles : ScoredCohort
    manager_id : str
        An id of the roster.

    Returns
    -------
    records.Profile
        Plain values; a missing number is None.
    """
    row = profiles.data.roster.index.get_loc(manager_id)
    competencies = profiles.data.instrument.competencies
    built = [_score(profiles, row, c, competency) for c, competency in enumerate(competencies)]
    comments, withheld = _comments(profiles, manager_id)
    flags = profiles.quality[profiles.quality["manager_id"] == manager_id]
    return Profile(
        manager_id=manager_id,
        wave=profiles.data.wave,
        scores=tuple(s for s, c in zip(built, competencies, strict=True) if c.in_profile),
        other_scales=tuple(s for s, c in zip(built, competencies, strict=True) if not c.in_profile),
        items=_items(profiles, row, manager_id),
        comments=comments,
        quality=tuple(QualityFlag(f.code, f.text) for f in flags.itertuples()),
        notes=_notes(profiles, row, manager_id, withheld),
        is_frozen=manager_id in profiles.scores.lock.frozen,
    )


def _score(profiles: ScoredCohort, row: int, c: int, competency: Competency) -> CompetencyScore:
    scores, composite = profiles.scores, profiles.scores.composite
    manager = profiles.data.roster.index[row]
    p_bottom = profiles.p_bottom_three.at[manager, competency.id] if competency.in_profile else None
    z, bounds = profiles.settings.interval_z, profiles.data.instrument.response_format
    estimate, error = scores.estimate[row, c], scores.standard_error[row, c]
    return CompetencyScore(
        competency_id=competency.id,
        name=competency.name,
        short_name=competency.short_name,
        definition=competency.definition,
        target=float(scores.target[row, c]),
        self_score=_plain(scores.self_score[row, c]),
        groups=_groups(profiles, row, c),
        others=_plain(composite.others[row, c]),
        n_effective=float(composite.n_effective[row, c]),
        reliability=_plain(composite.reliability[row, c]),
        estimate=_plain(estimate),
        standard_error=_plain(error),
        low=_plain(max(estimate - z * error, bounds.low)),
        high=_plain(min(estimate + z * error, bounds.high)),
        p_below_target=_plain(scores.p_below[row, c]),
        p_bottom_three=_plain(p_bottom),
        reading=read_probability(scores.p_below[row, c], profiles.settings),
        self_other=_self_other(profiles, row, c),
    )


def _groups(profiles: ScoredCohort, row: int, c: int) -> tuple[GroupScore, ...]:
    release = profiles.scores.release
    found, pooled = [], []
    for g, group in enumerate(profiles.data.instrument.rater_groups):
        if group.is_self:
            continue
        status = int(release.status[row, g, c])
        is_shown = status == SHOWN
        found.append(
            GroupScore(
                group.id,
                group.label,
                STATUS_NAMES[status],
                _plain(release.score[row, g, c]) if is_shown else None,
                int(release.n[row, g, c]) if is_shown else None,
            )
        )
        pooled += [group.label] if status == POOLED else []
    if pooled:
        label = capital(" and ".join(name.lower() for name in pooled)) + " together"
        found.append(GroupScore(POOL, label, "shown", _plain(release.pool_score[row, c])))
    return tuple(found)


def _self_other(profiles: ScoredCohort, row: int, c: int) -> SelfOther:
    scores, settings = profiles.scores, profiles.settings
    others, reliability = scores.composite.others[row, c], scores.composite.reliability[row, c]
    self_error = scores.model.sd_self[c] * np.sqrt(1 - settings.self_reliability)
    others_error = scores.standard_error[row, c] / np.sqrt(reliability)
    difference, error = compare_self_other(
        scores.self_score[row, c], others, self_error, others_error, settings.self_other_z
    )
    if np.isnan(difference):
        return SelfOther(None, None, "cannot_tell")
    if abs(difference) > error:
        is_blind = bool(difference > 0 and others < scores.target[row, c])
        return SelfOther(float(difference), float(error), "over" if difference > 0 else "under", is_blind)
    reading = read_probability(scores.p_below[row, c], settings)
    return SelfOther(float(difference), float(error), AGREEMENT.get(reading, "agree"))


def _items(profiles: ScoredCohort, row: int, manager_id: str) -> tuple[ItemScore, ...]:
    instrument, raters = profiles.data.instrument, profiles.raters
    rows = [r for r in profiles.marks.rows[row] if instrument.rater_groups[raters.group[r]].is_self]
    mine = profiles.marks.answers[rows]
    answered = (~np.isnan(mine)).sum(axis=0)
    own = np.where(answered > 0, np.nansum(mine, axis=0) / np.maximum(answered, 1), np.nan)
    others = profiles.items.loc[manager_id].to_numpy()
    return tuple(
        ItemScore(item.id, item.competency_id, item.indicator, _plain(own[i]), _plain(others[i]))
        for i, item in enumerate(instrument.items)
    )


def _comments(profiles: ScoredCohort, manager_id: str) -> tuple[tuple[Comment, ...], tuple[str, ...]]:
    questions = {q.id: q.text_self for q in profiles.data.instrument.comment_questions}
    lock = profiles.scores.lock
    if manager_id in lock.frozen:
        snapshot = lock.frozen[manager_id]
        released = [Comment(questions.get(q, q), source, text) for q, source, text in snapshot.comments]
        return tuple(released), snapshot.withheld_questions
    if manager_id in lock.without_comments:
        return (), tuple(questions)
    found, withheld = profiles.marks.released_comments(manager_id)
    return tuple(Comment(questions[c.question_id], c.source, c.text) for c in found), withheld


def _notes(profiles: ScoredCohort, row: int, manager_id: str, withheld: tuple[str, ...]) -> tuple[str, ...]:
    instrument, scores = profiles.data.instrument, profiles.scores
    in_profile = np.array([c.in_profile for c in instrument.competencies])
    status = scores.release.status[row][:, in_profile]
    external = np.array([not g.is_self for g in instrument.rater_groups])
    notes = []
    if manager_id in scores.lock.frozen:
        notes.append(FROZEN_NOTE)
    elif manager_id in scores.lock.reasons:
        notes.append(f"Some figures changed for reasons of protection: {scores.lock.reasons[manager_id]}.")
    notes += _named_note(profiles, row, in_profile)
    if (status[external] != NONE).any() and ((status > NONE) & (status < SHOWN)).any():
        notes.append("Groups with too few answers are not shown by themselves, to protect those who answered.")
    if np.isnan(scores.estimate[row][in_profile]).all():
        notes.append("No estimate: too few people other than the manager answered to show anything.")
    if withheld:
        least = profiles.data.minimums.items_and_comments
        notes.append(
            f"Comments given in confidence appear only where at least {least} people wrote one; others are withheld."
        )
    notes += scores.model.notes
    return tuple(notes)


def _named_note(profiles: ScoredCohort, row: int, in_profile: np.ndarray) -> list[str]:
    named = " and ".join(
        g.label.lower() for g in profiles.data.instrument.rater_groups if not g.is_confidential and not g.is_self
    )
    rests = profiles.scores.composite.rests_on_named[row]
    chosen = [c.short_name for c, r in zip(profiles.data.instrument.competencies, rests, strict=True) if r]
    if not rests[in_profile].any():
        return []
    if rests[in_profile].all():
        return [
            f"Every estimate rests on one view alone ({named}), so the ranges are wide: take them as a start for a talk."
        ]
    return [f"On {', '.join(chosen)} the estimate rests on one view alone ({named})."]


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
