"""Tabular files: strict CSV and XLSX, problems named by row and column, values typed by the specification."""

from coachkit.engagement.tabular.reading import read_table

__all__ = ["read_table"]
