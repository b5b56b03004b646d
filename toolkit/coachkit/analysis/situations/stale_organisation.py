"""Room to improve as an organisation: a unit that can only keep things running. Never a property of one person."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.base import Case, Check, Claim, Flags, Floats, holds
from coachkit.analysis.situations.evidence import Facts, direction, number
from coachkit.analysis.wording import capital

SHARE_OF_GOAL = "improvement_share_of_goal"
BENEFIT_RATIO = "benefit_confirmed_ratio"


def must(case: Case) -> Claim:
    """Improvement below the unit's own goal with half of its managers below IMP; or next to no confirmed benefit."""
    below_goal = case.claim(SHARE_OF_GOAL, lambda share: share < case.drawn("share_of_goal"))
    no_benefit = case.claim(BENEFIT_RATIO, lambda ratio: ratio <= case.drawn("benefit_ratio"))
    return (below_goal & Claim.known(_pattern_is_common(case))) | no_benefit


def _pattern_is_common(case: Case) -> Flags:
    """In a draw, enough of the unit's managers truly lie below target (``members`` holds their chances)."""
    shares = case.drawn("share_of_managers")[0]
    return np.stack(
        [draw_count(chances, case.draws.spare["unit"]) >= shares * max(len(chances), 1) for chances in members(case)]
    )


def members(case: Case) -> list[Floats]:
    """P(IMP < target) of each unit's managers, units in the order of the case."""
    codes = case.context["unit_of_member"]
    chances = case.context["member_chance"]
    return [chances[(codes == unit) & ~np.isnan(chances)] for unit in range(case.n)]


def draw_count(chances: Floats, uniform: Floats) -> np.ndarray:
    """Draw how many of several independent events happen, by the inverse of their exact distribution.

    Parameters
    ----------
    chances : array (n_events,)
        Probability of each event.
    uniform : array (n_draws,)
        Uniform deviates.

    Returns
    -------
    array of int (n_draws,)

    References
    ----------
    Hong (2013), Computational Statistics & Data Analysis 59, 41-51 (Poisson binomial distribution).

    Examples
    --------
    >>> draw_count(np.array([0.5, 0.5]), np.array([0.1, 0.5, 0.9]))
    array([0, 1, 2])
    """
    distribution = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return np.searchsorted(np.cumsum(distribution)[:-1], uniform, side="right")


def support(case: Case) -> dict[str, Floats]:
    """Flat key figures, much unplanned work, slow decisions."""
    flat, unplanned, days = (
        case.field(name) for name in ("kpi_share_flat", "unplanned_work_pct", "idea_to_decision_days")
    )
    return {
        "kpis_flat": holds(flat >= case.value("kpi_share_flat"), ~np.isnan(flat)),
        "unplanned_work": holds(unplanned >= case.value("unplanned_work_pct"), ~np.isnan(unplanned)),
        "slow_decisions": holds(days >= case.value("idea_to_decision_days"), ~np.isnan(days)),
    }


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """What spoke for and against, from the unit's own figures; no count of people is given."""
    share, goal = facts.value("improvement_share_pct"), facts.value("improvement_goal_pct")
    ratio, near_zero = facts.value(BENEFIT_RATIO), facts.limit("benefit_ratio")
    unplanned, much = facts.value("unplanned_work_pct"), facts.limit("unplanned_work_pct")
    days, long = facts.value("idea_to_decision_days"), facts.limit("idea_to_decision_days")
    return (
        *facts.fact(
            SHARE_OF_GOAL,
            facts.value(SHARE_OF_GOAL) < facts.limit("share_of_goal"),
            f"Improvement takes {number(share)}% of the unit's work; its own goal is {number(goal)}%.",
        ),
        *_pattern(facts),
        *facts.fact(
            BENEFIT_RATIO,
            ratio <= near_zero,
            f"Confirmed benefit is {ratio * 100:.0f}% of what was planned or done "
            f"({near_zero * 100:.0f}% or less counts as next to none).",
        ),
        *_key_figures(facts),
        *facts.fact(
            "unplanned_work_pct",
            unplanned >= much,
            f"Unplanned work takes {number(unplanned)}% ({number(much)}% or more counts as a lot).",
        ),
        *facts.fact(
            "idea_to_decision_days",
            days >= long,
            f"An idea waits {number(days)} days for a decision ({number(long)} or more counts as long).",
        ),
    )


def _share(value: float) -> str:
    """One half in words, any other share in percent."""
    return {0.5: "half"}.get(round(value, 4), f"{value * 100:.0f}%")


def _improved(flat: float) -> str:
    """How many key figures got better, given the share that did not."""
    return "None" if flat >= 1 else "All" if flat <= 0 else capital(_share(1 - flat))


def _pattern(facts: Facts) -> tuple[Evidence, ...]:
    share, limit = facts.value("share_below_imp"), facts.limit("share_of_managers")
    if np.isnan(share):
        return ()
    word = "at least" if share >= limit else "less than"
    text = (
        f"The scores suggest that {word} {_share(limit)} of the unit's managers lie below target "
        f"in {facts.named('IMP')}."
    )
    return (Evidence(text, direction(share >= limit), "IMP"),)


def _key_figures(facts: Facts) -> tuple[Evidence, ...]:
    flat = facts.value("kpi_share_flat")
    if np.isnan(flat):
        return ()
    quarters, limit = facts.rules.unit_value("kpi_quarters"), facts.limit("kpi_share_flat")
    text = (
        f"{_improved(flat)} of the unit's key figures got better over {number(quarters)} quarters "
        f"({_share(1 - limit)} or fewer counts as standing still)."
    )
    return (Evidence(text, direction(flat >= limit), "kpi_share_flat"),)


CHECK = Check(
    id="stale_organisation",
    fields=(SHARE_OF_GOAL, BENEFIT_RATIO),
    scales=(),
    thresholds=(
        "share_of_goal",
        "share_of_managers",
        "minimum_managers",
        "benefit_ratio",
        "kpi_share_flat",
        "unplanned_work_pct",
        "idea_to_decision_days",
    ),
    supports=("kpis_flat", "unplanned_work", "slow_decisions"),
    must=must,
    support=support,
    evidence=evidence,
)
