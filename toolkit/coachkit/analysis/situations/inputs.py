"""From a cohort's tables to arrays of numbers the rules can be judged on; missing is NaN throughout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coachkit.analysis.situations.base import Floats, standard_cut
from coachkit.analysis.situations.thresholds import SituationRules

if TYPE_CHECKING:
    from coachkit.analysis.profiles import CohortProfiles

DAYS_PER_MONTH = 365.25 / 12
TREND = {"falling": -1.0, "flat": 0.0, "rising": 1.0}
READINESS = {"now": 0.0, "1-2 years": 1.0, "3+ years": 3.0}
YES_NO = {True: 1.0, False: 0.0, "yes": 1.0, "no": 0.0}
NUMBERS = (
    "months_in_role",
    "months_managing_people_before_role",
    "management_training_hours",
    "performance_vs_expectations",
    "improvement_capacity_pct",
    "initiatives_benefit_confirmed",
    "time_hands_on_pct",
    "confidence_in_role",
    "potential_rating",
)
YES_NO_FIELDS = ("aspires_to_senior", "open_hr_process", "volunteered", "line_manager_supports")
UNIT_NUMBERS = (
    "improvement_share_pct",
    "improvement_goal_pct",
    "unplanned_work_pct",
    "idea_to_decision_days",
    "benefit_planned",
    "benefit_realised",
    "ideas_done",
    "ideas_benefit_confirmed",
)


@dataclass(frozen=True)
class CohortInputs:
    """A cohort as arrays in roster order.

    ``unit_code`` points into ``unit_ids``; -1 = no unit. ``names`` are the competencies' short names.
    """

    manager_ids: tuple[str, ...]
    profile_ids: tuple[str, ...]
    names: dict[str, str]
    context: dict[str, Floats]
    estimate: dict[str, Floats]
    standard_error: dict[str, Floats]
    target: dict[str, Floats]
    unit_ids: tuple[str, ...]
    unit_names: tuple[str, ...]
    unit_code: np.ndarray
    unit_context: dict[str, Floats]

    @property
    def scale_ids(self) -> tuple[str, ...]:
        """Scales with scores."""
        return tuple(self.estimate)

    @cached_property
    def p_below(self) -> dict[str, Floats]:
        """P(true < target) per profile competency, shape (n_managers,); NaN where there is no score."""
        from scipy.special import ndtr

        return {
            scale: ndtr(standard_cut(self.target[scale], self.estimate[scale], self.standard_error[scale]))
            for scale in self.profile_ids
        }


def cohort_inputs(profiles: CohortProfiles, rules: SituationRules) -> CohortInputs:
    """Read scores and context of a cohort into arrays."""
    data = profiles.data
    scores = [_columns(frame) for frame in (profiles.estimate, profiles.standard_error, profiles.target)]
    profile_ids = tuple(profiles.estimate.columns)
    context = manager_context(profiles, rules)
    if not profiles.technical.empty:
        technical = profiles.technical.reindex(list(profiles.manager_ids))
        scores[0]["TECH"] = technical["estimate"].to_numpy(dtype=float)
        scores[1]["TECH"] = technical["standard_error"].to_numpy(dtype=float)
        context["technical_strength"] = scores[0]["TECH"]
    unit_of = data.roster["unit_id"]
    unit_ids = tuple(dict.fromkeys([*data.units.index, *unit_of.dropna()]))
    known = data.units["unit_name"] if "unit_name" in data.units else pd.Series(dtype=object)
    return CohortInputs(
        manager_ids=tuple(profiles.manager_ids),
        profile_ids=profile_ids,
        names={competency.id: competency.short_name for competency in data.instrument.competencies},
        context=context,
        estimate=scores[0],
        standard_error=scores[1],
        target=scores[2],
        unit_ids=unit_ids,
        unit_names=tuple(str(known.get(unit) or unit) for unit in unit_ids),
        unit_code=pd.Index(unit_ids, dtype=object).get_indexer(unit_of),
        unit_context=unit_context(data.units, data.kpis, unit_ids, rules),
    )


def _columns(frame: pd.DataFrame) -> dict[str, Floats]:
    return {str(name): frame[name].to_numpy(dtype=float) for name in frame.columns}


def manager_context(profiles: CohortProfiles, rules: SituationRules) -> dict[str, Floats]:
    """Context fields as numbers, with the derived ones the rules speak of."""
    frame = profiles.data.context.reindex(list(profiles.manager_ids))
    context = {name: _numbers(frame, name) for name in NUMBERS}
    context |= {name: _coded(frame, name, YES_NO) for name in YES_NO_FIELDS}
    context["team_kpi_trend"] = _coded(frame, "team_kpi_trend", TREND)
    context["readiness_years"] = _coded(frame, "readiness", READINESS)
    context["months_managing_people_before_role"] = _prior_months(frame)
    context["months_since_expansion"] = _months_since(frame, profiles.data.reference_date)
    context["specific_situation"] = np.where(_is_filled(frame, "specific_situation"), 1.0, np.nan)
    difference = (profiles.self_score - profiles.others).mean(axis=1)
    context["self_minus_others"] = difference.reindex(list(profiles.manager_ids)).to_numpy(dtype=float)
    context |= _potential(frame, context, rules)
    too_early = rules.threshold("new_manager", "performance_too_early_months").value
    inexperienced = (
        context["months_managing_people_before_role"] < rules.threshold("new_manager", "prior_management_months").value
    )
    context["performance_vs_expectations"] = np.where(
        inexperienced & (context["months_in_role"] < too_early), np.nan, context["performance_vs_expectations"]
    )
    return context


def _prior_months(frame: pd.DataFrame) -> Floats:
    """Months of earlier people management; a first role means none, a later role an unknown, ample number."""
    first = _coded(frame, "first_management_role", YES_NO)
    months = _numbers(frame, "months_managing_people_before_role")
    implied = np.where(first == 1, 0.0, np.where(first == 0, np.inf, np.nan))
    return np.where(np.isnan(months), implied, months)


def _months_since(frame: pd.DataFrame, reference_date: object) -> Floats:
    if "responsibility_expanded_on" not in frame or reference_date is None:
        return np.full(len(frame), np.nan)
    days = pd.Timestamp(reference_date) - pd.to_datetime(frame["responsibility_expanded_on"], errors="coerce")
    months = days.dt.days.to_numpy(dtype=float) / DAYS_PER_MONTH
    return np.where(months >= 0, months, np.nan)


def _potential(frame: pd.DataFrame, context: dict[str, Floats], rules: SituationRules) -> dict[str, Floats]:
    """Whether someone other than the manager sees potential: 1 yes, 0 no, NaN not judged."""
    rating, years = context["potential_rating"], context["readiness_years"]
    rater = frame["potential_rated_by"] if "potential_rated_by" in frame else pd.Series(None, index=frame.index)
    by_self = (rater.astype("string").str.strip().str.lower() == "self").fillna(value=False).to_numpy(dtype=bool)
    by_self |= (rater.astype("string") == frame.index.astype("string")).fillna(value=False).to_numpy(dtype=bool)
    limit = rules.threshold("senior_potential", "potential_at_least").value
    soon = rules.threshold("senior_potential", "readiness_years_at_most").value
    judged = ~by_self & ~(np.isnan(rating) & np.isnan(years))
    seen = np.where(judged, ((rating >= limit) | (years <= soon)).astype(float), np.nan)
    named = np.where(judged, rater.notna().to_numpy(dtype=float), np.nan)
    return {"potential_seen": seen, "rater_of_potential_known": named}


def unit_context(
    units: pd.DataFrame, kpis: pd.DataFrame, unit_ids: tuple[str, ...], rules: SituationRules
) -> dict[str, Floats]:
    """Unit figures as numbers, with the two ratios the unit rule speaks of and the share of flat KPIs."""
    frame = units.reindex(list(unit_ids))
    context = {name: _numbers(frame, name) for name in UNIT_NUMBERS}
    context["improvement_share_of_goal"] = _ratio(context["improvement_share_pct"], context["improvement_goal_pct"])
    money = _ratio(context["benefit_realised"], context["benefit_planned"])
    ideas = _ratio(context["ideas_benefit_confirmed"], context["ideas_done"])
    context["benefit_confirmed_ratio"] = np.where(np.isnan(money), ideas, money)
    flat = flat_kpi_share(kpis, rules)
    context["kpi_share_flat"] = flat.reindex(list(unit_ids)).to_numpy(dtype=float)
    return context


def flat_kpi_share(kpis: pd.DataFrame, rules: SituationRules) -> pd.Series:
    """Share (0-1) of each unit's KPIs that did not improve over the last quarters; units without a series are absent.

    Monthly periods are averaged to quarters. A KPI improved if its last quarter lies better than the first of
    the window by more than ``kpi_flat_change_pct`` percent of the latter.
    """
    if kpis.empty:
        return pd.Series(dtype=float)
    quarters = int(rules.unit_value("kpi_quarters"))
    table = kpis.assign(quarter=_quarters(kpis["period"])).dropna(subset=["quarter", "value"])
    means = table.groupby(["unit_id", "kpi", "direction", "quarter"], sort=True)["value"].mean()
    flat: dict[str, list[bool]] = {}
    for (unit, _, better), series in means.groupby(level=["unit_id", "kpi", "direction"]):
        window = series.to_numpy()[-(quarters + 1) :]
        if len(window) <= quarters or window[0] == 0:
            continue
        gain = (window[-1] - window[0]) / abs(window[0]) * (1 if better == "higher" else -1)
        flat.setdefault(unit, []).append(gain * 100 <= rules.unit_value("kpi_flat_change_pct"))
    return pd.Series({unit: float(np.mean(flags)) for unit, flags in flat.items()}, dtype=float)


def _quarters(periods: pd.Series) -> pd.Series:
    text = periods.astype("string")
    parts = text.str.extract(r"^(\d{4})-(?:Q([1-4])|(\d{2}))$")
    quarter = pd.to_numeric(parts[1]).fillna((pd.to_numeric(parts[2]) + 2) // 3)
    return pd.to_numeric(parts[0]) * 4 + quarter


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _coded(frame: pd.DataFrame, name: str, codes: dict) -> Floats:
    if name not in frame:
        return np.full(len(frame), np.nan)
    column = frame[name].astype(object)
    return column.map(lambda value: codes.get(value, np.nan) if not pd.isna(value) else np.nan).to_numpy(dtype=float)


def _is_filled(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame:
        return np.zeros(len(frame), dtype=bool)
    return frame[name].astype("string").str.strip().fillna("").ne("").to_numpy(dtype=bool)
