"""What the raters answer: true score plus rater error, rounded to the response format, with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.design import OVER_RATING, SELF_BIAS, Noise
from coachkit.core.instrument import Competency, Instrument, RaterGroup

EMPTY, NOT_OBSERVED = -1, 0  # codes below the ratings, which count 1 .. n_options
NOT_OBSERVED_TOKEN = "NO"  # noqa: S105 - the word for "Not observed" in response files
_BLOCK = 40_000  # forms drawn at a time, which bounds the memory
_ROUTING_BLUR = {("peer", "PEO"): 0.10, ("peer", "TEAM"): 0.06, ("manager", "BEH"): 0.03}
_SECONDS_AN_ITEM = 8.0
_CARELESS_COST = 0.10  # error that gaps and careless forms add on top, taken off beforehand
_STRAIGHT_CODE_SHARE = 0.75


@dataclass(frozen=True)
class Answers:
    """Coded answers (n_forms, n_items), seconds a form, and which forms were careless."""

    codes: np.ndarray
    seconds: np.ndarray
    careless: np.ndarray


@dataclass(frozen=True)
class _Layout:
    """The instrument as arrays: competency of each item, who is asked, keying, blur of observation."""

    item_competency: np.ndarray
    asked: np.ndarray
    reverse: np.ndarray
    not_observed: np.ndarray
    n_options: int


def rater_error_sd(instrument: Instrument, truth: np.ndarray, noise: Noise) -> np.ndarray:
    """Standard deviation of one rater's error beyond item noise, by rater group and competency.

    Parameters
    ----------
    truth : ndarray of shape (n_managers, n_competencies)
        True scores in points of a five-point scale; their variance sets what reliability demands.

    Returns
    -------
    ndarray of shape (n_groups, n_competencies)

    Notes
    -----
    A single-rater reliability r asks for error variance ``v (1 - r) / r``, with v the mean variance of true scores
    over the profile; the part that averaging items and rounding already causes is taken off.
    """
    in_profile = [competency.in_profile for competency in instrument.competencies]
    between = truth[:, in_profile].var(axis=0, ddof=1).mean()
    items = np.array([[_n_asked(instrument, c, g) for c in instrument.competencies] for g in instrument.rater_groups])
    step = 4.0 / (instrument.response_format.n_options - 1)
    from_items = (noise.item_sd**2 + step**2 / 12) / np.maximum(items, 1)
    r = [noise.self_reliability if g.is_self else noise.single_rater(g.id) for g in instrument.rater_groups]
    wanted = (1 - _CARELESS_COST) * between * (1 - np.array(r)) / np.array(r)
    return np.sqrt(np.maximum(wanted[:, None] - from_items, 0.01))


def _n_asked(instrument: Instrument, competency: Competency, group: RaterGroup) -> int:
    return sum(group.id in instrument.item(item_id).asked_of for item_id in competency.item_ids)


def draw_answers(
    instrument: Instrument,
    people: pd.DataFrame,
    truth: np.ndarray,
    forms: pd.DataFrame,
    noise: Noise,
    seed: tuple[int, ...],
) -> Answers:
    """Draw every form's answers, block by block.

    Parameters
    ----------
    truth : ndarray of shape (n_waves, n_managers, n_competencies)
    forms : DataFrame (n_forms,)
        As :func:`coachkit.analysis.simulation.panel.draw_panel` returns it.
    seed : tuple of int
        Entropy of this part; every block and every rater draws from its own stream.

    Returns
    -------
    Answers
        ``codes`` is int8: -1 empty, 0 "Not observed", 1 .. n_options the rating's position.
    """
    layout = _layout(instrument, noise)
    error_sd = rater_error_sd(instrument, truth[-1], noise).astype(np.float32)
    people_bias = _self_bias(people)
    n = len(forms)
    codes = np.empty((n, len(instrument.items)), dtype=np.int8)
    seconds, careless = np.empty(n), np.full(n, "", dtype=object)
    edges = _block_edges(forms["manager"].to_numpy())
    for number, (start, stop) in enumerate(pairwise(edges)):
        rng = np.random.default_rng([*seed, number])
        block = forms.iloc[start:stop]
        latent = _latent(block, instrument, truth, error_sd, people_bias, noise, rng)
        part = codes[start:stop]
        part[:] = _rate(latent, layout, noise, rng)
        careless[start:stop] = _answer_carelessly(part, noise, rng)
        _leave_gaps(part, block, people, instrument, layout, noise, rng)
        seconds[start:stop] = _time(part, careless[start:stop], rng)
    return Answers(codes, seconds, careless)


def _layout(instrument: Instrument, noise: Noise) -> _Layout:
    position = {competency.id: k for k, competency in enumerate(instrument.competencies)}
    groups, items = instrument.rater_groups, instrument.items
    blur = np.full((len(groups), len(items)), noise.share_not_observed)
    for g, group in enumerate(groups):
        for i, item in enumerate(items):
            blur[g, i] += _ROUTING_BLUR.get((group.id, item.competency_id), 0.0)
    blur[[group.is_self for group in groups]] = 0.0
    if instrument.response_format.not_observed is None:
        blur[:] = 0.0
    return _Layout(
        item_competency=np.array([position[item.competency_id] for item in items]),
        asked=np.array([[group.id in item.asked_of for item in items] for group in groups]),
        reverse=np.array([item.is_reverse_keyed for item in items]),
        not_observed=blur,
        n_options=instrument.response_format.n_options,
    )


def _self_bias(people: pd.DataFrame) -> np.ndarray:
    bias = people["situation"].map(SELF_BIAS).fillna(0.0).to_numpy(dtype=float)
    return bias + OVER_RATING * (people["case"] == "over_rater").to_numpy()


def _block_edges(manager: np.ndarray) -> np.ndarray:
    """Cut the forms into blocks that never split a manager (rater effects live within a block)."""
    starts = np.flatnonzero(np.diff(manager, prepend=-1))
    edges = [0]
    for start in starts:
        if start - edges[-1] >= _BLOCK:
            edges.append(int(start))
    return np.array([*edges, len(manager)])


def _latent(
    block: pd.DataFrame,
    instrument: Instrument,
    truth: np.ndarray,
    error_sd: np.ndarray,
    people_bias: np.ndarray,
    noise: Noise,
    rng: np.random.Generator,
) -> np.ndarray:
    """What each form says of each competency before items: truth + halo + specific error + self bias."""
    manager, group = block["manager"].to_numpy(), block["group"].to_numpy()
    seen = truth[block["wave"].to_numpy(), manager].astype(np.float32)
    raters, code = np.unique(block["rater"].to_numpy(), return_inverse=True)
    n_competencies = seen.shape[1]
    lasting = rng.standard_normal((len(raters), n_competencies), dtype=np.float32)[code]
    passing = rng.standard_normal(seen.shape, dtype=np.float32)
    halo = rng.standard_normal(len(raters), dtype=np.float32)[code]
    weights = np.sqrt(
        np.array(
            [noise.halo_share, 1 - noise.halo_share - noise.occasion_share, noise.occasion_share], dtype=np.float32
        )
    )
    error = weights[0] * halo[:, None] + weights[1] * lasting + weights[2] * passing
    is_self = np.array([g.is_self for g in instrument.rater_groups])[group]
    bias = is_self * (noise.self_bias + people_bias[manager])
    return seen + error * error_sd[group] + bias.astype(np.float32)[:, None]


def _rate(latent: np.ndarray, layout: _Layout, noise: Noise, rng: np.random.Generator) -> np.ndarray:
    """Turn latent scores into positions 1 .. n_options on the response format."""
    shape = (len(latent), len(layout.item_competency))
    items = latent[:, layout.item_competency]
    items += np.float32(noise.item_sd) * rng.standard_normal(shape, dtype=np.float32)
    items -= np.float32(1)
    items *= np.float32((layout.n_options - 1) / 4.0)
    position = np.clip(np.rint(items), 0, layout.n_options - 1).astype(np.int8) + np.int8(1)
    position[:, layout.reverse] = layout.n_options + 1 - position[:, layout.reverse]
    return position


def _answer_carelessly(codes: np.ndarray, noise: Noise, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random(len(codes))
    kind = np.full(len(codes), "", dtype=object)
    kind[chance < noise.share_speeding] = "speeder"
    kind[chance > 1 - noise.share_straight] = "straight_liner"
    straight = kind == "straight_liner"
    high = codes.max()
    codes[straight] = np.rint(high * _STRAIGHT_CODE_SHARE).astype(np.int8)
    return kind


def _leave_gaps(
    codes: np.ndarray,
    block: pd.DataFrame,
    people: pd.DataFrame,
    instrument: Instrument,
    layout: _Layout,
    noise: Noise,
    rng: np.random.Generator,
) -> None:
    group, manager = block["group"].to_numpy(), block["manager"].to_numpy()
    blur = layout.not_observed[group]
    peers = [
        k for k, g in enumerate(instrument.rater_groups) if g.is_confidential and g.id != "report" and not g.is_self
    ]
    hard = (people["case"].to_numpy(dtype=object)[manager] == "hard_to_observe") & np.isin(group, peers)
    if instrument.response_format.not_observed is not None:
        blur[hard] = 0.45
    codes[rng.random(codes.shape, dtype=np.float32) < blur] = NOT_OBSERVED
    codes[rng.random(codes.shape, dtype=np.float32) < noise.share_missing] = EMPTY
    codes[~layout.asked[group]] = EMPTY


def _time(codes: np.ndarray, careless: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Seconds a form took; speeders need about one second an item."""
    answered = (codes >= NOT_OBSERVED).sum(axis=1)
    pace = rng.gamma(9.0, _SECONDS_AN_ITEM / 9.0, len(codes))
    pace = np.where(careless == "speeder", 0.8 + 0.6 * rng.random(len(codes)), np.maximum(pace, 3.0))
    return np.maximum(np.rint(answered * pace), 5.0)
