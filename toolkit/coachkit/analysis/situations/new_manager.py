"""New to managing people: recently promoted into management without earlier experience of it."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.base import Case, Check, Claim, Floats, holds
from coachkit.analysis.situations.evidence import Facts, context_note, direction, number, units

PRIOR = "months_managing_people_before_role"
MONTHS = "months_in_role"


def must(case: Case) -> Claim:
    """Little earlier people management, and a short time in the role."""
    inexperienced = case.claim(PRIOR, lambda months: months < case.drawn("prior_management_months"))
    recent = case.claim(MONTHS, lambda months: months <= case.drawn("months_in_role"))
    return inexperienced & recent


def support(case: Case) -> dict[str, Floats]:
    """People and team scores below target, and little management training."""
    hours = case.field("management_training_hours")
    return {
        "people_below_target": case.p_below("PEO"),
        "team_below_target": case.p_below("TEAM"),
        "few_training_hours": holds(hours < case.value("training_hours"), ~np.isnan(hours)),
    }


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """What spoke for and against."""
    found = [*_experience(facts), *_time_in_role(facts), *facts.below("PEO"), *facts.below("TEAM")]
    hours, few = facts.value("management_training_hours"), facts.limit("training_hours")
    found += facts.fact(
        "management_training_hours",
        hours < few,
        f"Management training so far: {units(hours, 'hour')} (fewer than {number(few)} counts as little).",
    )
    early = facts.limit("performance_too_early_months")
    if facts.value(MONTHS) < early:
        found.append(
            context_note(
                f"With fewer than {number(early)} months in the role it is too early to judge performance; "
                "a performance rating is left out of account.",
                "performance_vs_expectations",
            )
        )
    return tuple(found)


def _experience(facts: Facts) -> tuple[Evidence, ...]:
    before, limit = facts.value(PRIOR), facts.limit("prior_management_months")
    if np.isinf(before):
        return (Evidence("This is not the first management role.", "against", PRIOR),)
    return facts.fact(
        PRIOR,
        before < limit,
        f"Managed people for {units(before, 'month')} before this role (the rule looks for fewer than {number(limit)}).",
    )


def _time_in_role(facts: Facts) -> tuple[Evidence, ...]:
    months, limit = facts.value(MONTHS), facts.limit("months_in_role")
    if np.isnan(months):
        return ()
    text = f"Months in the present role: {number(months)} (the rule looks for at most {number(limit)})."
    return (Evidence(text, direction(months <= limit), MONTHS),)


CHECK = Check(
    id="new_manager",
    fields=(PRIOR, MONTHS),
    scales=(),
    thresholds=(
        "prior_management_months",
        "months_in_role",
        "training_hours",
        "performance_too_early_months",
        "suppresses_steady_state_months",
    ),
    supports=("people_below_target", "team_below_target", "few_training_hours"),
    must=must,
    support=support,
    evidence=evidence,
)
