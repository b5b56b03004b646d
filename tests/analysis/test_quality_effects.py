"""Readings with and without flagged answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.quality_effects import compare_without_flagged, summarize_form_quality
from coachkit.core.cohort import CohortData, Responses
from coachkit.core.instrument import (
    Anchor,
    Competency,
    Instrument,
    Item,
    RaterGroup,
    ResponseFormat,
    RoleLevel,
)

ITEMS = tuple(f"P{i:02d}" for i in range(12))
INSTRUMENT = Instrument(
    "demo", "1", "en", "Demo", "", "", "",
    ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high"))),
    (RaterGroup("peer", "Peers"),),
    (Competency("PLAN", "Planning", "Plan", "", ITEMS),),
    tuple(Item(i, "PLAN", "", "", "", ("peer",)) for i in ITEMS),
    (RoleLevel("new", "New", 3.0),),
)  # fmt: skip


def data_of(extra: list[list[int]]) -> CohortData:
    """One manager whose peers vary around 4, and extra forms."""
    forms = [[4, 5, 4, 3, 4, 5, 4, 3, 4, 5, 4, 3]] * 4 + extra
    ratings = pd.DataFrame(forms, columns=list(ITEMS)).astype(float)
    raters = [f"r{i}" for i in range(len(forms))]
    keys = pd.DataFrame({"manager_id": "m1", "rater_id": raters, "rater_group": "peer", "wave": "w", "seconds": np.nan})
    roster = pd.DataFrame({"role_level": ["new"]}, index=pd.Index(["m1"], name="manager_id"))
    none = pd.DataFrame(columns=["manager_id", "rater_id", "rater_group", "wave", "question_id", "text"])
    answers = Responses(keys, ratings, ratings.isna(), none)
    targets = pd.DataFrame({"PLAN": [3.3]}, index=roster.index)
    return CohortData(INSTRUMENT, "w", roster, roster, none, none, none, answers, targets)


def test_a_reading_that_flagged_answers_decide_is_listed():
    changed = compare_without_flagged(score_cohort(data_of([[1] * 12] * 3)))
    assert changed.to_dict("records") == [
        {"manager_id": "m1", "competency_id": "PLAN", "reading": "priority", "reading_without": "strength"}
    ]


@pytest.mark.case("PRIV-04")
def test_no_score_is_shown_beside_its_twin():
    changed = compare_without_flagged(score_cohort(data_of([[1] * 12] * 3)))
    assert not any(pd.api.types.is_numeric_dtype(kind) for kind in changed.dtypes)


def test_without_flags_nothing_is_listed():
    assert compare_without_flagged(score_cohort(data_of([]))).empty


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize(("careless", "flagged"), [(0, 0), (3, None), (5, 5)])
def test_flagged_forms_are_counted_where_that_gives_nobody_away(careless, flagged):
    profiles = score_cohort(data_of([[1] * 12] * careless))
    found = summarize_form_quality(profiles, compare_without_flagged(profiles))
    assert (found.n_forms, found.n_flagged, found.n_readings) == (4 + careless, flagged, 1)
    assert found.n_changed == (0 if careless == 0 else None)
