"""The name under which papermill knows our engine: ``papermill --engine coachkit-inprocess in.ipynb out.ipynb``.

papermill loads engines while it is being imported itself, so that this module must not import it.
"""

from __future__ import annotations

from typing import Any


class _Door(type):
    """Looks everything up in the engine itself, once papermill asks for it."""

    def __getattr__(cls, name: str) -> Any:  # noqa: ANN401 - whatever the engine has
        from coachkit.delivery.inprocess import InProcessEngine

        return getattr(InProcessEngine, name)


class InProcessDoor(metaclass=_Door):
    """Stands for :class:`coachkit.delivery.inprocess.InProcessEngine`."""
