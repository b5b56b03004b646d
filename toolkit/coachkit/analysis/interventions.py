"""Which help fits which situation: dose, reason, confidence, alternative, and what must be settled first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from coachkit.analysis.catalogue import INTERVENTION_IDS, Catalogue, Offer, OfferPart
from coachkit.analysis.records import Diagnosis, Intervention, InterventionId, Recommendation
from coachkit.analysis.wording import in_ten
from coachkit.errors import SettingsError, UnknownNameError

if TYPE_CHECKING:
    from coachkit.analysis.profiles import CohortProfiles
    from coachkit.analysis.situations import CohortDiagnosis

LEAST_RIVAL = 0.05  # a next possibility below this chance is not worth naming
GATED = {"short_coaching", "long_coaching", "mentoring", "team_coaching"}


@dataclass(frozen=True, slots=True)
class Override:
    """A consultant's own choice for one manager, kept with its reason and author."""

    intervention_ids: tuple[InterventionId, ...]
    reason: str
    by: str

    def __post_init__(self) -> None:
        for name in self.intervention_ids:
            if name not in INTERVENTION_IDS:
                raise UnknownNameError.from_choice("intervention", name, INTERVENTION_IDS)
        if not self.reason.strip() or not self.by.strip():
            raise SettingsError(
                "an override lacks its reason or author. Give both: they are printed with the recommendation."
            )


def recommend(
    diagnosis: CohortDiagnosis,
    profiles: CohortProfiles,
    catalogue: Catalogue,
    overrides: Mapping[str, Override | tuple[Iterable[str], str, str]] | None = None,
) -> dict[str, Recommendation]:
    """Recommend help for every manager of a cohort.

    Parameters
    ----------
    diagnosis : CohortDiagnosis
    profiles : CohortProfiles
        Names of the competencies in the instrument.
    catalogue : Catalogue
        As :func:`coachkit.engagement.rules.load_catalogue` reads it.
    overrides : mapping of manager id to Override or (intervention ids, reason, by), optional
        The consultant's own choices; the readiness gate applies to them too.

    Returns
    -------
    dict of manager id -> Recommendation, in roster order

    Raises
    ------
    UnknownNameError
        If an override names an unknown manager or intervention.
    SettingsError
        If an override has no reason or author.

    References
    ----------
    Jones, Woods & Guillaume (2016), Journal of Occupational and Organizational Psychology 89, 249-277: the number
    of sessions did not predict the effect of coaching, so doses are practice judgement.
    """
    chosen = {name: _as_override(value) for name, value in (overrides or {}).items()}
    for manager_id in chosen:
        diagnosis.row(manager_id)
    names = {c.id: c.name for c in profiles.data.instrument.competencies}
    one_view = managers_of_one_view(profiles)
    found = {
        manager_id: _recommend_one(diagnosis, manager_id, catalogue, names, chosen.get(manager_id))
        for manager_id in diagnosis.manager_ids
    }
    return {key: _less_sure(advice) if key in one_view else advice for key, advice in found.items()}


def managers_of_one_view(profiles: CohortProfiles) -> frozenset[str]:
    """Managers whose estimates all rest on named raters (the line manager) alone, with nobody else heard."""
    estimated = profiles.estimate.notna()
    unheard = estimated.any(axis=1) & (profiles.others.isna() | ~estimated).all(axis=1)
    return frozenset(unheard.index[unheard])


def _less_sure(advice: Recommendation) -> Recommendation:
    """The advice with its confidence worded one step lower: one view may be wrong in a way no interval shows."""
    words = advice.confidence_text
    for word, lower in ONE_STEP_LOWER:
        if words.startswith(word):
            return replace(advice, confidence_text=f"{lower}{words.removeprefix(word)} {ONE_VIEW}")
    return advice


def _as_override(value: Override | tuple[Iterable[str], str, str]) -> Override:
    if isinstance(value, Override):
        return value
    ids, reason, by = value
    return Override(cast("tuple[InterventionId, ...]", tuple(ids)), reason, by)


@dataclass(frozen=True, slots=True)
class _Fit:
    """What fits one manager before the gate is looked at."""

    offer_id: str
    offer: Offer
    interventions: tuple[Intervention, ...]
    is_firm: bool
    gaps: tuple[str, ...] = field(default=())


def _recommend_one(
    diagnosis: CohortDiagnosis,
    manager_id: str,
    catalogue: Catalogue,
    names: Mapping[str, str],
    override: Override | None,
) -> Recommendation:
    outcome, headline = diagnosis.outcome(manager_id)
    fit = _fit(diagnosis, manager_id, catalogue, outcome, headline)
    confidence, sureness = _confidence(diagnosis, manager_id, catalogue, outcome, headline)
    settle, unmet = readiness(diagnosis.facts(manager_id).context, catalogue)
    chosen = _overridden(fit.interventions, override, catalogue)
    if not GATED & {one.id for one in chosen}:
        settle, unmet = (), ()
    settle = (*settle, *_wish(diagnosis, manager_id, catalogue, headline))
    not_now = catalogue.offers["not_now"]
    return Recommendation(
        manager_id=manager_id,
        interventions=_parts(not_now, catalogue, ()) if unmet else chosen,
        reason=_reason(fit, chosen, names, not_now if unmet else None),
        confidence=confidence,
        confidence_text=sureness,
        alternative=not_now.alternative if unmet else fit.offer.alternative,
        would_change=not_now.would_change if unmet else _would_change(diagnosis, manager_id, fit),
        success_measures=() if unmet else fit.offer.success_measures,
        gate=(*unmet, *settle),
        status="not_now" if unmet else "proposed" if fit.is_firm or override else "decide_in_conversation",
        override_reason=f"{override.reason} ({override.by})" if override else None,
    )


def _overridden(
    fitting: tuple[Intervention, ...], override: Override | None, catalogue: Catalogue
) -> tuple[Intervention, ...]:
    """The consultant's choice, with the offered dose where the offer holds the same intervention."""
    if override is None:
        return fitting
    offered = {one.id: one for one in fitting}
    return tuple(offered.get(name) or catalogue.intervention(OfferPart(name)) for name in override.intervention_ids)


def _fit(
    diagnosis: CohortDiagnosis,
    manager_id: str,
    catalogue: Catalogue,
    outcome: str,
    headline: tuple[str, ...],
) -> _Fit:
    gaps = diagnosis.clear_gaps(manager_id)
    offer_id = outcome if not headline else _offer_id(diagnosis, manager_id, headline, gaps)
    if outcome == "unclear" and not _is_possible(diagnosis, manager_id, headline):
        offer_id = "open_question"
    offer = catalogue.offers[offer_id]
    focus = gaps[: catalogue.maximum_gap_focus] if not headline or offer_id.endswith("one_gap") else ()
    is_firm = outcome in ("recognised", "no_intervention") and not _is_asking_for_wish(diagnosis, manager_id, headline)
    return _Fit(offer_id, offer, _parts(offer, catalogue, focus), is_firm, gaps)


def _parts(offer: Offer, catalogue: Catalogue, gap_focus: tuple[str, ...]) -> tuple[Intervention, ...]:
    """The offer's interventions; a part without a focus of its own works on the clear gaps."""
    return tuple(
        catalogue.intervention(part if part.focus or not gap_focus else _focused(part, gap_focus))
        for part in offer.parts
    )


def _focused(part: OfferPart, focus: tuple[str, ...]) -> OfferPart:
    return replace(part, focus=focus)


def _offer_id(diagnosis: CohortDiagnosis, manager_id: str, headline: tuple[str, ...], gaps: tuple[str, ...]) -> str:
    name = "_".join(headline)
    if "new_manager" in headline:
        hours = diagnosis.facts(manager_id).value("management_training_hours")
        enough = diagnosis.rules.threshold("new_manager", "training_hours").value
        return f"{name}_trained" if hours >= enough else name
    return "senior_potential_one_gap" if name == "senior_potential" and len(gaps) == 1 else name


def readiness(context: Mapping[str, float], catalogue: Catalogue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Readiness conditions still to settle, and those known not to be met, worded.

    Examples
    --------
    >>> from coachkit.engagement.rules import load_catalogue
    >>> settle, unmet = readiness({"volunteered": 1.0, "open_hr_process": 0.0}, load_catalogue())
    >>> settle, unmet
    (('Agree with your line manager the time it takes and how they will follow it up.',), ())
    """
    settle, unmet = [], []
    for condition in catalogue.gate:
        value = context.get(condition.field, np.nan)
        if np.isnan(value):
            settle.append(condition.if_unknown)
        elif bool(value) != condition.needed:
            unmet.append(condition.if_not_met)
    return tuple(settle), tuple(unmet)


def _is_asking_for_wish(diagnosis: CohortDiagnosis, manager_id: str, headline: tuple[str, ...]) -> bool:
    return "senior_potential" in headline and np.isnan(diagnosis.facts(manager_id).value("aspires_to_senior"))


def _is_possible(diagnosis: CohortDiagnosis, manager_id: str, headline: tuple[str, ...]) -> bool:
    chances = diagnosis.standing(manager_id).probability
    return any(chances[name] >= diagnosis.rules.engine_value("possible") for name in headline)


def _wish(
    diagnosis: CohortDiagnosis, manager_id: str, catalogue: Catalogue, headline: tuple[str, ...]
) -> tuple[str, ...]:
    return (catalogue.wish_to_ask,) if _is_asking_for_wish(diagnosis, manager_id, headline) else ()


def _reason(fit: _Fit, chosen: tuple[Intervention, ...], names: Mapping[str, str], not_now: Offer | None) -> str:
    if not_now is not None:
        return f"{not_now.reason} What would otherwise fit: {_listed(one.label.lower() for one in chosen)}."
    if fit.gaps and fit.offer_id in ("none_of_the_five", "senior_potential_one_gap"):
        return f"{fit.offer.reason} Clear gap: {_listed(names.get(gap, gap) for gap in fit.gaps)}."
    return fit.offer.reason


def _would_change(diagnosis: CohortDiagnosis, manager_id: str, fit: _Fit) -> str:
    record: Diagnosis = diagnosis.diagnosis(manager_id)
    lead = record.headline_ids[0] if record.headline_ids else None
    own = record.finding(lead).would_change if lead else ""
    return f"{fit.offer.would_change} {own}".strip()


def _confidence(
    diagnosis: CohortDiagnosis, manager_id: str, catalogue: Catalogue, outcome: str, headline: tuple[str, ...]
) -> tuple[float | None, str]:
    """Probability behind the recommendation and its wording, which names the next possibility."""
    if outcome == "not_enough_data":
        return None, "No confidence can be stated: there is not enough information."
    standing = diagnosis.standing(manager_id)
    chances: dict[str, float] = dict(standing.probability)
    unit = diagnosis.probability.at[manager_id, "stale_organisation"]
    if headline == ("stale_organisation",):
        chances["stale_organisation"] = float(unit)
    others = {name: chance for name, chance in chances.items() if name not in headline}
    rival = max(others, key=lambda name: others[name], default=None)
    value = min(chances[name] for name in headline) if headline else 1 - max(chances.values(), default=0.0)
    title = diagnosis.rules.situations[rival].title if rival is not None else ""
    about = "in the situation" if headline else "that none of the five situations applies"
    lead = f"{_sureness(value, catalogue)} {about}"
    if outcome == "unclear":
        lead = "Low confidence, so it is decided in conversation. Chance of the nearest situation"
    text = f"{lead}: {in_ten(round(value, 4))}"
    is_worth_naming = rival is not None and headline and others[rival] >= LEAST_RIVAL
    text += f"; next comes “{title}” ({in_ten(others[rival])})" if rival is not None and is_worth_naming else ""
    return round(value, 4), f"{text}."


def _sureness(value: float, catalogue: Catalogue) -> str:
    if value >= catalogue.confidence["high"].value:
        return "High confidence"
    return "Fair confidence" if value >= catalogue.confidence["fair"].value else "Low confidence"


ONE_STEP_LOWER = (
    ("High confidence", "Fair confidence"),
    ("Fair confidence", "Low confidence"),
    ("Low confidence", "Low confidence"),
)
ONE_VIEW = "It rests on the line manager's view alone: hear others before you decide."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
