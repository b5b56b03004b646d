"""From technology to the whole organisation: technically strong, and now answerable for people and output.

Performance may be entirely fine here; nothing in this module looks at it or words it.
"""

from __future__ import annotations

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.base import Case, Check, Claim, Floats, holds
from coachkit.analysis.situations.evidence import Facts, beside, number, units

TECHNICAL = "technical_strength"
WIDER = ("OUT", "OPP", "CASE")


def must(case: Case) -> Claim:
    """Technical strength, leadership behaviours in place, and a wider competency below target."""
    wider = case.below(WIDER[0])
    for scale in WIDER[1:]:
        wider = wider | case.below(scale)
    return _technically_strong(case) & ~case.below("BEH") & wider


def _technically_strong(case: Case) -> Claim:
    """TECH at or above the threshold: its own draws where it was rated, documented answers where not."""
    answered = case.claim(TECHNICAL, lambda points: points >= case.drawn("technical_strength"))
    estimate, error = case.estimate.get("TECH"), case.standard_error.get("TECH")
    if estimate is None or error is None:
        return answered
    rated = ~np.isnan(estimate)
    points = estimate[rated, None] + np.nan_to_num(error[rated, None]) * case.draws.normal["TECH"][None, :]
    is_strong = points >= case.drawn("technical_strength")
    low, mid, high = answered.low.copy(), answered.mid.copy(), answered.high.copy()
    low[rated] = mid[rated] = high[rated] = is_strong
    return Claim.known(mid) if rated.all() else Claim(low, mid, high)


def support(case: Case) -> dict[str, Floats]:
    """Much hands-on work, a recent widening of the role, little confidence, self below others."""
    hands_on, months, confidence, difference = (
        case.field(name)
        for name in (
            "time_hands_on_pct",
            "months_since_expansion",
            "confidence_in_role",
            "self_minus_others",
        )
    )
    return {
        "hands_on_time": holds(hands_on >= case.value("hands_on_pct"), ~np.isnan(hands_on)),
        "role_widened_recently": holds(months <= case.value("months_since_expansion"), ~np.isnan(months)),
        "confidence": holds(confidence <= case.value("confidence_at_most"), ~np.isnan(confidence)),
        "self_below_others": holds(difference <= case.value("self_minus_others"), ~np.isnan(difference)),
    }


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """What spoke for and against."""
    technical = facts.value(TECHNICAL)
    strong = facts.limit("technical_strength")
    found = [
        *facts.fact(
            TECHNICAL,
            technical >= strong,
            f"Technical strength is estimated at {beside(technical, strong)} of 5 "
            f"(the rule looks for {number(strong)} or more).",
        ),
        *facts.at_target("BEH"),
    ]
    for scale in WIDER:
        found += facts.below(scale)
    return (*found, *_role(facts))


def _role(facts: Facts) -> tuple[Evidence, ...]:
    share, much = facts.value("time_hands_on_pct"), facts.limit("hands_on_pct")
    months, recent = facts.value("months_since_expansion"), facts.limit("months_since_expansion")
    confidence, little = facts.value("confidence_in_role"), facts.limit("confidence_at_most")
    difference, below = facts.value("self_minus_others"), facts.limit("self_minus_others")
    return (
        *facts.fact(
            "time_hands_on_pct",
            share >= much,
            f"Hands-on technical work takes {number(share)}% of the time ({number(much)}% or more counts as a lot).",
        ),
        *facts.fact(
            "months_since_expansion",
            months <= recent,
            f"Responsibility was widened {_ago(months)} (at most {number(recent)} counts as recent).",
        ),
        *facts.fact(
            "confidence_in_role",
            confidence <= little,
            f"Confidence in the role was given as {number(confidence)} of 5.",
        ),
        *facts.fact(
            "self_minus_others",
            difference <= below,
            _self_and_others(difference),
        ),
    )


def _ago(months: float) -> str:
    return "this month" if months < 0.5 else f"{units(np.round(months), 'month')} ago"


def _self_and_others(difference: float) -> str:
    size = f"{abs(difference):.1f}"
    if size in ("0.0", "nan"):
        return "The self-assessment is level with the view of others on average."
    side = "below" if difference < 0 else "above"
    return f"The self-assessment lies {size} points {side} the view of others on average."


CHECK = Check(
    id="beyond_technology",
    fields=(TECHNICAL,),
    scales=("BEH", *WIDER),
    thresholds=(
        "technical_strength",
        "hands_on_pct",
        "months_since_expansion",
        "confidence_at_most",
        "self_minus_others",
    ),
    supports=("hands_on_time", "role_widened_recently", "confidence", "self_below_others"),
    must=must,
    support=support,
    evidence=evidence,
)
