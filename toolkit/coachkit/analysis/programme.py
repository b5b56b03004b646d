"""From recommendations to a programme: places, contact hours, a cost range and whether the people are there for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from coachkit.analysis.records import Intervention, ProgrammeProposal, ProposalLine, Recommendation

RATE_OF = {
    "short_coaching": "coaching_hour",
    "long_coaching": "coaching_hour",
    "mentoring": "mentoring_hour",
    "team_coaching": "team_session",
    "training_first": "training_day",
}
BY_SESSION = {"team_coaching", "training_first"}
SERVED_BY = {"short_coaching": "coach", "long_coaching": "coach", "team_coaching": "coach", "mentoring": "mentor"}


class Rates(Protocol):
    """Rates of an engagement: ``currency`` and pairs such as ``coaching_hour_low``/``coaching_hour_high``."""

    currency: str


@dataclass(frozen=True, slots=True)
class _Place:
    """One place of one intervention, firm or to be confirmed; ``holder`` is a manager or a unit."""

    intervention: Intervention
    holder: str
    is_firm: bool


def propose_programme(
    recommendations: Mapping[str, Recommendation],
    rates: Rates | None = None,
    coaches: pd.DataFrame | None = None,
    unit_of: Mapping[str, str | None] | None = None,
    least_count: int = 1,
) -> ProgrammeProposal:
    """Add up a programme from recommendations.

    Parameters
    ----------
    recommendations : mapping of manager id to Recommendation
    rates : object with ``currency`` and optional ``<kind>_low``, ``<kind>_high``, optional
        Kinds: coaching_hour, mentoring_hour, team_session, training_day. An unknown rate gives no cost.
    coaches : DataFrame with ``role`` (coach, mentor, both) and ``capacity`` (places), optional
    unit_of : mapping of manager id to unit id, optional
        Team coaching is counted once per unit; a manager without a unit is counted alone.
    least_count : int, optional
        Smallest number of managers that may be stated. Smaller ones are widened to ``least_count - 1`` open places,
        in the hours and costs too, so that no total gives them away.

    Returns
    -------
    ProgrammeProposal
        The low end counts firm places at their smallest dose; the high end all places at their largest. A place is
        firm when it is proposed and nothing is left to settle.

    Examples
    --------
    >>> talks = Intervention("mentoring", "Mentoring", "monthly", 10, 12, 1.5, 12, ())
    >>> advice = Recommendation("M1", (talks,), "", 0.9, "", "", "", ())
    >>> line = propose_programme({"M1": advice}).lines[0]
    >>> line.places, line.hours_low, line.hours_high, line.cost_low
    (1, 15.0, 18.0, None)
    """
    places = _places(recommendations, unit_of or {})
    lines = tuple(_line(name, places[name], rates, coaches, least_count) for name in RATE_OF if name in places)
    costs_known = all(line.cost_low is not None for line in lines) and bool(lines)
    return ProgrammeProposal(
        lines=lines,
        currency=str(getattr(rates, "currency", "") or ""),
        cost_low=sum(line.cost_low or 0.0 for line in lines) if costs_known else None,
        cost_high=sum(line.cost_high or 0.0 for line in lines) if costs_known else None,
        notes=(*_notes(recommendations, lines, least_count), *_capacity_notes(lines, coaches)),
    )


def _places(
    recommendations: Mapping[str, Recommendation], unit_of: Mapping[str, str | None]
) -> dict[str, list[_Place]]:
    """Places by intervention; for team coaching one per unit, firm as soon as one manager's is."""
    found: dict[str, dict[str, _Place]] = {}
    for manager_id, advice in recommendations.items():
        if advice.status == "not_now":
            continue
        is_firm = advice.status == "proposed" and not advice.gate
        for one in advice.interventions:
            holder = unit_of.get(manager_id) or manager_id if one.id == "team_coaching" else manager_id
            by_holder = found.setdefault(one.id, {})
            if is_firm or holder not in by_holder:
                by_holder[holder] = _Place(one, holder, is_firm)
    return {name: list(by_holder.values()) for name, by_holder in found.items()}


def _line(
    name: str, places: list[_Place], rates: Rates | None, coaches: pd.DataFrame | None, least: int
) -> ProposalLine:
    firm = [place.intervention for place in places if place.is_firm]
    everyone = [place.intervention for place in places]
    n_firm, n_all = len(firm), len(everyone)
    if name != "team_coaching" and min(_stated(n_firm, least), _stated(n_all - n_firm, least)) < least:
        n_firm, n_all = widened(n_firm, n_all - n_firm, least)
        firm = everyone  # every place counts the mean dose, so that no single dose shows through
    low, high = n_firm / max(len(firm), 1), n_all / len(everyone)
    units_low = low * sum(one.sessions_low * _amount(name, one) for one in firm)
    units_high = high * sum(one.sessions_high * _amount(name, one) for one in everyone)
    rate = _rate(rates, RATE_OF[name])
    return ProposalLine(
        intervention_id=name,
        label=places[0].intervention.label,
        places=n_firm,
        places_if_confirmed=n_all - n_firm,
        hours_low=float(low * sum(one.sessions_low * one.hours_per_session for one in firm)),
        hours_high=float(high * sum(one.sessions_high * one.hours_per_session for one in everyone)),
        cost_low=None if rate is None else float(units_low * rate[0]),
        cost_high=None if rate is None else float(units_high * rate[1]),
        capacity=_capacity(coaches, SERVED_BY.get(name)),
    )


def _stated(number: int, least: int) -> int:
    """A number as far as stating it matters: nobody gives nobody away."""
    return number or least


def widened(n_firm: int, n_open: int, least: int) -> tuple[int, int]:
    """Firm and all places as they may be stated, when the firm or the open ones are too few to be.

    Examples
    --------
    >>> widened(15, 2, 5), widened(2, 1, 5), widened(3, 8, 5)
    ((13, 17), (0, 4), (0, 11))
    """
    everyone = n_firm + n_open
    if everyone < least:
        return 0, least - 1
    return (everyone - (least - 1) if n_firm >= least else 0), everyone


def _amount(name: str, one: Intervention) -> float:
    """What one session costs in units of the rate: sessions and days as they are, everything else by the hour."""
    return 1.0 if name in BY_SESSION else one.hours_per_session


def _rate(rates: Rates | None, kind: str) -> tuple[float, float] | None:
    ends = [getattr(rates, f"{kind}_{end}", None) for end in ("low", "high")]
    known = [float(end) for end in ends if end is not None]
    return (known[0], known[-1]) if known else None


def _capacity(coaches: pd.DataFrame | None, role: str | None) -> int | None:
    """Places the pool can hold in one role; people who do both count in each."""
    if role is None or coaches is None or coaches.empty or "capacity" not in coaches:
        return None
    serving = coaches[coaches["role"].isin([role, "both"])]
    return int(pd.to_numeric(serving["capacity"], errors="coerce").fillna(0).sum())


def _notes(
    recommendations: Mapping[str, Recommendation], lines: tuple[ProposalLine, ...], least: int
) -> tuple[str, ...]:
    waiting = sum(advice.status == "not_now" for advice in recommendations.values())
    notes = [
        "The low end counts confirmed places at their smallest dose, the high end all places at their largest.",
    ]
    if any(line.intervention_id == "team_coaching" for line in lines):
        notes.append("Team coaching is counted once per unit; its hours are the team's.")
    if waiting:
        notes.append("Managers for whom a condition for starting is not met are not counted.")
    if least > 1 and lines:
        notes.append(f"Numbers of places below {least} are not stated; they count as up to {least - 1} open places.")
    unpriced = [line.label.lower() for line in lines if line.cost_low is None]
    if unpriced:
        notes.append(f"No rate is given for {', '.join(unpriced)}, so no total cost is stated.")
    return tuple(notes)


def _capacity_notes(lines: tuple[ProposalLine, ...], coaches: pd.DataFrame | None) -> tuple[str, ...]:
    """Whether the pool of coaches and of mentors holds the places it would have to."""
    if coaches is None or coaches.empty:
        return ("No coaches or mentors are listed, so it is open who would do this.",) if lines else ()
    notes = []
    for role, word in (("coach", "Coaching"), ("mentor", "Mentoring")):
        served = [line for line in lines if SERVED_BY.get(line.intervention_id) == role]
        need_low = sum(line.places for line in served)
        need = need_low + sum(line.places_if_confirmed for line in served)
        capacity = _capacity(coaches, role)
        if not served or capacity is None:
            continue
        verdict = "is enough" if capacity >= need else "is enough for the confirmed places only"
        if capacity < need_low:
            verdict = f"is {need_low - capacity} short of the confirmed places"
        notes.append(f"{word} needs {need_low} to {need} places; capacity for {capacity} {verdict}.")
    if len(notes) > 1 and (coaches["role"] == "both").any():
        notes.append("People who both coach and mentor are counted in each capacity.")
    return tuple(notes)
