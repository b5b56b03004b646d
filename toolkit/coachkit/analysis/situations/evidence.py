"""Sentences that carry numbers: what is known about one manager, worded without judging the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.analysis.wording import in_ten

EVEN = in_ten(0.5)


def number(value: float, decimals: int = 1) -> str:
    """Word a number without needless decimals.

    Examples
    --------
    >>> number(4.0), number(4.25)
    ('4', '4.2')
    """
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.{decimals}f}"


def beside(value: float, limit: float) -> str:
    """Word a value with one decimal; one that only rounds up to its limit is said to lie just under it.

    Examples
    --------
    >>> beside(4.21, 4.0), beside(3.97, 4.0), beside(3.81, 4.0)
    ('4.2', 'just under 4', '3.8')
    """
    return f"just under {number(limit)}" if value < limit <= round(value, 1) else f"{value:.1f}"


def units(value: float, noun: str) -> str:
    """Word a number with its noun in the right form.

    Examples
    --------
    >>> units(1.0, "month"), units(0.0, "hour"), units(2.5, "month")
    ('1 month', '0 hours', '2.5 months')
    """
    return f"{number(value)} {noun}" if value == 1 else f"{number(value)} {noun}s"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one manager (or unit), for wording evidence; missing facts are NaN."""

    rules: SituationRules
    situation_id: str
    context: Mapping[str, float]
    estimate: Mapping[str, float]
    p_below: Mapping[str, float]
    target: Mapping[str, float]
    names: Mapping[str, str]
    profile_ids: tuple[str, ...]

    def value(self, field: str) -> float:
        """A context field as a number; NaN = missing."""
        return self.context.get(field, np.nan)

    def limit(self, name: str, situation_id: str | None = None) -> float:
        """Nominal value of a threshold."""
        return self.rules.threshold(situation_id or self.situation_id, name).value

    def named(self, scale: str) -> str:
        """A competency's name in quotation marks, or its id where the instrument has no such scale."""
        return f"“{self.names[scale]}”" if scale in self.names else scale

    def below(self, scale: str) -> tuple[Evidence, ...]:
        """Word the chance of lying below the role target; empty when there is no score."""
        return self._chance(scale, "lies below", self.p_below.get(scale, np.nan))

    def at_target(self, scale: str) -> tuple[Evidence, ...]:
        """Word the chance of lying at or above the role target; a clear strength is named as one."""
        chance = 1 - self.p_below.get(scale, np.nan)
        is_strength = chance >= self.rules.engine_value("clear_gap")
        return self._chance(scale, "is at or above", chance, ", a strength to build on" if is_strength else "")

    def _chance(self, scale: str, where: str, chance: float, remark: str = "") -> tuple[Evidence, ...]:
        if np.isnan(chance):
            return ()
        text = f"The chance that {self.named(scale)} {where} the role target is {in_ten(chance)}{remark}."
        if in_ten(chance) == EVEN:
            return (context_note(f"{text[:-1]}, which speaks for neither side.", scale),)
        return (Evidence(text, direction(chance >= 0.5), scale),)

    def fact(self, field: str, is_for: bool, text: str) -> tuple[Evidence, ...]:
        """Word a known field; empty when it is missing."""
        return () if np.isnan(self.value(field)) else (Evidence(text, direction(is_for), field),)


def direction(is_for: bool) -> Literal["for", "against"]:
    """``for`` or ``against``."""
    return "for" if is_for else "against"


def context_note(text: str, field: str = "") -> Evidence:
    """A remark that neither speaks for nor against."""
    return Evidence(text, "context", field)
