"""Tabular files: strict CSV and XLSX, problems named by row and column, values typed by the specification."""
