"""The five situations in which coaching or mentoring is right: recognised, explained, or left open."""

from coachkit.analysis.situations.diagnosis import CohortDiagnosis, diagnose
from coachkit.analysis.situations.engine import SITUATION_IDS, check_rules
from coachkit.analysis.situations.thresholds import SituationRules

__all__ = ["SITUATION_IDS", "CohortDiagnosis", "SituationRules", "check_rules", "diagnose"]
