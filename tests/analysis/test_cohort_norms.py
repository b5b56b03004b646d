"""Places in the cohort: as precise as its size allows, and never a percentile of few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.cohort_norms import list_norms, place_manager, side_of
from coachkit.analysis.profiles import score_cohort
from coachkit.core.norms import NormGroup
from coachkit.engagement.folder import open_engagement


@pytest.fixture(scope="module")
def profiles():
    return score_cohort(open_engagement("samples").cohort())


def cohort_of(profiles, n):
    """The first managers, or the cohort several times over."""
    times = -(-n // len(profiles.estimate))
    names = [f"X{i:03d}" for i in range(n)]
    frames = {
        name: pd.concat([getattr(profiles, name)] * times).iloc[:n].set_axis(names)
        for name in ("estimate", "standard_error")
    }
    return replace(profiles, **frames)


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize(
    ("n", "kinds"), [(9, set()), (29, {"range"}), (30, {"band"}), (99, {"band"}), (100, {"percentile"})]
)
def test_the_size_of_the_cohort_decides_what_is_said(profiles, n, kinds):
    places = place_manager(cohort_of(profiles, n), "X004")
    assert {place.kind for place in places} == kinds
    if kinds != {"percentile"}:
        assert all(place.percentile is None for place in places)


def test_a_percentile_comes_with_the_range_of_the_estimate(profiles):
    for place in place_manager(cohort_of(profiles, 120), "X003"):
        assert 0 <= place.percentile_low <= place.percentile <= place.percentile_high <= 100
        assert place.percentile_high - place.percentile_low > 5


def test_a_side_is_claimed_only_for_the_whole_range(profiles):
    for place in place_manager(profiles, "M048"):
        half = 1.96 * profiles.standard_error.loc["M048", place.competency_id]
        estimate = profiles.estimate.loc["M048", place.competency_id]
        middle = np.nanmedian(profiles.estimate[place.competency_id])
        expected = "below" if estimate + half < middle else "above" if estimate - half > middle else "open"
        assert place.side == expected
    assert side_of(3.2, 3.8, 3.5) == "open"


def test_withheld_competencies_have_neither_place_nor_norm(profiles):
    assert {p.competency_id for p in place_manager(profiles, "M001", frozenset({"OPP"}))}.isdisjoint({"OPP"})
    assert {row.competency_id for row in list_norms(profiles, frozenset({"OPP"}))}.isdisjoint({"OPP"})


def test_norms_are_ordered_with_their_ranges(profiles):
    for row in list_norms(profiles):
        assert list(row.scores) == sorted(row.scores)
        assert all(low <= score <= high for low, score, high in zip(row.lows, row.scores, row.highs, strict=True))


@pytest.mark.parametrize(("n", "edges"), [(9, 0), (10, 2), (29, 2), (30, 4)])
def test_small_cohorts_get_no_more_edges_than_they_can_bear(n, edges):
    assert len(NormGroup(np.linspace(2, 4, n)).edges()) == edges
