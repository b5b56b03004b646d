"""What to discuss in the workshop: questions drawn from the cohort's own findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coachkit.analysis.records import CompetencySpread, SegmentReport, SituationCount, UnitComparison, UnitFinding


def discussion_points(
    spread: Sequence[CompetencySpread],
    situations: Sequence[SituationCount],
    comparisons: Sequence[UnitComparison],
    unit_findings: Sequence[UnitFinding],
    segments: SegmentReport,
    outcomes: Mapping[str, int],
    least_count: int = 5,
) -> tuple[str, ...]:
    """Word four to seven questions a facilitator can put to the room, most consequential first.

    Each rests on one finding of the report; none names a person, a unit too small to be shown or a
    count below ``least_count``.
    """
    points = [
        _largest_gap(spread),
        _strength(spread),
        *(_unit_question(unit) for unit in unit_findings if unit.finding.status == "recognised"),
        _shared_pattern(comparisons),
        _situations(situations),
        _unclear(outcomes, least_count),
        _segments(segments),
        "In six months' time, which one change in this group would customers or colleagues notice first, and who would tell us?",
    ]
    return tuple(point for point in points if point)


def _gap(row: CompetencySpread) -> float:
    return (row.mean or 0.0) - row.target


def _largest_gap(spread: Sequence[CompetencySpread]) -> str:
    known = [row for row in spread if row.mean is not None]
    if not known:
        return ""
    row = min(known, key=_gap)
    if _gap(row) >= 0:
        return (
            "On average no competency lies below its role target. Where would we still gain most if everyone moved up "
            "by half a point?"
        )
    is_clear = row.mean_high is not None and row.mean_high < row.target
    where = (
        "lies furthest below its role target for the group as a whole"
        if is_clear
        else "comes out lowest against its role target, though within error"
    )
    return (
        f"{row.name} {where}. What in the way we plan, meet and reward makes it hard to do, and what could we change "
        "this quarter?"
    )


def _strength(spread: Sequence[CompetencySpread]) -> str:
    known = [row for row in spread if row.mean is not None]
    if not known or _gap(max(known, key=_gap)) < 0:
        return ""
    row = max(known, key=_gap)
    return f"{row.name} is what this group does best. Who does it well enough to show the others, and on which real piece of work?"


def _unit_question(unit: UnitFinding) -> str:
    return (
        f"{unit.unit_name} shows a pattern that its managers share. What would its leaders have to stop, start or protect so "
        "that improvement fits into a normal week?"
    )


def _shared_pattern(comparisons: Sequence[UnitComparison]) -> str:
    shared = [row for row in comparisons if row.verdict == "shared"]
    if not shared:
        return ""
    names = " and ".join(row.name for row in sorted(shared, key=lambda row: -(row.icc1 or 0.0))[:2])
    return f"On {names} it makes a difference which unit a manager works in. Is this about people, or about how the units are set up?"


def _situations(situations: Sequence[SituationCount]) -> str:
    known = [row for row in situations if row.n_recognised]
    if not known:
        return ""
    row = max(known, key=lambda entry: entry.n_recognised or 0)
    return (
        f"The most frequent situation is \u201c{row.title}\u201d ({row.n_recognised} managers). What did we do, or leave out, that "
        "brought so many people into it at once?"
    )


def _unclear(outcomes: Mapping[str, int], least: int) -> str:
    n_unclear = outcomes.get("unclear", 0)
    if not n_unclear:
        return ""
    some = str(n_unclear) if n_unclear >= least else "a few"
    return (
        f"For {some} managers the figures leave the situation open. Each report names the one question that would settle it: "
        "who asks it, and by when?"
    )


def _segments(segments: SegmentReport) -> str:
    if segments.verdict != "segments":
        return ""
    names = "; ".join(segment.name for segment in segments.segments)
    return f"The answers fall into groups ({names}). Do these groups match how we would offer support, or would we cut it differently?"
