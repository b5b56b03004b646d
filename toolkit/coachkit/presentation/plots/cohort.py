"""The cohort's figures: spread of estimates, counts of readings, and segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from coachkit.analysis.records import CompetencySpread, SegmentSummary
from coachkit.presentation.blocks import Figure
from coachkit.presentation.narrative import join_words, points, signed
from coachkit.presentation.plots.canvas import SMALL, WIDTH, Canvas, text_width
from coachkit.presentation.plots.scale import AXIS, GUTTER, KEY, Scale, draw_grid, draw_key, row_height, target_mark
from coachkit.presentation.theme import BLUE, INK, MUTED, PAPER, SERIES, SKY

APART = 4.5  # so that equal values of two groups stay visible
SHAPES = ("circle", "diamond", "square", "triangle")
_READING_FILLS = {
    "n_priority": (BLUE, PAPER, "likely below target"),
    "n_ask": (SKY, INK, "not clear"),
    "n_strength": ("#E9EDF1", INK, "likely at or above"),
}


def cohort_spread(spread: Sequence[CompetencySpread], low: float, high: float) -> Figure:
    """Middle half and middle four fifths of the estimates, their mean and the target, furthest below first."""
    rows = sorted(spread, key=lambda row: 9.0 if row.mean is None else row.mean - row.target)
    tall = row_height(row.short_name or row.name for row in rows)
    height = KEY + tall * len(rows) + AXIS
    canvas = Canvas(height)
    scale = Scale(low, high, GUTTER + 12, WIDTH - 32)
    draw_grid(canvas, scale, KEY, height - AXIS)
    draw_key(
        canvas,
        [
            (lambda x, y: canvas.bar(x - 7, y - 4, 14, 8, SKY, 2), "middle half"),
            (lambda x, y: canvas.circle(x, y, 4.2, BLUE), "mean"),
            (lambda x, y: target_mark(canvas, x, y, 5.5), "mean target"),
        ],
    )
    for number, row in enumerate(rows):
        _draw_spread(canvas, scale, row, KEY + tall * (number + 0.5))
    known = [row for row in rows if row.mean is not None]
    told = "; ".join(f"{row.name} {points(row.mean)} against {points(row.target)}" for row in known)
    return Figure(
        svg=canvas.svg(),
        alt=f"Mean estimate against mean target, furthest below first: {told}." if told else "No means can be shown.",
        caption=(
            "The bar holds the middle half of the managers, the thin line the middle four fifths. Estimates are drawn "
            "towards the cohort's mean where few people answered, so the true spread is a little wider."
        ),
    )


def reading_counts(spread: Sequence[CompetencySpread]) -> Figure:
    """How many managers lie likely below, unclear, and likely at or above target; small counts stay hidden."""
    rows = sorted(spread, key=lambda row: (-(row.n_priority or 0), row.competency_id))
    tall = row_height(row.short_name or row.name for row in rows)
    height = KEY + tall * len(rows) + 2
    canvas = Canvas(height)
    draw_key(
        canvas,
        [(partial(_swatch, canvas, color), words) for color, _, words in _READING_FILLS.values()],
    )
    for number, row in enumerate(rows):
        _draw_counts(canvas, row, KEY + tall * (number + 0.5))
    told = "; ".join(f"{row.name} {_told(row.n_priority)}" for row in rows)
    return Figure(
        svg=canvas.svg(),
        alt=f"Managers likely below target by competency: {told}.",
        caption=(
            "Number of managers by what their results allow to say. Counts too small to show are left out and their "
            "share of the bar stays blank."
        ),
    )


def segment_profile(segments: Sequence[SegmentSummary], names: Mapping[str, str]) -> Figure:
    """Each segment's typical answers by competency, above or below its own mean, one shape per segment."""
    ids = [key for key in names if any(key in segment.centre for segment in segments)]
    values = [value for segment in segments for value in segment.centre.values()]
    reach = max([0.5, *(abs(value) for value in values)])
    is_relative = min(values, default=0.0) < 0
    tall = row_height(names[key] for key in ids)
    height = KEY + tall * len(ids) + AXIS
    top = height - AXIS - tall * len(ids)
    canvas = Canvas(height)
    low, high = (-reach, reach) if is_relative else (min(values, default=0.0), max(values, default=1.0) + 0.01)
    scale = Scale(low, high, GUTTER + 12, WIDTH - 8)
    draw_grid(canvas, scale, top, height - AXIS, signed=is_relative)
    styles = [(SHAPES[n % len(SHAPES)], SERIES[n % len(SERIES)]) for n in range(len(segments))]
    draw_key(
        canvas,
        [
            (partial(_dot, canvas, *style), f"{segment.label} ({segment.size})")
            for style, segment in zip(styles, segments, strict=True)
        ],
    )
    for number, key in enumerate(ids):
        y = top + tall * (number + 0.5)
        canvas.label(GUTTER, y, names[key], GUTTER)
        for place, ((shape, color), segment) in enumerate(zip(styles, segments, strict=True)):
            if key in segment.centre:
                at = scale.at(segment.centre[key]), y + (place - (len(segments) - 1) / 2) * APART
                canvas.marker(shape, at, 4, color, PAPER)
    return Figure(
        svg=canvas.svg(),
        alt=_describe_segments(segments, names),
        caption=(
            "Typical answers of each group, in scale points above or below the group's own mean over all "
            "competencies; the general level is left out on purpose."
        ),
    )


def _swatch(canvas: Canvas, color: str, x: float, y: float) -> None:
    canvas.bar(x - 6, y - 5, 12, 10, color)


def _dot(canvas: Canvas, shape: str, color: str, x: float, y: float) -> None:
    canvas.marker(shape, (x, y), 4, color, PAPER)


def _draw_spread(canvas: Canvas, scale: Scale, row: CompetencySpread, y: float) -> None:
    canvas.label(GUTTER, y, row.short_name or row.name, GUTTER)
    places = [scale.at(value) for value in row.quantiles]
    if len(places) >= 4:
        canvas.line((places[0], y), (places[-1], y), MUTED, 1.2)
        canvas.bar(places[1], y - 5, places[-2] - places[1], 10, SKY, 2)
    target_mark(canvas, scale.at(row.target), y)
    if row.mean is None:
        canvas.text(WIDTH, y + 3.5, "hidden", size=SMALL, anchor="end", color=MUTED)
        return
    canvas.circle(scale.at(row.mean), y, 4.2, BLUE)
    canvas.text(WIDTH, y + 3.7, points(row.mean), anchor="end", strong=True)


def _draw_counts(canvas: Canvas, row: CompetencySpread, y: float) -> None:
    canvas.label(GUTTER, y, row.short_name or row.name, GUTTER)
    left, room = GUTTER + 12, WIDTH - GUTTER - 12
    counts = [(getattr(row, key), fill, ink) for key, (fill, ink, _) in _READING_FILLS.items()]
    total = sum(count or 0 for count, _, _ in counts) + 2 * sum(count is None for count, _, _ in counts)
    for count, fill, ink in counts:
        width = room * (2 if count is None else count) / max(total, 1)
        if count:
            canvas.bar(left, y - 7.5, max(width - 1.5, 1), 15, fill)
            if width > text_width(str(count), SMALL) + 4:
                canvas.text(left + 5, y + 3.4, str(count), size=SMALL, color=ink, strong=True)
        left += width


def _told(count: int | None) -> str:
    return "a number too small to show" if count is None else str(count)


def _describe_segments(segments: Sequence[SegmentSummary], names: Mapping[str, str]) -> str:
    told = []
    for segment in segments:
        ranked = sorted((key for key in segment.centre if key in names), key=segment.centre.__getitem__)
        lowest = join_words([f"{names[key]} {signed(segment.centre[key])}" for key in ranked[:2]])
        told.append(f"{segment.label} ({segment.size} managers) lowest in {lowest}")
    return f"Typical answers of {len(segments)} groups: {'; '.join(told)}."
