"""Figures as SVG: small, the same bytes on every run, text kept as text, readable on a phone."""

from coachkit.presentation.plots.cohort import cohort_spread, reading_counts, segment_profile
from coachkit.presentation.plots.profile import dot_plot, self_other_plot
from coachkit.presentation.plots.situations import situation_bars

__all__ = [
    "cohort_spread",
    "dot_plot",
    "reading_counts",
    "segment_profile",
    "self_other_plot",
    "situation_bars",
]
