"""What segmentation hands on: labels, membership and stability, or the reasoned refusal; and its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.analysis.records import SegmentReport, SegmentSummary
from coachkit.analysis.segments.archetypes import resemble_archetypes
from coachkit.analysis.segments.estimator import NeedSegments
from coachkit.analysis.segments.matching import match_archetypes
from coachkit.analysis.segments.naming import name_segments
from coachkit.analysis.segments.saved import SegmentSolution, segment_labels
from coachkit.analysis.segments.stability import stability_band

CLEAR_RESEMBLANCE = 0.7  # correlation from which a group is said to resemble a situation (default, not validated)
LIMITS = "Groups describe answers, not people; for development only – not for hiring, pay, promotion or dismissal."


@dataclass(frozen=True)
class SegmentResult:
    """Segments of one cohort, or the refusal to form any.

    Attributes
    ----------
    n_segments : int
        0 too few managers, 1 no structure, else the number of groups.
    verdict : {"segments", "no_structure", "too_few"}
    reason : str
    labels : Series of int
        Group by manager, 0 .. k-1, largest first; -1 = not placed.
    membership : DataFrame (n_managers, n_segments)
        Probabilities 0-1, columns ``S1`` ...; NaN = not placed.
    stability : Series
        Mean bootstrap Jaccard similarity by segment; empty unless there are groups.
    p_value : float or None
    archetypes : DataFrame
        Probability of each stated archetype, at any cohort size; empty for questionnaires without them.
    solution : SegmentSolution or None
    method : str
        Method, variables, number of groups and settings in words.
    """

    n_segments: int
    verdict: str
    reason: str
    labels: pd.Series
    membership: pd.DataFrame
    stability: pd.Series
    p_value: float | None
    archetypes: pd.DataFrame
    solution: SegmentSolution | None
    method: str

    def report(
        self,
        competency_names: Mapping[str, str] | None = None,
        offers: Mapping[str, Sequence[str]] | None = None,
    ) -> SegmentReport:
        """The segments as plain records, named by what their members need most.

        Parameters
        ----------
        competency_names : mapping, optional
            Reader-friendly name of each competency.
        offers : mapping, optional
            Interventions offered in each situation.
        """
        return SegmentReport(
            n_segments=self.n_segments,
            verdict=self.verdict,
            reason=self.reason,
            method=f"{self.method} {LIMITS}",
            p_value=self.p_value,
            segments=self._summaries(competency_names, offers or {}),
            membership=self._membership(),
        )

    def resemblance(self) -> pd.DataFrame:
        """How much each segment resembles each situation's stated need pattern: correlations -1..1, (k, situations)."""
        if self.solution is None:
            return pd.DataFrame()
        centres = pd.DataFrame(self.solution.centres, self.membership.columns, list(self.solution.competency_ids))
        return resemble_archetypes(centres, self.solution.weights)

    def _summaries(
        self, competency_names: Mapping[str, str] | None, offers: Mapping[str, Sequence[str]]
    ) -> tuple[SegmentSummary, ...]:
        if self.solution is None:
            return ()
        ids, centres = self.solution.competency_ids, self.solution.centres
        names = name_segments(np.array(centres), ids, competency_names)
        resembling = self.resemblance()
        like = [_clearest(resembling.loc[label]) for label in self.membership.columns]
        return tuple(
            SegmentSummary(
                label=label,
                name=names[number],
                size=int((self.labels == number).sum()),
                centre=dict(zip(ids, centres[number], strict=True)),
                jaccard=float(self.stability.iloc[number]),
                stability=stability_band(float(self.stability.iloc[number])),
                situation=like[number][0],
                resemblance=like[number][1],
                interventions=tuple(offers.get(like[number][0] or "", ())),
            )
            for number, label in enumerate(self.membership.columns)
        )

    def _membership(self) -> dict[str, dict[str, float]]:
        if self.solution is None:
            return {}
        return {str(row): shares.to_dict() for row, shares in self.membership.dropna().iterrows()}


def _clearest(resemblance: pd.Series) -> tuple[str | None, float | None]:
    """The situation a segment resembles most and how much; None below ``CLEAR_RESEMBLANCE``."""
    known = resemblance.dropna()
    if known.empty or known.max() < CLEAR_RESEMBLANCE:
        return None, None
    return str(known.idxmax()), float(known.max())


def segment_managers(
    scores: object,
    standard_errors: pd.DataFrame | None = None,
    random_state: int = 0,
    n_null: int = 99,
    n_bootstrap: int = 99,
) -> SegmentResult:
    """Group managers by the shape of their need profiles, or say why not.

    Parameters
    ----------
    scores : DataFrame (n_managers, n_competencies) or CohortProfiles
        Scores in scale points. From profiles, the raw means of others against the role targets are used, with
        their error; estimates already drawn towards the mean would hide how noisy they are.
    standard_errors : DataFrame, optional
        Standard errors of the scores; ignored for profiles, which bring their own. Without them the null matches
        the covariance only.
    random_state : int
    n_null, n_bootstrap : int
        Simulated cohorts of the structure test and regroupings for stability.

    Returns
    -------
    SegmentResult

    Examples
    --------
    >>> flat = pd.DataFrame(np.random.default_rng(0).normal(3, 0.5, (12, 4)), columns=["PEO", "TEAM", "OUT", "IMP"])
    >>> result = segment_managers(flat)
    >>> result.n_segments, result.verdict
    (0, 'too_few')
    """
    if hasattr(scores, "others") and hasattr(scores, "reliability"):
        scores, standard_errors = _observed(scores)
    table = scores if isinstance(scores, pd.DataFrame) else pd.DataFrame(np.asarray(scores, dtype=float))
    fitted = NeedSegments(n_null=n_null, n_bootstrap=n_bootstrap, random_state=random_state)
    fitted.fit(table, standard_errors=standard_errors)
    columns = segment_labels(fitted.n_segments_)
    stable = pd.Series(fitted.stability_, index=columns[: len(fitted.stability_)], name="jaccard", dtype=float)
    return SegmentResult(
        n_segments=fitted.n_segments_,
        verdict=fitted.verdict_,
        reason=fitted.reason_,
        labels=pd.Series(fitted.labels_, index=table.index, name="segment"),
        membership=pd.DataFrame(fitted.membership_, index=table.index, columns=columns),
        stability=stable,
        p_value=fitted.p_value_,
        archetypes=match_archetypes(table, standard_errors),
        solution=fitted.solution_,
        method=_method(fitted),
    )


def _observed(profiles: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raw gaps of others against target, and the error of a raw mean.

    A shrunken estimate has posterior error ``se = sigma sqrt(1 - R)``; the raw mean's is ``se / sqrt(R)``.
    """
    gaps = profiles.others - profiles.target
    errors = profiles.standard_error / np.sqrt(profiles.reliability.clip(lower=0.05))
    return gaps, errors


def _method(fitted: NeedSegments) -> str:
    variables = ", ".join(fitted.competency_ids_)
    n_found = f"Groups (k = {fitted.n_segments_})" if fitted.n_segments_ > 1 else "Groups sought"
    return (
        f"Variables: {variables}; each profile centred on its own mean, so that groups differ in shape, not level. "
        f"{n_found} by normal mixtures that start from the data and from stated need patterns; "
        f"structure tested against {fitted.n_null} simulated cohorts with the same covariance, skewness and rater error "
        "but no groups; stability as mean Jaccard "
        f"similarity and membership averaged over {fitted.n_bootstrap} bootstrap samples."
    )
