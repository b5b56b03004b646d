"""Response quality: what is flagged, and that flags name no rater."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

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
from coachkit.core.quality import HASTE, NOT_OBSERVED, STRAIGHT, flag_forms, flag_managers

ITEMS = tuple(f"P{i:02d}" for i in range(12))
INSTRUMENT = Instrument(
    "demo", "1", "en", "Demo", "", "", "",
    ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high")), not_observed="Not observed"),
    (RaterGroup("manager", "Line manager", is_confidential=False, minimum=1), RaterGroup("peer", "Peers")),
    (Competency("PLAN", "Planning", "Plan", "", ITEMS),),
    tuple(Item(i, "PLAN", "", "", "", ("manager", "peer")) for i in ITEMS),
    (RoleLevel("new", "New", 3.0),),
)  # fmt: skip
VARIED = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]


def data_of(forms: list[tuple[str, list, float]], n_not_observed: int = 0) -> CohortData:
    """Forms are (group, ratings, seconds); the first items of every form may be "Not observed"."""
    ratings = pd.DataFrame([form[1] for form in forms], columns=list(ITEMS)).astype(float)
    missed = pd.DataFrame(False, index=ratings.index, columns=ratings.columns)
    missed.iloc[:, :n_not_observed] = True
    keys = pd.DataFrame(
        {
            "manager_id": "m1",
            "rater_id": [f"r{i}" for i in range(len(forms))],
            "rater_group": [form[0] for form in forms],
            "wave": "w1",
            "seconds": [form[2] for form in forms],
        }
    )
    roster = pd.DataFrame({"name": ["X"]}, index=pd.Index(["m1"], name="manager_id"))
    none = pd.DataFrame()
    return CohortData(
        INSTRUMENT, "w1", roster, none, none, none, none, Responses(keys, ratings.mask(missed), missed, none), none
    )


def codes(data: CohortData) -> list[str]:
    return flag_managers(data)["code"].tolist()


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [([4] * 12, True), ([4] * 10 + [None] * 2, True), ([4] * 9 + [None] * 3, False), ([4] * 11 + [5], False)],
)
def test_one_answer_to_ten_items_or_more_is_a_straight_line(ratings, expected):
    flags = flag_forms(data_of([("peer", ratings, 600.0)]).responses)
    assert flags["straight_line"].tolist() == [expected]


def test_less_than_two_seconds_an_item_is_haste():
    forms = [("peer", VARIED, 23.0), ("manager", VARIED, 25.0)]
    assert flag_forms(data_of(forms).responses)["haste"].tolist() == [True, False]


def test_less_than_half_the_groups_median_time_is_haste():
    forms = [("peer", VARIED, seconds) for seconds in (300.0, 320.0, 310.0, 140.0)]
    assert flag_forms(data_of(forms).responses)["haste"].tolist() == [False, False, False, True]


def test_unknown_time_is_not_haste():
    assert not flag_forms(data_of([("peer", VARIED, np.nan)]).responses)["haste"].any()


def test_clean_answers_have_no_flags():
    flags = flag_managers(data_of([("peer", VARIED, 300.0)] * 4))
    assert flags.empty
    assert list(flags.columns) == ["manager_id", "code", "text"]


def test_flags_are_listed_once_a_manager_and_name_no_group_or_number():
    flags = flag_managers(data_of([("peer", [3] * 12, 10.0)] * 2))
    assert flags["code"].tolist() == [HASTE, STRAIGHT]
    assert not flags["text"].str.contains(r"\d|[Pp]eer").any()


@pytest.mark.case("PRIV-01")
@pytest.mark.parametrize(("n_peers", "expected"), [(2, []), (3, [NOT_OBSERVED])])
def test_much_not_observed_is_told_only_of_groups_large_enough(n_peers, expected):
    assert codes(data_of([("peer", VARIED, 300.0)] * n_peers, n_not_observed=4)) == expected


def test_thirty_percent_not_observed_is_not_yet_much():
    assert codes(data_of([("peer", VARIED, 300.0)] * 3, n_not_observed=3)) == []
