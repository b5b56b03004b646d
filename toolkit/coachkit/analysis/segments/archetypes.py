"""Stated archetypes: the need pattern each situation is expected to leave in a profile.

Shifts are in points of a five-point scale against the usual level of managers in the same role; a
competency that is not listed is expected to be unaffected. The values are starting points from practice
judgement (status: default, not validated); :func:`archetype_shapes` turns them into the level-free shapes that
segments are compared with, and :mod:`coachkit.analysis.simulation` builds known truth from the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

NEED_PATTERNS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "new_manager": {"PEO": -0.90, "TEAM": -0.80, "OPP": -0.45, "CASE": -0.25, "GRO": 0.20},
        "steady_state": {"IMP": -1.00, "BEN": -0.70, "PEO": -0.40, "GRO": -0.40, "PLAN": -0.30, "OPP": -0.30},
        "beyond_technology": {"OUT": -0.90, "CASE": -0.85, "OPP": -0.80, "PLAN": -0.30, "BEH": 0.45, "PEO": 0.10},
        "stale_organisation": {"IMP": -0.95, "BEN": -0.65, "TEAM": -0.30, "PLAN": -0.30, "OPP": -0.25},
        "senior_potential": {
            "GRO": 0.65,
            "BEH": 0.55,
            "OUT": 0.45,
            "PEO": 0.40,
            "TEAM": 0.35,
            "OPP": 0.35,
            "IMP": 0.30,
            "PLAN": 0.30,
            "BEN": 0.30,
            "CASE": 0.20,
        },
    }
)


def archetype_shapes(competency_ids: Sequence[str]) -> pd.DataFrame:
    """Need patterns of the situations, each centred on its own mean so that only the shape is left.

    Parameters
    ----------
    competency_ids : sequence of str
        Competencies of the profile, in order; ids without a stated pattern count as unaffected.

    Returns
    -------
    DataFrame of shape (n_situations, n_competencies)
        Shifts in scale points; every row has mean zero. Situations whose pattern names none of the
        competencies are left out, so the frame may be empty for an unrelated questionnaire.

    Examples
    --------
    >>> archetype_shapes(["PEO", "TEAM", "OUT"]).round(2).loc["new_manager"].tolist()
    [-0.33, -0.23, 0.57]
    """
    known = {
        situation: [pattern.get(competency, 0.0) for competency in competency_ids]
        for situation, pattern in NEED_PATTERNS.items()
        if any(competency in pattern for competency in competency_ids)
    }
    shifts = pd.DataFrame.from_dict(known, orient="index", columns=list(competency_ids), dtype=np.float64)
    return shifts.sub(shifts.mean(axis=1), axis=0)


def resemble_archetypes(centres: pd.DataFrame, weights: Sequence[float]) -> pd.DataFrame:
    """Compare what sets each group apart with what sets each stated archetype apart.

    Parameters
    ----------
    centres : DataFrame (k, n_competencies)
        Mean shapes of the groups in scale points.
    weights : sequence of float
        Shares of the groups.

    Returns
    -------
    DataFrame (k, n_archetypes)
        Correlations -1..1 over competencies of a group's distance from the cohort's mean shape with an archetype's
        distance from the mean of all archetypes; NaN where a group does not differ from the cohort. No columns for an
        unrelated questionnaire.

    Examples
    --------
    >>> groups = pd.DataFrame([[-0.4, -0.3, 0.7], [0.5, 0.4, -0.9]], ["S1", "S2"], ["PEO", "TEAM", "OUT"])
    >>> resemble_archetypes(groups, [0.5, 0.5]).idxmax(axis=1).tolist()
    ['new_manager', 'beyond_technology']
    """
    shapes = archetype_shapes(list(centres.columns))
    apart = _unit_rows(centres.to_numpy(dtype=float) - np.asarray(weights) @ centres.to_numpy(dtype=float))
    stated = _unit_rows(shapes.to_numpy() - shapes.to_numpy().mean(axis=0)) if len(shapes) else shapes.to_numpy()
    return pd.DataFrame(apart @ stated.T, index=centres.index, columns=shapes.index)


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows centred and scaled to length one; NaN for a row without any shape."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.where(length > 1e-9, length, np.nan)
