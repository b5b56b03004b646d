"""From findings to a development plan: priorities, goals, actions, sessions and measures."""

from coachkit.analysis.planning.library import PlanLibrary
from coachkit.analysis.planning.plan import build_plan

__all__ = ["PlanLibrary", "build_plan"]
