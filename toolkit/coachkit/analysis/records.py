"""Records that carry the analysis to presentation and delivery.

They hold only plain values (text, numbers, None, tuples, dicts), so that they serialise to JSON and back
without loss. A missing number is ``None``, never NaN. Scores are already released through
:mod:`coachkit.core.confidentiality`: what a record holds may be shown to its audience.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Reading = Literal["priority", "strength", "ask", "no_data"]


# ------------------------------------------------------------------ profile
@dataclass(frozen=True, slots=True)
class GroupScore:
    """One rater group's released mean. ``n_raters`` is None where showing it would tell too much.

    ``status``: shown, pooled (published only together with other groups), hidden (too few), none (nobody answered).
    """

    group_id: str
    label: str
    status: Literal["shown", "pooled", "hidden", "none"]
    score: float | None = None
    n_raters: int | None = None


@dataclass(frozen=True, slots=True)
class SelfOther:
    """Self minus others, judged by the error of both. ``verdict`` is one of four classes or ``cannot_tell``."""

    difference: float | None
    error: float | None
    verdict: Literal["over", "under", "agree_good", "agree_poor", "agree", "cannot_tell"]
    is_blind_spot: bool = False


@dataclass(frozen=True, slots=True)
class CompetencyScore:
    """One competency of one manager with its uncertainty (scale points; probabilities 0-1)."""

    competency_id: str
    name: str
    short_name: str
    definition: str
    target: float
    self_score: float | None
    groups: tuple[GroupScore, ...]
    others: float | None
    n_effective: float
    reliability: float | None
    estimate: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p_below_target: float | None
    p_bottom_three: float | None
    reading: Reading
    self_other: SelfOther


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item's released mean over all others, rounded as the number of raters allows."""

    item_id: str
    competency_id: str
    indicator: str
    self_score: float | None
    others: float | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment released to the manager; ``source`` is a group label or a pooled label, never a rater."""

    question: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """A response-quality remark; flags only, nothing is dropped without the consultant."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One manager's released profile at one wave."""

    manager_id: str
    wave: str
    scores: tuple[CompetencyScore, ...]
    other_scales: tuple[CompetencyScore, ...] = ()
    items: tuple[ItemScore, ...] = ()
    comments: tuple[Comment, ...] = ()
    quality: tuple[QualityFlag, ...] = ()
    notes: tuple[str, ...] = ()
    is_frozen: bool = False

    def score(self, competency_id: str) -> CompetencyScore:
        """The score of one competency (KeyError for an id outside the instrument)."""
        for score in (*self.scores, *self.other_scales):
            if score.competency_id == competency_id:
                return score
        raise KeyError(competency_id)

    def of_reading(self, reading: Reading) -> tuple[CompetencyScore, ...]:
        """Scores with one reading, most certain first."""
        chosen = [score for score in self.scores if score.reading == reading]
        sign = -1.0 if reading != "strength" else 1.0
        return tuple(sorted(chosen, key=lambda s: (sign * (s.p_below_target or 0.0), s.competency_id)))


# ------------------------------------------------------------------ situations
@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that spoke for or against a situation, as a sentence with its numbers."""

    text: str
    direction: Literal["for", "against", "context"]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One situation for one manager (or unit): how probable, why, and what is missing."""

    situation_id: str
    title: str
    probability: float | None
    status: Literal["recognised", "possible", "unlikely", "cannot_tell"]
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    would_change: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Person or system, for one competency: shared by the unit, specific to the manager, or cannot tell."""

    competency_id: str
    verdict: Literal["shared", "specific", "cannot_tell"]
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings for one manager and the headline drawn from them.

    ``headline_ids`` are the recognised situations (may be several, may be empty); ``outcome`` says which kind
    of answer this is.
    """

    manager_id: str
    outcome: Literal["recognised", "unclear", "none_of_the_five", "no_intervention", "not_enough_data"]
    headline_ids: tuple[str, ...]
    summary: str
    findings: tuple[Finding, ...]
    most_useful_missing: str | None = None
    question_to_ask: str | None = None
    attributions: tuple[Attribution, ...] = ()

    def finding(self, situation_id: str) -> Finding:
        """The finding of one situation (KeyError for an unknown id)."""
        return next(f for f in self.findings if f.situation_id == situation_id)


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """The stale_organisation situation for one unit, and the unit's figures behind it."""

    unit_id: str
    unit_name: str
    n_managers: int
    finding: Finding
    figures: dict[str, float | None] = field(default_factory=dict)


# ------------------------------------------------------------------ interventions
InterventionId = Literal[
    "short_coaching", "long_coaching", "mentoring", "team_coaching", "training_first", "no_intervention"
]


@dataclass(frozen=True, slots=True)
class Intervention:
    """One kind of help with its dose; hours are the manager's contact hours (for team_coaching: the team's)."""

    id: str
    label: str
    dose: str
    sessions_low: int
    sessions_high: int
    hours_per_session: float
    months: int
    focus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What help fits, why, how sure, what else would do, and what would change the answer.

    ``gate`` lists readiness conditions that are not met or not known; coaching starts only when it is empty.
    """

    manager_id: str
    interventions: tuple[Intervention, ...]
    reason: str
    confidence: float | None
    confidence_text: str
    alternative: str
    would_change: str
    success_measures: tuple[str, ...]
    gate: tuple[str, ...] = ()
    status: Literal["proposed", "decide_in_conversation", "not_now"] = "proposed"
    override_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One row of the programme proposal: places, hours and cost range of one intervention."""

    intervention_id: str
    label: str
    places: int
    places_if_confirmed: int
    hours_low: float
    hours_high: float
    cost_low: float | None
    cost_high: float | None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeProposal:
    """Places, hours and a cost range for the whole programme; ``currency`` as in engagement.yaml."""

    lines: tuple[ProposalLine, ...]
    currency: str
    cost_low: float | None
    cost_high: float | None
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------ segments
@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """One group of answers: a name from its most distinguishing competencies, never a trait of people.

    ``situation`` is the one whose stated need pattern the group resembles most, with the correlation ``resemblance``
    (-1..1) and what is offered in it; None if the group resembles no pattern clearly.
    """

    label: str
    name: str
    size: int
    centre: dict[str, float]
    jaccard: float | None
    stability: str
    situation: str | None = None
    resemblance: float | None = None
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """Segments, or the reasoned refusal to form any (``n_segments`` 0 or 1)."""

    n_segments: int
    verdict: Literal["segments", "no_structure", "too_few"]
    reason: str
    method: str
    p_value: float | None
    segments: tuple[SegmentSummary, ...] = ()
    membership: dict[str, dict[str, float]] = field(default_factory=dict)


# ------------------------------------------------------------------ plan
@dataclass(frozen=True, slots=True)
class Action:
    """One action of the library, chosen for a plan."""

    id: str
    competency_id: str
    kind: Literal["on_the_job", "with_others", "learning"]
    title: str
    purpose: str
    first_step: str
    evidence_of_success: str
    levels: tuple[str, ...] = ()
    effort: str = ""


@dataclass(frozen=True, slots=True)
class Priority:
    """One of the two or three things to work on, and why it was chosen."""

    competency_id: str
    name: str
    why: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal written before work starts: SMART, with a goal attainment ladder from -2 to +2."""

    id: str
    competency_id: str
    title: str
    specific: str
    measured_by: str
    achievable: str
    relevant: str
    due_on: str
    ladder: tuple[str, str, str, str, str]
    weight: int
    owner: str


@dataclass(frozen=True, slots=True)
class Session:
    """One planned session with its agenda; ``grow`` holds one question each for goal, reality, options, will."""

    number: int
    title: str
    purpose: str
    planned_on: str
    minutes: int
    agenda: tuple[str, ...]
    grow: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of success with its baseline, target, owner and date."""

    what: str
    baseline: str
    target: str
    owner: str
    review_on: str


@dataclass(frozen=True, slots=True)
class WorksheetField:
    """One thing to fill in: a label, a hint written by a coach, and how many lines to leave."""

    label: str
    hint: str
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Worksheet:
    """A page to fill in: business case, change plan, benefits register, specific situation."""

    id: str
    title: str
    intro: str
    fields: tuple[WorksheetField, ...]
    columns: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class MentoringAgreement:
    """The agreement between manager and mentor, and an agenda of questions to draw on."""

    intro: str
    clauses: tuple[str, ...]
    agenda: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DevelopmentPlan:
    """The manager's plan: a few priorities, goals, actions, sessions, measures and pages to work on."""

    manager_id: str
    headline: str
    strengths: tuple[Priority, ...]
    priorities: tuple[Priority, ...]
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    sessions: tuple[Session, ...]
    measures: tuple[Measure, ...]
    review_dates: tuple[str, ...]
    worksheets: tuple[Worksheet, ...]
    mentoring: MentoringAgreement | None = None


# ------------------------------------------------------------------ what a notebook receives
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
    """Everything the cohort-diagnostics notebook may know; no manager is named and no small cell shown."""

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
    outcomes: dict[str, int]
    interventions: dict[str, int]
    segments: SegmentReport
    unit_findings: tuple[UnitFinding, ...]
    comparisons: tuple[UnitComparison, ...]
    proposal: ProgrammeProposal
    scales: tuple[ScaleQuality, ...]
    discussion: tuple[str, ...]
    notes: tuple[str, ...] = ()
    measurement_notes: tuple[str, ...] = ()
