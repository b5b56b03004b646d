"""What the figures behind an estimate are worth: errors of its reliability and mean, and the tails they give.

An estimated true score ``R x + (1 - R) m`` with error ``sd sqrt(1 - R)`` takes R, m and sd as known. In a cohort
they are estimates themselves; these functions add what that costs, so that intervals keep their promise in small
cohorts too.
"""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.975  # one tail of the two-sided 95 % interval that reports show


def reliability_error(
    weights: np.ndarray, n_raters: np.ndarray, noise_error: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """Standard error of a composite's inter-rater reliability, groups on axis 1.

    Parameters
    ----------
    weights, n_raters : arrays (n_managers, n_groups, n_competencies)
        Weights of the groups and their raters; 0 raters = not part of the mean.
    noise_error : array that broadcasts with them
        Standard error of one rater's noise ratio ``1/r - 1``.
    noise : array that broadcasts with them
        The noise ratio itself.

    Returns
    -------
    array (n_managers, n_competencies)

    Notes
    -----
    R = 1 / (1 + N) with N = sum_g w_g^2 noise_g / n_g, so se(R) = R^2 se(N). Groups of raters are taken to err
    together (their errors add), because a narrow spread of managers lowers all of their reliabilities at once.

    Examples
    --------
    >>> one = np.ones((1, 1, 1))
    >>> float(reliability_error(one, 4 * one, 0.8 * one, 4 * one)[0, 0])  # R = .5; se(N) = .2
    0.05
    """
    present = np.where(n_raters > 0, weights, 0.0)
    total = present.sum(axis=1, keepdims=True)
    factor = np.where(n_raters > 0, (present / np.where(total > 0, total, 1.0)) ** 2 / np.maximum(n_raters, 1), 0.0)
    spread = (factor * noise_error).sum(axis=1)
    return spread / (1 + (factor * noise).sum(axis=1)) ** 2


def widen_errors(
    error: np.ndarray,
    observed: np.ndarray,
    reliability: np.ndarray,
    mean: np.ndarray,
    reliability_error: np.ndarray,
    mean_error: np.ndarray,
    freedom: np.ndarray,
) -> np.ndarray:
    """Standard errors of estimated true scores when reliability, mean and spread are estimates.

    Parameters
    ----------
    error : array (n_managers, n_competencies)
        Error with everything known, ``sd sqrt(1 - R)``.
    observed, reliability, mean : arrays of the same shape
    reliability_error, mean_error : arrays of the same shape
        Standard errors of ``reliability`` and ``mean``.
    freedom : array (n_competencies,)
        Degrees of freedom behind the spread; infinite = known.

    Returns
    -------
    array
        ``sqrt(error^2 + (1 - R)^2 se(m)^2 + (x - m)^2 se(R)^2)`` times t(.975, freedom) / z(.975), so that
        1.96 of these errors make the 95 % interval of the t distribution. Equal to ``error`` when all is known.

    References
    ----------
    Morris (1983), Journal of the American Statistical Association 78, 47-55; Laird & Louis (1987), the same 82.

    Examples
    --------
    >>> cell = np.ones((1, 1))
    >>> widen_errors(0.3 * cell, 3 * cell, 0.5 * cell, 3 * cell, 0 * cell, 0 * cell, np.array([np.inf]))
    array([[0.3]])
    >>> widen_errors(0.3 * cell, 4 * cell, 0.5 * cell, 3 * cell, 0.4 * cell, 0 * cell, np.array([np.inf])).round(3)
    array([[0.5]])
    """
    variance = error**2 + ((1 - reliability) * mean_error) ** 2 + ((observed - mean) * reliability_error) ** 2
    return np.sqrt(variance) * tail_factor(freedom)


def tail_factor(freedom: np.ndarray) -> np.ndarray:
    """How much wider a 95 % interval is with ``freedom`` degrees of freedom behind the spread.

    Examples
    --------
    >>> tail_factor(np.array([11.0, np.inf])).round(4)
    array([1.123, 1.   ])
    """
    from scipy.special import ndtri, stdtrit

    finite = np.where(np.isinf(freedom), 1.0, freedom)
    return np.where(np.isinf(freedom), 1.0, stdtrit(finite, CONFIDENCE) / ndtri(CONFIDENCE))
