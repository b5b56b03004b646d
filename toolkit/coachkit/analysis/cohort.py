"""The whole analysis of one cohort, computed once per run, and the slices that reports are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from coachkit.analysis.catalogue import Catalogue
from coachkit.analysis.changes import CohortChanges, measure_changes
from coachkit.analysis.cohort_norms import list_norms, place_manager
from coachkit.analysis.cohort_tables import (
    coarse,
    count_situations,
    describe_gaps,
    map_units,
    measure_completion,
    protect_counts,
    spread_competencies,
    tally_situations,
)
from coachkit.analysis.comparability import caveats_between_groups, caveats_between_waves
from coachkit.analysis.confided import for_the_manager
from coachkit.analysis.dominance import Dominance, find_dominance
from coachkit.analysis.interventions import Override, recommend
from coachkit.analysis.planning import PlanLibrary, build_plan
from coachkit.analysis.profiles import CohortProfiles, score_cohort
from coachkit.analysis.programme import Rates, propose_programme
from coachkit.analysis.quality_effects import score_without_flagged, summarise_flagged
from coachkit.analysis.records import (
    CohortDossier,
    EngagementInfo,
    ManagerDossier,
    ManagerInfo,
    ProgrammeProposal,
    Provenance,
    Recommendation,
    SegmentReport,
)
from coachkit.analysis.scales import describe_scales
from coachkit.analysis.segments import segment_managers
from coachkit.analysis.situations import CohortDiagnosis, SituationRules, diagnose
from coachkit.analysis.unit_means import draw_unit_means
from coachkit.analysis.units import compare_units
from coachkit.analysis.workshop import discussion_points
from coachkit.core.cohort import CohortData
from coachkit.core.confidentiality import Snapshot
from coachkit.core.measurement import MeasurementSettings


@dataclass(frozen=True)
class Method:
    """The rules and texts an analysis works with, read from the templates."""

    rules: SituationRules
    catalogue: Catalogue
    library: PlanLibrary
    rates: Rates
    measurement: MeasurementSettings
    seed: int = 0
    overrides: Mapping[str, Override] | None = None


@dataclass(frozen=True)
class CohortAnalysis:
    """Profiles, diagnosis, recommendations and segments of one cohort at one wave.

    ``before`` holds the answers of the wave before and ``profiles_before`` its scores as they were published,
    ``wave_labels`` the names of both waves, for change scores and the caveats of comparing them.
    """

    data: CohortData
    method: Method
    profiles: CohortProfiles
    diagnosis: CohortDiagnosis
    recommendations: Mapping[str, Recommendation]
    segments: SegmentReport
    before: CohortData | None = None
    wave_labels: tuple[str, str] | None = None
    profiles_before: CohortProfiles | None = None

    def manager_dossier(
        self, manager_id: str, info: EngagementInfo, provenance: Provenance, start: date
    ) -> ManagerDossier:
        """Everything one manager's report may know."""
        person = self.data.roster.loc[manager_id]
        profile, diagnosis = self.profiles.profile(manager_id), for_the_manager(self.diagnosis.diagnosis(manager_id))
        attributions = self.dominance.hide_attributions(diagnosis.attributions, person["unit_id"], self.data.instrument)
        diagnosis = replace(diagnosis, attributions=attributions)
        recommendation = self.recommendations[manager_id]
        plan = build_plan(profile, diagnosis, recommendation, self.method.library, start, person["role_level"])
        level = self.data.instrument.role_level(person["role_level"])
        membership = self.segments.membership.get(manager_id, {})
        return ManagerDossier(
            manager=ManagerInfo(
                manager_id,
                _text(person["name"]) or manager_id,
                _text(person.get("job_title")),
                self.unit_name(person["unit_id"]),
                level.label,
            ),
            engagement=info,
            profile=profile,
            diagnosis=diagnosis,
            recommendation=recommendation,
            plan=plan,
            provenance=provenance,
            n_cohort=len(self.data.roster),
            segment_name=self._segment_name(membership),
            segment_membership=membership,
            cohort_means=self._cohort_means,
            places=place_manager(self.profiles, manager_id, self.dominance.competencies),
            change=None if self.changes is None else self.changes.manager(manager_id),
        )

    def cohort_dossier(self, info: EngagementInfo, provenance: Provenance) -> CohortDossier:
        """Everything the cohort's report may know: no names, no small cells."""
        data, measurement, withheld = self.data, self.method.measurement, self.dominance.competencies
        diagnoses = self.diagnosis.all()
        outcomes = Counter(diagnosis.outcome for diagnosis in diagnoses)
        spread = spread_competencies(self.profiles, self.readings(), measurement, withheld)
        comparisons = compare_units(self.dominance.hide_units(self.profiles), self.method.rules)
        least = max(data.minimums.team, data.minimums.unit)
        unit_findings = tuple(
            unit
            for unit in self.diagnosis.units
            if unit.n_managers >= least and not self.dominance.covers(unit.unit_id)
        )
        situations = count_situations(*tally_situations(diagnoses), self.titles(), data.minimums.cell)
        helps = Counter(help_.label for rec in self.recommendations.values() for help_ in rec.interventions)
        return CohortDossier(
            engagement=info,
            provenance=provenance,
            n_managers=len(data.roster),
            n_with_data=int(self.profiles.estimate.notna().any(axis=1).sum()),
            n_units=data.roster["unit_id"].nunique(),
            unit_names={unit_id: self.unit_name(unit_id) for unit_id in sorted(data.roster["unit_id"].unique())},
            competency_names={c.id: c.name for c in data.instrument.profile_competencies},
            completion=measure_completion(data),
            completeness_notes=describe_gaps(self.profiles),
            heat=map_units(self.profiles, measurement, self.dominance.units),
            spread=spread,
            situations=situations,
            outcomes=protect_counts(dict(outcomes.most_common()), data.minimums.cell),
            interventions={label: coarse(n, data.minimums.cell) for label, n in helps.most_common()},
            segments=self.segments_without_people(),
            unit_findings=unit_findings,
            comparisons=comparisons,
            proposal=self._proposal(),
            scales=describe_scales(data, self.profiles),
            discussion=discussion_points(
                spread, situations, comparisons, unit_findings, self.segments, outcomes, data.minimums.cell
            ),
            measurement_notes=self._measurement_notes(),
            norms=list_norms(self.profiles, withheld),
            unit_means=draw_unit_means(self.profiles, self.dominance.units),
            quality=summarise_flagged(self.profiles, withheld, self.without_flagged),
            change=None if self.changes is None else self.changes.cohort(data.minimums.cohort, data.minimums.cell),
            dominated=self.dominance.notes(self.profiles),
        )

    @cached_property
    def changes(self) -> CohortChanges | None:
        """Change scores since the wave before, where there is one."""
        if self.profiles_before is None:
            return None
        labels = self.wave_labels or (self.profiles_before.data.wave, self.data.wave)
        return measure_changes(self.profiles_before, self.profiles, labels)

    @cached_property
    def without_flagged(self) -> CohortProfiles | None:
        """The cohort scored without flagged forms; None where no form is flagged."""
        return score_without_flagged(self.profiles)

    @cached_property
    def dominance(self) -> Dominance:
        """Figures that rest mostly on one rater, and are withheld."""
        return find_dominance(self.profiles)

    def _measurement_notes(self) -> tuple[str, ...]:
        measurement = self.method.measurement
        notes = caveats_between_groups(self.data, measurement)
        if self.before is None:
            return notes
        return notes + caveats_between_waves(self.before, self.data, measurement, self.wave_labels)

    def _proposal(self) -> ProgrammeProposal:
        unit_of = self.data.roster["unit_id"].to_dict()
        return propose_programme(
            self.recommendations, self.method.rates, self.data.coaches, unit_of, self.data.minimums.cell
        )

    def readings(self) -> pd.DataFrame:
        """The reading of every score, managers x competencies."""
        low, high = self.method.measurement.strength_probability, self.method.measurement.priority_probability
        p = self.profiles.p_below_target
        readings = pd.DataFrame("ask", index=p.index, columns=p.columns)
        return readings.mask(p >= high, "priority").mask(p <= low, "strength").mask(p.isna(), "no_data")

    def titles(self) -> dict[str, str]:
        """Situation ids and their titles, in the catalogue's order."""
        first = self.diagnosis.diagnosis(self.diagnosis.manager_ids[0])
        return {finding.situation_id: finding.title for finding in first.findings}

    def unit_name(self, unit_id: str) -> str:
        """A unit's name, or its id where the units table lacks it."""
        names = self.data.units.get("unit_name", {})
        return _text(names.get(unit_id)) or unit_id

    def segments_without_people(self) -> SegmentReport:
        """The segment report as a cohort may see it: no membership by person."""
        return replace(self.segments, membership={})

    def _segment_name(self, membership: dict[str, float]) -> str | None:
        if not membership:
            return None
        best = max(membership, key=membership.__getitem__)
        return next((segment.name for segment in self.segments.segments if segment.label == best), None)

    @cached_property
    def _cohort_means(self) -> dict[str, float]:
        estimates = self.profiles.estimate
        enough = estimates.notna().sum() >= self.data.minimums.cohort
        return {
            key: float(value)
            for key, value in estimates.mean()[enough].items()
            if key not in self.dominance.competencies
        }


def analyse_cohort(
    data: CohortData,
    method: Method,
    releases: Mapping[str, Snapshot] | None = None,
    release_key: str = "",
    before: CohortData | None = None,
    wave_labels: tuple[str, str] | None = None,
    releases_before: Mapping[str, Snapshot] | None = None,
) -> CohortAnalysis:
    """Score, diagnose, recommend and segment one cohort.

    Parameters
    ----------
    data : CohortData
        Validated tables of one wave.
    method : Method
        Thresholds, catalogue, library and rates.
    releases : mapping, optional
        Earlier releases by manager id; figures are issued again only when enough raters changed.
    release_key : str
        Secret of the fingerprints in ``releases``.
    before : CohortData, optional
        The wave before, to say how far the two can be compared.
    wave_labels : (str, str), optional
        Names of the wave before and this one; their ids by default.
    releases_before : mapping, optional
        Earlier releases of the wave before: change is measured from the figures that were published then.

    Returns
    -------
    CohortAnalysis
    """
    profiles = score_cohort(data, settings=method.measurement, releases=releases, release_key=release_key)
    diagnosis = diagnose(profiles, method.rules, random_state=method.seed)
    recommendations = recommend(diagnosis, profiles, method.catalogue, method.overrides)
    segments = segment_managers(profiles, random_state=method.seed)
    names = {c.id: c.short_name for c in data.instrument.profile_competencies}
    offers = {
        situation: tuple(part.intervention for part in offer.parts)
        for situation, offer in method.catalogue.offers.items()
    }
    report = segments.report(names, offers)
    scored_before = None
    if before is not None:
        scored_before = score_cohort(
            before, settings=method.measurement, releases=releases_before, release_key=release_key
        )
    return CohortAnalysis(
        data, method, profiles, diagnosis, recommendations, report, before, wave_labels, scored_before
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
