"""Presentations by python-pptx: an empty one, slides, tables, charts."""
