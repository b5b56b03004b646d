"""One cohort's validated data, as the analysis receives it: tables and the rules that apply to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from coachkit.core.instrument import Instrument

NOTHING = np.array(None, dtype=object)  # a missing text for np.where, whose bare None means "not given"


@dataclass(frozen=True, slots=True)
class Minimums:
    """Smallest numbers of people behind a published figure.

    A programme may raise them; lowering one below ``FLOOR`` is refused where settings are read.
    Group minimums for raters live with the instrument's rater groups.
    """

    pooled_raters: int = 4
    items_and_comments: int = 5
    team: int = 4
    unit: int = 5
    cohort: int = 10
    cell: int = 5
    distribution: int = 8


FLOOR = 3


@dataclass(frozen=True)
class Responses:
    """Answers of one or more waves, one row per rater and manager (row ``i`` of every frame is one form).

    Attributes
    ----------
    keys : DataFrame (n_forms,)
        ``manager_id``, ``rater_id``, ``rater_group``, ``wave`` (text) and ``seconds`` (float, NaN = unknown).
    ratings : DataFrame (n_forms, n_items)
        Ratings in scale points as answered (not yet reverse-keyed); NaN = no rating.
    not_observed : DataFrame (n_forms, n_items) of bool
        True where the rater chose "Not observed".
    comments : DataFrame
        ``manager_id``, ``rater_id``, ``rater_group``, ``wave``, ``question_id``, ``text``; one row per comment.
    """

    keys: pd.DataFrame
    ratings: pd.DataFrame
    not_observed: pd.DataFrame
    comments: pd.DataFrame

    def of_wave(self, wave: str) -> Responses:
        """Answers of one wave, rows renumbered from 0."""
        rows = (self.keys["wave"] == wave).to_numpy()
        keys, ratings, missed = (
            frame.loc[rows].reset_index(drop=True) for frame in (self.keys, self.ratings, self.not_observed)
        )
        return Responses(
            keys,
            ratings,
            missed,
            self.comments.loc[self.comments["wave"] == wave].reset_index(drop=True),
        )


@dataclass(frozen=True)
class CohortData:
    """Everything the analysis may know about one cohort at one wave.

    Attributes
    ----------
    roster : DataFrame indexed by ``manager_id``
        ``name``, ``unit_id``, ``role_level``, ``job_title``, ``line_manager_id``, ... one row per manager.
    context : DataFrame indexed by ``manager_id``
        The manager context of this wave, reindexed to the roster; missing fields are NaN/None.
    units : DataFrame indexed by ``unit_id``
    kpis : DataFrame
        ``unit_id``, ``kpi``, ``tag`` (better/faster/cheaper), ``direction`` (higher/lower), ``period``, ``value``, ``owner``.
    coaches : DataFrame indexed by ``coach_id``
    responses : Responses
        Of this wave only.
    targets : DataFrame (managers x profile competencies)
        Role targets in scale points after the engagement's own overrides.
    """

    instrument: Instrument
    wave: str
    roster: pd.DataFrame
    context: pd.DataFrame
    units: pd.DataFrame
    kpis: pd.DataFrame
    coaches: pd.DataFrame
    responses: Responses
    targets: pd.DataFrame
    minimums: Minimums = field(default_factory=Minimums)
    reference_date: date | None = None

    @property
    def manager_ids(self) -> tuple[str, ...]:
        """Ids in roster order."""
        return tuple(self.roster.index)
