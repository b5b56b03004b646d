"""coachkit: profiles with error bars, situations, segments, recommendations and development plans for managers.

The public names below are loaded when first used, so that ``import coachkit`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "load_instrument": "coachkit.engagement.instruments",
    "open_engagement": "coachkit.engagement.folder",
    "score_cohort": "coachkit.analysis.profiles",
    "diagnose": "coachkit.engagement.shipped",
    "recommend": "coachkit.engagement.shipped",
    "segment_managers": "coachkit.analysis.segments",
    "build_plan": "coachkit.engagement.shipped",
    "run_batch": "coachkit.delivery.batch",
    "open_run": "coachkit.delivery.runs",
    "show": "coachkit.presentation.show",
    "CoachkitError": "coachkit.errors",
}
_MODULES = ("agreement", "change", "reliability", "segments")
__all__ = [
    "CoachkitError",
    "agreement",
    "build_plan",
    "change",
    "diagnose",
    "load_instrument",
    "open_engagement",
    "open_run",
    "recommend",
    "reliability",
    "run_batch",
    "score_cohort",
    "segment_managers",
    "segments",
    "show",
]

if TYPE_CHECKING:
    from coachkit import agreement, change, reliability, segments
    from coachkit.analysis.profiles import score_cohort
    from coachkit.analysis.segments import segment_managers
    from coachkit.delivery.batch import run_batch
    from coachkit.delivery.runs import open_run
    from coachkit.engagement.folder import open_engagement
    from coachkit.engagement.instruments import load_instrument
    from coachkit.engagement.shipped import build_plan, diagnose, recommend
    from coachkit.errors import CoachkitError
    from coachkit.presentation.show import show


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"coachkit.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module 'coachkit' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
