"""Engagement: the client's folder, its settings, its tables and the templates the toolkit ships."""
