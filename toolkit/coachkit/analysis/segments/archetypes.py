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
