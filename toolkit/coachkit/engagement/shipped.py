"""The analysis' verbs with the rules and texts that ship, for use in a notebook cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coachkit.analysis.catalogue import Catalogue
    from coachkit.analysis.interventions import Override
    from coachkit.analysis.planning import PlanLibrary
    from coachkit.analysis.profiles import CohortProfiles
    from coachkit.analysis.records import DevelopmentPlan, Diagnosis, Profile, Recommendation
    from coachkit.analysis.situations import CohortDiagnosis, SituationRules


def diagnose(
    profiles: CohortProfiles, rules: SituationRules | None = None, n_draws: int = 2000, random_state: int = 0
) -> CohortDiagnosis:
    """Recognise the five situations with the shipped thresholds, or with ``rules``.

    See Also
    --------
    coachkit.analysis.situations.diagnose : what is computed, and its references.
    """
    from coachkit.analysis.situations import diagnose as with_rules
    from coachkit.engagement.rules import load_situation_rules

    return with_rules(profiles, rules or load_situation_rules(), n_draws, random_state)


def recommend(
    diagnosis: CohortDiagnosis,
    profiles: CohortProfiles,
    catalogue: Catalogue | None = None,
    overrides: Mapping[str, Override] | None = None,
) -> dict[str, Recommendation]:
    """Recommend help with the shipped catalogue, or with ``catalogue``.

    See Also
    --------
    coachkit.analysis.interventions.recommend : what is recommended when, and its references.
    """
    from coachkit.analysis.interventions import recommend as with_catalogue
    from coachkit.engagement.rules import load_catalogue

    return with_catalogue(diagnosis, profiles, catalogue or load_catalogue(), overrides)


def build_plan(
    profile: Profile,
    diagnosis: Diagnosis,
    recommendation: Recommendation,
    start_date: date,
    role_level: str = "",
    library: PlanLibrary | None = None,
) -> DevelopmentPlan:
    """Build a development plan from the shipped library, or from ``library``.

    See Also
    --------
    coachkit.analysis.planning.build_plan : what a plan holds.
    """
    from coachkit.analysis.planning import build_plan as with_library
    from coachkit.engagement.library import load_library

    return with_library(profile, diagnosis, recommendation, library or load_library(), start_date, role_level)
