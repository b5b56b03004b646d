"""Segments by development need. The public door to ``coachkit.analysis.segments``."""

from coachkit.analysis.segments import *  # noqa: F403 - a door, its list of names is the package's own
from coachkit.analysis.segments import __all__ as __all__
