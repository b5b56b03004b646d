"""Where estimates lie among the managers who took part, and the norms of the cohort."""

from __future__ import annotations

from typing import Literal

import numpy as np

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import CohortPlace, NormRow
from coachkit.core.norms import norm_edges, place_in_cohort

Side = Literal["below", "above", "open"]


def place_manager(
    profiles: CohortProfiles, manager_id: str, withheld: frozenset[str] = frozenset()
) -> tuple[CohortPlace, ...]:
    """Place one manager's estimates in the cohort, competency by competency.

    Parameters
    ----------
    withheld : frozenset of str
        Competencies whose cohort figures may not be shown.

    Returns
    -------
    tuple of CohortPlace
        Without competencies that have no estimate, or too few managers to show a cohort.
    """
    places = (
        _place(profiles, manager_id, competency.id)
        for competency in profiles.data.instrument.profile_competencies
        if competency.id not in withheld
    )
    return tuple(place for place in places if place is not None)


def list_norms(profiles: CohortProfiles, withheld: frozenset[str] = frozenset()) -> tuple[NormRow, ...]:
    """Scores at the edges of the bands of every competency; nothing for cohorts too small to be shown."""
    rows = []
    for competency in profiles.data.instrument.profile_competencies:
        cohort = profiles.estimate[competency.id].to_numpy(dtype=float)
        edges = () if competency.id in withheld else norm_edges(cohort, profiles.data.minimums)
        if edges:
            rows.append(
                NormRow(
                    competency.id,
                    competency.name,
                    int((~np.isnan(cohort)).sum()),
                    tuple(edge.share for edge in edges),
                    tuple(edge.score for edge in edges),
                    tuple(edge.low for edge in edges),
                    tuple(edge.high for edge in edges),
                )
            )
    return tuple(rows)


def side_of(low: float, high: float, middle: float) -> Side:
    """On which side of ``middle`` a whole range lies.

    Examples
    --------
    >>> side_of(2.9, 3.3, 3.5), side_of(3.2, 3.8, 3.5)
    ('below', 'open')
    """
    return "below" if high < middle else "above" if low > middle else "open"


def _place(profiles: CohortProfiles, manager_id: str, competency_id: str) -> CohortPlace | None:
    cohort = profiles.estimate[competency_id].to_numpy(dtype=float)
    estimate = float(profiles.estimate.at[manager_id, competency_id])
    half = profiles.settings.interval_z * float(profiles.standard_error.at[manager_id, competency_id])
    found = place_in_cohort(estimate, cohort, profiles.data.minimums, error=half)
    if found.kind == "none":
        return None
    return CohortPlace(
        competency_id,
        found.kind,
        found.n,
        side_of(estimate - half, estimate + half, float(np.nanmedian(cohort))),
        found.lowest,
        found.highest,
        found.band_low,
        found.band_high,
        found.percentile,
        found.percentile_low,
        found.percentile_high,
    )
