"""Scoring: keyed items within raters, raters within groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.core.cohort import Responses
from coachkit.core.instrument import (
    Anchor,
    Competency,
    Instrument,
    Item,
    RaterGroup,
    ResponseFormat,
    RoleLevel,
)
from coachkit.core.scoring import average_groups, key_ratings, score_raters
from coachkit.errors import MissingItemsError, RatingOutOfRangeError, UnknownNameError

GROUPS = (
    RaterGroup("self", "Self", is_self=True, is_confidential=False, minimum=1),
    RaterGroup("manager", "Line manager", is_confidential=False, minimum=1, single_rater_reliability=0.5),
    RaterGroup("peer", "Peers"),
)
EVERYONE = tuple(g.id for g in GROUPS)


def instrument() -> Instrument:
    """PLAN: four items, P3 reversed, P4 not asked of peers. TEAM: one item."""
    items = [Item(f"P{i}", "PLAN", "", "", "", EVERYONE, is_reverse_keyed=i == 3) for i in (1, 2, 3)]
    items += [Item("P4", "PLAN", "", "", "", ("self", "manager")), Item("T1", "TEAM", "", "", "", EVERYONE)]
    return Instrument(
        "demo", "1", "en", "Demo", "", "", "",
        ResponseFormat(1, 5, tuple(Anchor(v, str(v)) for v in range(1, 6)), not_observed="Not observed"),
        GROUPS,
        (
            Competency("PLAN", "Planning", "Plan", "", ("P1", "P2", "P3", "P4")),
            Competency("TEAM", "Team", "Team", "", ("T1",)),
        ),
        tuple(items),
        (RoleLevel("new", "New", 3.0),),
    )  # fmt: skip


def responses(rows: list[tuple], not_observed: list[tuple[int, str]] = ()) -> Responses:
    """Rows are (manager, rater, group, P1, P2, P3, P4, T1); None = no answer."""
    items = ["P1", "P2", "P3", "P4", "T1"]
    frame = pd.DataFrame(rows, columns=["manager_id", "rater_id", "rater_group", *items])
    marked = pd.DataFrame(False, index=frame.index, columns=items)
    for row, item in not_observed:
        marked.loc[row, item] = True
    comments = pd.DataFrame(columns=["manager_id", "rater_id", "rater_group", "wave", "question_id", "text"])
    keys = frame[["manager_id", "rater_id", "rater_group"]].assign(wave="w1", seconds=np.nan)
    return Responses(keys, frame[items].astype(float), marked, comments)


def scores_of(rows: list[tuple], **kwargs: object) -> np.ndarray:
    return score_raters(responses(rows, **kwargs), instrument(), ("m1", "m2")).scores


def test_reverse_keyed_item_is_mirrored_about_the_declared_scale():
    keyed = key_ratings(responses([("m1", "r", "manager", 4, 4, 2, 4, 4)]), instrument())
    assert keyed.loc[0].tolist() == [4, 4, 4, 4, 4]


def test_competency_is_the_mean_of_the_items_answered():
    assert scores_of([("m1", "r", "manager", 3, 4, 2, 5, 2)])[0].tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("group", "answers", "expected"),
    [
        ("manager", (4, 2, None, None), 3.0),  # two of four items asked: counts
        ("manager", (4, None, None, None), np.nan),  # one of four: does not count
        ("peer", (4, 2, None, None), 3.0),  # two of the three items asked of peers
        ("peer", (4, None, None, None), np.nan),  # one of three
        ("peer", (4, None, None, 1), np.nan),  # an answer to an unasked item does not count
    ],
)
def test_a_rater_counts_with_half_of_the_items_asked_of_the_group(group, answers, expected):
    got = scores_of([("m1", "r", group, *answers, None)])[0, 0]
    assert got == pytest.approx(expected, nan_ok=True)


def test_not_observed_is_not_an_answer_even_with_a_rating_beside_it():
    rows = [("m1", "r", "manager", 4, 2, 1, 1, 3)]
    assert scores_of(rows, not_observed=[(0, "P3"), (0, "P4")])[0, 0] == 3.0


def test_group_means_are_means_of_raters_not_of_answers():
    rows = [("m1", "a", "peer", 5, 5, 1, None, 1), ("m1", "b", "peer", 2, 2, None, None, None)]
    raters = score_raters(responses(rows), instrument(), ("m1", "m2"))
    means = average_groups(raters, len(GROUPS))
    assert means.mean[0, 2].tolist() == [3.5, 1.0]  # (5 + 2) / 2, not the mean of five answers
    assert means.n[0, 2].tolist() == [2, 1]
    assert np.isnan(means.mean[1]).all()


def test_two_forms_of_one_rater_are_one_voice():
    rows = [("m1", "a", "peer", 5, 5, 1, None, 5), ("m1", "a", "peer", 3, 3, 3, None, 3)]
    raters = score_raters(responses(rows), instrument(), ("m1",))
    assert raters.scores.tolist() == [[4.0, 4.0]]


def test_forms_about_unknown_managers_are_left_out():
    rows = [("m9", "a", "peer", 5, 5, 1, None, 5), ("m1", "a", "peer", 3, 3, 3, None, 3)]
    raters = score_raters(responses(rows), instrument(), ("m1",))
    assert raters.rater_id.tolist() == ["a"]
    assert raters.scores.tolist() == [[3.0, 3.0]]


def test_rating_outside_the_scale_is_refused_with_item_and_row():
    with pytest.raises(RatingOutOfRangeError, match=r"item 'P2' has 1 rating\(s\) outside 1 to 5.* in row 0"):
        scores_of([("m1", "r", "manager", 3, 6, 2, 5, 2)])


def test_missing_item_columns_are_named():
    answers = responses([("m1", "r", "manager", 3, 4, 2, 5, 2)])
    answers = replace(answers, ratings=answers.ratings.drop(columns="P2"))
    with pytest.raises(MissingItemsError, match=r"lack 1 item\(s\) of competency 'PLAN': 'P2'"):
        key_ratings(answers, instrument())


def test_unknown_rater_group_is_refused():
    with pytest.raises(UnknownNameError, match=r"unknown rater group 'peers'\. Closest: 'peer'"):
        scores_of([("m1", "r", "peers", 3, 4, 2, 5, 2)])


ANSWER = st.one_of(st.none(), st.integers(1, 5))
FORM = st.tuples(
    st.sampled_from(["m1", "m2"]), st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(EVERYONE), *[ANSWER] * 5
)
FORMS = st.lists(FORM, min_size=1, max_size=12, unique_by=lambda form: form[:3])


@settings(max_examples=60, deadline=None)
@given(FORMS, st.randoms())
def test_means_do_not_depend_on_row_order_to_the_last_bit(rows, random):
    shuffled = random.sample(rows, len(rows))
    first, second = (
        average_groups(score_raters(responses(r), instrument(), ("m1", "m2")), 3) for r in (rows, shuffled)
    )
    np.testing.assert_array_equal(first.mean, second.mean)
    np.testing.assert_array_equal(first.n, second.n)


def test_sums_of_thirds_are_exact_in_any_order():
    rng = np.random.default_rng(0)
    rows = [("m1", f"r{i}", "peer", *map(int, rng.integers(1, 6, 3)), None, 3) for i in range(40)]
    orders = [rows, rows[::-1], *([rows[i] for i in rng.permutation(40)] for _ in range(20))]
    means = {average_groups(score_raters(responses(o), instrument(), ("m1",)), 3).mean[0, 2, 0] for o in orders}
    assert len(means) == 1


@settings(max_examples=60, deadline=None)
@given(FORMS)
def test_scores_stay_within_the_scale(rows):
    scores = scores_of(rows)
    assert ((scores >= 1) & (scores <= 5) | np.isnan(scores)).all()


@settings(max_examples=60, deadline=None)
@given(FORM, st.sampled_from([3, 4, 5, 7]))
def test_a_better_keyed_answer_never_lowers_a_score(form, column):
    if form[column] is None:
        return
    change = (-1 if column == 5 else 1, 1 if column == 5 else 5)  # P3 is reversed
    better = list(form)
    better[column] = max(1, form[column] - 1) if change[0] < 0 else min(5, form[column] + 1)
    before, after = scores_of([form]), scores_of([tuple(better)])
    assert (after >= before - 1e-9)[~np.isnan(before)].all()
