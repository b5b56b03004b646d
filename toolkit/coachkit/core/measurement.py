"""Every number that decides how scores are estimated and read, each stated once with unit, source and status."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any

from coachkit.errors import SettingsError

CONWAY = "Conway & Huffcutt (1997), Human Performance 10, 331-360"
PRACTICE = "practice judgement, to be checked on the engagement's own data"


def _number(value: float, unit: str, source: str, status: str = "default") -> Any:  # noqa: ANN401 - a field
    return field(default=value, metadata={"unit": unit, "source": source, "status": status})


@dataclass(frozen=True, slots=True)
class MeasurementSettings:
    """Defaults of the measurement model; change one with ``dataclasses.replace``.

    The prior reliability of a single rater belongs to the instrument's rater groups
    (``RaterGroup.single_rater_reliability``); its values come from Conway & Huffcutt (1997). Each field's
    metadata holds ``unit``, ``source`` and ``status`` ("default" = unvalidated, "convention" = a standard).

    Examples
    --------
    >>> MeasurementSettings().priority_probability
    0.8
    >>> MeasurementSettings(priority_probability=0.1)
    Traceback (most recent call last):
    ...
    coachkit.errors.SettingsError: strength_probability 0.2 must be below priority_probability 0.1. Change one.
    """

    interval_z: float = _number(1.96, "standard errors", "95 % interval of the normal distribution", "convention")
    self_other_z: float = _number(1.645, "standard errors", "90 % two-sided error rule", "convention")
    priority_probability: float = _number(0.80, "probability", PRACTICE)
    strength_probability: float = _number(0.20, "probability", PRACTICE)
    bottom_size: int = _number(3, "competencies", "two or three priorities, not ten")
    shared_error: float = _number(
        0.30, "correlation", "errors of a manager's competencies, found on simulated cohorts with halo"
    )
    minimum_managers_reliability: int = _number(15, "managers", PRACTICE)
    minimum_managers_mean: int = _number(10, "managers", "cohort figures need ten managers")
    minimum_managers_level: int = _number(15, "managers", PRACTICE)
    prior_weight_managers: float = _number(30.0, "managers", "weight of the prior reliability; " + PRACTICE)
    prior_reliability_sd: float = _number(
        0.10, "reliability", "spread of single-rater reliabilities between samples; " + PRACTICE
    )
    prior_mean_sd_share: float = _number(0.075, "share of the scale's range", "error of the assumed mean; " + PRACTICE)
    prior_spread_freedom: float = _number(8.0, "degrees of freedom", "worth of the assumed spread; " + PRACTICE)
    level_slope: float = _number(0.5, "scale points per point of target", "rise of scores with the role; " + PRACTICE)
    level_slope_sd: float = _number(0.5, "scale points per point of target", "its uncertainty; " + PRACTICE)
    lowest_reliability: float = _number(0.05, "reliability", PRACTICE)
    highest_reliability: float = _number(0.90, "reliability", PRACTICE)
    prior_mean_share: float = _number(0.65, "share of the scale's range", "multi-source ratings lean to the top")
    prior_true_sd_share: float = _number(0.125, "share of the scale's range", PRACTICE)
    prior_self_sd_share: float = _number(0.15, "share of the scale's range", PRACTICE)
    self_reliability: float = _number(0.80, "reliability", "internal consistency of a four-item self-rating")
    quadrature_nodes: int = _number(24, "nodes", "differs from 96 nodes by less than .001", "validated")
    straight_line_items: int = _number(10, "items answered alike", PRACTICE)
    seconds_per_item: float = _number(2.0, "seconds", "Huang et al. (2012), J. Business and Psychology 27, 99-114")
    share_of_median_time: float = _number(0.5, "share of the median time", PRACTICE)
    not_observed_share: float = _number(0.30, "share of a group's answers", PRACTICE)
    minimum_forms: int = _number(30, "complete forms", "least behind an alpha; " + PRACTICE)
    agreement_limit: float = _number(0.70, "r_wg(J)", "LeBreton & Senter (2008), ORM 11, 815-852", "convention")
    weak_item_rest: float = _number(
        0.30, "correlation", "Nunnally & Bernstein (1994), Psychometric Theory", "convention"
    )
    comparison_error_rate: float = _number(0.05, "chance of any false caveat of a kind", "Bonferroni", "convention")
    notable_alpha_gap: float = _number(0.10, "reliability", PRACTICE)
    notable_mean_share: float = _number(0.05, "share of the scale's range", PRACTICE)
    notable_item_share: float = _number(0.075, "share of the scale's range", PRACTICE)

    def __post_init__(self) -> None:
        if self.strength_probability >= self.priority_probability:
            raise SettingsError(
                f"strength_probability {self.strength_probability} must be below priority_probability "
                f"{self.priority_probability}. Change one."
            )
        shares = ("lowest_reliability", "highest_reliability", "self_reliability", "prior_mean_share")
        wrong = [name for name in shares if not 0 < getattr(self, name) < 1]
        if wrong:
            raise SettingsError(f"measurement settings {wrong} must lie between 0 and 1. Correct them.")


def describe_settings(settings: MeasurementSettings) -> list[dict[str, object]]:
    """One row per setting (name, value, unit, source, status), for the methods page of a report.

    Examples
    --------
    >>> describe_settings(MeasurementSettings())[0]["name"]
    'interval_z'
    """
    return [_row(item, settings) for item in fields(settings)]


def _row(item: Field, settings: MeasurementSettings) -> dict[str, object]:
    return {"name": item.name, "value": getattr(settings, item.name), **item.metadata}
