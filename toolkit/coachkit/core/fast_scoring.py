"""Scale scores for very many forms: one byte an answer, one item after the other, no copies.

Answers are kept as positions 1, 2, ... on the response format, 0 = no answer, items as rows (each item's answers lie
together in memory). Sums and counts of a block of forms stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coachkit.core.instrument import ResponseFormat
from coachkit.errors import CoachkitError, RatingOutOfRangeError

BLOCK = 32_768  # forms handled at a time: a block's sums and counts fit the cache
LARGEST_KEY = np.iinfo(np.int16).max


def encode_ratings(ratings: np.ndarray, response_format: ResponseFormat) -> np.ndarray:
    """Turn ratings into positions on the response format.

    Parameters
    ----------
    ratings : array (n_forms, n_items)
        Scale points as answered; NaN = no answer.
    response_format : ResponseFormat

    Returns
    -------
    int8 array (n_items, n_forms)
        1 = lowest option; 0 = no answer.

    Raises
    ------
    RatingOutOfRangeError
        If a rating is not one of the options.

    Examples
    --------
    >>> from coachkit.core.instrument import Anchor
    >>> form = ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high")))
    >>> encode_ratings(np.array([[1.0, np.nan], [5.0, 3.0]]), form)
    array([[1, 5],
           [0, 3]], dtype=int8)
    """
    position = (np.asarray(ratings, dtype=float).T - response_format.low) / response_format.step + 1
    missing = np.isnan(position)
    whole = np.where(missing, 1.0, np.rint(position))
    wrong = (
        (whole < 1) | (whole > response_format.n_options) | (np.abs(np.where(missing, 1.0, position) - whole) > 1e-6)
    )
    if wrong.any():
        raise RatingOutOfRangeError(
            f"{int(wrong.sum())} rating(s) are not one of the {response_format.n_options} options from "
            f"{response_format.low:g} to {response_format.high:g}. Correct them, or score them one by one."
        )
    return np.where(missing, 0, whole).astype(np.int8)


def score_scales(
    codes: np.ndarray,
    scales: Sequence[Sequence[int]],
    response_format: ResponseFormat,
    reverse: Sequence[int] = (),
    min_share_answered: float = 0.5,
) -> np.ndarray:
    """Mean of the items answered, for every scale and form.

    Parameters
    ----------
    codes : int8 array (n_items, n_forms)
        As :func:`encode_ratings` returns them; C-ordered, so that an item's answers lie together.
    scales : sequence of sequences of int
        Rows of ``codes`` that make up each scale.
    response_format : ResponseFormat
    reverse : sequence of int
        Rows to be mirrored about the middle of the scale.
    min_share_answered : float
        A form counts for a scale with at least this share (0-1) of its items answered.

    Returns
    -------
    float32 array (n_scales, n_forms)
        Scale points; NaN = too few answers.

    Raises
    ------
    CoachkitError
        If ``codes`` is not int8 or a scale has too many items for 16-bit sums.

    Notes
    -----
    Sum and count are packed into one 16-bit key, which looks the mean up in a table of all possible ones.

    Examples
    --------
    >>> from coachkit.core.instrument import Anchor
    >>> form = ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high")))
    >>> score_scales(np.array([[1, 4], [0, 2], [5, 3]], dtype=np.int8), [[0, 1], [2]], form, reverse=[2])
    array([[1., 3.],
           [1., 3.]], dtype=float32)
    """
    if codes.dtype != np.int8:
        raise CoachkitError(f"codes are {codes.dtype}, but must be int8. Use encode_ratings.")
    mirrored, n_options = frozenset(reverse), response_format.n_options
    result = np.empty((len(scales), codes.shape[1]), dtype=np.float32)
    for number, rows in enumerate(scales):
        table = _mean_table(len(rows), response_format, min_share_answered)
        width = np.int16(len(rows) * n_options + 1)
        flipped = [row in mirrored for row in rows]
        for start in range(0, codes.shape[1], BLOCK):
            stop = min(start + BLOCK, codes.shape[1])
            key = _keys(codes[:, start:stop], rows, flipped, width, n_options)
            np.take(table, key, out=result[number, start:stop], mode="clip")
    return result


def _mean_table(n_items: int, response_format: ResponseFormat, share: float) -> np.ndarray:
    """Mean by key ``count * width + sum``; NaN where fewer items are answered than needed."""
    width = n_items * response_format.n_options + 1
    if (n_items + 1) * width > LARGEST_KEY:
        raise CoachkitError(f"a scale of {n_items} items is too long for 16-bit sums. Split it.")
    count, total = np.divmod(np.arange((n_items + 1) * width), width)
    mean = response_format.low + response_format.step * (total / np.maximum(count, 1) - 1)
    return np.where(count >= max(share * n_items - 1e-9, 1e-9), mean, np.nan).astype(np.float32)


def _keys(
    block: np.ndarray, rows: Sequence[int], flipped: Sequence[bool], width: np.int16, n_options: int
) -> np.ndarray:
    n = block.shape[1]
    narrow = len(rows) * (n_options + 1) <= np.iinfo(np.int8).max
    total = np.zeros(n, dtype=np.int8 if narrow else np.int16)
    count = np.zeros(n, dtype=np.int8)
    has = np.empty(n, dtype=bool)
    for row, is_flipped in zip(rows, flipped, strict=True):
        np.not_equal(block[row], 0, out=has)
        answered = has.view(np.int8)
        np.add(count, answered, out=count)
        if is_flipped:
            np.subtract(total, block[row], out=total)
            np.add(total, np.multiply(answered, n_options + 1, dtype=total.dtype), out=total)
        else:
            np.add(total, block[row], out=total)
    key = count.astype(np.int16)
    key *= width
    np.add(key, total, out=key)
    return key
