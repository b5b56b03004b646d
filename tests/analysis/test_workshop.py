"""Workshop questions rest on the cohort's findings and stay silent where there is none."""

from __future__ import annotations

from coachkit.analysis.records import CompetencySpread, SegmentReport, SituationCount, UnitComparison
from coachkit.analysis.workshop import discussion_points

NO_SEGMENTS = SegmentReport(0, "too_few", "", "", None)


def spread(name: str, mean: float | None, target: float = 3.5) -> CompetencySpread:
    return CompetencySpread(name[:3].upper(), name, name, mean, mean, mean, (), target, 0, 0, 0, 0)


def test_the_largest_gap_and_the_common_ground_are_named():
    points = discussion_points([spread("Improvement", 3.0), spread("Behaviours", 4.0)], [], [], [], NO_SEGMENTS, {})
    assert points[0].startswith("Improvement lies furthest below")
    assert points[1].startswith("Behaviours is what this group does best")


def test_without_a_gap_no_gap_is_claimed():
    points = discussion_points([spread("Improvement", 3.9)], [], [], [], NO_SEGMENTS, {})
    assert "no competency lies below its role target" in points[0]


def test_shared_patterns_are_asked_about_as_system_not_people():
    shared = UnitComparison("IMP", "Improvement", 0.3, "shared", "")
    points = discussion_points([], [], [shared], [], NO_SEGMENTS, {})
    assert "Is this about people, or about how the units are set up?" in points[0]


def test_small_tallies_are_not_quoted():
    points = discussion_points([], [SituationCount("a", "A situation", None, 0)], [], [], NO_SEGMENTS, {})
    assert not any("A situation" in point for point in points)


def test_unclear_cases_become_a_task():
    points = discussion_points([], [], [], [], NO_SEGMENTS, {"unclear": 6})
    assert any(point.startswith("For 6 managers") for point in points)


def test_an_empty_cohort_still_gets_the_closing_question():
    assert len(discussion_points([], [], [], [], NO_SEGMENTS, {})) == 1
