"""Does the instrument measure alike between rater groups and between waves: comparisons worded as caveats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from coachkit.analysis.dominance import dominated_scales
from coachkit.analysis.wording import join_words
from coachkit.core.cohort import CohortData
from coachkit.core.comparison import AlphaComparison, PairedComparison, compare_alphas, compare_items, compare_paired
from coachkit.core.instrument import Competency, Instrument
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.reliability import cronbach_alpha
from coachkit.core.scoring import RaterScores, score_raters


@dataclass(frozen=True, slots=True)
class ScaleComparison:
    """One scale in two sets of forms, on the items both sets were asked.

    ``mean`` compares the same managers; ``alphas`` holds both alphas and their test; ``items`` is the table of
    :func:`coachkit.core.comparison.compare_items`. The last two are None where too few forms or items are.
    """

    competency_id: str
    name: str
    first: str
    second: str
    mean: PairedComparison
    alphas: tuple[float, float, AlphaComparison] | None
    items: pd.DataFrame | None


@dataclass(frozen=True)
class _Forms:
    """Forms of one side: keyed ratings, and their means by manager (and group), which pair the sides.

    ``dominated`` are competencies on which one rater gave more than half of the forms.
    """

    label: str
    group_ids: tuple[str, ...]
    ratings: pd.DataFrame
    cells: pd.DataFrame
    dominated: frozenset[str]


def compare_rater_groups(data: CohortData, settings: MeasurementSettings) -> tuple[ScaleComparison, ...]:
    """Every scale between every two rater groups, self included, for the managers both groups rated.

    Pairs of groups with fewer than ``minimums.cohort`` managers in common on a scale are left out, and scales on
    which one rater gave more than half of a group's forms.
    """
    raters = score_raters(data.responses, data.instrument, data.manager_ids)
    sides = []
    for position, group in enumerate(data.instrument.rater_groups):
        rows = raters.group == position
        keys = pd.MultiIndex.from_arrays([np.asarray(data.manager_ids, dtype=object)[raters.manager[rows]]])
        sides.append(_side(group.label, (group.id,), raters, rows, keys, data.instrument.competencies))
    found = (
        _compare(competency, first, second, data, settings)
        for first, second in combinations(sides, 2)
        for competency in data.instrument.competencies
    )
    return tuple(one for one in found if one is not None)


def compare_waves(
    before: CohortData, after: CohortData, settings: MeasurementSettings, labels: tuple[str, str] | None = None
) -> tuple[ScaleComparison, ...]:
    """Every scale between two waves, by raters other than self, for managers rated by a group at both.

    A manager's change is the mean over the rater groups present at both waves, so that a wave with more raters
    of a lenient group does not count as progress. ``first`` is the later wave; ``labels`` names the earlier and
    the later wave in words.
    """
    sides, names_of = [], labels or (before.wave, after.wave)
    for data, label in ((after, names_of[1]), (before, names_of[0])):
        raters = score_raters(data.responses, data.instrument, data.manager_ids)
        groups = data.instrument.rater_groups
        rows = np.isin(raters.group, [i for i, group in enumerate(groups) if not group.is_self])
        manager = np.asarray(data.manager_ids, dtype=object)[raters.manager[rows]]
        names = np.array([group.id for group in groups], dtype=object)[raters.group[rows]]
        keys = pd.MultiIndex.from_arrays([manager, names])
        ids = tuple(group.id for group in groups if not group.is_self)
        sides.append(_side(label, ids, raters, rows, keys, data.instrument.competencies))
    found = (_compare(competency, sides[0], sides[1], after, settings) for competency in after.instrument.competencies)
    return tuple(one for one in found if one is not None)


def caveats_between_groups(data: CohortData, settings: MeasurementSettings | None = None) -> tuple[str, ...]:
    """Sentences on what keeps rater groups of this cohort from being compared like for like."""
    settings = settings or MeasurementSettings()
    found = compare_rater_groups(data, settings)
    if not found:
        return ("Too few managers are rated by two groups to compare how the groups use the scales.",)
    low, high = data.instrument.response_format.low, data.instrument.response_format.high
    notes = [
        *_routing_notes(data.instrument),
        *_mean_notes(found, settings, high - low, waves=False),
        *_alpha_notes(found, settings),
        *_item_notes(found, settings, high - low),
    ]
    return tuple(notes) or (
        "Between rater groups no scale differs in level, consistency or single items beyond chance.",
    )


def caveats_between_waves(
    before: CohortData,
    after: CohortData,
    settings: MeasurementSettings | None = None,
    labels: tuple[str, str] | None = None,
) -> tuple[str, ...]:
    """Sentences on what keeps two waves of one cohort from being compared like for like."""
    settings, (earlier, later) = settings or MeasurementSettings(), labels or (before.wave, after.wave)
    found = compare_waves(before, after, settings, labels)
    if not found:
        return (f"Too few managers were rated at both {earlier} and {later} to compare the waves.",)
    span = after.instrument.response_format.high - after.instrument.response_format.low
    notes = [
        *_mean_notes(found, settings, span, waves=True),
        *_alpha_notes(found, settings),
        *_item_notes(found, settings, span),
    ]
    nothing = f"Between {earlier} and {later} no scale differs in level, consistency or single items beyond chance."
    return tuple(notes) or (nothing,)


def _side(
    label: str,
    group_ids: tuple[str, ...],
    raters: RaterScores,
    rows: np.ndarray,
    keys: pd.MultiIndex,
    competencies: tuple[Competency, ...],
) -> _Forms:
    ratings = raters.items.loc[rows].set_axis(keys, axis=0)
    cells = ratings.groupby(level=list(range(keys.nlevels)), sort=True).mean()
    return _Forms(label, group_ids, ratings, cells, dominated_scales(raters, rows, competencies))


def _compare(
    competency: Competency, first: _Forms, second: _Forms, data: CohortData, settings: MeasurementSettings
) -> ScaleComparison | None:
    asked = [
        item
        for item in competency.item_ids
        if all(set(side.group_ids) & set(data.instrument.item(item).asked_of) for side in (first, second))
    ]
    both = first.cells.index.intersection(second.cells.index)
    if not asked or not len(both) or competency.id in first.dominated | second.dominated:
        return None
    by_item = (first.cells.loc[both, asked] - second.cells.loc[both, asked]).groupby(level=0).mean()
    apart = compare_paired(by_item.mean(axis=1).to_numpy())
    if apart.n < data.minimums.cohort:
        return None
    items = compare_items(by_item) if len(asked) > 2 else None
    enough = items is not None and items["n"].min() >= data.minimums.cohort
    alphas = _alphas(first.ratings[asked].dropna(), second.ratings[asked].dropna(), settings)
    return ScaleComparison(
        competency.id, competency.short_name, first.label, second.label, apart, alphas, items if enough else None
    )


def _alphas(
    first: pd.DataFrame, second: pd.DataFrame, settings: MeasurementSettings
) -> tuple[float, float, AlphaComparison] | None:
    if first.shape[1] < 2 or min(len(first), len(second)) < settings.minimum_forms:
        return None
    one, other = cronbach_alpha(first).alpha, cronbach_alpha(second).alpha
    if not (one < 1 and other < 1):
        return None
    return one, other, compare_alphas(one, len(first), other, len(second))


def _routing_notes(instrument: Instrument) -> list[str]:
    partly = [
        f"{competency.short_name} ({group.label}, {n} of {len(competency.item_ids)})"
        for competency in instrument.competencies
        for group in instrument.rater_groups
        if 0
        < (n := sum(group.id in instrument.item(i).asked_of for i in competency.item_ids))
        < len(competency.item_ids)
    ]
    if not partly:
        return []
    text = "Some groups are asked only the items they can see, so the means shown for groups do not rest on the same "
    return [text + f"questions: {join_words(partly, shown=8)}."]


def _mean_notes(
    found: Iterable[ScaleComparison], settings: MeasurementSettings, span: float, *, waves: bool
) -> list[str]:
    found = list(found)
    limit, least = settings.comparison_error_rate / len(found), settings.notable_mean_share * span
    clear = [one for one in found if one.mean.p < limit and abs(one.mean.difference) >= least]
    notes = []
    for higher, lower in dict.fromkeys(_ordered(one) for one in clear):
        scales = sorted(
            (one for one in clear if _ordered(one) == (higher, lower)), key=lambda one: -abs(one.mean.difference)
        )
        words = join_words([f"{one.name} (by {abs(one.mean.difference):.2f})" for one in scales])
        text = f"For the same managers, ratings are higher {'at' if waves else 'by'} {_name(higher)} than "
        text += f"{'at' if waves else 'by'} {_name(lower)} on {words}. "
        notes.append(text + (_WAVES if waves else _GROUPS))
    return notes


_WAVES = (
    "A shift that everybody shows may be real or a new standard of the raters; judge one manager's change against it."
)
_GROUPS = "Part of this can be a different standard rather than different behaviour."


def _ordered(one: ScaleComparison) -> tuple[str, str]:
    return (one.first, one.second) if one.mean.difference > 0 else (one.second, one.first)


def _name(label: str) -> str:
    return f"“{label}”"


def _alpha_notes(found: Iterable[ScaleComparison], settings: MeasurementSettings) -> list[str]:
    tested = [(one, one.alphas) for one in found if one.alphas is not None]
    clear: dict[tuple[str, str], list[str]] = {}
    for one, (first, second, test) in tested:
        if test.p < settings.comparison_error_rate / len(tested) and abs(test.difference) >= settings.notable_alpha_gap:
            (low, less), (high, more) = sorted(((first, one.first), (second, one.second)))
            clear.setdefault((less, more), []).append(f"{one.name} (alpha {low:.2f} against {high:.2f})")
    return [
        f"Items hang together less in ratings of {_name(less)} than of {_name(more)} on {join_words(scales)}. {_ALPHAS}"
        for (less, more), scales in clear.items()
    ]


_ALPHAS = (
    "The two use the items differently; a high alpha can also be one general impression, so it is no proof of more "
    "precise ratings."
)


def _item_notes(found: Iterable[ScaleComparison], settings: MeasurementSettings, span: float) -> list[str]:
    tested = [(one, one.items) for one in found if one.items is not None]
    limit = settings.comparison_error_rate / max(sum(len(items) for _, items in tested), 1)
    least = settings.notable_item_share * span
    notes = []
    for one, items in tested:
        for item_id, row in items[(items["p"] < limit) & (items["shift"].abs() >= least)].iterrows():
            way = "higher" if row["shift"] > 0 else "lower"
            notes.append(
                f"Next to the rest of {one.name}, item {item_id} is rated {abs(row['shift']):.2f} {way} in "
                f"{_name(one.first)} than in {_name(one.second)}: the two may read it differently."
            )
    return notes
