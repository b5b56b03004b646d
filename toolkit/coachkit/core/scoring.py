"""Answers to scores: reverse-key items, average items within raters and raters within groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.cohort import Responses
from coachkit.core.instrument import Competency, Instrument, Item
from coachkit.errors import MissingItemsError, RatingOutOfRangeError, UnknownNameError

GRID = 2.0**36  # scores are kept on this binary grid, so that sums are exact in any row order


@dataclass(frozen=True)
class RaterScores:
    """Competency scores of single raters: never published, only aggregated.

    Attributes
    ----------
    manager, group : int arrays (n_raters,)
        Position of the manager in ``manager_ids`` and of the rater group in the instrument; every rater of a
        manager appears once in a group.
    rater_id : object array (n_raters,)
    scores : array (n_raters, n_competencies)
        Scale points, competencies in the instrument's order; NaN where too few items were answered.
    items : DataFrame (n_raters, n_items)
        Keyed ratings of items that were asked of the rater; NaN = no rating.
    """

    manager_ids: tuple[str, ...]
    manager: np.ndarray
    group: np.ndarray
    rater_id: np.ndarray
    scores: np.ndarray
    items: pd.DataFrame


@dataclass(frozen=True)
class GroupMeans:
    """Unreleased means of rater groups: arrays (n_managers, n_groups, n_competencies).

    ``mean`` in scale points (NaN where nobody has a score), ``n`` the number of raters with a score.
    """

    mean: np.ndarray
    n: np.ndarray


def reverse_key(ratings: np.ndarray, low: float, high: float) -> np.ndarray:
    """Mirror ratings about the middle of the declared scale: ``low + high - x``.

    Examples
    --------
    >>> reverse_key(np.array([1.0, 4.0, np.nan]), 1, 5)
    array([ 5.,  2., nan])
    """
    return low + high - ratings


def key_ratings(responses: Responses, instrument: Instrument) -> pd.DataFrame:
    """Ratings as they count: declared bounds checked, reversed where needed, unasked items left out.

    Parameters
    ----------
    responses : Responses
        Answers as given.
    instrument : Instrument

    Returns
    -------
    DataFrame of shape (n_forms, n_items)
        Higher is better; NaN = not answered, "Not observed", or not asked of the rater's group.

    Raises
    ------
    MissingItemsError
        If an item of a competency has no column.
    RatingOutOfRangeError
        If a rating lies outside the response format.
    UnknownNameError
        If a rater group is not one of the instrument's.
    """
    group = group_codes(responses.keys["rater_group"], instrument)
    columns = {item.id: _key_item(responses, instrument, item, group) for item in _present(responses, instrument)}
    return pd.DataFrame(columns, index=responses.keys.index, copy=False)


def score_raters(responses: Responses, instrument: Instrument, manager_ids: tuple[str, ...]) -> RaterScores:
    """Score every rater on every competency as the mean of the items answered.

    A rater counts for a competency with at least ``min_share_answered`` of the items asked of the rater's
    group; "Not observed" is not an answer and nothing is imputed. Several forms of one rater in one group are
    averaged into one voice. Forms about managers outside ``manager_ids`` are left out.

    Returns
    -------
    RaterScores
        One row per rater, manager and group.

    References
    ----------
    Center for Creative Leadership, rule of answering at least half the items of a scale.
    """
    manager = pd.Index(manager_ids).get_indexer(responses.keys["manager_id"])
    group = group_codes(responses.keys["rater_group"], instrument)
    rater = responses.keys["rater_id"].to_numpy(dtype=object)
    items = key_ratings(responses, instrument)
    known = manager >= 0
    if not known.all():
        manager, group, rater, items = manager[known], group[known], rater[known], items.loc[known]
    manager, group, rater, items = _one_voice_each(manager, group, rater, items.reset_index(drop=True))
    scores = np.column_stack([_score(items, instrument, c, group) for c in instrument.competencies])
    return RaterScores(manager_ids, manager, group, rater, scores, items)


def average_groups(raters: RaterScores, n_groups: int) -> GroupMeans:
    """Average raters within groups; the result does not depend on the order of rows.

    Returns
    -------
    GroupMeans
        Unreleased: pass it through :func:`coachkit.core.confidentiality.release_groups` before any use that
        reaches a reader.
    """
    shape = (len(raters.manager_ids), n_groups, raters.scores.shape[1])
    cell = raters.manager * n_groups + raters.group
    sums, counts = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for column in range(shape[2]):
        value = raters.scores[:, column]
        has = ~np.isnan(value)
        counts[:, :, column] = _per_cell(cell[has], None, shape)
        sums[:, :, column] = _per_cell(cell[has], value[has], shape)
    with np.errstate(invalid="ignore"):
        return GroupMeans(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts)


def group_codes(groups: pd.Series, instrument: Instrument) -> np.ndarray:
    """Position of each form's rater group in the instrument.

    Raises
    ------
    UnknownNameError
        If a group is not declared.
    """
    names = [group.id for group in instrument.rater_groups]
    codes = pd.Index(names).get_indexer(groups)
    if (codes < 0).any():
        raise UnknownNameError.from_choice("rater group", str(groups.to_numpy()[codes < 0][0]), names)
    return codes


def on_grid(values: np.ndarray) -> np.ndarray:
    """Round to the binary grid on which sums are exact whatever their order (error below 1e-11)."""
    return np.round(values * GRID) / GRID


def _present(responses: Responses, instrument: Instrument) -> list[Item]:
    missing = [item for item in instrument.items if item.id not in responses.ratings.columns]
    if missing:
        competency = missing[0].competency_id
        names = [item.id for item in missing if item.competency_id == competency]
        raise MissingItemsError.from_columns(competency, names, list(responses.ratings.columns))
    return list(instrument.items)


def _key_item(responses: Responses, instrument: Instrument, item: Item, group: np.ndarray) -> np.ndarray:
    bounds = instrument.response_format
    value = responses.ratings[item.id].to_numpy(dtype=float, copy=True)
    outside = (value < bounds.low) | (value > bounds.high)
    if outside.any():
        raise RatingOutOfRangeError(
            f"item {item.id!r} has {int(outside.sum())} rating(s) outside {bounds.low:g} to {bounds.high:g}, the "
            f"first in row {int(np.flatnonzero(outside)[0])}. Correct them, or declare missing codes."
        )
    if item.id in responses.not_observed.columns:
        value[responses.not_observed[item.id].to_numpy(dtype=bool)] = np.nan
    asked = np.array([g.id in item.asked_of for g in instrument.rater_groups])
    value[~asked[group]] = np.nan
    return reverse_key(value, bounds.low, bounds.high) if item.is_reverse_keyed else value


def _one_voice_each(manager, group, rater, items):  # noqa: ANN001, ANN202 - the columns of RaterScores
    keys = pd.DataFrame({"manager": manager, "group": group, "rater": pd.factorize(rater)[0]})
    if not keys.duplicated().any():
        return manager, group, rater, items
    voice = keys.groupby(["manager", "group", "rater"], sort=False).ngroup().to_numpy()
    first = np.unique(voice, return_index=True)[1]
    return manager[first], group[first], rater[first], items.groupby(voice).mean().reset_index(drop=True)


def _score(items: pd.DataFrame, instrument: Instrument, competency: Competency, group: np.ndarray) -> np.ndarray:
    total, answered = np.zeros(len(items)), np.zeros(len(items), dtype=np.int16)
    asked = np.zeros(len(instrument.rater_groups))
    for item_id in competency.item_ids:
        value = items[item_id].to_numpy()
        has = ~np.isnan(value)
        total += np.where(has, value, 0.0)
        answered += has
        asked += [g.id in instrument.item(item_id).asked_of for g in instrument.rater_groups]
    needed = np.maximum(competency.min_share_answered * asked - 1e-9, 1e-9)
    counts = answered >= needed[group]
    return on_grid(np.where(counts, total / np.maximum(answered, 1), np.nan))


def _per_cell(cell: np.ndarray, weights: np.ndarray | None, shape: tuple[int, int, int]) -> np.ndarray:
    return np.bincount(cell, weights=weights, minlength=shape[0] * shape[1]).reshape(shape[:2])
