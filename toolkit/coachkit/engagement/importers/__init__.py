"""Survey exports: which columns hold which item, which rows are finished answers, and what is left out."""

from coachkit.engagement.importers.export import read_export

__all__ = ["read_export"]
