"""What the numbers of an instrument file may not contradict: the scale, its anchors, minimums, targets."""

from __future__ import annotations

import math
from collections.abc import Iterator

from coachkit.core.cohort import FLOOR
from coachkit.engagement.instrument_shape import Flaw, InstrumentFile, RaterGroupFile, ResponseFormatFile, Sourced
from coachkit.errors import listed, nearest

#: Up to this many points every point needs a label (labelled points are answered more reliably: Krosnick &
#: Presser 2010, Handbook of Survey Research, ch. 9); a longer scale (0-10, percent) needs at least both ends.
FULLY_LABELLED = 7
MOST_POINTS = 1001  # a percent scale in tenths; finer answers are not ratings


# ------------------------------------------------------------------ response format
def check_scale(file: InstrumentFile) -> Iterator[Flaw]:
    """The answers on offer: ends, steps and labels."""
    scale = file.response_format
    if scale.high <= scale.low:
        yield Flaw(
            "response_format.high",
            f"{scale.high:g}",
            f"is not above low ({scale.low:g})",
            "swap or correct them.",
        )
    elif scale.step <= 0 or not _is_whole((scale.high - scale.low) / scale.step):
        what = f"does not divide the range {scale.low:g} to {scale.high:g}"
        yield Flaw("response_format.step", f"{scale.step:g}", what, "use a step that reaches high exactly.")
    elif _n_points(scale) > MOST_POINTS:
        what = f"makes {_n_points(scale):,} different answers; at most {MOST_POINTS:,} are possible"
        yield Flaw("response_format.step", f"{scale.step:g}", what, "use a larger step.")
    else:
        yield from _anchors(scale)


def _anchors(scale: ResponseFormatFile) -> Iterator[Flaw]:
    path = "response_format.anchors"
    seen_values: set[float] = set()
    seen_labels = {scale.not_observed.strip().casefold()} if scale.not_observed else set()
    for place, anchor in enumerate(scale.anchors):
        here, value = f"{path}[{place}]", anchor.value
        if not scale.low <= value <= scale.high:
            yield Flaw(
                here,
                f"{value:g}",
                f"is outside {scale.low:g} to {scale.high:g}",
                "correct value, low or high.",
            )
        elif not _is_whole((value - scale.low) / scale.step):
            yield Flaw(here, f"{value:g}", f"is between the steps of {scale.step:g}", "correct value or step.")
        if value in seen_values:
            yield Flaw(here, f"{value:g}", "is labelled twice", "keep one label for each value.")
        if not anchor.label.strip():
            yield Flaw(here, f"{value:g}", "has an empty label", "say what this answer means.")
        if anchor.label.strip().casefold() in seen_labels:
            yield Flaw(here, anchor.label, "is used for two answers", "give each answer its own label.")
        seen_values.add(value)
        seen_labels.add(anchor.label.strip().casefold())
    missing = [f"{value:g}" for value in _points_to_label(scale) if value not in seen_values]
    if missing:
        fix = f"label every point; above {FULLY_LABELLED} points, at least both ends."
        yield Flaw(path, ", ".join(missing), "has no label (a gap in the anchors)", fix)


def _points_to_label(scale: ResponseFormatFile) -> list[float]:
    n_points = _n_points(scale)
    if n_points > FULLY_LABELLED:
        return [scale.low, scale.high]
    return [round(scale.low + place * scale.step, 9) for place in range(n_points)]


def _n_points(scale: ResponseFormatFile) -> int:
    return round((scale.high - scale.low) / scale.step) + 1


# ------------------------------------------------------------------ rater groups and targets
def check_groups(file: InstrumentFile) -> Iterator[Flaw]:
    """The rater groups: one self at most, somebody else at least, minimums at or above the floor."""
    selves = [name for name, group in file.rater_groups.items() if group.is_self]
    others = [group for group in file.rater_groups.values() if not group.is_self]
    for name in selves[1:]:
        yield Flaw(f"rater_groups.{name}.is_self", "true", f"{selves[0]} is the self group already", "keep one.")
    if not others:
        yield Flaw(
            "rater_groups",
            listed(selves),
            "has no group of other people",
            "add who rates besides the person.",
        )
    elif all(group.weight is not None and group.weight.value == 0 for group in others):
        yield Flaw(
            "rater_groups",
            "0",
            "gives every group of others the weight 0",
            "give at least one a weight above 0.",
        )
    for name, group in file.rater_groups.items():
        yield from _group(f"rater_groups.{name}", group)


def _group(path: str, group: RaterGroupFile) -> Iterator[Flaw]:
    if not group.label.strip():
        yield Flaw(f"{path}.label", "", "is empty", "name the group as reports should print it.")
    if group.minimum is not None:
        yield from _minimum(f"{path}.minimum", group)
        yield from _sourced(f"{path}.minimum", group.minimum)
    if group.weight is not None:
        yield from _number(f"{path}.weight", group.weight, 0, 100)
    if group.single_rater_reliability is not None:
        yield from _number(f"{path}.single_rater_reliability", group.single_rater_reliability, 0.01, 0.99)


def _minimum(path: str, group: RaterGroupFile) -> Iterator[Flaw]:
    number = group.minimum.value if group.minimum else 0
    is_confidential = group.is_confidential if group.is_confidential is not None else not group.is_self
    floor = FLOOR if is_confidential else 1
    if number < floor or not _is_whole(number):
        what = f"is not a whole number of at least {floor}"
        fix = f"raise it to {floor}"
        if is_confidential:
            fix += ", or set is_confidential: false for a group that is told so before it answers"
        yield Flaw(f"{path}.value", f"{number:g}", what, f"{fix}.")
    if group.is_self and number > 1:
        yield Flaw(f"{path}.value", f"{number:g}", "is more than one self-rating", "set it to 1, or leave it out.")


def check_levels(file: InstrumentFile) -> Iterator[Flaw]:
    """The role levels: targets on the scale, for competencies that exist."""
    scale = file.response_format
    if not file.role_levels:
        yield Flaw("role_levels", "", "is empty", "give at least one level with its target.")
    for name, level in file.role_levels.items():
        path = f"role_levels.{name}"
        yield from _number(f"{path}.target", level.target, scale.low, scale.high)
        for competency_id, target in level.targets.items():
            here = f"{path}.targets.{competency_id}"
            if competency_id not in file.competencies:
                yield Flaw(
                    here,
                    competency_id,
                    "is not a competency",
                    nearest(competency_id, list(file.competencies)),
                )
            yield from _number(here, target, scale.low, scale.high)


# ------------------------------------------------------------------ numbers
def check_share(path: str, number: Sourced) -> Iterator[Flaw]:
    """A share from just above 0 to 1, with its source."""
    yield from _number(path, number, 0.01, 1)


def _number(path: str, number: Sourced, low: float, high: float) -> Iterator[Flaw]:
    if not low <= number.value <= high:
        what = f"is not a number from {low:g} to {high:g}"
        yield Flaw(f"{path}.value", f"{number.value:g}", what, "correct it.")
    yield from _sourced(path, number)


def _sourced(path: str, number: Sourced) -> Iterator[Flaw]:
    if not number.source.strip():
        yield Flaw(f"{path}.source", "", "is empty", "say where the number comes from.")


def _is_whole(number: float) -> bool:
    return math.isclose(number, round(number), abs_tol=1e-9)
