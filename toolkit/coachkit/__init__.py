"""coachkit: profiles with error bars, situations, segments, recommendations and development plans for managers."""

__version__ = "0.1.0"
