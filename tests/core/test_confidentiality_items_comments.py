"""Items, distributions and comments: the higher minimum, the rounding and the shuffling."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachkit.core.cohort import Minimums
from coachkit.core.confidentiality import (
    describe_distribution,
    release_comments,
    release_items,
    round_item_mean,
)
from coachkit.core.instrument import (
    Anchor,
    CommentQuestion,
    Competency,
    Instrument,
    Item,
    RaterGroup,
    ResponseFormat,
    RoleLevel,
)

GROUPS = (
    RaterGroup("self", "Self", is_self=True, is_confidential=False, minimum=1),
    RaterGroup("manager", "Line manager", is_confidential=False, minimum=1),
    RaterGroup("peer", "Peers"),
    RaterGroup("report", "Direct reports"),
    RaterGroup("client", "Clients"),
)
INSTRUMENT = Instrument(
    "demo", "1", "en", "Demo", "", "", "",
    ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high"))),
    GROUPS,
    (Competency("PLAN", "Planning", "Plan", "", ("P1",)),),
    (Item("P1", "PLAN", "", "", "", ("peer",)),),
    (RoleLevel("new", "New", 3.0),),
    (CommentQuestion("COM", "What helps?", "What helps?"),),
)  # fmt: skip


@pytest.mark.case("PRIV-06")
@pytest.mark.parametrize(
    ("n", "mean", "expected"),
    [(4, 3.25, np.nan), (5, 3.2, 3.0), (5, 3.25, 3.5), (7, 3.74, 3.5), (7, 3.75, 4.0), (8, 3.74, 3.7), (30, 3.75, 3.8)],
)
def test_item_means_are_rounded_by_the_number_of_raters(n, mean, expected):
    got = round_item_mean(np.array([mean]), np.array([n]), Minimums())
    assert got == pytest.approx([expected], nan_ok=True)


@pytest.mark.case("PRIV-06")
def test_rounding_follows_the_step_of_the_scale():
    assert round_item_mean(np.array([63.0]), np.array([5]), Minimums(), step=10) == pytest.approx([65.0])


@pytest.mark.case("PRIV-01")
@pytest.mark.parametrize("n", range(7))
@pytest.mark.parametrize("n_blank", [0, 1])
def test_an_item_needs_five_answers_not_five_raters(n, n_blank):
    ratings = pd.DataFrame({"P1": [4.0] * n + [np.nan] * n_blank})
    counts = {"P1": np.ones(len(ratings), dtype=bool)}
    got = release_items(ratings, counts, np.zeros(len(ratings), dtype=int), 1, Minimums())
    assert np.isnan(got[0, 0]) == (n < 5)


def test_raters_of_unpublished_groups_stay_out_of_items():
    ratings = pd.DataFrame({"P1": [4.0] * 5 + [1.0]})
    counts = {"P1": np.array([True] * 5 + [False])}
    assert release_items(ratings, counts, np.zeros(6, dtype=int), 1, Minimums())[0, 0] == 4.0


@pytest.mark.case("PRIV-06")
@pytest.mark.parametrize(
    ("ratings", "expected"),
    [([3, 3, 3, 3, 4, 4, 4], None), ([4] * 12, None), ([3] * 7 + [4, np.nan], {3.0: 7, 4.0: 1})],
)
def test_distribution_needs_eight_answers_that_differ(ratings, expected):
    assert describe_distribution(np.array(ratings, dtype=float), Minimums()) == expected


def comments(**by_group: int) -> pd.DataFrame:
    rows = [
        {"rater_id": f"{group}{i}", "rater_group": group, "question_id": "COM", "text": f"{group} text {i}"}
        for group, n in by_group.items()
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["rater_id", "rater_group", "question_id", "text"])


def sources(**by_group: int) -> dict[str, int]:
    released, _ = release_comments(comments(**by_group), INSTRUMENT, Minimums())
    return pd.Series([c.source for c in released]).value_counts().to_dict() if released else {}


@pytest.mark.case("PRIV-02")
@pytest.mark.parametrize(
    ("by_group", "expected"),
    [
        ({"peer": 1}, {}),  # one comment among however many raters
        ({"peer": 4}, {}),
        ({"peer": 5}, {"Peers": 5}),
        ({"peer": 4, "report": 1}, {"All others together": 5}),
        ({"peer": 5, "report": 1}, {"All others together": 6}),  # one text alone would be the rest
        ({"peer": 5, "report": 3, "client": 2}, {"Peers": 5, "All others together": 5}),
        ({"peer": 2, "report": 2}, {}),
        ({"self": 1, "manager": 1, "peer": 2}, {"Self": 1, "Line manager": 1}),
    ],
)
def test_comments_are_labelled_merged_or_withheld(by_group, expected):
    assert sources(**by_group) == expected


@pytest.mark.case("PRIV-02")
@pytest.mark.parametrize("n", [0, 1, 4])
def test_withholding_sounds_the_same_whether_or_not_anyone_wrote(n):
    assert release_comments(comments(peer=n), INSTRUMENT, Minimums()) == ((), ("COM",))


def test_blank_texts_and_repeated_texts_of_one_rater_do_not_make_five():
    table = comments(peer=4)
    table.loc[4] = ["peer9", "peer", "COM", "  "]
    table.loc[5] = ["peer0", "peer", "COM", "second text"]
    assert release_comments(table, INSTRUMENT, Minimums())[0] == ()


@pytest.mark.case("PRIV-09")
@given(st.permutations(range(8)))
def test_order_of_comments_does_not_depend_on_the_order_of_rows(order):
    table = comments(peer=8)
    shuffled = table.iloc[list(order)]
    assert release_comments(shuffled, INSTRUMENT, Minimums(), "k") == release_comments(
        table, INSTRUMENT, Minimums(), "k"
    )


@pytest.mark.case("PRIV-09")
def test_order_of_comments_changes_with_the_key_and_is_not_the_input_order():
    table = comments(peer=12)
    first, second = ([c.text for c in release_comments(table, INSTRUMENT, Minimums(), k)[0]] for k in "ab")
    assert sorted(first) == sorted(second)
    assert first != second
    assert first != table["text"].tolist()
