"""Seconds a workbook by size of the cohort, ours beside plain papermill, as a small SVG."""

from __future__ import annotations

import pandas as pd

from coachkit.presentation.plots.canvas import SMALL, Canvas
from coachkit.presentation.theme import BLUE, INK, MUTED, RULE, VERMILION

LEFT, RIGHT, WIDTH = 176.0, 44.0, 430.0
ROW, GAP, TOP = 17.0, 10.0, 30.0
COLORS = {"papermill + nbconvert": VERMILION}


def draw_costs(batch: pd.DataFrame) -> str:
    """Draw one bar per method, cohort and number of workers.

    Parameters
    ----------
    batch : DataFrame
        As :func:`coachkit.delivery.benchmarks.batch.benchmark_batch` gives it under ``batch``.

    Returns
    -------
    str
        A self-contained SVG; the numbers stand beside the bars.
    """
    groups = list(batch.sort_values(["managers", "per_workbook_s"]).groupby("managers", sort=True))
    canvas = Canvas(TOP + sum(ROW * len(rows) + GAP for _, rows in groups) + 8, WIDTH)
    canvas.text(0, 14, "Seconds a workbook, analysis and page included", color=INK, strong=True)
    longest = float(batch["per_workbook_s"].max())
    y = TOP
    for managers, rows in groups:
        for row in rows.itertuples():
            label = f"{managers:,} managers, {row.method}, {row.workers} {'worker' if row.workers == 1 else 'workers'}"
            canvas.text(LEFT - 6, y + 11, label, size=SMALL * 0.72, color=MUTED, anchor="end")
            width = (WIDTH - LEFT - RIGHT) * row.per_workbook_s / longest
            canvas.bar(LEFT, y + 2, width, ROW - 5, COLORS.get(row.method, BLUE))
            canvas.text(LEFT + width + 5, y + 11, f"{row.per_workbook_s:.2f}", size=SMALL, color=INK)
            y += ROW
        canvas.line((0, y + GAP / 2 - 1), (WIDTH, y + GAP / 2 - 1), RULE, 0.6)
        y += GAP
    return canvas.svg()
