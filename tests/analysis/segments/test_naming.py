"""Names of groups speak of needs, and differ."""

import numpy as np

from coachkit.analysis.segments.naming import name_segments
from coachkit.analysis.segments.stability import stability_band

IDS = ["CASE", "PLAN", "PEO"]


def test_names_list_what_lies_furthest_below_the_other_groups():
    centres = np.array([[-0.6, -0.5, 1.1], [0.6, 0.5, -1.1]])
    names = name_segments(centres, IDS, {"CASE": "Business cases", "PLAN": "Change planning", "PEO": "Leading people"})
    assert names == ("Needs most: business cases and change planning", "Needs most: leading people")


def test_equal_needs_are_told_apart_by_number():
    names = name_segments(np.array([[-1.0, 0.5, 0.5], [-1.0, 0.5, 0.5], [2.0, -1.0, -1.0]]), IDS)
    assert len(set(names)) == 3


def test_a_group_without_any_standing_out_says_so():
    assert name_segments(np.zeros((2, 3)), IDS) == ("No need stands out (1)", "No need stands out (2)")


def test_bands_follow_hennig_at_their_edges():
    assert [stability_band(j) for j in (0.599, 0.60, 0.749, 0.75, 0.85, 0.851)] == [
        "unstable", "doubtful", "doubtful", "stable", "stable", "very stable",
    ]  # fmt: skip


def test_a_flat_group_beside_a_needy_one_has_no_need_that_stands_out():
    centres = np.array([[0.05, 0.0, -0.02], [1.2, -0.6, -0.6]])
    assert name_segments(centres, IDS)[0] == "No need stands out"
