"""Presentation: meaning -> blocks, figures and sentences. Never touches files."""
