"""The engine: same answer whatever the order or company, bounded time, careful words."""

import re
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.situations import SITUATION_IDS, check_rules, diagnose
from coachkit.analysis.situations.base import Claim
from coachkit.analysis.situations.outcome import Standing, decide, status_of
from coachkit.errors import SettingsError, UnknownNameError

HARSH = re.compile(
    r"\b(fail\w*|poor\w*|weak\w*|bad|deficien\w*|incompetent|inadequate|underperform\w*|problem manager|lazy|stale)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def mixed(build):
    rng = np.random.default_rng(3)
    people = {}
    for i in range(40):
        scores = dict(zip(build.profile, rng.normal(3.5, 0.5, len(build.profile)), strict=True))
        people[f"M{i:02d}"] = build.settled(
            scores,
            unit=f"U{i % 6}",
            technical=float(rng.normal(3.8, 0.5)),
            without=("performance_vs_expectations",) if i % 5 == 0 else (),
            months_in_role=int(rng.integers(1, 60)),
            months_managing_people_before_role=int(rng.choice([0, 30])),
        )
    return people


UNITS = {
    f"U{i}": {"unit_name": f"Unit {i}", "improvement_share_pct": 8 + i, "improvement_goal_pct": 11} for i in range(6)
}


def test_row_order_does_not_change_any_answer(build, rules, mixed):
    plain = diagnose(build.cohort(mixed, units=UNITS), rules)
    shuffled = dict(sorted(mixed.items(), key=lambda item: item[0][::-1]))
    other = diagnose(build.cohort(shuffled, units=UNITS), rules)
    pd.testing.assert_frame_equal(plain.probability, other.probability.loc[list(mixed)], rtol=1e-12)
    assert all(plain.diagnosis(name) == other.diagnosis(name) for name in mixed)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_close_ones(build, rules, mixed):
    cohort = build.cohort(mixed, units=UNITS)
    first = diagnose(cohort, rules, random_state=4).probability
    pd.testing.assert_frame_equal(first, diagnose(cohort, rules, random_state=4).probability)
    other = diagnose(cohort, rules, random_state=5).probability
    assert 0 < (first - other).abs().max().max() < 0.06


def test_a_manager_of_a_unit_alone_gets_the_same_personal_situations(build, rules, mixed):
    whole = diagnose(build.cohort(mixed), rules).probability.loc["M07"]
    alone = diagnose(build.cohort({"M07": mixed["M07"]}), rules).probability.loc["M07"]
    pd.testing.assert_series_equal(whole.drop("stale_organisation"), alone.drop("stale_organisation"))


def test_chunks_change_no_result(build, rules, mixed, monkeypatch):
    cohort = build.cohort(mixed, units=UNITS)
    whole = diagnose(cohort, rules, n_draws=200)
    monkeypatch.setattr("coachkit.analysis.situations.engine.CHUNK", 1400)
    pd.testing.assert_frame_equal(whole.probability, diagnose(cohort, rules, n_draws=200).probability)


def test_ten_thousand_managers_take_less_than_five_seconds(build, rules, mixed):
    names = list(mixed)
    small = build.cohort(mixed, units=UNITS)
    take = [names[i % len(names)] for i in range(10_000)]
    index = pd.Index([f"X{i}" for i in range(10_000)], name="manager_id")
    for name in ("estimate", "standard_error", "target", "others", "self_score", "p_below_target", "technical"):
        setattr(small, name, getattr(small, name).loc[take].set_axis(index))
    small.data.roster = small.data.roster.loc[take].set_axis(index)
    small.data.context = small.data.context.loc[take].set_axis(index)
    small.manager_ids = tuple(index)
    started = time.process_time()
    diagnose(small, rules)
    assert time.process_time() - started < 5


def test_empty_tables_still_give_an_answer(build, rules):
    found = diagnose(
        build.cohort({"M1": build.person(dict.fromkeys(build.profile, np.nan), technical=np.nan)}), rules
    ).diagnosis("M1")
    assert found.outcome == "not_enough_data"
    assert {finding.situation_id for finding in found.findings} == set(SITUATION_IDS)
    assert all(finding.probability is None for finding in found.findings)


def test_nothing_fires_and_no_gap_means_no_intervention(build, rules):
    found = diagnose(build.cohort({"M1": build.settled()}), rules).diagnosis("M1")
    assert found.outcome == "no_intervention"
    assert found.headline_ids == ()


def test_nothing_fires_beside_a_clear_gap(build, rules):
    found = diagnose(build.cohort({"M1": build.settled({"PLAN": 2.8})}), rules).diagnosis("M1")
    assert found.outcome == "none_of_the_five"
    assert "one competency shows a clear gap" in found.summary


def test_two_situations_may_stand_together(build, rules):
    one = build.settled({"OUT": 2.8, "BEH": 4.1}, technical=4.7, months_in_role=4, months_managing_people_before_role=0)
    found = diagnose(build.cohort({"M1": one}), rules).diagnosis("M1")
    assert found.headline_ids == ("new_manager", "beyond_technology")


def test_two_rivals_are_decided_in_conversation(build, rules):
    one = build.settled({"OUT": 2.8, "BEH": 4.1}, technical=4.7, performance_vs_expectations=2)
    found = diagnose(build.cohort({"M1": one}), rules).diagnosis("M1")
    assert found.outcome == "unclear"
    assert found.headline_ids == ()
    assert found.question_to_ask.endswith("?")
    assert "figures alone do not settle it" in found.summary


@pytest.mark.parametrize(
    ("mid", "status"), [(0.6, "recognised"), (0.599, "possible"), (0.3, "possible"), (0.29, "unlikely")]
)
def test_status_changes_at_its_threshold(rules, mid, status):
    assert status_of(mid, mid, mid, rules) == status


def test_status_is_open_when_what_is_missing_decides(rules):
    assert status_of(0.1, 0.2, 0.7, rules) == "cannot_tell"
    assert status_of(0.61, 0.8, 0.9, rules) == "recognised"
    assert status_of(np.nan, np.nan, np.nan, rules) == "cannot_tell"


@pytest.mark.parametrize(("second", "outcome"), [(0.64, "recognised"), (0.66, "unclear")])
def test_the_best_must_lead_by_the_margin(rules, second, outcome):
    chances = {"new_manager": 0.0, "steady_state": 0.8, "beyond_technology": second, "senior_potential": 0.0}
    assert decide(Standing(chances, frozenset(), False, 0, 1.0), rules)[0] == outcome


def test_a_possible_situation_is_decided_in_conversation(rules):
    chances = dict.fromkeys(("new_manager", "steady_state", "beyond_technology", "senior_potential"), 0.1)
    assert decide(Standing(chances, frozenset(), False, 0, 1.0), rules) == ("no_intervention", ())
    chances["steady_state"] = 0.45
    assert decide(Standing(chances, frozenset(), False, 0, 1.0), rules) == ("unclear", ("steady_state",))


def test_a_claim_keeps_its_bounds_through_logic():
    yes, no = np.array([[True]]), np.array([[False]])
    unknown = Claim(no, yes, yes)
    assert [bool(part) for part in ((~unknown).low, (~unknown).mid, (~unknown).high)] == [False, False, True]
    assert (unknown | Claim.known(yes)).low.all()
    assert not (unknown & Claim.known(no)).high.any()


def test_every_sentence_is_worded_without_judging_the_person(build, rules, mixed):
    found = diagnose(build.cohort(mixed, units=UNITS), rules)
    texts = [e.text for d in found.all() for f in d.findings for e in f.evidence]
    texts += [text for d in found.all() for f in d.findings for text in (f.title, f.would_change, *f.missing)]
    texts += [d.summary for d in found.all()] + [d.question_to_ask or "" for d in found.all()]
    texts += [a.text for d in found.all() for a in d.attributions]
    texts += [rule.question for rule in rules.fields.values()]
    texts += [
        s for r in rules.situations.values() for s in (r.title, r.description, r.if_recognised, r.if_not_recognised)
    ]
    assert not [text for text in texts if HARSH.search(text)]
    assert not [text for text in texts if re.search(r"\bnan\b|  ", text)]


def test_an_unknown_manager_is_refused(build, rules):
    with pytest.raises(UnknownNameError, match="unknown manager 'M2'"):
        diagnose(build.cohort({"M1": build.settled()}), rules).diagnosis("M2")


def test_rules_without_a_threshold_are_refused(rules):
    thresholds = {n: t for n, t in rules.situations["steady_state"].thresholds.items() if n != "months_in_role"}
    broken = replace(
        rules,
        situations=rules.situations
        | {"steady_state": replace(rules.situations["steady_state"], thresholds=thresholds)},
    )
    with pytest.raises(SettingsError, match=r"situations.steady_state.thresholds lacks 'months_in_role'"):
        check_rules(broken)


def test_rules_without_expected_answers_are_refused(rules):
    broken = replace(
        rules, fields=rules.fields | {"months_in_role": replace(rules.fields["months_in_role"], answers=())}
    )
    with pytest.raises(SettingsError, match="lacks 'months_in_role'"):
        check_rules(broken)


def test_another_instrument_without_our_competencies_still_gets_answers(build, rules):
    cohort = build.cohort(
        {"M1": build.settled(months_in_role=3, months_managing_people_before_role=0), "M2": build.settled()}
    )
    for name in ("estimate", "standard_error", "target", "others", "self_score", "p_below_target"):
        setattr(cohort, name, getattr(cohort, name)[["OPP", "PLAN"]].set_axis(["Q1", "Q2"], axis=1))
    cohort.technical = pd.DataFrame()
    cohort.data.kpis = pd.DataFrame()
    cohort.data.reference_date = None
    cohort.data.instrument = SimpleNamespace(
        competencies=tuple(SimpleNamespace(id=name, name=name, short_name=name) for name in ("Q1", "Q2"))
    )
    found = diagnose(cohort, rules)
    assert found.diagnosis("M1").headline_ids == ("new_manager",)
    assert found.diagnosis("M2").outcome == "no_intervention"
    assert found.diagnosis("M2").finding("beyond_technology").status == "cannot_tell"
    assert "OUT, which this instrument does not ask for" in found.diagnosis("M2").finding("beyond_technology").missing
