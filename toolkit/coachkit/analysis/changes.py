"""What changed between two waves: each manager against the error of both, and the cohort as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import CohortChange, CompetencyChange, ManagerChange, ScoreChange
from coachkit.core.change import RELIABLE_Z
from coachkit.core.confidentiality import protect_cells
from coachkit.core.hyperparameters import CONFIDENCE, tail_factor
from coachkit.core.instrument import Competency

Verdict = Literal["improved", "declined", "no_reliable_change"]
COMPOSITE = "composite"
MOST_TOGETHER, LEAST_TOGETHER = 3, 2  # competencies of a composite: two or three priorities, not ten


@dataclass(frozen=True)
class CohortChanges:
    """Change scores of a cohort, managers x profile competencies; NaN where two waves cannot be compared.

    ``half`` is half the width of the 95 % range, ``expected`` the score now if nothing had changed, ``priority``
    whether the earlier wave read as one.
    """

    labels: tuple[str, str]
    competencies: tuple[Competency, ...]
    before: pd.DataFrame
    after: pd.DataFrame
    error: pd.DataFrame
    half: pd.DataFrame
    expected: pd.DataFrame
    priority: pd.DataFrame
    p_before: pd.DataFrame
    shared_error: float

    def manager(self, manager_id: str) -> ManagerChange | None:
        """The change of one manager, or None where nothing can be compared."""
        at = self._values[:, self.after.index.get_loc(manager_id)]
        before, after, *_, is_priority, p_before = at
        known = np.flatnonzero(np.isfinite(after - before))
        if not len(known):
            return None
        named = [(column, self.competencies[column]) for column in known]
        scores = tuple(self._score(at, c.id, c.name, [column]) for column, c in named)
        coached = sorted(
            ((column, c.id) for column, c in named if is_priority[column]),
            key=lambda one: (-p_before[one[0]], one[1]),
        )[:MOST_TOGETHER]
        if len(coached) < LEAST_TOGETHER:
            return ManagerChange(*self.labels, scores)
        columns, ids = zip(*coached, strict=True)
        composite = self._score(at, COMPOSITE, f"Priorities of {self.labels[0]} together", columns)
        return ManagerChange(*self.labels, scores, composite, ids)

    def cohort(self, least: int, cell: int) -> CohortChange:
        """Mean change and counts of reliable changes, for competencies with ``least`` managers rated both times."""
        found = (self._competency(competency, least, cell) for competency in self.competencies)
        rows = [row for row in found if row is not None]
        wider = _widened(len(rows))
        judged = (replace(row, is_clear=abs(row.change) > wider * (row.high - row.change)) for row in rows)
        return CohortChange(*self.labels, tuple(judged))

    @cached_property
    def _values(self) -> np.ndarray:
        """Every field (n_fields, n_managers, n_competencies), because thousands of reports ask for single cells."""
        return np.stack([getattr(self, field).to_numpy(dtype=float) for field in _FIELDS])

    def _score(self, at: np.ndarray, key: str, name: str, columns: Sequence[int]) -> ScoreChange:
        """The change on some competencies together; ``at`` (n_fields, n_competencies) is one manager's."""
        before, after, error, half, expected, *_ = at[:, columns]
        wide = float((half / error).max() * together(error, self.shared_error))
        then, now = float(before.mean()), float(after.mean())
        change = now - then
        return ScoreChange(
            key, name, then, now, change, change - wide, change + wide, float(expected.mean()), judge(change, wide)
        )

    def _competency(self, competency: Competency, least: int, cell: int) -> CompetencyChange | None:
        change = (self.after[competency.id] - self.before[competency.id]).dropna()
        n = len(change)
        if n < least:
            return None
        half = RELIABLE_Z * float(tail_factor(np.asarray(n - 1.0)) * change.std(ddof=1) / np.sqrt(n))
        verdicts = [judge(x, self.half.loc[manager_id, competency.id]) for manager_id, x in change.items()]
        counts = pd.Series({verdict: verdicts.count(verdict) for verdict in _VERDICTS})
        shown = protect_cells(counts, cell)
        up, same, down = (int(counts[verdict]) if shown[verdict] else None for verdict in _VERDICTS)
        mean = float(change.mean())
        return CompetencyChange(competency.id, competency.name, n, mean, mean - half, mean + half, up, same, down)


_FIELDS = ("before", "after", "error", "half", "expected", "priority", "p_before")
_VERDICTS: tuple[Verdict, ...] = ("improved", "no_reliable_change", "declined")


def measure_changes(before: CohortProfiles, after: CohortProfiles, labels: tuple[str, str]) -> CohortChanges:
    """Compare two scored waves of one cohort.

    Parameters
    ----------
    before, after : CohortProfiles
        Scored waves; ``before`` with the figures that were published then, so that both can be printed.
    labels : (str, str)
        Names of the earlier and the later wave in words.

    Notes
    -----
    Compared is the mean of the others as released, only where the same rater groups stand behind it at both
    times; a new group would look like change. The error is that of raters at both times,
    ``e^2 = s^2 (1/R1 - 1) + s^2 (1/R2 - 1)`` with s the spread of true scores, the range ``1.96 e`` times the
    factor of the t distribution for the cohort's spread; with equal reliabilities this is the reliable change of
    Jacobson and Truax. Raters who answered twice keep their personal standard, so the range is then wider than
    needed: on simulated engagements in which two thirds of the raters answered twice it held the true change in
    98 % of cases. Without change the score expected is ``m + R1 (x1 - m)``.

    References
    ----------
    Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59, 12-19.
    """
    competencies = tuple(
        c for c in after.data.instrument.profile_competencies if c.id in before.data.instrument.profile_ids
    )
    ids = [c.id for c in competencies]
    managers = list(after.manager_ids)

    def earlier(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[ids].reindex(managers)

    same = _same_groups(before, after, ids)
    x1, x2 = earlier(before.others).where(same), after.others[ids].where(same)
    x1, x2 = x1.where(x2.notna()), x2.where(x1.notna())
    spread = pd.Series(after.measurement["sigma_true"])[ids]
    noise = (1 / earlier(before.reliability) - 1) + (1 / after.reliability[ids] - 1)
    error = np.sqrt(noise).mul(spread, axis=1)
    mean = earlier(_model_frame(before, before.scores.model.mean))
    expected = mean + earlier(before.reliability) * (x1 - mean)
    p_before = earlier(before.p_below_target)
    freedom = _model_frame(after, np.broadcast_to(after.scores.model.freedom, after.scores.model.mean.shape))[ids]
    half = after.settings.interval_z * error * tail_factor(freedom.to_numpy(dtype=float))
    priority = p_before >= after.settings.priority_probability
    return CohortChanges(
        labels, competencies, x1, x2, error, half, expected, priority, p_before, after.settings.shared_error
    )


def _widened(n_tests: int) -> float:
    """How much wider a 95 % range is when one in ``n_tests`` of them may not miss by chance (Bonferroni)."""
    from scipy.special import ndtri  # loads only when waves are compared

    return float(ndtri(1 - (1 - CONFIDENCE) / max(n_tests, 1)) / ndtri(CONFIDENCE))


def judge(change: float, half: float) -> Verdict:
    """Read a change against half the width of its range.

    Examples
    --------
    >>> judge(0.7, 0.5), judge(-0.2, 0.5)
    ('improved', 'no_reliable_change')
    """
    if abs(change) < half:
        return "no_reliable_change"
    return "improved" if change > 0 else "declined"


def together(errors: np.ndarray, correlation: float) -> float:
    """Error of a mean of scores whose errors correlate.

    Examples
    --------
    >>> round(together(np.array([0.4, 0.4]), 0.0), 4), round(together(np.array([0.4, 0.4]), 1.0), 4)
    (0.2828, 0.4)
    """
    own = (1 - correlation) * (errors**2).sum()
    return float(np.sqrt(own + correlation * errors.sum() ** 2) / len(errors))


def _model_frame(profiles: CohortProfiles, values: np.ndarray) -> pd.DataFrame:
    ids = [c.id for c in profiles.data.instrument.competencies]
    return pd.DataFrame(values, index=profiles.data.roster.index, columns=ids)


def _same_groups(before: CohortProfiles, after: CohortProfiles, ids: list[str]) -> pd.DataFrame:
    """True where the same rater groups were released, singly or pooled, at both waves."""
    then, now = _released(before, ids), _released(after, ids)
    rows = pd.Index(before.manager_ids).get_indexer(list(after.manager_ids))
    names = [group.id for group in before.data.instrument.rater_groups]
    is_same = names == [group.id for group in after.data.instrument.rater_groups]
    same = (then[rows] == now).all(axis=1) & now.any(axis=1) & (rows >= 0)[:, None] & is_same
    return pd.DataFrame(same, index=list(after.manager_ids), columns=ids)


def _released(profiles: CohortProfiles, ids: list[str]) -> np.ndarray:
    """Whether each group was released (n_managers, n_groups, n_competencies), self left out."""
    columns = [c.id for c in profiles.data.instrument.competencies]
    external = np.array([not group.is_self for group in profiles.data.instrument.rater_groups])
    found = profiles.scores.release.is_released & external[None, :, None]
    return found[:, :, [columns.index(key) for key in ids]]
