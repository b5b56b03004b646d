"""Person or system: is a competency shaped by the unit, or specific to a manager?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from coachkit.analysis.records import Attribution, UnitComparison
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.core.agreement import icc

if TYPE_CHECKING:
    from coachkit.analysis.profiles import CohortProfiles

Verdict = Literal["shared", "specific", "cannot_tell"]
ALWAYS_ATTRIBUTED = "IMP"


@dataclass(frozen=True, slots=True)
class UnitVariance:
    """How far one competency differs between units: ICC(1), and the chance of that without unit differences."""

    icc1: float | None
    p_value: float | None
    verdict: Verdict


def compare_units(profiles: CohortProfiles, rules: SituationRules) -> tuple[UnitComparison, ...]:
    """Compare the units on every competency.

    Parameters
    ----------
    profiles : CohortProfiles
        ``estimate`` is managers x competencies in scale points; units come from the roster.
    rules : SituationRules
        Its ``units`` section holds the minimums and the ICC(1) from which a unit counts as shaping a competency.

    Returns
    -------
    tuple of UnitComparison
        One per competency; ``cannot_tell`` with fewer units, or managers per unit, than the minimums.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski, Multilevel Theory, Research, and Methods in Organizations.
    LeBreton & Senter (2008), Organizational Research Methods 11, 815-852.
    """
    names = {c.id: c.name for c in profiles.data.instrument.competencies}
    found = unit_variances(profiles, rules)
    return tuple(
        UnitComparison(scale, names.get(scale, scale), _rounded(one.icc1), one.verdict, _comparison_text(one))
        for scale, one in found.items()
    )


def unit_variances(profiles: CohortProfiles, rules: SituationRules) -> dict[str, UnitVariance]:
    """ICC(1) per competency over the units that are large enough."""
    units = profiles.data.roster["unit_id"].reindex(list(profiles.manager_ids))
    return {
        scale: _variance(profiles.estimate[scale].to_numpy(dtype=float), units, profiles, rules)
        for scale in profiles.estimate.columns
    }


def least_managers(profiles: CohortProfiles, rules: SituationRules) -> int:
    """Managers with scores a unit needs before anything is said about it."""
    return int(max(rules.unit_value("least_managers"), profiles.data.minimums.unit))


def _variance(values: np.ndarray, units: pd.Series, profiles: CohortProfiles, rules: SituationRules) -> UnitVariance:
    from scipy.stats import f as f_distribution

    known = ~np.isnan(values) & units.notna().to_numpy()
    sizes = units[known].value_counts()
    large = sizes[sizes >= least_managers(profiles, rules)].index
    used = known & units.isin(large).to_numpy()
    if len(large) < rules.unit_value("least_units"):
        return UnitVariance(None, None, "cannot_tell")
    found = icc(values[used], units[used].to_numpy())
    if not np.isfinite(found.icc1) or found.icc1 >= 1:
        return UnitVariance(None, None, "cannot_tell")
    size, n = found.mean_group_size, int(used.sum())
    ratio = (1 + (size - 1) * found.icc1) / (1 - found.icc1)
    p_value = float(f_distribution.sf(ratio, found.n_groups - 1, n - found.n_groups))
    differs = found.icc1 >= rules.unit_value("shared_icc") and p_value <= rules.unit_value("chance_level")
    return UnitVariance(float(found.icc1), p_value, "shared" if differs else "specific")


def _comparison_text(one: UnitVariance) -> str:
    if one.icc1 is None:
        return "Cannot tell: too few units with enough managers."
    share = f"{max(one.icc1, 0.0) * 100:.0f}%"
    if one.verdict == "shared":
        return f"{share} of the differences between managers lie between units: look at the unit before the person."
    return f"{share} of the differences between managers lie between units: they are mostly specific to managers."


def attribute(profiles: CohortProfiles, rules: SituationRules) -> dict[str, tuple[Attribution, ...]]:
    """Say for IMP and every clear gap whether it is shared by the unit or specific to the manager.

    Each manager is compared with the mean of the *other* managers of the unit. A score clearly below theirs is
    specific; a gap the others show too, where units differ, is shared; all else cannot be told.

    Returns
    -------
    dict of manager id -> tuple of Attribution
    """
    variances = unit_variances(profiles, rules)
    units = profiles.data.roster["unit_id"].reindex(list(profiles.manager_ids))
    least, clear = least_managers(profiles, rules), rules.engine_value("clear_gap")
    found: dict[str, list[Attribution]] = {manager_id: [] for manager_id in profiles.manager_ids}
    names = {c.id: c.short_name for c in profiles.data.instrument.competencies}
    for scale, variance in variances.items():
        verdicts = _verdicts(scale, variance, units, profiles, rules, least)
        is_gap = profiles.p_below_target[scale].to_numpy(dtype=float) >= clear
        for row in np.flatnonzero(is_gap | (scale == ALWAYS_ATTRIBUTED)):
            verdict = verdicts[row]
            found[profiles.manager_ids[row]].append(
                Attribution(scale, verdict, _TEXTS[verdict].format(scale=names.get(scale, scale)))
            )
    return {manager_id: tuple(items) for manager_id, items in found.items()}


_TEXTS: dict[Verdict, str] = {
    "shared": "Other managers of the unit show the same pattern in “{scale}”, so look at how the unit works first.",
    "specific": "“{scale}” stands out from the rest of the unit, so it does not look like a matter of how the unit is set up.",
    "cannot_tell": "Whether “{scale}” is shared by the unit or specific to this manager cannot be told from these data.",
}


def _verdicts(
    scale: str,
    variance: UnitVariance,
    units: pd.Series,
    profiles: CohortProfiles,
    rules: SituationRules,
    least: int,
) -> list[Verdict]:
    estimate = profiles.estimate[scale].to_numpy(dtype=float)
    error = profiles.standard_error[scale].to_numpy(dtype=float)
    others, others_error, size = _of_the_others(estimate, error, units)
    reach = rules.unit_value("deviation")
    with np.errstate(invalid="ignore"):
        lower = estimate - others < -reach * np.hypot(error, others_error)
        together = others < profiles.target[scale].to_numpy(dtype=float)
    known = ~np.isnan(estimate) & (size >= least) & (variance.verdict != "cannot_tell")
    shared = known & together & (variance.verdict == "shared")
    specific = known & lower
    return ["specific" if s else "shared" if c else "cannot_tell" for s, c in zip(specific, shared, strict=True)]


def _of_the_others(
    estimate: np.ndarray, error: np.ndarray, units: pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of the unit's other managers, its standard error, and the number of managers with scores."""
    known = ~np.isnan(estimate)
    frame = pd.DataFrame({"n": known * 1.0, "sum": np.nan_to_num(estimate), "square": np.nan_to_num(error) ** 2})
    totals = frame.groupby(units.to_numpy(), dropna=True).transform("sum")
    n_others = (totals["n"] - frame["n"]).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (totals["sum"] - frame["sum"]).to_numpy() / n_others
        spread = np.sqrt(np.maximum((totals["square"] - frame["square"]).to_numpy(), 0.0)) / n_others
    return mean, spread, totals["n"].to_numpy()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
