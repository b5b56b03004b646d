"""Draws one answer from the probabilities: recognised, unclear, none of the five, no intervention, not enough data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coachkit.analysis.situations.thresholds import SituationRules

Status = Literal["recognised", "possible", "unlikely", "cannot_tell"]
Outcome = Literal["recognised", "unclear", "none_of_the_five", "no_intervention", "not_enough_data"]

MAY_STAND_TOGETHER = (frozenset({"new_manager", "beyond_technology"}),)
UNIT_SITUATION = "stale_organisation"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the outcome rests on for one manager.

    ``probability`` holds the four situations of a person; ``undecided`` those that hang on something missing;
    ``shares_unit_pattern`` is True if the unit's situation is recognised and this manager shares its pattern.
    """

    probability: Mapping[str, float]
    undecided: frozenset[str]
    shares_unit_pattern: bool
    n_clear_gaps: int
    share_scored: float


def status_of(low: float, mid: float, high: float, rules: SituationRules) -> Status:
    """Status of one situation; ``cannot_tell`` when what is missing decides whether it is recognised.

    NaN (nothing known at all) is ``cannot_tell`` too.

    Examples
    --------
    >>> from coachkit.engagement.rules import load_situation_rules
    >>> rules = load_situation_rules()
    >>> status_of(0.7, 0.7, 0.7, rules), status_of(0.0, 0.2, 0.7, rules)
    ('recognised', 'cannot_tell')
    """
    recognised = rules.engine_value("recognised")
    if mid != mid or low < recognised <= high:
        return "cannot_tell"
    if mid >= recognised:
        return "recognised"
    return "possible" if mid >= rules.engine_value("possible") else "unlikely"


def decide(standing: Standing, rules: SituationRules) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome and its headline situations (the leading one when unclear, none otherwise)."""
    decided = {name: p for name, p in standing.probability.items() if name not in standing.undecided}
    best = max(decided, key=lambda name: decided[name], default=None)
    top = decided[best] if best is not None else 0.0
    if best is not None and top >= rules.engine_value("recognised"):
        headline = _headline(best, decided, rules)
        return ("recognised", headline) if _leads(headline, top, standing, rules) else ("unclear", headline)
    if standing.shares_unit_pattern:
        return "recognised", (UNIT_SITUATION,)
    if standing.share_scored < rules.engine_value("least_share_scored"):
        return "not_enough_data", ()
    leading = max(standing.probability, key=lambda name: standing.probability[name], default=None)
    if leading is not None and (standing.undecided or top >= rules.engine_value("possible")):
        return "unclear", (leading,)
    return ("none_of_the_five" if standing.n_clear_gaps else "no_intervention"), ()


def _headline(best: str, decided: Mapping[str, float], rules: SituationRules) -> tuple[str, ...]:
    """The best situation and any other recognised one that may stand beside it, in the order of the rules."""
    limit = rules.engine_value("recognised")
    partners = {name for name in decided if decided[name] >= limit and _may_stand(best, name)}
    return tuple(name for name in decided if name == best or name in partners)


def _leads(headline: tuple[str, ...], top: float, standing: Standing, rules: SituationRules) -> bool:
    rivals = [
        p
        for name, p in standing.probability.items()
        if name not in headline and not any(_may_stand(name, chosen) for chosen in headline)
    ]
    return top - max(rivals, default=0.0) >= rules.engine_value("margin") - 1e-9


def _may_stand(one: str, other: str) -> bool:
    return frozenset({one, other}) in MAY_STAND_TOGETHER
