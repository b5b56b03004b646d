"""Compare single profiles with the stated need patterns, whose strength in this cohort nobody knows beforehand.

The patterns are practice judgement. Where people differ less than stated, taking them at face value makes every match
too sure; so the strength of the patterns and the spread of people around them are uncertain, as one value each for the
whole cohort, and are integrated out. A single manager gets the prior's caution, a cohort what its own profiles say.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.segments.archetypes import archetype_shapes
from coachkit.analysis.segments.partition import shape_of

SPREAD = 0.25  # standard deviation of a competency around an archetype, scale points (default, not validated)
STRENGTHS = 2.0 ** np.linspace(-2, 1, 7)  # of the patterns, as a share of the stated one
SPREAD_SHARES = 2.0 ** np.linspace(-1, 1, 5)  # of the spread, as a share of the expected one
DOUBT = 0.7  # prior standard deviation of the logarithm of both (default, not validated)
MOST_HEARD = 1_000  # managers who speak on strength and spread; more would add nothing but time
_NEGLIGIBLE = 1e-4


def match_archetypes(
    scores: pd.DataFrame, standard_errors: pd.DataFrame | None = None, spread: float = SPREAD
) -> pd.DataFrame:
    """Compare each profile's shape with the stated archetypes; usable from a single manager on.

    Parameters
    ----------
    scores : DataFrame (n_managers, n_competencies)
    standard_errors : DataFrame, optional
        Standard errors of the scores; an unknown one counts as the cohort's typical one.
    spread : float
        Expected standard deviation of a competency around an archetype, in scale points (default, not validated).

    Returns
    -------
    DataFrame (n_managers, n_archetypes + 1)
        Probabilities 0-1 of each archetype and of ``none`` (a flat profile), rows summing to one; NaN for a manager
        with a missing score.

    Notes
    -----
    With strength s and spread d, a shape x whose scores have error e belongs to pattern m with odds
    ``exp(-|x - s m|² / 2 (d² + e²))``. s / 1 and d / ``spread`` are log-normal beforehand, and the cohort's profiles
    together say which values are likely: ``p(s, d | X) ~ p(s, d) prod_i sum_m N(x_i | s m, d² + e_i²)``. The
    probabilities are averaged over these.

    Examples
    --------
    >>> scores = pd.DataFrame([[2.4, 2.6, 3.5, 3.6]], index=["M1"], columns=["PEO", "TEAM", "OUT", "IMP"])
    >>> match_archetypes(scores).idxmax(axis=1).loc["M1"]
    'new_manager'
    """
    stated = archetype_shapes(list(scores.columns))
    patterns = np.vstack([stated.to_numpy(), np.zeros(scores.shape[1])])
    values = scores.to_numpy(dtype=float)
    complete = np.isfinite(values).all(axis=1)
    probability = np.full((len(values), len(patterns)), np.nan)
    if complete.any():
        error = _error_variance(standard_errors, values.shape)
        probability[complete] = _averaged(shape_of(values[complete]), error[complete], patterns, spread)
    return pd.DataFrame(probability, index=scores.index, columns=[*stated.index, "none"])


def _error_variance(standard_errors: pd.DataFrame | None, shape: tuple[int, int]) -> np.ndarray:
    """Error variance (n,) of each manager's scores, averaged over competencies."""
    if standard_errors is None:
        return np.zeros(shape[0])
    variance = np.asarray(standard_errors, dtype=float) ** 2
    known = variance[np.isfinite(variance)]
    typical = float(np.median(known)) if known.size else 0.0
    return np.where(np.isfinite(variance), variance, typical).mean(axis=1)


def _averaged(shapes: np.ndarray, error: np.ndarray, patterns: np.ndarray, spread: float) -> np.ndarray:
    """Probabilities (n, m) averaged over the strengths and spreads that the cohort makes likely."""
    order = np.lexsort(shapes.T)  # rows may arrive in any order
    heard = order[:: -(-len(order) // MOST_HEARD)]
    settings = [(strength, share) for strength in STRENGTHS for share in SPREAD_SHARES]
    log = np.array([_log_belief(*setting, shapes[heard], error[heard], patterns, spread) for setting in settings])
    belief = np.exp(log - log.max())
    belief /= belief.sum()
    probability = np.zeros((len(shapes), len(patterns)))
    for (strength, share), weight in zip(settings, belief, strict=True):
        if weight > _NEGLIGIBLE:
            odds, _ = _odds(shapes, strength * patterns, (share * spread) ** 2 + error)
            probability += weight * odds
    return probability / probability.sum(axis=1, keepdims=True)


def _log_belief(
    strength: float, share: float, shapes: np.ndarray, error: np.ndarray, patterns: np.ndarray, spread: float
) -> float:
    """Logarithm of prior times likelihood of one strength and one spread, up to a constant."""
    prior = -(np.log(strength) ** 2 + np.log(share) ** 2) / (2 * DOUBT**2)
    return float(prior + _odds(shapes, strength * patterns, (share * spread) ** 2 + error)[1].sum())


def _odds(shapes: np.ndarray, centres: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probability (n, m) of each pattern and log-likelihood (n,) of each shape, up to a constant."""
    distance = (shapes**2).sum(axis=1)[:, None] - 2 * shapes @ centres.T + (centres**2).sum(axis=1)
    log = -distance / (2 * variance[:, None])
    top = log.max(axis=1, keepdims=True)
    odds = np.exp(log - top)
    total = odds.sum(axis=1, keepdims=True)
    free = shapes.shape[1] - 1
    return odds / total, top[:, 0] + np.log(total[:, 0]) - free / 2 * np.log(variance)
