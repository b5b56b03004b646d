"""Words for chances and counts, shared by every text of a report, so that one figure never reads two ways."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN = "not known"
_EDGES_FROM_BELOW = (6, 8)  # "recognised" and "priority" begin here; what only rounds up to them is said to be under
_EDGE_FROM_ABOVE = 2  # "strength" ends here
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_ten(probability: float | None) -> str:
    """Word a probability as a count out of ten, which readers judge better than a percentage.

    A chance that would only round to one of the limits of the rules is said to lie just beside it, so that a
    verdict never seems to contradict its number; the ends stay open, because nothing here is certain.

    References
    ----------
    Gigerenzer, G. et al. (2007). Helping doctors and patients make sense of health statistics. Psychological
    Science in the Public Interest, 8, 53-96.

    Examples
    --------
    >>> in_ten(0.87), in_ten(0.97), in_ten(0.02), in_ten(None)
    ('9 in 10', 'more than 9 in 10', 'less than 1 in 10', 'not known')
    >>> in_ten(0.78), in_ten(0.80), in_ten(0.23)
    ('just under 8 in 10', '8 in 10', 'just over 2 in 10')
    """
    if probability is None:
        return UNKNOWN
    if probability >= 0.95:
        return "more than 9 in 10"
    if probability < 0.05:
        return "less than 1 in 10"
    tenths = min(max(round(probability * 10), 1), 9)
    if tenths in _EDGES_FROM_BELOW and probability < tenths / 10 - 1e-9:
        return f"just under {tenths} in 10"
    if tenths == _EDGE_FROM_ABOVE and probability > tenths / 10 + 1e-9:
        return f"just over {tenths} in 10"
    return f"{tenths} in 10"


def count(number: int, noun: str = "", plural: str = "") -> str:
    """Word a small number, with its noun in the right form.

    Examples
    --------
    >>> count(1, "competency", "competencies"), count(2, "goal"), count(14)
    ('one competency', 'two goals', '14')
    """
    word = _COUNTS[number] if 0 <= number < len(_COUNTS) else str(number)
    if not noun:
        return word
    return f"{word} {noun if number == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """The text with its first letter capital, the rest untouched.

    Examples
    --------
    >>> capital("two of TECH")
    'Two of TECH'
    """
    return text[:1].upper() + text[1:]


def join_words(parts: Sequence[str], shown: int = 4) -> str:
    """Join words as a sentence does, cut after a few.

    Examples
    --------
    >>> join_words(["Peers"]), join_words(["Self", "Peers", "Direct reports"])
    ('Peers', 'Self, Peers and Direct reports')
    >>> join_words(["a", "b", "c", "d"], shown=2)
    'a, b and 2 more'
    """
    parts = list(parts)
    if len(parts) > shown:
        return f"{', '.join(parts[:shown])} and {len(parts) - shown} more"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
