"""Hold a cohort's new figures against what was published before, and freeze or withdraw where needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coachkit.core.cohort import CohortData
from coachkit.core.composite import Composite
from coachkit.core.confidentiality import (
    COMMENTS,
    POOL,
    POOLED,
    SHOWN,
    GroupRelease,
    ReleasedComment,
    Snapshot,
    compare_release,
    fingerprint,
    release_comments,
    release_groups,
)
from coachkit.core.scoring import GroupMeans, RaterScores


@dataclass(frozen=True)
class Lock:
    """Which managers keep their frozen figures, and which groups leave the report.

    ``frozen`` and ``previous`` are snapshots by manager id, ``withdrawn`` a bool array (n_managers, n_groups),
    ``reasons`` a sentence by manager id, ``without_comments`` the managers whose comments are withdrawn.
    """

    withdrawn: np.ndarray | None = None
    frozen: dict[str, Snapshot] = field(default_factory=dict)
    previous: dict[str, Snapshot] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    without_comments: frozenset[str] = frozenset()

    def restore(self, composite: Composite, data: CohortData) -> Composite:
        """The composite with frozen managers' published figures in place of the new ones."""
        if not self.frozen:
            return composite
        names = ("observed", "others", "reliability", "n_effective")
        return replace(composite, **{name: self._put_back(getattr(composite, name), name, data) for name in names})

    def restore_estimates(
        self, estimate: np.ndarray, error: np.ndarray, data: CohortData
    ) -> tuple[np.ndarray, np.ndarray]:
        """Estimates and errors with frozen managers' published ones in place of the new ones."""
        if not self.frozen:
            return estimate, error
        return self._put_back(estimate, "estimate", data), self._put_back(error, "standard_error", data)

    def _put_back(self, values: np.ndarray, name: str, data: CohortData) -> np.ndarray:
        result = values.copy()
        for manager, snapshot in self.frozen.items():
            result[data.roster.index.get_loc(manager)] = _figures(snapshot, name, data)
        return result


class Marks:
    """Fingerprints of the confidential raters of each manager, and what a release publishes of them."""

    def __init__(self, data: CohortData, raters: RaterScores, key: str) -> None:
        self.data, self.raters, self.key = data, raters, key
        self.answers = raters.items.to_numpy()
        groups = data.instrument.rater_groups
        self.confidential = np.array([g.is_confidential and not g.is_self for g in groups])
        order = np.argsort(raters.manager, kind="stable")
        edges = np.searchsorted(raters.manager[order], np.arange(len(data.roster) + 1))
        self.rows = [order[edges[i] : edges[i + 1]] for i in range(len(data.roster))]
        self.comments = dict(list(data.responses.comments.groupby("manager_id", sort=False)))

    def snapshot(self, position: int, release: GroupRelease, *, with_comments: bool = True) -> Snapshot:
        """What ``release`` would publish about the manager at ``position``, without the figures."""
        raters, manager = self.raters, self.data.manager_ids[position]
        rows = [row for row in self.rows[position] if self.confidential[raters.group[row]]]
        answers = self.answers[rows].tolist()
        marks = {r: fingerprint(str(raters.rater_id[r]), str(a), self.key) for r, a in zip(rows, answers, strict=True)}
        cells: dict[str, dict[str, tuple[str, ...]]] = {}
        for c, competency in enumerate(self.data.instrument.competencies):
            units = self._units(position, c, rows, marks, release)
            if units:
                cells[competency.id] = units
        writers = self._writers(manager) if with_comments else {}
        cells |= {question: {COMMENTS: marks} for question, marks in writers.items()}
        people = {mark.split(":")[0] for mark in [*marks.values(), *(m for w in writers.values() for m in w)]}
        return Snapshot(manager, self.data.wave, cells, tuple(sorted(people)))

    def released_comments(self, manager: str) -> tuple[tuple[ReleasedComment, ...], tuple[str, ...]]:
        """Released comments of one manager and the ids of withheld questions."""
        comments = self.comments.get(manager, self.data.responses.comments.iloc[:0])
        return release_comments(comments, self.data.instrument, self.data.minimums, self.key + manager)

    def leaving(self, units: tuple[str, ...]) -> np.ndarray:
        """Groups that leave with the units named; with the pool every confidential group leaves."""
        named = np.array([group.id in units for group in self.data.instrument.rater_groups])
        return named | (self.confidential & (POOL in units))

    def _units(
        self, position: int, c: int, rows: list[int], marks: dict[int, str], release: GroupRelease
    ) -> dict[str, tuple[str, ...]]:
        units: dict[str, list[str]] = {}
        for row in rows:
            status = release.status[position, self.raters.group[row], c]
            if status >= POOLED and not np.isnan(self.raters.scores[row, c]):
                group = self.data.instrument.rater_groups[self.raters.group[row]].id
                units.setdefault(group if status == SHOWN else POOL, []).append(marks[row])
        return {unit: tuple(sorted(found)) for unit, found in sorted(units.items())}

    def _writers(self, manager: str) -> dict[str, tuple[str, ...]]:
        """Fingerprints of the confidential raters behind each question's released comments."""
        if manager not in self.comments:
            return {}
        withheld = self.released_comments(manager)[1]
        names = {g.id for g, c in zip(self.data.instrument.rater_groups, self.confidential, strict=True) if c}
        table = self.comments[manager]
        found: dict[str, list[str]] = {}
        for group, question, rater, text in zip(
            table["rater_group"], table["question_id"], table["rater_id"], table["text"], strict=True
        ):
            if group in names and question not in withheld:
                found.setdefault(str(question), []).append(fingerprint(str(rater), str(text), self.key))
        return {question: tuple(sorted(marks)) for question, marks in found.items()}


def lock_releases(
    data: CohortData, raters: RaterScores, means: GroupMeans, releases: Mapping[str, Snapshot], key: str
) -> Lock:
    """Decide for every manager with an earlier release whether the new figures may be published.

    Returns
    -------
    Lock
        Empty when nothing was published before.
    """
    known = {manager: s for manager, s in releases.items() if manager in data.roster.index and s.wave == data.wave}
    if not known:
        return Lock()
    marks, groups = Marks(data, raters, key), data.instrument.rater_groups
    withdrawn = np.zeros((len(data.roster), len(groups)), dtype=bool)
    frozen: dict[str, Snapshot] = {}
    reasons: dict[str, str] = {}
    silent: set[str] = set()
    pending = known
    while pending:  # a group that leaves may change how others are pooled, so look again
        release = release_groups(means.mean, means.n, groups, data.minimums, withdrawn)
        looked_at, pending = pending, {}
        for manager, previous in looked_at.items():
            position = data.roster.index.get_loc(manager)
            current = marks.snapshot(position, release, with_comments=manager not in silent)
            decision = compare_release(previous, current, data.minimums.items_and_comments)
            if decision.reason:
                reasons.setdefault(manager, decision.reason)
            if decision.action == "frozen":
                frozen[manager] = previous
            elif decision.action == "withdraw":
                pending[manager] = previous
                withdrawn[position] |= marks.leaving(decision.withdrawn)
                silent |= {manager} if COMMENTS in decision.withdrawn else set()
    return Lock(withdrawn, frozen, known, reasons, frozenset(silent))


def freeze_release(release: GroupRelease, lock: Lock, data: CohortData) -> GroupRelease:
    """The release with the published groups of frozen managers in place of the new ones."""
    if not lock.frozen:
        return release
    status, score, n = release.status.copy(), release.score.copy(), release.n.copy()
    pool_score, pool_n = release.pool_score.copy(), release.pool_n.copy()
    for manager, snapshot in lock.frozen.items():
        row = data.roster.index.get_loc(manager)
        for g, group in enumerate(data.instrument.rater_groups):
            if group.is_self:
                continue
            status[row, g] = np.nan_to_num(_figures(snapshot, f"status:{group.id}", data))
            score[row, g] = _figures(snapshot, f"score:{group.id}", data)
            n[row, g] = np.nan_to_num(_figures(snapshot, f"n:{group.id}", data))
        pool_score[row] = _figures(snapshot, "pool_score", data)
        pool_n[row] = np.nan_to_num(_figures(snapshot, "pool_n", data))
    return GroupRelease(status, score, n, pool_score, pool_n)


def _figures(snapshot: Snapshot, name: str, data: CohortData) -> list[float]:
    found = [snapshot.figures.get(c.id, {}).get(name) for c in data.instrument.competencies]
    return [np.nan if value is None else float(value) for value in found]
