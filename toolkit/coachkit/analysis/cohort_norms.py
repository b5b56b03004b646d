"""Where estimates lie among the managers who took part, and the norms of the cohort."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from coachkit.analysis.profiles import CohortProfiles
from coachkit.analysis.records import CohortPlace, NormRow

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
        group = profiles.norm_groups[competency.id]
        edges = () if competency.id in withheld else group.edges()
        if edges:
            rows.append(
                NormRow(
                    competency.id,
                    competency.name,
                    group.n,
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
    group = profiles.norm_groups[competency_id]
    estimate = float(profiles.estimate.at[manager_id, competency_id])
    half = profiles.settings.interval_z * float(profiles.standard_error.at[manager_id, competency_id])
    found = group.place(estimate, half)
    if found.kind == "none":
        return None
    side = side_of(estimate - half, estimate + half, group.median)
    return CohortPlace(**asdict(found), competency_id=competency_id, side=side)
