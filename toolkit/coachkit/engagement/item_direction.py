"""Items that run against their scale: a reverse-keyed item the client had already turned, or one nobody turned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coachkit.core.instrument import Competency, Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import file_problem

MINIMUM_FORMS = 30  # below this a correlation says little
ERRORS_BELOW_ZERO = 3.0  # of about 1 / sqrt(n) each: chance alone gives one false question in 700 items


def ask_about_direction(ratings: pd.DataFrame, instrument: Instrument, file: str) -> list[Problem]:
    """Note every item whose answers fall where those to the rest of its scale rise.

    Parameters
    ----------
    ratings : DataFrame (n_forms, n_items)
        Ratings as answered, in scale points; NaN = no rating.
    instrument : Instrument
        Says which items are reverse-keyed.
    file : str
        The file named in the notes.

    Returns
    -------
    list of Problem
        Notes only: whether an item was turned is a question for whoever exported the answers.

    References
    ----------
    Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric Theory (3rd ed.), ch. 8: corrected item-total
    correlation.
    """
    return [
        _question(item_id, correlation, instrument, file)
        for competency in instrument.competencies
        for item_id, correlation in _against(_turned(ratings, competency, instrument)).items()
    ]


def _turned(ratings: pd.DataFrame, competency: Competency, instrument: Instrument) -> pd.DataFrame:
    """The scale's ratings with reverse-keyed items turned, as scoring will turn them."""
    form = instrument.response_format
    items = ratings[list(competency.item_ids)].astype(float)
    reverse = [item_id for item_id in competency.item_ids if instrument.item(item_id).is_reverse_keyed]
    items[reverse] = form.low + form.high - items[reverse]
    return items


def _against(items: pd.DataFrame) -> dict[str, float]:
    """Items that correlate with the mean of the rest clearly below zero."""
    found = {}
    for item_id in items:
        rest = items.drop(columns=item_id).mean(axis=1)
        both = (items[item_id].notna() & rest.notna()).to_numpy()
        own, others = items[item_id].to_numpy()[both], rest.to_numpy()[both]
        if len(own) < MINIMUM_FORMS or not own.std() or not others.std():
            continue
        correlation = float(np.corrcoef(own, others)[0, 1])
        if correlation < -ERRORS_BELOW_ZERO / np.sqrt(len(own)):
            found[str(item_id)] = correlation
    return found


def _question(item_id: str, correlation: float, instrument: Instrument, file: str) -> Problem:
    is_reverse = instrument.item(item_id).is_reverse_keyed
    what = f"the answers fall where those to the rest of the scale rise (correlation {correlation:.2f})"
    fix = (
        "ask whether the client already turned this item; if so, take it out of reverse_keyed in the instrument"
        if is_reverse
        else "ask whether this item is worded the other way round; if so, name it in reverse_keyed in the instrument"
    )
    return file_problem(file, what, fix, code="N-DIRECTION", severity="note", column=item_id)
