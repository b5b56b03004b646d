"""Ready to grow into a more senior role: strong results, few gaps, potential seen by someone else."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.records import Evidence
from coachkit.analysis.situations.base import Case, Check, Claim, Floats, holds
from coachkit.analysis.situations.evidence import Facts, context_note, direction, number

PERFORMANCE = "performance_vs_expectations"
POTENTIAL = "potential_seen"
ASPIRES = "aspires_to_senior"
READY_WORDS = {0.0: "now", 1.0: "in one to two years", 3.0: "in three years or more"}


def must(case: Case) -> Claim:
    """Results above expectations, few gaps, potential seen by another; nobody is steered against their wish."""
    performs = case.claim(PERFORMANCE, lambda rating: rating >= case.drawn("performance_at_least"))
    seen = case.claim(POTENTIAL, lambda is_seen: is_seen > 0)
    declined = np.broadcast_to((case.field(ASPIRES) == 0)[:, None], (case.n, case.draws.n))
    return performs & seen & few_gaps(case) & ~Claim.known(declined)


def few_gaps(case: Case) -> Claim:
    """In a draw, enough competencies are not below target by the margin that matters."""
    needed = np.ceil(case.value("share_without_gap") * len(case.profile_ids) - 1e-9)
    margin = case.value("gap_margin")
    counts: list[np.ndarray] | None = None
    is_known = True
    for scale in case.profile_ids:
        clear = ~case.below(scale, margin)
        is_known &= clear.is_known
        parts = (clear.mid,) if is_known and clear.is_known else (clear.low, clear.mid, clear.high)
        counts = _add(counts, parts, (case.n, case.draws.n))
    if counts is None:
        return Claim.known(np.zeros((case.n, case.draws.n), dtype=bool))
    flags = [count >= needed for count in counts]
    return Claim.known(flags[0]) if len(flags) == 1 else Claim(*flags)


def _add(counts: list[np.ndarray] | None, parts: tuple[np.ndarray, ...], shape: tuple[int, int]) -> list[np.ndarray]:
    if counts is None:
        counts = [np.zeros(shape, dtype=np.uint8)]
    if len(counts) == 1 and len(parts) > 1:
        counts = [counts[0], counts[0].copy(), counts[0].copy()]
    if len(parts) < len(counts):
        parts = parts * len(counts)
    for count, part in zip(counts, parts, strict=True):
        count += part
    return counts


def support(case: Case) -> dict[str, Floats]:
    """A stated wish for a senior role, own development in hand, a live situation to think through."""
    wish, situation = case.field(ASPIRES), case.field("specific_situation")
    return {
        "aspires_to_senior": holds(wish == 1, ~np.isnan(wish)),
        "own_development": 1 - case.p_below("GRO"),
        "situation_named": holds(situation == 1, ~np.isnan(situation)),
    }


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """What spoke for and against."""
    rating, least = facts.value(PERFORMANCE), facts.limit("performance_at_least")
    found = [
        *facts.fact(
            PERFORMANCE,
            rating >= least,
            f"Results against expectations were rated {number(rating)} of 5 "
            f"(the rule looks for {number(least)} or more).",
        ),
        *_gaps(facts),
        *facts.fact(POTENTIAL, facts.value(POTENTIAL) > 0, _potential_text(facts)),
        *facts.at_target("GRO"),
        *_wish(facts),
    ]
    if facts.value("specific_situation") == 1:
        found.append(Evidence("A specific situation to think through was named.", "for", "specific_situation"))
    if facts.value("rater_of_potential_known") == 0:
        found.append(context_note("Who rated the potential is not recorded.", "potential_rated_by"))
    return tuple(found)


def _gaps(facts: Facts) -> tuple[Evidence, ...]:
    chances = [facts.p_below.get(scale, np.nan) for scale in facts.profile_ids]
    known = [chance for chance in chances if not np.isnan(chance)]
    if not known:
        return ()
    clear = sum(chance >= facts.rules.engine_value("clear_gap") for chance in known)
    needed = int(np.ceil(facts.limit("share_without_gap") * len(chances) - 1e-9))
    free = len(known) - clear
    text = f"{free} of {len(chances)} competencies show no clear gap (the rule looks for {needed} or more)."
    return (Evidence(text, direction(free >= needed), "profile"),)


def _potential_text(facts: Facts) -> str:
    rating, years = facts.value("potential_rating"), facts.value("readiness_years")
    if not facts.value(POTENTIAL) > 0:
        when = "" if np.isnan(years) else f", {READY_WORDS[years]}"
        return f"Someone other than the manager sees a more senior role as a later step{when}."
    parts = [] if np.isnan(rating) else [f"potential {number(rating)} of 5"]
    if not np.isnan(years):
        parts.append(f"ready for a more senior role {READY_WORDS[years]}")
    return f"Someone other than the manager judged: {', '.join(parts) or 'potential'}."


def _wish(facts: Facts) -> tuple[Evidence, ...]:
    wish = facts.value(ASPIRES)
    if np.isnan(wish):
        return (context_note("Whether a more senior role is wanted is not known; it is to be asked.", ASPIRES),)
    text = "A more senior role is wanted." if wish == 1 else "A more senior role is not wanted at present."
    return (Evidence(text, direction(wish == 1), ASPIRES),)


CHECK = Check(
    id="senior_potential",
    fields=(PERFORMANCE, POTENTIAL),
    scales=(),
    thresholds=(
        "performance_at_least",
        "share_without_gap",
        "gap_margin",
        "potential_at_least",
        "readiness_years_at_most",
    ),
    supports=("aspires_to_senior", "own_development", "situation_named"),
    must=must,
    support=support,
    evidence=evidence,
)
