"""The catalogue of help: interventions with their doses, and what is offered in which situation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coachkit.analysis.records import Intervention, InterventionId
from coachkit.analysis.situations.thresholds import Status, Threshold, require_names
from coachkit.errors import SettingsError

INTERVENTION_IDS: tuple[InterventionId, ...] = (
    "short_coaching",
    "long_coaching",
    "mentoring",
    "team_coaching",
    "training_first",
    "no_intervention",
)
OFFER_IDS = (
    "new_manager",
    "new_manager_trained",
    "new_manager_beyond_technology",
    "new_manager_beyond_technology_trained",
    "steady_state",
    "beyond_technology",
    "stale_organisation",
    "senior_potential",
    "senior_potential_one_gap",
    "none_of_the_five",
    "no_intervention",
    "not_enough_data",
    "open_question",
    "not_now",
)
CONFIDENCE_NAMES = ("high", "fair")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of help in the catalogue, with the dose it has when nothing else is said."""

    label: str
    description: str
    dose: str
    sessions_low: int
    sessions_high: int
    hours_per_session: float
    months: int
    source: str
    status: Status = "default"
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferPart:
    """One intervention within an offer; what is left out is taken from the catalogue."""

    intervention: InterventionId
    dose: str | None = None
    sessions_low: int | None = None
    sessions_high: int | None = None
    hours_per_session: float | None = None
    months: int | None = None
    focus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered in one situation, and why."""

    reason: str
    alternative: str
    would_change: str
    source: str
    parts: tuple[OfferPart, ...] = ()
    success_measures: tuple[str, ...] = ()
    status: Status = "default"


@dataclass(frozen=True, slots=True)
class GateCondition:
    """One readiness condition: the context field, the answer coaching needs, and the wording."""

    field: str
    needed: bool
    if_unknown: str
    if_not_met: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything in ``templates/interventions.yaml``."""

    version: str
    interventions: dict[str, CatalogueEntry]
    offers: dict[str, Offer]
    gate: tuple[GateCondition, ...]
    confidence: dict[str, Threshold]
    wish_to_ask: str
    maximum_gap_focus: int = 2

    def intervention(self, part: OfferPart) -> Intervention:
        """An offered intervention with its dose."""
        entry = self.interventions[part.intervention]
        return Intervention(
            id=part.intervention,
            label=entry.label,
            dose=part.dose or entry.dose,
            sessions_low=_or(part.sessions_low, entry.sessions_low),
            sessions_high=_or(part.sessions_high, entry.sessions_high),
            hours_per_session=_or(part.hours_per_session, entry.hours_per_session),
            months=_or(part.months, entry.months),
            focus=part.focus or entry.focus,
        )


def check_catalogue(catalogue: Catalogue) -> None:
    """Refuse a catalogue whose interventions or offers are not exactly those the engine knows (SettingsError)."""
    require_names("interventions", catalogue.interventions, INTERVENTION_IDS)
    require_names("offers", catalogue.offers, OFFER_IDS)
    require_names("confidence", catalogue.confidence, CONFIDENCE_NAMES)
    for name, entry in catalogue.interventions.items():
        if entry.sessions_low > entry.sessions_high:
            raise SettingsError(
                f"interventions.{name}: sessions_low {entry.sessions_low} is above sessions_high "
                f"{entry.sessions_high}. Swap them."
            )


def _or(value: Any, default: Any) -> Any:  # noqa: ANN401 - the same type in and out
    return default if value is None else value
