"""Keeping things running: expectations not met yet, with the team operating rather than improving."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.base import Case, Check, Claim, Floats, holds
from coachkit.analysis.situations.evidence import Facts, context_note, direction, number

MONTHS = "months_in_role"
PRIOR = "months_managing_people_before_role"
PERFORMANCE = "performance_vs_expectations"
CAPACITY = "improvement_capacity_pct"
TREND = "team_kpi_trend"
CONFIRMED = "initiatives_benefit_confirmed"
TREND_WORDS = {-1.0: "getting worse", 0.0: "flat", 1.0: "getting better"}


def must(case: Case) -> Claim:
    """Long enough in the role, and expectations not met or improvement not happening; guards included."""
    settled = case.claim(MONTHS, lambda months: months >= case.drawn("months_in_role"))
    short_of = case.claim(PERFORMANCE, lambda rating: rating <= case.drawn("performance_at_most"))
    crowded = case.claim(CAPACITY, lambda share: share < case.drawn("improvement_capacity_pct"))
    not_rising = case.claim(TREND, lambda trend: trend <= case.drawn("kpi_trend_at_most"))
    not_improving = case.below("IMP") & crowded & not_rising
    return settled & (short_of | not_improving) & ~_newly_managing(case)


def _newly_managing(case: Case) -> Claim:
    """True in the first months of a first management role, when this situation is not considered."""
    window = case.value("suppresses_steady_state_months", "new_manager")
    months, before = case.field(MONTHS), case.field(PRIOR)
    first_months = (months < window) & (before < case.value("prior_management_months", "new_manager"))
    return Claim.known(np.broadcast_to(first_months[:, None], (case.n, case.draws.n)))


def support(case: Case) -> dict[str, Floats]:
    """No confirmed benefit of initiatives, and BEN below target."""
    confirmed = case.field(CONFIRMED)
    return {
        "no_confirmed_benefit": holds(confirmed <= case.value("confirmed_benefits"), ~np.isnan(confirmed)),
        "benefit_below_target": case.p_below("BEN"),
    }


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """What spoke for and against."""
    months, rating, share = (facts.value(field) for field in (MONTHS, PERFORMANCE, CAPACITY))
    least, at_most = facts.limit("months_in_role"), facts.limit("performance_at_most")
    room, confirmed = facts.limit("improvement_capacity_pct"), facts.value(CONFIRMED)
    found = [
        *facts.fact(
            MONTHS,
            months >= least,
            f"Months in the present role: {number(months)} (the rule looks for at least {number(least)}).",
        ),
        *facts.fact(
            PERFORMANCE,
            rating <= at_most,
            f"Results against expectations were rated {number(rating)} of 5 "
            f"(the rule looks for at most {number(at_most)}).",
        ),
        *facts.below("IMP"),
        *facts.fact(
            CAPACITY,
            share < room,
            f"The team has {number(share)}% of its time for improvement (below {number(room)}% counts as little).",
        ),
        *_trend(facts),
        *facts.fact(
            CONFIRMED,
            confirmed <= facts.limit("confirmed_benefits"),
            f"Initiatives with a confirmed benefit in the last twelve months: {number(confirmed)}.",
        ),
        *facts.below("BEN"),
    ]
    if facts.value("open_hr_process") == 1:
        found.append(context_note("An HR process is open, so coaching is not offered now.", "open_hr_process"))
    return tuple(found)


def _trend(facts: Facts) -> tuple[Evidence, ...]:
    trend = facts.value(TREND)
    if np.isnan(trend):
        return ()
    is_for = trend <= facts.limit("kpi_trend_at_most")
    return (Evidence(f"The team's key figures are {TREND_WORDS[trend]}.", direction(is_for), TREND),)


CHECK = Check(
    id="steady_state",
    fields=(MONTHS, PERFORMANCE, CAPACITY, TREND),
    scales=("IMP",),
    thresholds=(
        "months_in_role",
        "performance_at_most",
        "improvement_capacity_pct",
        "kpi_trend_at_most",
        "confirmed_benefits",
    ),
    supports=("no_confirmed_benefit", "benefit_below_target"),
    must=must,
    support=support,
    evidence=evidence,
)
