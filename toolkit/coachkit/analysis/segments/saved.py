"""A saved solution: enough to place new managers in groups found earlier. JSON only; nothing that could run."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from coachkit.analysis.segments.mixture import posterior
from coachkit.analysis.segments.partition import shape_of
from coachkit.errors import CoachkitError, listed

FORMAT = "coachkit-segments/1"
_LARGEST = 1_000_000  # characters
_LEAST_PEOPLE = 0.1  # share of the spread within groups that is people's, whatever the stated error


@dataclass(frozen=True, slots=True)
class SegmentSolution:
    """Groups found in one cohort.

    ``centres`` are mean shapes in scale points, one row a group; ``weights`` the groups' shares; ``variance`` the
    spread of a competency within groups, in squared scale points, of which ``error_variance`` was rater error; it
    holds the uncertainty of the centres too.
    """

    competency_ids: tuple[str, ...]
    centres: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    variance: float
    error_variance: float
    names: tuple[str, ...]

    def assign(self, scores: pd.DataFrame, standard_errors: pd.DataFrame | None = None) -> pd.DataFrame:
        """Membership probabilities of managers, new ones too.

        Parameters
        ----------
        scores : DataFrame (n_managers, n_competencies)
            The competencies the solution was found with, any order; a manager with a missing score gets NaN.
        standard_errors : DataFrame, optional
            Standard errors of the scores.

        Returns
        -------
        DataFrame (n_managers, n_segments)
            Probabilities 0-1, columns ``S1``, ``S2`` ...

        Raises
        ------
        CoachkitError
            If a competency is absent.
        """
        missing = [name for name in self.competency_ids if name not in scores.columns]
        if missing:
            raise CoachkitError(f"scores lack {listed(missing)}. Assign with the competencies of the saved solution.")
        values = scores[list(self.competency_ids)].to_numpy(dtype=float)
        error = None
        if standard_errors is not None:
            error = standard_errors[list(self.competency_ids)].to_numpy(dtype=float) ** 2
        return pd.DataFrame(
            self.posterior(values, error), index=scores.index, columns=segment_labels(len(self.weights))
        )

    def posterior(self, scores: np.ndarray, error_variance: np.ndarray | None) -> np.ndarray:
        """Membership (n, k) of score rows; NaN where a row is incomplete."""
        complete = np.isfinite(scores).all(axis=1)
        result = np.full((len(scores), len(self.weights)), np.nan)
        shapes = shape_of(scores[complete])
        widths = np.full(len(shapes), self.variance)
        if error_variance is not None:
            own = np.nan_to_num(error_variance[complete].mean(axis=1), nan=self.error_variance)
            widths = max(self.variance - self.error_variance, _LEAST_PEOPLE * self.variance) + own
        result[complete] = posterior(shapes, np.array(self.centres), np.array(self.weights), widths)[0]
        return result


def segment_labels(k: int) -> list[str]:
    """Column labels of ``k`` segments.

    Examples
    --------
    >>> segment_labels(2)
    ['S1', 'S2']
    """
    return [f"S{number}" for number in range(1, k + 1)]


def solution_to_json(solution: SegmentSolution) -> str:
    """Write a solution as JSON text; equal solutions give equal text."""
    return json.dumps({"format": FORMAT, **asdict(solution)}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def solution_from_json(text: str | bytes) -> SegmentSolution:
    """Read a saved solution.

    Parameters
    ----------
    text : str or bytes
        What :func:`solution_to_json` wrote. Nothing else is accepted: no pickle, joblib or other format that could
        run code.

    Raises
    ------
    CoachkitError
        If it is not such a document, or its numbers do not fit together.
    """
    if len(text) > _LARGEST:
        raise CoachkitError(f"a saved segment solution has at most {_LARGEST:,} characters. Got {len(text):,}.")
    try:
        data = json.loads(text if isinstance(text, str) else text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CoachkitError(f"not a saved segment solution: expected JSON text ({FORMAT}). Save it again.") from error
    fields = set(SegmentSolution.__dataclass_fields__)
    if not isinstance(data, dict) or data.get("format") != FORMAT or set(data) != fields | {"format"}:
        raise CoachkitError(f"not a saved segment solution: expected the format {FORMAT!r}. Save it again.")
    try:
        return _checked(data)
    except (TypeError, ValueError, OverflowError) as error:
        raise CoachkitError(
            "a saved segment solution holds numbers that do not fit together. Save it again."
        ) from error


def _checked(data: dict) -> SegmentSolution:
    ids = tuple(_text(name) for name in data["competency_ids"])
    names = tuple(_text(name) for name in data["names"])
    centres = tuple(tuple(_number(value) for value in row) for row in data["centres"])
    weights = tuple(_number(value) for value in data["weights"])
    variance, error = _number(data["variance"]), _number(data["error_variance"])
    fits = len(centres) == len(weights) == len(names) >= 1 and all(len(row) == len(ids) for row in centres)
    if not fits or variance <= 0 or error < 0 or min(weights) <= 0 or len(set(ids)) < len(ids):
        raise ValueError("sizes differ or a spread is not positive")
    return SegmentSolution(ids, centres, weights, variance, error, names)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("expected a finite number")
    return float(value)
