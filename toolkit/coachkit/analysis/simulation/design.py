"""What the simulated world looks like: shares of situations, levels, noise and special cases.

Every number here is a stated assumption of the synthetic data, not a finding about managers.
"""

from __future__ import annotations

from dataclasses import dataclass

SITUATION_SHARES: dict[str, float] = {
    "new_manager": 0.20,
    "steady_state": 0.13,
    "beyond_technology": 0.18,
    "senior_potential": 0.15,
    "none": 0.26,
    "mixture": 0.08,
}
MIXTURES: tuple[tuple[str, str], ...] = (
    ("steady_state", "beyond_technology"),
    ("new_manager", "steady_state"),
    ("beyond_technology", "senior_potential"),
)
# Probability of the lowest, middle and highest role level, by situation.
LEVEL_SHARES: dict[str, tuple[float, float, float]] = {
    "new_manager": (0.65, 0.15, 0.20),
    "steady_state": (0.0, 0.8, 0.2),
    "beyond_technology": (0.15, 0.75, 0.10),
    "stale_organisation": (0.0, 0.9, 0.1),
    "senior_potential": (0.0, 0.9, 0.1),
    "none": (0.15, 0.65, 0.20),
    "mixture": (0.2, 0.7, 0.1),
}
LEVEL_MEANS: tuple[float, float, float] = (3.20, 3.60, 3.90)  # points of a five-point scale
TECHNICAL_MEAN = 3.55
TECHNICAL_SHIFTS: dict[str, float] = {"beyond_technology": 1.25, "steady_state": 0.10}
NONE_SHIFT = 0.15  # managers without a situation sit a little above their target

UNIT_WEIGHTS: tuple[int, ...] = (12, 10, 9, 7, 6, 4)  # sizes of six units in a cohort of 48
STALE_POSITION = 2  # of every six units the third is stale
UNIT_SHIFT_SD = 0.06

EXPECTED_INTERVENTIONS: dict[str, str] = {
    "new_manager": "short_coaching",
    "steady_state": "long_coaching",
    "beyond_technology": "short_coaching+mentoring",
    "stale_organisation": "team_coaching",
    "senior_potential": "mentoring",
    "none": "no_intervention",
    "mixture": "unclear",
}
# Expected gain on the focus competencies if the intervention is given, in points of a five-point scale.
EXPECTED_EFFECTS: dict[str, tuple[float, tuple[str, ...]]] = {
    "new_manager": (0.40, ("PEO", "TEAM", "OPP")),
    "steady_state": (0.25, ("IMP", "PEO", "BEN")),
    "beyond_technology": (0.35, ("OPP", "CASE", "OUT")),
    "stale_organisation": (0.30, ("PLAN", "BEN", "IMP", "TEAM")),
    "senior_potential": (0.20, ("GRO",)),
    "none": (0.0, ()),
    "mixture": (0.0, ()),
}
PILOT_FOCUS: tuple[str, ...] = ("IMP", "PEO", "BEN")
PILOT_GAIN = 0.55


@dataclass(frozen=True, slots=True)
class Noise:
    """How people differ and how raters err, in points of a five-point scale unless stated.

    ``reliability`` is the single-rater inter-rater reliability (0-1) by rater-group id, ``default_reliability`` for
    any other group [Conway & Huffcutt 1997]; halo is the share of a rater's error common to all competencies.
    """

    general_sd: float = 0.18
    specific_sd: float = 0.20
    technical_sd: float = 0.22
    item_sd: float = 0.55
    halo_share: float = 0.45
    occasion_share: float = 0.25
    self_reliability: float = 0.35
    self_bias: float = 0.12
    reliability: tuple[tuple[str, float], ...] = (("manager", 0.50), ("peer", 0.37), ("report", 0.30))
    default_reliability: float = 0.37
    share_missing: float = 0.02
    share_not_observed: float = 0.05
    share_comment: float = 0.45
    share_speeding: float = 0.015
    share_straight: float = 0.015
    share_returning: float = 0.75

    def single_rater(self, group_id: str) -> float:
        """Single-rater reliability assumed for a group of raters (0-1)."""
        return dict(self.reliability).get(group_id, self.default_reliability)


SELF_BIAS: dict[str, float] = {"beyond_technology": -0.55, "senior_potential": -0.10}
OVER_RATING = 1.1
