"""What a notebook receives about the cohort: no names, no small cells."""

from __future__ import annotations

from dataclasses import dataclass

from coachkit.analysis.records.comparison import CohortChange, NormRow, QualityEffect, UnitMean
from coachkit.analysis.records.dossier import EngagementInfo, Provenance
from coachkit.analysis.records.help import ProgrammeProposal
from coachkit.analysis.records.segments import SegmentReport
from coachkit.analysis.records.situations import UnitFinding


@dataclass(frozen=True, slots=True)
class GroupCompletion:
    """How many forms of one rater group came back; None where a count would tell too much."""

    group_id: str
    label: str
    n_managers: int
    n_raters: int | None
    median_raters: float | None
    share_answered: float | None
    share_not_observed: float | None


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One unit x competency cell: mean estimate, or hidden because too few managers stand behind it."""

    unit_id: str
    competency_id: str
    n_managers: int | None
    mean: float | None
    share_priority: float | None


@dataclass(frozen=True, slots=True)
class CompetencySpread:
    """One competency over the cohort: quantiles of estimates and counts of readings (None: fewer than five)."""

    competency_id: str
    name: str
    short_name: str
    mean: float | None
    mean_low: float | None
    mean_high: float | None
    quantiles: tuple[float, ...]
    target: float
    n_priority: int | None
    n_ask: int | None
    n_strength: int | None
    n_no_data: int | None


@dataclass(frozen=True, slots=True)
class SituationCount:
    """How many managers (or units) are in a situation, or may be; None: fewer than five."""

    situation_id: str
    title: str
    n_recognised: int | None
    n_possible: int | None


@dataclass(frozen=True, slots=True)
class UnitComparison:
    """One competency compared between units: share of variance between units and what it suggests."""

    competency_id: str
    name: str
    icc1: float | None
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemQuality:
    """How one item goes with the rest of its scale."""

    item_id: str
    indicator: str
    item_rest: float | None
    alpha_if_deleted: float | None
    text: str


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """How far raters of one group agree about the same manager on a scale, over ``n_managers`` with two or more.

    ``rwg_j`` and ``average_deviation`` are medians over managers, ``share_agreeing`` the share of managers with
    r_wg(J) of at least .70; ``icc1`` is the reliability of one rater, ``icc2`` of the mean of ``mean_raters``.
    """

    group_id: str
    label: str
    n_managers: int
    mean_raters: float
    rwg_j: float
    share_agreeing: float
    average_deviation: float
    icc1: float | None
    icc2: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ScaleQuality:
    """Reliability of one scale in this cohort with its reading.

    ``sem`` is the error of one form from its items (scale points), ``score_error`` the mean standard error of a
    manager's score from raters; ``reading`` says in sentences what the figures mean.
    """

    competency_id: str
    name: str
    n_forms: int
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    single_rater: dict[str, float]
    text: str
    omega: float | None = None
    sem: float | None = None
    score_error: float | None = None
    items: tuple[ItemQuality, ...] = ()
    agreement: tuple[GroupAgreement, ...] = ()
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortDossier:
    """Everything the cohort-diagnostics notebook may know; no manager is named and no small cell shown.

    ``outcomes`` and ``interventions`` count managers by kind of answer and of help, None where the count is too small
    to be given. ``dominated`` holds a sentence for every group of figures withheld because one rater gave most of the answers.
    """

    engagement: EngagementInfo
    provenance: Provenance
    n_managers: int
    n_with_data: int
    n_units: int
    unit_names: dict[str, str]
    competency_names: dict[str, str]
    completion: tuple[GroupCompletion, ...]
    completeness_notes: tuple[str, ...]
    heat: tuple[HeatCell, ...]
    spread: tuple[CompetencySpread, ...]
    situations: tuple[SituationCount, ...]
    outcomes: dict[str, int | None]
    interventions: dict[str, int | None]
    segments: SegmentReport
    unit_findings: tuple[UnitFinding, ...]
    comparisons: tuple[UnitComparison, ...]
    proposal: ProgrammeProposal
    scales: tuple[ScaleQuality, ...]
    discussion: tuple[str, ...]
    notes: tuple[str, ...] = ()
    measurement_notes: tuple[str, ...] = ()
    norms: tuple[NormRow, ...] = ()
    unit_means: tuple[UnitMean, ...] = ()
    quality: QualityEffect | None = None
    change: CohortChange | None = None
    dominated: tuple[str, ...] = ()
