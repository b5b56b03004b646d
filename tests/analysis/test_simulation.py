"""Synthetic engagements: known truth that ratings follow as theory predicts, and every promised special case."""

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.simulation import Noise, simulate_engagement
from coachkit.analysis.simulation.comments import DEVELOPMENTS, STRENGTHS
from coachkit.analysis.simulation.names import draw_names
from coachkit.analysis.simulation.panel import opaque_ids
from coachkit.analysis.simulation.people import unit_sizes
from coachkit.engagement.instruments import load_instrument
from coachkit.errors import CoachkitError


@pytest.fixture(scope="module")
def instrument():
    return load_instrument("manager_transition")


@pytest.fixture(scope="module")
def large(instrument):
    return simulate_engagement(instrument, n_managers=1500, n_units=60, seed=5, waves=1)


@pytest.fixture(scope="module")
def scores(instrument, large):
    """One rater's competency means, with the manager's true scores beside them."""
    responses = large.tables["responses"]
    ratings = responses[list(instrument.item_ids)].apply(lambda c: pd.to_numeric(c.astype(object), errors="coerce"))
    frame = pd.DataFrame({c.id: ratings[list(c.item_ids)].mean(axis=1) for c in instrument.profile_competencies})
    return pd.concat([responses[["manager_id", "rater_group"]], frame], axis=1)


def test_equal_seeds_give_equal_tables_and_other_seeds_other_ones(instrument):
    first, again, other = (simulate_engagement(instrument, 24, 4, seed=seed) for seed in (3, 3, 4))
    for name in first.tables:
        pd.testing.assert_frame_equal(first.tables[name], again.tables[name])
    assert not first.tables["responses"].equals(other.tables["responses"])


@pytest.mark.parametrize(("group", "reliability"), [("manager", 0.50), ("peer", 0.37), ("report", 0.30)])
def test_single_rater_reliability_is_recovered(instrument, large, scores, group, reliability):
    truth = large.truth["profiles"].set_index("manager_id")
    seen = scores[scores["rater_group"] == group]
    squared = []
    for competency in instrument.profile_competencies:
        rows = seen[["manager_id", competency.id]].dropna()
        if len(rows) < 100:  # nobody of this group is asked
            continue
        true = truth.loc[rows["manager_id"], competency.id].to_numpy()
        squared.append(np.corrcoef(rows[competency.id], true)[0, 1] ** 2)
    assert np.mean(squared) == pytest.approx(reliability, abs=0.03)


def test_mean_of_k_peers_follows_truth_as_spearman_brown_predicts(large, scores):
    truth = large.truth["profiles"].set_index("manager_id")["IMP"]
    peers = scores[scores["rater_group"] == "peer"].groupby("manager_id")["IMP"].agg(["mean", "count"])
    one = scores[scores["rater_group"] == "peer"].dropna(subset="IMP")
    r = np.corrcoef(one["IMP"], truth.loc[one["manager_id"]])[0, 1] ** 2
    k = peers["count"].mean()
    predicted = np.sqrt(k * r / (1 + (k - 1) * r))
    assert np.corrcoef(peers["mean"], truth.loc[peers.index])[0, 1] == pytest.approx(predicted, abs=0.03)


def test_managers_beyond_technology_rate_themselves_below_others(large, scores):
    situation = large.truth["managers"].set_index("manager_id")["situation"]
    own = scores[scores["rater_group"] == "self"].set_index("manager_id").drop(columns="rater_group").mean(axis=1)
    truth = large.truth["profiles"].set_index("manager_id")
    true = truth[[c for c in truth.columns if c not in {"wave", "TECH"}]].mean(axis=1)
    gap = (own - true).groupby(situation).mean()
    assert gap["beyond_technology"] < -0.3
    assert gap["none"] > 0.0


def test_each_situation_leaves_its_pattern_in_the_true_profiles(large):
    profiles = large.truth["profiles"].set_index("manager_id").drop(columns="wave")
    situation = large.truth["managers"].set_index("manager_id")["situation"]
    mean = profiles.groupby(situation).mean()
    assert mean.loc["new_manager", ["PEO", "TEAM"]].max() < 3.0
    assert mean.loc["steady_state", "IMP"] < 3.0
    assert mean.loc["beyond_technology", ["OUT", "OPP", "CASE"]].max() < 3.1
    assert mean.loc["beyond_technology", "TECH"] > 4.3
    assert mean.loc["stale_organisation", "IMP"] < 3.0
    assert mean.loc["senior_potential"].drop("TECH").min() > 3.5


def test_raters_are_only_asked_what_the_instrument_routes_to_them(instrument, large):
    responses = large.tables["responses"]
    for group in instrument.rater_groups:
        answers = responses.loc[responses["rater_group"] == group.id, list(instrument.item_ids)]
        asked = {item.id for item in instrument.items if group.id in item.asked_of}
        assert set(answers.columns[answers.notna().any()]) == asked


def test_answers_are_ratings_not_observed_or_empty(instrument, large):
    answers = large.tables["responses"][list(instrument.item_ids)]
    assert set(answers["OPP01"].cat.categories) == {"NO", "1", "2", "3", "4", "5"}
    peer = answers[large.tables["responses"]["rater_group"] == "peer"]
    assert 0.03 < (peer["OPP01"] == "NO").mean() < 0.08
    assert 0.01 < peer["OPP01"].isna().mean() < 0.04


def test_rater_ids_are_opaque_and_self_raters_use_the_managers_id(large):
    responses = large.tables["responses"]
    is_self = responses["rater_group"] == "self"
    assert (responses.loc[is_self, "rater_id"] == responses.loc[is_self, "manager_id"]).all()
    others = responses[~is_self]
    assert others["rater_id"].str.fullmatch(r"R-[2-9A-HJ-NP-Z]{8}").all()
    assert not responses.duplicated(["manager_id", "rater_id", "wave"]).any()


def test_opaque_ids_never_clash():
    assert len(set(opaque_ids(np.arange(50_000), seed=1))) == 50_000


def test_returning_raters_keep_their_id_in_the_second_wave(instrument):
    responses = simulate_engagement(instrument, 60, 6, seed=8).tables["responses"]
    peers = responses[responses["rater_group"] == "peer"]
    by_wave = [
        set(map(tuple, peers.loc[peers["wave"] == w, ["manager_id", "rater_id"]].to_numpy())) for w in ("w1", "w2")
    ]
    assert 0.5 < len(by_wave[0] & by_wave[1]) / len(by_wave[1]) < 0.9


def test_pilot_managers_improve_between_the_waves(instrument):
    truth = simulate_engagement(instrument, 200, 6, seed=8).truth
    pilot = truth["managers"].set_index("manager_id")["is_pilot"] == "yes"
    profiles = truth["profiles"].set_index(["wave", "manager_id"])
    change = profiles.loc["w2"] - profiles.loc["w1"]
    assert change.loc[pilot, ["IMP", "PEO", "BEN"]].mean().min() > 0.45
    assert change.loc[~pilot].abs().to_numpy().max() == 0


def test_managers_new_since_the_first_wave_have_no_first_wave(instrument):
    tables = simulate_engagement(instrument, 200, 6, seed=8).tables
    first = tables["context"].query("wave == 'w1'")
    assert first["months_in_role"].min() > 0
    answered = tables["responses"].query("wave == 'w1'")["manager_id"]
    assert set(answered) <= set(first["manager_id"])
    assert len(set(first["manager_id"])) < 200


def test_context_agrees_with_the_situation(large):
    context = large.tables["context"].set_index("manager_id")
    situation = large.truth["managers"].set_index("manager_id")["situation"]
    new = context[(situation == "new_manager").to_numpy()]
    assert new["months_managing_people_before_role"].max() < 6
    assert new["months_in_role"].max() <= 12
    steady = context[(situation == "steady_state").to_numpy()]
    assert steady["performance_vs_expectations"].max() <= 2
    assert steady["months_in_role"].min() >= 9
    shares = context[[c for c in context.columns if c.startswith("time_")]].sum(axis=1)
    assert shares.isin([0, 100]).all()  # 0: the manager whose context is missing
    done = context[["initiatives_started", "initiatives_finished", "initiatives_benefit_confirmed"]].dropna()
    assert done.diff(axis=1).iloc[:, 1:].max().max() <= 0


def test_stale_units_show_in_unit_facts_and_flat_measures(large):
    stale = large.truth["units"].set_index("unit_id")["state"] == "stale_organisation"
    units = large.tables["units"].set_index("unit_id")
    assert (units["improvement_share_pct"] < units["improvement_goal_pct"])[stale].all()
    assert (units["ideas_benefit_confirmed"] <= units["ideas_done"]).all()
    kpis = large.tables["kpis"].pivot_table(index=["unit_id", "kpi"], columns="period", values="value")
    change = (kpis["2026-Q2"] / kpis["2024-Q2"] - 1).abs().groupby("unit_id").mean()
    assert kpis.shape[1] >= 8
    assert change[stale].max() < 0.06 < change[~stale].min()


def test_names_are_all_different_and_hold_many_scripts():
    names = draw_names(48, np.random.default_rng(1))
    assert len(set(names)) == 48
    text = "".join(names)
    for start, end in (("Α", "ω"), ("А", "я"), ("一", "鿿"), ("ا", "ي"), ("א", "ת"), ("가", "힣"), ("ぁ", "鿿")):
        assert any(start <= letter <= end for letter in text)
    assert "Nguyễn" in text or "Trần" in text or "Phạm" in text or "Đặng" in text
    assert len(set(draw_names(5000, np.random.default_rng(1)))) == 5000


def test_there_are_enough_different_comments():
    for library in (STRENGTHS, DEVELOPMENTS):
        texts = [text for choices in library.values() for text in choices]
        assert len(set(texts)) == len(texts) >= 40
        assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


def test_comments_speak_of_true_strengths_and_needs(large):
    of = {text: competency for competency, choices in STRENGTHS.items() for text in choices}
    truth = large.truth["profiles"].set_index("manager_id").drop(columns=["wave", "TECH"])
    comments = large.tables["responses"].query("rater_group != 'self'")[["manager_id", "COM_STRENGTH"]].dropna()
    rank = truth.rank(axis=1, ascending=False)
    assert all(rank.loc[m, of[text]] <= 3 for m, text in comments.head(300).itertuples(index=False))


def test_unit_sizes_add_up_in_fixed_proportions():
    assert unit_sizes(48, 6).tolist() == [12, 10, 9, 7, 6, 4]
    assert unit_sizes(1001, 7).sum() == 1001


def test_another_noise_gives_another_reliability(instrument):
    quiet = simulate_engagement(instrument, 24, 4, seed=3, noise=Noise(reliability=(("peer", 0.8),)))
    raters = quiet.truth["raters"].set_index("rater_group")["single_rater_reliability"]
    assert raters["peer"] == 0.8


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"n_managers": 3, "n_units": 6}, "3 managers in 6 units"),
        ({"n_managers": 30, "n_units": 0}, "at least one unit"),
        ({"waves": 3}, "cannot simulate 3 waves"),
        ({"n_coaches": 0}, "0 coaches"),
    ],
)
def test_impossible_sizes_are_refused(instrument, sizes, words):
    with pytest.raises(CoachkitError, match=words):
        simulate_engagement(instrument, **sizes)
