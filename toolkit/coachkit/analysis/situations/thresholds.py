"""The numbers that decide, as frozen records: thresholds, answers to expect, weights of supports.

They are read from ``templates/situations.yaml`` by :mod:`coachkit.engagement.rules`; no number that decides
stands in code. ``status: default`` marks a starting value that has not been validated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from coachkit.errors import SettingsError, listed, nearest

Status = Literal["default", "validated"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number that decides, with its unit, source and status.

    ``varies`` says whether the engine moves it by the engine's ``threshold_spread`` from draw to draw; whole
    ratings and counts do not vary, because there is nothing between them.
    """

    value: float
    unit: str
    meaning: str
    source: str
    status: Status = "default"
    varies: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer a missing field might have: its number, how often to expect it (0-1), and its wording."""

    value: float
    share: float
    wording: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A context field: what it is called, how a coach would ask for it, and what to expect when it is missing.

    Fields that only support a situation need no ``answers``.
    """

    label: str
    question: str
    source: str = ""
    status: Status = "default"
    answers: tuple[Answer, ...] = ()

    def __post_init__(self) -> None:
        if self.answers and abs(sum(answer.share for answer in self.answers) - 1) > 1e-6:
            total = sum(answer.share for answer in self.answers)
            raise SettingsError(
                f"answers of field {self.label!r} have shares that add up to {total:.3f}; they must add up to 1."
            )


@dataclass(frozen=True, slots=True)
class SituationRule:
    """One situation: its title for clients, its thresholds, and the weight of each support in log-odds."""

    title: str
    description: str
    question: str
    if_recognised: str
    if_not_recognised: str
    thresholds: dict[str, Threshold]
    supports: dict[str, Threshold]


@dataclass(frozen=True, slots=True)
class SituationRules:
    """Everything in ``templates/situations.yaml``."""

    version: str
    engine: dict[str, Threshold]
    units: dict[str, Threshold]
    fields: dict[str, FieldRule]
    situations: dict[str, SituationRule]

    def engine_value(self, name: str) -> float:
        """Value of one engine threshold."""
        return self.engine[name].value

    def unit_value(self, name: str) -> float:
        """Value of one threshold of the comparison between units."""
        return self.units[name].value

    def threshold(self, situation_id: str, name: str) -> Threshold:
        """One threshold of one situation."""
        return self.situations[situation_id].thresholds[name]

    def label(self, field_id: str) -> str:
        """A field in plain words; the id with spaces when the rules do not name it."""
        rule = self.fields.get(field_id)
        return rule.label if rule else field_id.replace("_", " ")


def require_names(where: str, given: Mapping[str, object], expected: Iterable[str]) -> None:
    """Refuse a section of the rules whose names are not exactly those the engine asks for.

    Raises
    ------
    SettingsError
        Naming what is missing, what is unknown and the nearest name.

    Examples
    --------
    >>> require_names("engine", {"margn": 1}, ["margin"])
    Traceback (most recent call last):
    ...
    coachkit.errors.SettingsError: engine lacks 'margin'; unknown name 'margn'. Closest: 'margin'.
    """
    wanted = tuple(expected)
    missing = [name for name in wanted if name not in given]
    unknown = [name for name in given if name not in wanted]
    if not missing and not unknown:
        return
    parts = [f"lacks {listed(missing)}"] if missing else []
    parts += [f"unknown name {name!r}. {nearest(name, wanted)}" for name in unknown]
    raise SettingsError(f"{where} {'; '.join(parts)}")
