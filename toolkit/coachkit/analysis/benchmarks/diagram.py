"""The reliability diagram: claimed probabilities of a gap against how often there was one, as a small SVG."""

from __future__ import annotations

import pandas as pd

SIDE, LEFT, TOP = 360, 64, 40
STYLES = {"ours": ("#0B3C5D", "circle", "coachkit"), "alpha": ("#D55E00", "square", "bars from Cronbach's alpha")}


def draw_reliability(calibration: pd.DataFrame) -> str:
    """Draw claimed against happened, all cohort sizes pooled.

    Parameters
    ----------
    calibration : DataFrame
        As :func:`coachkit.analysis.benchmarks.accuracy.calibrate_gaps` returns it.

    Returns
    -------
    str
        A self-contained SVG with a title and a description for screen readers.
    """
    parts = [_frame()]
    for number, (method, (color, shape, label)) in enumerate(STYLES.items()):
        rows = calibration[calibration["method"] == method]
        pooled = rows.assign(c=rows["claimed"] * rows["n"], h=rows["happened"] * rows["n"]).groupby("bin")
        sums = pooled[["c", "h", "n"]].sum()
        points = [(_x(c / n), _y(h / n)) for c, h, n in sums.itertuples(index=False)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [_mark(x, y, color, shape) for x, y in points]
        y = TOP + 24 + 22 * number
        parts += [_mark(LEFT + 20, y, color, shape), _text(LEFT + 32, y + 4, label)]
    return "\n".join([*parts, "</svg>\n"])


def _x(value: float) -> float:
    return LEFT + SIDE * value


def _y(value: float) -> float:
    return TOP + SIDE * (1 - value)


def _frame() -> str:
    width, height = LEFT + SIDE + 24, TOP + SIDE + 60
    ticks = [
        _text(_x(v / 10), TOP + SIDE + 20, f"{v * 10} %", "middle")
        + _text(LEFT - 8, _y(v / 10) + 4, f"{v * 10} %", "end")
        for v in range(0, 11, 2)
    ]
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12">'
            ),
            "<title>Reliability diagram of P(true score below target)</title>",
            "<desc>Claimed probability across, share truly below target upwards; on the diagonal both agree.</desc>",
            f'<rect width="{width}" height="{height}" fill="#FFFFFF"/>',
            _text(LEFT, 22, "Of managers given this probability of a gap, how many had one?"),
            f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888888"/>',
            f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#888888" stroke-dasharray="4 4"/>',
            *ticks,
            _text(_x(0.5), TOP + SIDE + 44, "probability given", "middle"),
        ]
    )


def _mark(x: float, y: float, color: str, shape: str) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{color}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222222">{text}</text>'
