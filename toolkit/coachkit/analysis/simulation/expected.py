"""True scores on the scale that raters use: what a form says on average, over raters and their errors."""

from __future__ import annotations

import numpy as np

from coachkit.analysis.simulation.answers import rater_error_sd
from coachkit.analysis.simulation.design import Noise
from coachkit.core.instrument import Instrument


def expected_scores(instrument: Instrument, truth: np.ndarray, noise: Noise) -> np.ndarray:
    """Expected competency score over the raters asked, groups weighted as declared, self not among them.

    Parameters
    ----------
    instrument : Instrument
    truth : ndarray of shape (n_waves, n_managers, n_competencies)
        Latent scores in points of a five-point scale.
    noise : Noise

    Returns
    -------
    ndarray of the same shape
        Scale points of the instrument. Ratings cannot pass the ends of the scale, so that expected scores are
        less spread than latent ones. NaN where no group but self is asked.

    Notes
    -----
    The true score of classical test theory is the expectation of the observed one; it is what estimates and
    intervals speak of. Forms filled in without care are left out of account.

    References
    ----------
    Lord & Novick (1968), Statistical Theories of Mental Test Scores, section 2.3.
    """
    error_sd = rater_error_sd(instrument, truth[-1], noise)
    spread = np.sqrt(error_sd**2 + noise.item_sd**2)
    total, weight = np.zeros(truth.shape), np.zeros(truth.shape[2])
    for number, group in enumerate(instrument.rater_groups):
        if group.is_self:
            continue
        asked = [any(group.id in instrument.item(i).asked_of for i in c.item_ids) for c in instrument.competencies]
        total += group.weight * np.array(asked) * _expected_rating(truth, spread[number], instrument)
        weight += group.weight * np.array(asked)
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1.0), np.nan)


def _expected_rating(latent: np.ndarray, spread: np.ndarray, instrument: Instrument) -> np.ndarray:
    """Expectation of a normal deviate after rounding to the options and clipping to the scale."""
    from scipy.special import ndtr

    form = instrument.response_format
    scale = (form.n_options - 1) / 4.0
    position = (latent - 1) * scale
    steps = sum(ndtr((position - (cut + 0.5)) / (spread * scale)) for cut in range(form.n_options - 1))
    return form.low + steps * form.step
