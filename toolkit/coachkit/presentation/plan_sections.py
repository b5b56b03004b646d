"""The sections of the development plan, in the order in which a manager reads them."""

from coachkit.presentation.cover import limits_section, plan_cover
from coachkit.presentation.plan_help import evidence_section, recommendation_section, situation_section
from coachkit.presentation.plan_profile import (
    comments_section,
    headline_section,
    numbers_section,
    profile_section,
    self_other_section,
    strengths_section,
)
from coachkit.presentation.plan_work import (
    actions_section,
    goals_section,
    measures_section,
    mentoring_section,
    priorities_section,
    sessions_section,
    signatures_section,
    worksheets_section,
)

__all__ = [
    "actions_section",
    "comments_section",
    "evidence_section",
    "goals_section",
    "headline_section",
    "limits_section",
    "measures_section",
    "mentoring_section",
    "numbers_section",
    "plan_cover",
    "priorities_section",
    "profile_section",
    "recommendation_section",
    "self_other_section",
    "sessions_section",
    "signatures_section",
    "situation_section",
    "strengths_section",
    "worksheets_section",
]
