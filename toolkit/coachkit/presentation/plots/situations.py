"""How probable each situation is, counted out of ten."""

from __future__ import annotations

from collections.abc import Sequence

from coachkit.analysis.records import Finding
from coachkit.presentation.blocks import Figure
from coachkit.presentation.narrative import STATUS_WORDS, in_ten
from coachkit.presentation.plots.canvas import SMALL, WIDTH, Canvas
from coachkit.presentation.theme import BLUE, MUTED, PAPER

ROW = 40.0
DOTS = 10
NAME_ROOM = 250.0


def situation_bars(findings: Sequence[Finding]) -> Figure:
    """Ten dots per situation, filled for the probability, most probable first; the verdict in words beside it."""
    ordered = sorted(findings, key=lambda finding: -(finding.probability if finding.probability is not None else -1))
    canvas = Canvas(ROW * len(ordered) + 2)
    for number, finding in enumerate(ordered):
        y = ROW * number
        recognised = finding.status == "recognised"
        canvas.label(0, y + 9, finding.title, WIDTH, anchor="start", strong=recognised)
        _draw_dots(canvas, finding.probability, y + 25)
        words = f"{in_ten(finding.probability)} · {STATUS_WORDS[finding.status]}"
        canvas.text(158, y + 28.5, words, size=SMALL, strong=recognised)
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
        x = 6 + position * 14
        is_filled = position < filled
        canvas.circle(x, y, 4.6, BLUE if is_filled else PAPER, BLUE if is_filled else MUTED)
