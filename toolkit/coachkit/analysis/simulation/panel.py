"""Who rates whom: the raters of every manager and the forms they fill in at each wave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.core.instrument import Instrument, RaterGroup

_SIZES = np.array([3, 3, 3, 4, 4, 5])  # raters of a group, each entry equally likely
_ALPHABET = np.array(list("23456789ABCDEFGHJKLMNPQRSTUVWXYZ"))  # no 0/O, 1/I
_ID_BITS = 40


def draw_panel(
    instrument: Instrument,
    people: pd.DataFrame,
    months_in_role: np.ndarray,
    n_waves: int,
    share_returning: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the forms of all waves.

    Parameters
    ----------
    instrument : Instrument
    people : DataFrame (n_managers,)
        Needs ``case``.
    months_in_role : ndarray of shape (n_waves, n_managers)
        A manager without a month in the role at a wave is not surveyed then.
    n_waves : int
    share_returning : float
        Share of peers and reports (0-1) who rate again at the next wave under the same id.
    rng : numpy Generator

    Returns
    -------
    DataFrame (n_forms,)
        ``wave``, ``manager`` and ``group`` as positions, ``rater`` (a number that stays with the person). Sorted by
        manager, wave, group.
    """
    cases = people["case"].to_numpy(dtype=object)
    parts, first_free = [], 0
    for number, group in enumerate(instrument.rater_groups):
        before: np.ndarray | None = None
        for wave in range(n_waves):
            sizes = _group_sizes(group, cases, rng) * (months_in_role[wave] > 0)
            manager = np.repeat(np.arange(len(people)), sizes)
            slot = np.arange(len(manager)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            rater = first_free + np.arange(len(manager))
            first_free += len(manager)
            if before is not None:
                rater = _keep_returning(rater, manager, slot, before, group, share_returning, rng)
            before = _by_slot(rater, manager, slot, len(people))
            parts.append(pd.DataFrame({"wave": wave, "manager": manager, "group": number, "rater": rater}))
    forms = pd.concat(parts, ignore_index=True)
    return forms.sort_values(["manager", "wave", "group", "rater"], kind="stable", ignore_index=True)


def _group_sizes(group: RaterGroup, cases: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    is_single = group.is_self or not group.is_confidential
    sizes = np.ones(len(cases), dtype=int) if is_single else _SIZES[rng.integers(0, len(_SIZES), len(cases))]
    if group.is_self:
        sizes[(cases == "no_self") | (cases == "only_line_manager")] = 0
    elif group.is_confidential:
        sizes[cases == "only_line_manager"] = 0
    if group.id == "report":
        sizes[cases == "few_reports"] = 2
    return sizes


def _by_slot(rater: np.ndarray, manager: np.ndarray, slot: np.ndarray, n_managers: int) -> np.ndarray:
    table = np.full((n_managers, 1 + (slot.max() if len(slot) else 0)), -1)
    table[manager, slot] = rater
    return table


def _keep_returning(
    rater: np.ndarray,
    manager: np.ndarray,
    slot: np.ndarray,
    before: np.ndarray,
    group: RaterGroup,
    share: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Give returning raters the number they had; self and the line manager always return."""
    earlier = np.where(slot < before.shape[1], before[manager, np.minimum(slot, before.shape[1] - 1)], -1)
    always = group.is_self or not group.is_confidential
    returns = np.ones(len(rater), dtype=bool) if always else rng.random(len(rater)) < share
    return np.where(returns & (earlier >= 0), earlier, rater)


def opaque_ids(numbers: np.ndarray, seed: int, prefix: str = "R-") -> np.ndarray:
    """Turn numbers into random-looking ids that never clash (a bijection on 40 bits).

    Examples
    --------
    >>> ids = opaque_ids(np.arange(3), seed=2026)
    >>> len(set(ids)), len(ids[0])
    (3, 10)
    """
    mask = np.uint64((1 << _ID_BITS) - 1)
    keys = np.random.default_rng([seed, 0x1D]).integers(1, 1 << 38, 2, dtype=np.uint64) * np.uint64(4) + np.uint64(1)
    value = np.asarray(numbers, dtype=np.uint64) & mask
    for key in keys:
        value = (value * key + (key >> np.uint64(7))) & mask  # odd multiplier: a bijection modulo 2**40
        value ^= value >> np.uint64(19)
    digits = [(value >> np.uint64(shift)) & np.uint64(31) for shift in range(0, _ID_BITS, 5)]
    letters = np.stack([_ALPHABET[digit.astype(np.intp)] for digit in digits], axis=-1)
    text = np.ascontiguousarray(letters).view(f"<U{len(digits)}").reshape(len(value))
    return np.char.add(prefix, text).astype(object)
