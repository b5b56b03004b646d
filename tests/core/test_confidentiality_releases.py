"""The snapshot lock: late, moved, edited and erased raters never show by comparing two reports."""

from __future__ import annotations

import msgspec
import pytest

from coachkit.core.confidentiality import Snapshot, compare_release, fingerprint, take_snapshot


def mark(person: str, answers: str = "4,4") -> str:
    return fingerprint(person, answers, "key")


def snapshot(*, hidden: str = "", comments: str = "", **units: str) -> Snapshot:
    """Units as strings of one-letter raters; ``hidden`` raters are in the data without being published."""
    cells = {"PLAN": {unit: tuple(sorted(mark(r) for r in raters)) for unit, raters in units.items()}}
    if comments:
        cells["COM"] = {"comments": tuple(sorted(mark(r) for r in comments))}
    everyone = "".join(units.values()) + hidden + comments
    return Snapshot("m1", "w1", cells, tuple(sorted({mark(r).split(":")[0] for r in everyone})))


def action(previous: Snapshot | None, current: Snapshot, k: int = 5) -> str:
    return compare_release(previous, current, k).action


@pytest.mark.case("PRIV-04")
def test_a_first_release_is_new():
    assert action(None, snapshot(peer="abc")) == "new"


@pytest.mark.case("PRIV-04")
def test_an_unchanged_release_is_new():
    assert action(snapshot(peer="abc", report="def"), snapshot(peer="abc", report="def")) == "new"


@pytest.mark.case("PRIV-04")
@pytest.mark.parametrize(("late", "expected"), [("x", "frozen"), ("xyzw", "frozen"), ("xyzwv", "new")])
def test_late_raters_wait_until_there_are_five(late, expected):
    assert action(snapshot(peer="abc"), snapshot(peer="abc" + late)) == expected


@pytest.mark.case("PRIV-04")
def test_a_group_that_reaches_its_minimum_may_appear():
    assert action(snapshot(peer="abc", hidden="de"), snapshot(peer="abc", report="def")) == "new"


@pytest.mark.case("PRIV-04")
def test_a_shown_group_may_not_move_into_a_pool_that_gives_the_rest_away():
    assert action(snapshot(peer="abcde"), snapshot(pooled="abcdexy")) == "frozen"


@pytest.mark.case("PRIV-04")
def test_unions_of_groups_are_compared_too():
    # 5 + 5 raters published apart, then 11 together: the eleventh would stand alone
    assert action(snapshot(peer="abcde", report="fghij"), snapshot(pooled="abcdefghijk")) == "frozen"


@pytest.mark.case("PRIV-05")
def test_moving_a_rater_between_groups_counts_as_a_change():
    assert action(snapshot(peer="abcd", report="efgh"), snapshot(peer="abc", report="defgh")) == "frozen"


@pytest.mark.case("PRIV-05")
def test_an_edited_answer_counts_as_a_change():
    before = snapshot(peer="abc")
    after = Snapshot("m1", "w1", {"PLAN": {"peer": (mark("a", "1,1"), mark("b"), mark("c"))}}, before.people)
    assert action(before, after) == "frozen"


@pytest.mark.case("PRIV-05")
def test_erasing_one_of_five_withdraws_the_group():
    decision = compare_release(snapshot(peer="abcde", report="fgh"), snapshot(peer="abcd", report="fgh"), 5)
    assert decision.action == "withdraw"
    assert decision.withdrawn == ("peer",)
    assert "withdrawn" in decision.reason


@pytest.mark.case("PRIV-05")
def test_erasing_a_whole_group_leaves_the_rest():
    assert action(snapshot(peer="abcde", report="fgh"), snapshot(peer="abcde")) == "new"


@pytest.mark.case("PRIV-05")
def test_a_withdrawn_group_stays_away_in_later_releases():
    first = snapshot(peer="abcde", report="fgh")
    second = take_snapshot(snapshot(report="fgh", hidden="abcd"), first)  # e erased, peers withdrawn
    third = compare_release(second, snapshot(peer="abcd", report="fgh"), 5)
    assert (third.action, third.withdrawn) == ("withdraw", ("peer",))
    assert compare_release(second, snapshot(peer="abcdwxyz", report="fgh"), 5).action == "new"


@pytest.mark.case("PRIV-04")
def test_one_new_comment_freezes_the_report():
    assert action(snapshot(peer="abc", comments="abcde"), snapshot(peer="abc", comments="abcdef")) == "frozen"


def test_history_grows_only_when_something_changed():
    first = snapshot(peer="abc")
    assert take_snapshot(snapshot(peer="abc"), first).earlier == ()
    assert take_snapshot(snapshot(peer="abcvwxyz"), first).earlier == (first.cells,)


def test_snapshots_survive_json():
    first = take_snapshot(snapshot(peer="abcvwxyz"), snapshot(peer="abc"))
    assert msgspec.json.decode(msgspec.json.encode(first), type=Snapshot) == first


@pytest.mark.case("PRIV-09")
def test_fingerprints_need_the_key():
    assert fingerprint("a", "4", "key") != fingerprint("a", "4", "other")
    assert fingerprint("a", "4", "key") != "a"
