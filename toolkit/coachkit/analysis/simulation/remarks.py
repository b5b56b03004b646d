"""Which comments each rater leaves: strengths from the strongest competencies, developments from the weakest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.analysis.simulation.comments import DEVELOPMENTS, OWN_DEVELOPMENTS, OWN_STRENGTHS, STRENGTHS
from coachkit.core.cohort import NOTHING
from coachkit.core.instrument import Instrument

_TALKED_ABOUT = 3  # raters write about a manager's three strongest and three weakest competencies


def draw_remarks(
    instrument: Instrument,
    truth: np.ndarray,
    forms: pd.DataFrame,
    share: float,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Comments by question id, one entry a form (None = left empty).

    The first question asks for strengths, every later one for what to develop. Raters of one manager take turns
    through competencies and wordings, so that a manager's comments differ from one another.
    """
    known = [k for k, competency in enumerate(instrument.competencies) if competency.id in STRENGTHS]
    if not known:
        return {question.id: np.full(len(forms), None, dtype=object) for question in instrument.comment_questions}
    ids = np.array([instrument.competencies[k].id for k in known])
    order = np.argsort(truth[..., known], axis=-1, kind="stable")
    turn = _turns(forms)
    is_self = np.array([group.is_self for group in instrument.rater_groups])[forms["group"].to_numpy()]
    remarks = {}
    for number, question in enumerate(instrument.comment_questions):
        ranked = order[..., ::-1] if number == 0 else order
        rank = turn % min(_TALKED_ABOUT, len(known))
        about = ids[ranked[forms["wave"].to_numpy(), forms["manager"].to_numpy(), rank]]
        wording = turn // _TALKED_ABOUT + forms["manager"].to_numpy()
        texts = _word(about, wording, is_self, is_strength=number == 0)
        remarks[question.id] = np.where(rng.random(len(forms)) < share, texts, NOTHING)
    return remarks


def _turns(forms: pd.DataFrame) -> np.ndarray:
    """Number a manager's forms 0, 1, 2 ... over all waves."""
    manager = forms["manager"].to_numpy()
    starts = np.flatnonzero(np.diff(manager, prepend=-1))
    return np.arange(len(manager)) - np.repeat(starts, np.diff(np.append(starts, len(manager))))


def _word(about: np.ndarray, wording: np.ndarray, is_self: np.ndarray, *, is_strength: bool) -> np.ndarray:
    texts = np.full(len(about), None, dtype=object)
    by_rater, own = (STRENGTHS, OWN_STRENGTHS) if is_strength else (DEVELOPMENTS, OWN_DEVELOPMENTS)
    for competency, choices in by_rater.items():
        rows = about == competency
        texts[rows] = np.array(choices, dtype=object)[wording[rows] % len(choices)]
        texts[rows & is_self] = own[competency]
    return texts
