"""Segments: groups of similar answers, with their stability, or a reasoned refusal to form any."""

from coachkit.analysis.segments.archetypes import archetype_shapes, resemble_archetypes
from coachkit.analysis.segments.estimator import NeedSegments
from coachkit.analysis.segments.matching import match_archetypes
from coachkit.analysis.segments.result import LIMITS, SegmentResult, segment_managers
from coachkit.analysis.segments.saved import SegmentSolution, solution_from_json, solution_to_json

__all__ = [
    "LIMITS",
    "NeedSegments",
    "SegmentResult",
    "SegmentSolution",
    "archetype_shapes",
    "match_archetypes",
    "resemble_archetypes",
    "segment_managers",
    "solution_from_json",
    "solution_to_json",
]
