"""How probable each situation is, counted out of ten."""

from __future__ import annotations

from collections.abc import Sequence

from coachkit.analysis.records import Finding
from coachkit.presentation.blocks import Figure
from coachkit.presentation.narrative import STATUS_WORDS, in_ten
from coachkit.presentation.plots.canvas import SMALL, Canvas
from coachkit.presentation.theme import BLUE, MUTED, PAPER

ROW = 30.0
DOTS = 10
STEP = 10.6
NAME_ROOM = 138.0
WORDS_AT = 258.0


def situation_bars(findings: Sequence[Finding]) -> Figure:
    """Ten dots per situation, filled for the probability, most probable first; the verdict in words beside it."""
    ordered = sorted(findings, key=lambda finding: -(finding.probability if finding.probability is not None else -1))
    canvas = Canvas(ROW * len(ordered) + 2)
    for number, finding in enumerate(ordered):
        y = ROW * (number + 0.5)
        recognised = finding.status == "recognised"
        canvas.label(0, y, finding.title, NAME_ROOM, anchor="start", strong=recognised)
        _draw_dots(canvas, finding.probability, y)
        canvas.text(WORDS_AT, y - 2, in_ten(finding.probability), size=SMALL, strong=recognised)
        canvas.text(WORDS_AT, y + 9.5, STATUS_WORDS[finding.status], size=SMALL, strong=recognised)
    described = [
        f"{finding.title}: {in_ten(finding.probability)}, {STATUS_WORDS[finding.status]}" for finding in ordered
    ]
    return Figure(
        svg=canvas.svg(),
        alt=f"Probability of each situation. {'; '.join(described)}.",
        caption=(
            "Filled dots: in how many of ten equally plausible readings of your results the situation applies. "
            "Several may apply at once; none is a judgement of a person."
        ),
    )


def _draw_dots(canvas: Canvas, probability: float | None, y: float) -> None:
    filled = 0 if probability is None else min(max(round(probability * DOTS), 0), DOTS)
    for position in range(DOTS):
        x = NAME_ROOM + 12 + position * STEP
        is_filled = position < filled
        canvas.circle(x, y, 3.9, BLUE if is_filled else PAPER, BLUE if is_filled else MUTED)
