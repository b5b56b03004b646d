"""Name groups by what their members need most: needs, never traits of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

LONGEST = 3
_CLEAR = 0.6  # a further competency is named if it stands out at least this much, relative to the first
_FLAT = 0.05  # scale points below which nothing stands out


def name_segments(
    centres: np.ndarray, competency_ids: Sequence[str], names: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Name each group by the two or three competencies in which it lies furthest below the other groups.

    A competency counts only where it lies below the group's own mean too: a flat profile has no need that stands out.

    Parameters
    ----------
    centres : ndarray of shape (k, p)
        Mean shape of each group in scale points.
    competency_ids : sequence of str
    names : mapping, optional
        Reader-friendly name of each competency; the id where missing.

    Returns
    -------
    tuple of str
        One name a group, all different.

    Examples
    --------
    >>> name_segments(np.array([[-0.5, -0.4, 0.9], [0.5, 0.4, -0.9]]), ["CASE", "PLAN", "PEO"],
    ...               {"CASE": "Business cases", "PLAN": "Change planning"})
    ('Needs most: business cases and change planning', 'Needs most: PEO')
    """
    names = names or {}
    needs = [_needs(centres, group) for group in range(len(centres))]
    texts = [_word([_lower(names.get(competency_ids[c], competency_ids[c])) for c in chosen]) for chosen in needs]
    return tuple(text if texts.count(text) == 1 else f"{text} ({number})" for number, text in enumerate(texts, 1))


def _needs(centres: np.ndarray, group: int) -> list[int]:
    others = np.delete(centres, group, axis=0).mean(axis=0)
    below = others - centres[group]
    order = np.argsort(-below, kind="stable")[:LONGEST]
    stands_out = (below >= max(_CLEAR * below[order[0]], _FLAT)) & (centres[group] <= -_FLAT)
    return [int(c) for c in order if stands_out[c]]


def _word(needs: list[str]) -> str:
    if not needs:
        return "No need stands out"
    listed = needs[0] if len(needs) == 1 else f"{', '.join(needs[:-1])} and {needs[-1]}"
    return f"Needs most: {listed}"


def _lower(name: str) -> str:
    """Lower the first letter unless the word is an abbreviation or an id."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
