"""One manager's figures: estimates with their uncertainty, and self beside others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coachkit.analysis.records import CompetencyScore, Reading
from coachkit.presentation.blocks import Figure
from coachkit.presentation.narrative import READING_TITLES, in_ten, join_words, points, short, signed
from coachkit.presentation.plots.canvas import SMALL, WIDTH, Canvas
from coachkit.presentation.plots.scale import AXIS, GUTTER, KEY, Scale, draw_grid, draw_key, row_height, target_mark
from coachkit.presentation.theme import BLUE, INK, MUTED, PAPER, RULE, SKY, VERMILION

GROUP = 21.0  # height of a group's heading


def dot_plot(
    scores: Sequence[CompetencyScore],
    low: float,
    high: float,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> Figure:
    """Estimates with 95% intervals beside target and self-rating, grouped by what they allow to say.

    Parameters
    ----------
    scores : sequence of CompetencyScore
        In any order; rows are grouped by reading and sorted by the probability of lying below target.
    low, high : float
        Ends of the rating scale.
    ranges : mapping of competency id to (low, high), optional
        Where the middle eight in ten of the cohort lie, drawn as a thin line with ends.
    """
    groups = [(reading, _of_reading(scores, reading)) for reading in READING_TITLES]
    groups = [(reading, members) for reading, members in groups if members]
    row = row_height(short(score) for score in scores)
    height = KEY + sum(GROUP + row * len(members) for _, members in groups) + AXIS
    canvas = Canvas(height)
    scale = Scale(low, high, GUTTER + 12, WIDTH - 32)
    draw_grid(canvas, scale, KEY + GROUP, height - AXIS)
    draw_key(
        canvas,
        [
            (lambda x, y: _estimate(canvas, x, y, x - 7, x + 7), "others, with 95% range"),
            (lambda x, y: target_mark(canvas, x, y, 5.5), "target"),
            (lambda x, y: canvas.marker("diamond", (x, y), 3.4, PAPER, VERMILION), "you"),
            *([(lambda x, y: _cohort(canvas, x - 7, x + 7, y), "middle 8 in 10 managers")] if ranges else []),
        ],
    )
    y = KEY
    for reading, members in groups:
        canvas.bar(0, y + 2, WIDTH, GROUP - 5, PAPER)
        canvas.text(0, y + 14, READING_TITLES[reading], size=SMALL, color=MUTED, strong=True)
        canvas.line((0, y + 18.5), (WIDTH, y + 18.5), RULE, 0.8)
        y += GROUP
        for score in members:
            _draw_score(canvas, scale, score, y + row / 2)
            if ranges and score.competency_id in ranges:
                left, right = ranges[score.competency_id]
                _cohort(canvas, scale.at(left), scale.at(right), y + row / 2 + 7.5)
            y += row
    return Figure(
        svg=canvas.svg(),
        alt=_describe(groups),
        caption=(
            "Read it like this: the dot is the best estimate of how others see you, the pale bar the range in which "
            "the true value lies 19 times out of 20. The more of a bar lies on one side of the upright target mark, "
            f"the surer the reading. Scale {low:g} to {high:g}; the number on the right is the estimate."
        ),
    )


def self_other_plot(scores: Sequence[CompetencyScore], low: float, high: float) -> Figure:
    """Own rating and others' mean per competency, differences beyond the error drawn strong."""
    rated = [score for score in scores if score.self_score is not None and score.others is not None]
    rated.sort(key=lambda score: -_apart(score))
    row = row_height(short(score) for score in rated)
    height = KEY + row * len(rated) + AXIS
    canvas = Canvas(height)
    scale = Scale(low, high, GUTTER + 12, WIDTH - 36)
    draw_grid(canvas, scale, KEY, height - AXIS)
    draw_key(
        canvas,
        [
            (lambda x, y: canvas.circle(x, y, 4.2, BLUE), "others"),
            (lambda x, y: canvas.marker("diamond", (x, y), 3.4, PAPER, VERMILION), "you"),
            (lambda x, y: canvas.line((x - 7, y), (x + 7, y), INK, 2.2), "more than chance explains"),
        ],
    )
    for number, score in enumerate(rated):
        y = KEY + row * (number + 0.5)
        clear = is_clear(score)
        canvas.label(GUTTER, y, short(score), GUTTER, strong=clear)
        ends = (scale.at(score.others or low), y), (scale.at(score.self_score or low), y)
        canvas.line(*ends, INK if clear else RULE, 2.2 if clear else 1.6)
        canvas.circle(*ends[0], 4.2, BLUE)
        canvas.marker("diamond", ends[1], 3.4, PAPER, VERMILION)
        canvas.text(WIDTH, y + 3.7, signed(_apart(score)), anchor="end", strong=clear)
    clear_names = [f"{s.name} ({signed(_apart(s))})" for s in rated if is_clear(s)]
    finding = f"clear differences in {join_words(clear_names)}" if clear_names else "no difference is beyond error"
    return Figure(
        svg=canvas.svg(),
        alt=f"Own rating minus others' rating for {len(rated)} competencies: {finding}.",
        caption=(
            "Own rating minus the mean of the others, largest first. A strong line marks a difference larger than the "
            "measurement error of both; smaller ones may be chance."
        ),
    )


def _apart(score: CompetencyScore) -> float:
    """Own rating minus the others' mean, where both are known."""
    return 0.0 if score.self_score is None or score.others is None else score.self_score - score.others


def is_clear(score: CompetencyScore) -> bool:
    """Whether self and others differ by more than the error of both."""
    return score.self_other.verdict in {"over", "under"}


def _of_reading(scores: Sequence[CompetencyScore], reading: str) -> list[CompetencyScore]:
    members = [score for score in scores if score.reading == reading]
    return sorted(members, key=lambda score: -(score.p_below_target or 0.0))


def _cohort(canvas: Canvas, left: float, right: float, y: float) -> None:
    canvas.line((left, y), (right, y), MUTED, 1.2)
    for x in (left, right):
        canvas.line((x, y - 2.2), (x, y + 2.2), MUTED, 1.2)


def _estimate(canvas: Canvas, x: float, y: float, left: float, right: float) -> None:
    canvas.bar(left, y - 4, right - left, 8, SKY, radius=4)
    canvas.circle(x, y, 4.4, BLUE)


def _draw_score(canvas: Canvas, scale: Scale, score: CompetencyScore, y: float) -> None:
    canvas.label(GUTTER, y, short(score), GUTTER)
    if score.estimate is None:
        canvas.text(scale.left + 4, y + 3.5, "too few answers", size=SMALL, color=MUTED)
    else:
        low = score.estimate if score.low is None else score.low
        high = score.estimate if score.high is None else score.high
        canvas.bar(scale.at(low), y - 4, scale.at(high) - scale.at(low), 8, SKY, radius=4)
    target_mark(canvas, scale.at(score.target), y)
    if score.estimate is not None:
        canvas.circle(scale.at(score.estimate), y, 4.4, BLUE)
        canvas.text(WIDTH, y + 3.7, points(score.estimate), anchor="end", strong=True)
    if score.self_score is not None:
        canvas.marker("diamond", (scale.at(score.self_score), y), 3.4, PAPER, VERMILION)


def _describe(groups: list[tuple[Reading, list[CompetencyScore]]]) -> str:
    sentences = []
    for reading, members in groups:
        names = [
            f"{s.name} {points(s.estimate)} (range {points(s.low)} to {points(s.high)}, target {points(s.target)}, "
            f"{in_ten(s.p_below_target)} below)"
            if s.estimate is not None
            else s.name
            for s in members
        ]
        sentences.append(f"{READING_TITLES[reading]}: {'; '.join(names)}.")
    return " ".join(["Estimates of all competencies with 95% ranges.", *sentences])
