"""Records that carry the analysis to presentation and delivery.

They hold only plain values (text, numbers, None, tuples, dicts), so that they serialise to JSON and back
without loss. A missing number is ``None``, never NaN. Scores are already released through
:mod:`coachkit.core.confidentiality`: what a record holds may be shown to its audience.
"""

from coachkit.analysis.records.cohort import (
    CohortDossier,
    CompetencySpread,
    GroupAgreement,
    GroupCompletion,
    HeatCell,
    ItemQuality,
    ScaleQuality,
    SituationCount,
    UnitComparison,
)
from coachkit.analysis.records.comparison import (
    CohortChange,
    CohortPlace,
    CompetencyChange,
    FlaggedMean,
    ManagerChange,
    NormRow,
    QualityEffect,
    ScoreChange,
    UnitMean,
)
from coachkit.analysis.records.dossier import EngagementInfo, ManagerDossier, ManagerInfo, Provenance
from coachkit.analysis.records.help import Intervention, InterventionId, ProgrammeProposal, ProposalLine, Recommendation
from coachkit.analysis.records.plan import (
    Action,
    DevelopmentPlan,
    Goal,
    Measure,
    MentoringAgreement,
    Priority,
    Session,
    Worksheet,
    WorksheetField,
)
from coachkit.analysis.records.profile import (
    Comment,
    CompetencyScore,
    GroupScore,
    ItemScore,
    Profile,
    QualityFlag,
    Reading,
    SelfOther,
)
from coachkit.analysis.records.segments import SegmentReport, SegmentSummary
from coachkit.analysis.records.situations import Attribution, Diagnosis, Evidence, Finding, UnitFinding

__all__ = [
    "Action",
    "Attribution",
    "CohortChange",
    "CohortDossier",
    "CohortPlace",
    "Comment",
    "CompetencyChange",
    "CompetencyScore",
    "CompetencySpread",
    "DevelopmentPlan",
    "Diagnosis",
    "EngagementInfo",
    "Evidence",
    "Finding",
    "FlaggedMean",
    "Goal",
    "GroupAgreement",
    "GroupCompletion",
    "GroupScore",
    "HeatCell",
    "Intervention",
    "InterventionId",
    "ItemQuality",
    "ItemScore",
    "ManagerChange",
    "ManagerDossier",
    "ManagerInfo",
    "Measure",
    "MentoringAgreement",
    "NormRow",
    "Priority",
    "Profile",
    "ProgrammeProposal",
    "ProposalLine",
    "Provenance",
    "QualityEffect",
    "QualityFlag",
    "Reading",
    "Recommendation",
    "ScaleQuality",
    "ScoreChange",
    "SegmentReport",
    "SegmentSummary",
    "SelfOther",
    "Session",
    "SituationCount",
    "UnitComparison",
    "UnitFinding",
    "UnitMean",
    "Worksheet",
    "WorksheetField",
]
