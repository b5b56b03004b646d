"""Scoring a cohort end to end: golden values, suppression in records, re-release, coverage of intervals."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from coachkit.analysis.profiles import CohortProfiles, score_cohort
from coachkit.analysis.records import Profile
from coachkit.core.cohort import CohortData, Minimums, Responses
from coachkit.core.confidentiality import Snapshot
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
from coachkit.errors import CoachkitError, UnknownNameError

GROUPS = (
    RaterGroup("self", "Self", is_self=True, is_confidential=False, minimum=1),
    RaterGroup("manager", "Line manager", is_confidential=False, minimum=1, single_rater_reliability=0.50),
    RaterGroup("peer", "Peers", single_rater_reliability=0.37),
    RaterGroup("report", "Direct reports", single_rater_reliability=0.30),
)
SINGLE = {group.id: group.single_rater_reliability for group in GROUPS}


def make_instrument(n_competencies: int = 4, low: float = 1, high: float = 5) -> Instrument:
    names = [f"C{c}" for c in range(n_competencies)]
    competencies = [Competency(c, f"Competency {c}", c, "", (f"{c}a", f"{c}b")) for c in names]
    competencies.append(Competency("TECH", "Technical strength", "Tech", "", ("TECHa", "TECHb"), in_profile=False))
    items = [
        Item(i, c.id, f"does {i}", "", "", ("manager", "peer") if c.id == "TECH" else tuple(SINGLE))
        for c in competencies
        for i in c.item_ids
    ]
    return Instrument(
        "demo", "1", "en", "Demo", "", "", "",
        ResponseFormat(low, high, (Anchor(low, "low"), Anchor(high, "high")), not_observed="Not observed"),
        GROUPS, tuple(competencies), tuple(items),
        (RoleLevel("new", "New", 3.0), RoleLevel("established", "Established", 3.5)),
        (CommentQuestion("COM", "What helps?", "What helps?"),),
    )  # fmt: skip


INSTRUMENT = make_instrument()


def make_data(forms: list[tuple], instrument: Instrument = INSTRUMENT, comments: list[tuple] = ()) -> CohortData:
    """Forms are (manager, group, rater, score or scores by competency); both items get the score."""
    ids = [c.id for c in instrument.competencies]
    rows = [np.broadcast_to(np.asarray(form[3], dtype=float), len(ids)) for form in forms]
    ratings = pd.DataFrame(np.repeat(np.array(rows), 2, axis=1), columns=list(instrument.item_ids))
    keys = pd.DataFrame([form[:3] for form in forms], columns=["manager_id", "rater_group", "rater_id"])
    keys = keys[["manager_id", "rater_id", "rater_group"]].assign(wave="w1", seconds=300.0)
    written = pd.DataFrame(comments, columns=["manager_id", "rater_id", "rater_group", "wave", "question_id", "text"])
    managers = pd.Index(sorted(set(keys["manager_id"])), name="manager_id")
    roster = pd.DataFrame({"name": "X", "unit_id": "U1", "role_level": "established"}, index=managers)
    empty = pd.DataFrame(index=managers)
    blank = pd.DataFrame(False, index=ratings.index, columns=ratings.columns)
    targets = pd.DataFrame(3.5, index=managers, columns=list(instrument.profile_ids))
    return CohortData(
        instrument, "w1", roster, empty, empty, empty, empty, Responses(keys, ratings, blank, written), targets
    )


def forms_of(manager: str, boss: float | None, peers: list, reports: list, own: float | None = 4.0) -> list[tuple]:
    rows = [] if own is None else [(manager, "self", f"{manager}s", own)]
    rows += [] if boss is None else [(manager, "manager", f"{manager}b", boss)]
    rows += [(manager, "peer", f"{manager}p{i}", score) for i, score in enumerate(peers)]
    return rows + [(manager, "report", f"{manager}r{i}", score) for i, score in enumerate(reports)]


def alike(manager: str, score: float) -> list[tuple]:
    """Forms of raters who all say the same."""
    return forms_of(manager, score, [score] * 3, [score] * 3)


def cohort_of(first: list[tuple], n: int = 12, level: float = 3.6, comments: list[tuple] = ()) -> CohortData:
    """Manager m01 with the forms given, among managers whose raters all say ``level``."""
    rest = [f for m in range(2, n + 1) for f in alike(f"m{m:02d}", level)]
    return make_data(first + rest, comments=comments)


def profile_of(first: list[tuple], **kwargs: object) -> Profile:
    return score_cohort(cohort_of(first, **kwargs)).profile("m01")


def simulate(n: int, seed: int, *, is_rounded: bool) -> tuple[CohortData, np.ndarray]:
    """True scores N(3.5, .5) and raters whose noise matches the instrument's single-rater reliabilities."""
    rng = np.random.default_rng(seed)
    instrument = make_instrument(8) if is_rounded else make_instrument(8, -20, 30)
    true = rng.normal(3.5, 0.5, (n, 9))
    forms = []
    for manager in range(n):
        for group, size in (("manager", 1), ("peer", rng.integers(3, 6)), ("report", rng.integers(3, 8))):
            noise = 0.5 * np.sqrt(1 / SINGLE[group] - 1)
            seen = true[manager] + rng.normal(0, noise, (size, 9))
            seen = np.clip(np.round(seen * 2) / 2, 1, 5) if is_rounded else seen
            forms += [(f"m{manager:03d}", group, f"{manager}{group}{i}", row) for i, row in enumerate(seen)]
    return make_data(forms, instrument), true[:, :8]


# ------------------------------------------------------------------ golden values
def test_estimate_error_and_probability_by_hand():
    """Nine managers: assumed mean 3.6 +- .3, assumed spread .5 worth eight degrees of freedom, prior raters +- .1."""
    scores = score_cohort(cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3), n=9))
    score = scores.profile("m01").score("C0")
    reliability = 1 / (1 + (1 / 1 + 1.7027027027 / 3 + 2.3333333333 / 3) / 9)
    reliability_error = reliability**2 * 0.1 * (1 / 0.5**2 + 1 / 0.37**2 / 3 + 1 / 0.3**2 / 3) / 9
    estimate = reliability * 3.0 + (1 - reliability) * 3.6
    known, of_mean, of_reliability = 0.5**2 * (1 - reliability), (1 - reliability) * 0.3, 0.6 * reliability_error
    error = np.sqrt(known + of_mean**2 + of_reliability**2) * 2.306004 / 1.959964
    assert score.others == pytest.approx(3.0)
    assert score.reliability == pytest.approx(reliability)
    assert score.estimate == pytest.approx(estimate)
    assert score.standard_error == pytest.approx(error, rel=1e-6)
    assert (score.low, score.high) == pytest.approx((estimate - 1.96 * error, estimate + 1.96 * error))
    assert score.p_below_target == pytest.approx(norm.cdf((3.5 - estimate) / error))
    assert score.reading == "priority"
    assert score.n_effective == pytest.approx(9 / (1 + 1 / 3 + 1 / 3))
    assert scores.measurement["sigma_true"]["C0"] == 0.5


def test_an_equal_cohort_has_errors_of_sd_times_root_r_one_minus_r_and_what_estimating_them_costs():
    levels = np.linspace(2.5, 4.5, 20)
    forms = [f for m, x in enumerate(levels) for f in alike(f"m{m:02d}", x)]
    scores = score_cohort(make_data(forms))
    reliability, spread = scores.reliability["C0"].iloc[0], levels.std(ddof=1)
    golden = spread * np.sqrt(reliability * (1 - reliability))
    of_mean = (1 - reliability) * spread / np.sqrt(20)
    of_reliability = (levels - 3.5) * scores.scores.composite.reliability_error[0, 0]
    expected = np.sqrt(golden**2 + of_mean**2 + of_reliability**2) * 2.093024 / 1.959964  # t with 19 degrees
    assert scores.standard_error["C0"].to_numpy() == pytest.approx(expected, rel=1e-6)
    assert scores.measurement["sigma_true"]["C0"] * np.sqrt(1 - reliability) == pytest.approx(golden)
    assert scores.estimate["C0"].iloc[0] == pytest.approx(reliability * 2.5 + (1 - reliability) * 3.5)


def test_tables_have_managers_in_roster_order_and_profile_competencies():
    scores = score_cohort(cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3)))
    for name in ("estimate", "standard_error", "low", "high", "others", "self_score", "reliability", "n_effective",
                 "target", "p_below_target", "p_bottom_three"):  # fmt: skip
        table = getattr(scores, name)
        assert tuple(table.index) == scores.manager_ids
        assert list(table.columns) == ["C0", "C1", "C2", "C3"]
    assert list(scores.technical.columns) == ["estimate", "standard_error"]
    assert len(scores.groups) == 12 * 5 * 4


def test_an_engagement_is_asked_for_its_wave():
    class Engagement:
        def cohort(self, wave: str | None = None) -> CohortData:
            assert wave in (None, "w1")
            return cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3))

    assert score_cohort(Engagement(), "w1", release_key="k").key == "k"
    with pytest.raises(UnknownNameError, match="unknown wave 'w2'"):
        score_cohort(cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3)), "w2")


def test_unknown_manager_is_refused():
    with pytest.raises(UnknownNameError, match="unknown manager 'm99'"):
        score_cohort(cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3))).profile("m99")


def test_a_missing_target_is_refused():
    data = cohort_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3))
    data = replace(data, targets=data.targets.drop(columns="C1"))
    with pytest.raises(CoachkitError, match="targets lack a value for 'C1'"):
        score_cohort(data)


# ------------------------------------------------------------------ means, levels, priors
def test_role_levels_with_enough_managers_have_their_own_mean():
    forms = [f for m in range(32) for f in alike(f"m{m:02d}", 3.0 + m % 2)]
    data = make_data(forms)
    data.roster["role_level"] = ["new", "established"] * 16
    scores = score_cohort(data)
    means = {level: found["C0"] for level, found in scores.measurement["mean"].items()}
    assert means == {"new": pytest.approx(3.0), "established": pytest.approx(4.0)}
    data.roster["role_level"] = ["new"] * 30 + ["established"] * 2
    assert list(score_cohort(data).measurement["mean"]) == ["established and new"]


@pytest.mark.case("PRIV-07")
def test_below_ten_managers_an_assumed_mean_stands_in_so_that_no_other_score_shows():
    low = profile_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3), n=9, level=2.0)
    high = profile_of(forms_of("m01", 2.0, [3.0] * 3, [4.0] * 3), n=9, level=5.0)
    assert low.scores == high.scores
    assert any("an assumed mean of 3.6" in note for note in low.notes)


def test_reliability_of_raters_moves_from_the_prior_to_the_cohort():
    data, _ = simulate(60, 3, is_rounded=False)
    scores = score_cohort(data)
    used = scores.measurement["single_rater_managers"]["C0"]
    assert used == {"manager": 30, "peer": 60, "report": 60}  # one line manager each: compared with the others
    assert scores.measurement["single_rater"]["C0"]["manager"] == pytest.approx(0.50, abs=0.15)
    agreeing = [f for m in range(40) for f in alike(f"m{m:02d}", 2 + m / 20)]
    blended = score_cohort(make_data(agreeing)).measurement["single_rater"]["C0"]["peer"]
    assert blended == pytest.approx((30 * 0.37 + 40 * 1.0) / 70)


# ------------------------------------------------------------------ suppression in records
@pytest.mark.case("PRIV-01")
@pytest.mark.parametrize("n_reports", range(7))
def test_no_figure_of_a_profile_depends_on_raters_who_are_hidden(n_reports):
    """Reports without peers: below three they are hidden, and nothing of theirs moves anything."""
    one, two = (profile_of(forms_of("m01", 3.0, [], [score] * n_reports)) for score in (1.0, 5.0))
    if 0 < n_reports < 3:
        assert replace(one, quality=()) == replace(two, quality=())
        report = one.score("C0").groups[-1]
        assert (report.status, report.score, report.n_raters) == ("hidden", None, None)
        assert one.score("C0").others is None
    else:
        assert (one == two) == (n_reports == 0)


@pytest.mark.case("PRIV-01")
@pytest.mark.parametrize(("n", "is_shown"), [(3, False), (4, False), (5, True)])
def test_items_are_shown_from_five_confidential_raters(n, is_shown):
    item = profile_of(forms_of("m01", 3.0, [4.0] * n, []), level=3.6).items[0]
    assert (item.others is not None) == is_shown
    assert item.self_score == 4.0


@pytest.mark.case("PRIV-03")
def test_hidden_raters_leave_the_items_too():
    """With a high minimum for pools a hidden report stands beside shown peers."""

    def items(extra: list[tuple]) -> tuple:
        data = cohort_of(forms_of("m01", 3.0, [4.0] * 7, []) + extra)
        profile = score_cohort(replace(data, minimums=Minimums(pooled_raters=10))).profile("m01")
        assert profile.score("C0").groups[1].status == "shown"
        return profile.items

    assert items([]) == items([("m01", "report", "r", 1.0)])
    assert items([])[0].others == 4.0


@pytest.mark.case("PRIV-03")
def test_a_pool_is_shown_without_its_parts():
    groups = profile_of(forms_of("m01", 3.0, [4.0] * 4, [2.0] * 2)).score("C0").groups
    assert [(g.group_id, g.status, g.score, g.n_raters) for g in groups] == [
        ("manager", "shown", 3.0, 1),
        ("peer", "pooled", None, None),
        ("report", "pooled", None, None),
        ("pooled", "shown", 3.33, None),
    ]
    assert groups[-1].label == "Peers and direct reports together"


def test_the_line_manager_alone_widens_the_interval_and_says_so():
    alone = profile_of(forms_of("m01", 3.0, [], []))
    score = alone.score("C0")
    assert score.others is None
    assert score.reliability == 0.5
    assert score.standard_error > profile_of(forms_of("m01", 3.0, [3.0] * 3, [])).score("C0").standard_error
    assert any("rests on one view alone (line manager)" in note for note in alone.notes)


def test_self_alone_gives_no_estimate():
    score = profile_of(forms_of("m01", None, [], [], own=4.5)).score("C0")
    assert (score.self_score, score.estimate, score.p_below_target, score.reading) == (4.5, None, None, "no_data")
    assert score.self_other.verdict == "cannot_tell"


def test_nobody_gives_an_empty_profile_that_still_serialises():
    data = cohort_of(forms_of("m01", 3.0, [4.0] * 3, []))
    roster = pd.concat([data.roster, data.roster.iloc[:1].rename(index={"m01": "m99"})])
    targets = data.targets.reindex(roster.index).fillna(3.5)
    profile = score_cohort(replace(data, roster=roster, targets=targets)).profile("m99")
    assert {score.reading for score in profile.scores} == {"no_data"}
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile


@pytest.mark.case("PRIV-02")
def test_one_comment_among_seven_raters_is_not_shown():
    comments = [("m01", "m01p0", "peer", "w1", "COM", "canary")]
    profile = profile_of(forms_of("m01", 3.0, [4.0] * 4, [4.0] * 3), comments=comments)
    assert profile.comments == ()
    assert any("at least 5 people" in note for note in profile.notes)
    assert b"canary" not in msgspec.json.encode(profile)


def test_five_comments_are_shown_under_the_group():
    comments = [("m01", f"m01p{i}", "peer", "w1", "COM", f"text {i}") for i in range(5)]
    profile = profile_of(forms_of("m01", 3.0, [4.0] * 5, [4.0] * 3), comments=comments)
    assert {c.source for c in profile.comments} == {"Peers"}
    assert {c.question for c in profile.comments} == {"What helps?"}
    assert sorted(c.text for c in profile.comments) == [f"text {i}" for i in range(5)]


@pytest.mark.case("PRIV-14")
def test_no_text_promises_anonymity():
    for peers in ([], [4.0] * 2, [4.0] * 5):
        profile = profile_of(forms_of("m01", 3.0, peers, [2.0] * 2), n=9)
        assert b"anonym" not in msgspec.json.encode(profile).lower()


# ------------------------------------------------------------------ self and others
@pytest.mark.parametrize(
    ("own", "others", "verdict", "is_blind_spot"),
    [
        (5.0, 2.5, "over", True),
        (5.0, 3.6, "over", False),  # others are above target
        (2.0, 4.5, "under", False),
        (4.6, 4.5, "agree_good", False),
        (2.0, 2.0, "agree_poor", False),
        (3.5, 3.5, "agree", False),
        (3.9, 3.4, "agree", False),  # less than the error of about .6
        (4.1, 3.4, "over", True),
    ],
)
def test_self_and_others_fall_into_classes_by_their_error(own, others, verdict, is_blind_spot):
    profile = profile_of(forms_of("m01", others, [others] * 5, [others] * 6, own=own), level=3.5, n=9)
    compared = profile.score("C0").self_other
    assert (compared.verdict, compared.is_blind_spot) == (verdict, is_blind_spot)
    assert compared.difference == pytest.approx(own - others)


def test_readings_are_sorted_by_certainty():
    forms = [(*f[:3], np.array([2.0, 3.4, 2.4, 4.8, 3.0])) for f in forms_of("m01", 0, [0] * 5, [0] * 6)]
    profile = profile_of(forms, n=9)
    assert [s.competency_id for s in profile.of_reading("priority")] == ["C0", "C2"]
    assert [s.competency_id for s in profile.of_reading("strength")] == ["C3"]


# ------------------------------------------------------------------ invariance and coverage
def test_profiles_do_not_depend_on_the_order_of_rows():
    data, _ = simulate(30, 1, is_rounded=True)
    order = np.random.default_rng(0).permutation(len(data.responses.keys))
    answers = data.responses
    shuffled = Responses(
        *(f.iloc[order].reset_index(drop=True) for f in (answers.keys, answers.ratings, answers.not_observed)),
        answers.comments,
    )
    first, second = score_cohort(data), score_cohort(replace(data, responses=shuffled))
    assert [first.profile(m) for m in first.manager_ids] == [second.profile(m) for m in second.manager_ids]


def test_two_runs_give_equal_bytes():
    data, _ = simulate(20, 2, is_rounded=True)
    one, two = (msgspec.json.encode(score_cohort(data).profile("m003")) for _ in range(2))
    assert one == two


def coverage(scores: CohortProfiles, true: np.ndarray) -> float:
    return float(((scores.low.to_numpy() <= true) & (true <= scores.high.to_numpy())).mean())


def test_95_percent_intervals_cover_the_true_score():
    found = []
    for seed in range(3):
        data, true = simulate(200, seed, is_rounded=False)
        found.append(coverage(score_cohort(data), true))
    assert 0.93 <= np.mean(found) <= 0.97


def test_intervals_still_cover_with_rounded_and_clipped_ratings():
    """The true score is then the rating expected over raters, which the ends of the scale pull inwards."""
    z, found = norm.ppf((np.arange(400) + 0.5) / 400), []
    for seed in range(3):
        data, latent = simulate(200, seed, is_rounded=True)
        spread = [0.5 * np.sqrt(1 / SINGLE[group] - 1) for group in ("manager", "peer", "report")]
        seen = [np.clip(np.round((latent[..., None] + s * z) * 2) / 2, 1, 5).mean(axis=-1) for s in spread]
        found.append(coverage(score_cohort(data), np.mean(seen, axis=0)))
    assert 0.93 <= np.mean(found) <= 0.97


def test_probability_below_target_is_calibrated():
    data, true = simulate(200, 4, is_rounded=False)
    scores = score_cohort(data)
    p, below = scores.p_below_target.to_numpy().ravel(), (true < 3.5).ravel()
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        chosen = (p >= low) & (p <= high)
        assert below[chosen].mean() == pytest.approx(p[chosen].mean(), abs=0.06)


# ------------------------------------------------------------------ releasing again
def rerelease(before: list[tuple], after: list[tuple], **kwargs: object) -> tuple[Profile, Profile]:
    first = score_cohort(cohort_of(before, **kwargs))
    saved = {m: msgspec.json.decode(msgspec.json.encode(s), type=Snapshot) for m, s in first.snapshots.items()}
    second = score_cohort(cohort_of(after, **kwargs), releases=saved)
    return first.profile("m01"), second.profile("m01")


BASE = forms_of("m01", 3.0, [4.0, 3.0, 3.5, 4.0], [2.0, 3.0, 2.5])


@pytest.mark.case("PRIV-04")
@pytest.mark.parametrize("n_late", [1, 4])
def test_a_few_late_raters_get_the_frozen_figures(n_late):
    late = [("m01", "peer", f"late{i}", 1.0) for i in range(n_late)]
    before, after = rerelease(BASE, BASE + late)
    assert after.is_frozen
    assert after.scores == before.scores
    assert after.items == before.items
    assert any("those of the earlier report" in note for note in after.notes)


@pytest.mark.case("PRIV-04")
def test_five_late_raters_give_new_figures():
    late = [("m01", "peer", f"late{i}", 1.0) for i in range(5)]
    before, after = rerelease(BASE, BASE + late)
    assert not after.is_frozen
    assert after.score("C0").others < before.score("C0").others


@pytest.mark.case("PRIV-04")
def test_no_change_gives_the_same_figures():
    before, after = rerelease(BASE, BASE)
    assert after == before


@pytest.mark.case("PRIV-04")
def test_frozen_managers_stay_frozen_in_a_third_release():
    first = score_cohort(cohort_of(BASE))
    second = score_cohort(cohort_of([*BASE, ("m01", "peer", "late1", 1.0)]), releases=first.snapshots)
    two_late = [*BASE, ("m01", "peer", "late1", 1.0), ("m01", "peer", "late2", 1.0)]
    third = score_cohort(cohort_of(two_late), releases=second.snapshots)
    assert third.profile("m01").scores == first.profile("m01").scores


@pytest.mark.case("PRIV-04")
def test_frozen_figures_do_not_follow_the_cohort():
    first = score_cohort(cohort_of(BASE))
    others = [("m02", "peer", f"new{i}", 1.0) for i in range(9)]
    second = score_cohort(cohort_of([*BASE, ("m01", "peer", "late", 1.0), *others]), releases=first.snapshots)
    assert second.estimate.loc["m03", "C0"] != first.estimate.loc["m03", "C0"]
    assert second.profile("m01").scores == first.profile("m01").scores


@pytest.mark.case("PRIV-05")
def test_erasing_one_of_five_makes_the_group_disappear():
    base = forms_of("m01", 3.0, [4.0, 3.0, 3.5, 4.0, 2.0], [2.0, 3.0, 2.5])
    erased = [form for form in base if form[2] != "m01p4"]
    before, after = rerelease(base, erased)
    assert not after.is_frozen
    peers = {g.group_id: g.status for g in after.score("C0").groups}
    assert peers == {"manager": "shown", "peer": "none", "report": "shown"}
    assert any("erasure" in note for note in after.notes)
    assert before.score("C0").others != after.score("C0").others


@pytest.mark.case("PRIV-05")
def test_a_pool_that_forms_because_groups_shrank_is_compared_as_well():
    """Five peers, three reports: erase a peer and a report, and neither group nor a pool of theirs may show."""
    base = forms_of("m01", 3.0, [4.0, 3.0, 3.5, 4.0, 2.0], [2.0, 3.0, 2.5])
    left = [form for form in base if form[2] not in {"m01p4", "m01r2"}]
    _, after = rerelease(base, left)
    statuses = {g.group_id: g.status for g in after.score("C0").groups}
    assert statuses == {"manager": "shown", "peer": "none", "report": "none"}
    assert after.score("C0").others is None


def test_comments_stay_frozen_with_the_figures():
    comments = [("m01", f"m01p{i}", "peer", "w1", "COM", f"text {i}") for i in range(5)]
    base = forms_of("m01", 3.0, [4.0] * 6, [3.0] * 3)
    first = score_cohort(cohort_of(base, comments=comments))
    more = [*comments, ("m01", "m01p5", "peer", "w1", "COM", "canary")]
    after = score_cohort(cohort_of(base, comments=more), releases=first.snapshots).profile("m01")
    assert after.is_frozen
    assert after.comments == first.profile("m01").comments


# ------------------------------------------------------------------ size
def test_one_profile_costs_the_same_in_any_cohort():
    """Profiles read their own rows: the index of rows holds exactly one manager's forms."""
    data, _ = simulate(50, 5, is_rounded=True)
    scores = score_cohort(data)
    rows = scores.marks.rows
    assert sum(map(len, rows)) == len(data.responses.keys)
    assert set(scores.raters.manager[rows[7]]) == {7}
