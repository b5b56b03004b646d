"""What a notebook receives about one manager, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

from coachkit.analysis.records.comparison import CohortPlace, ManagerChange
from coachkit.analysis.records.help import Recommendation
from coachkit.analysis.records.plan import DevelopmentPlan
from coachkit.analysis.records.profile import Profile
from coachkit.analysis.records.situations import Diagnosis


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a report comes from; printed on every report."""

    run_id: str
    made_on: str
    version: str
    data_hash: str
    seed: int


@dataclass(frozen=True, slots=True)
class EngagementInfo:
    """Facts about the engagement that every report may print."""

    client: str
    title: str
    purpose: str
    owner: str
    consultancy: str
    wave: str
    wave_label: str
    instrument_title: str
    instrument_citation: str
    scale_low: float
    scale_high: float
    anchors: tuple[str, ...]
    retention_date: str
    colour_primary: str = "#0B3C5D"
    colour_accent: str = "#D55E00"
    paper: str = "A4"


@dataclass(frozen=True, slots=True)
class ManagerInfo:
    """Who the report is about."""

    manager_id: str
    name: str
    job_title: str
    unit_name: str
    role_level: str


@dataclass(frozen=True, slots=True)
class ManagerDossier:
    """Everything one development-plan notebook may know; nothing about any other manager."""

    manager: ManagerInfo
    engagement: EngagementInfo
    profile: Profile
    diagnosis: Diagnosis
    recommendation: Recommendation
    plan: DevelopmentPlan
    provenance: Provenance
    n_cohort: int
    segment_name: str | None = None
    segment_membership: dict[str, float] = field(default_factory=dict)
    cohort_means: dict[str, float] = field(default_factory=dict)
    places: tuple[CohortPlace, ...] = ()
    change: ManagerChange | None = None
