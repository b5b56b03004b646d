"""Readings with and without flagged answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.quality_effects import compare_without_flagged, summarise_flagged
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
from coachkit.core.measurement import MeasurementSettings
from coachkit.engagement.folder import open_engagement

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


@pytest.fixture(scope="module")
def sample():
    return score_cohort(open_engagement("samples").cohort())


def with_hasty(profiles, n_forms):
    """The sample cohort in which exactly the first ``n_forms`` peers' forms were filled in too quickly."""
    answers = profiles.data.responses
    peers = np.flatnonzero(answers.keys["rater_group"] == "peer")
    seconds = np.full(len(answers.keys), 600.0)
    seconds[peers[:n_forms]] = 5.0
    forms = replace(answers, keys=answers.keys.assign(seconds=seconds))
    only_haste = MeasurementSettings(straight_line_items=1000)
    return score_cohort(replace(profiles.data, responses=forms), settings=only_haste)


@pytest.mark.case("PRIV-07")
def test_a_few_flagged_forms_are_neither_counted_nor_left_out_in_figures(sample):
    effect = summarise_flagged(with_hasty(sample, 3))
    assert (effect.n_flagged, effect.rows) == (None, ())


def test_many_flagged_forms_show_every_mean_with_and_without_them(sample):
    profiles = with_hasty(sample, 60)
    effect = summarise_flagged(profiles)
    assert effect.n_flagged == 60
    assert len(effect.rows) == 10
    means = {row.competency_id: row.mean for row in effect.rows}
    assert means["PLAN"] == pytest.approx(profiles.estimate["PLAN"].mean())
    assert any(row.mean != row.mean_without for row in effect.rows)
    changed = compare_without_flagged(profiles)
    assert effect.n_changed in (None, len(changed))
    assert effect.n_readings == profiles.estimate.notna().to_numpy().sum()


def test_an_unflagged_cohort_says_so(sample):
    effect = summarise_flagged(with_hasty(sample, 0))
    assert (effect.n_flagged, effect.rows) == (0, ())
