"""Segments: groups of similar answers, with their stability, or a reasoned refusal to form any."""
