"""From technology to the whole organisation: fires, stays silent, cannot tell, calibrated."""

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.situations import diagnose

ID = "beyond_technology"
WIDER_ROLE = {"OUT": 2.9, "OPP": 3.0, "BEH": 4.0}


def finding(build, rules, one):
    return diagnose(build.cohort({"M1": one}), rules).diagnosis("M1").finding(ID)


def test_fires_for_technical_strength_beside_a_wider_role(build, rules):
    found = finding(build, rules, build.settled(WIDER_ROLE, technical=4.6, time_hands_on_pct=55))
    assert found.status == "recognised"
    assert any("Hands-on technical work takes 55%" in e.text for e in found.evidence)


@pytest.mark.parametrize(
    ("scores", "technical"),
    [(WIDER_ROLE, 3.2), (WIDER_ROLE | {"BEH": 2.9}, 4.6), ({"OUT": 4.2, "OPP": 4.2, "CASE": 4.2}, 4.6)],
)
def test_stays_silent_when_one_condition_is_absent(build, rules, scores, technical):
    assert finding(build, rules, build.settled(scores, technical=technical)).status == "unlikely"


def test_performance_does_not_matter_and_is_not_mentioned(build, rules):
    fine = finding(build, rules, build.settled(WIDER_ROLE, technical=4.6, performance_vs_expectations=5))
    not_yet = finding(build, rules, build.settled(WIDER_ROLE, technical=4.6, performance_vs_expectations=2))
    assert fine == not_yet
    assert not any("expectations" in e.text for e in fine.evidence)


def test_cannot_tell_without_technical_ratings(build, rules):
    cohort = build.cohort({"M1": build.settled(WIDER_ROLE)})
    cohort.technical = pd.DataFrame()
    found = diagnose(cohort, rules).diagnosis("M1").finding(ID)
    assert found.status == "cannot_tell"
    assert found.missing == ("technical strength as rated by the line manager and peers",)


def test_one_manager_without_technical_ratings_beside_others(build, rules):
    people = {"M1": build.settled(WIDER_ROLE, technical=4.6), "M2": build.settled(WIDER_ROLE, technical=build.nan)}
    found = diagnose(build.cohort(people), rules)
    assert found.diagnosis("M1").finding(ID).status == "recognised"
    assert found.diagnosis("M2").finding(ID).status == "cannot_tell"


def test_the_edge_of_technical_strength_is_even_odds(build, rules):
    assert 0.4 < finding(build, rules, build.settled(WIDER_ROLE, technical=4.0)).probability < 0.6


def test_supports_move_the_odds_by_their_documented_weight(build, rules):
    edge = build.settled(WIDER_ROLE, technical=4.0, self_score=build.nan)
    supported = build.settled(WIDER_ROLE, technical=4.0, self_score=build.nan, confidence_in_role=2)
    absent = build.settled(WIDER_ROLE, technical=4.0, self_score=build.nan, confidence_in_role=5)

    def log_odds(one):
        p = diagnose(build.cohort({"M1": one}), rules).probability.loc["M1", ID]
        return np.log(p / (1 - p))

    weight = rules.situations[ID].supports["confidence"].value
    assert log_odds(supported) - log_odds(edge) == pytest.approx(weight)
    assert log_odds(edge) - log_odds(absent) == pytest.approx(weight * rules.engine["absent_support"].value)


def test_the_probability_is_calibrated_on_known_truth(build, rules):
    rng = np.random.default_rng(5)
    n, spread, reliability = 4000, 0.6, 0.7
    names = (*build.profile, "TECH")
    mean = np.array([3.5] * len(build.profile) + [4.0])
    true = rng.normal(mean, spread, (n, len(names)))
    observed = true + rng.normal(0, spread * np.sqrt((1 - reliability) / reliability), true.shape)
    estimate = reliability * observed + (1 - reliability) * mean
    error = spread * np.sqrt(1 - reliability)
    people = {
        f"M{i}": build.person(dict(zip(build.profile, row[:-1], strict=True)), technical=row[-1], self_score=build.nan)
        for i, row in enumerate(estimate)
    }
    cohort = build.cohort(people, error=error)
    cohort.technical["standard_error"] = error
    p = diagnose(cohort, rules).probability[ID].to_numpy()
    at = {name: true[:, i] for i, name in enumerate(names)}
    holds = (at["TECH"] >= 4) & (at["BEH"] >= 3.5) & (np.minimum(np.minimum(at["OUT"], at["OPP"]), at["CASE"]) < 3.5)
    assert p.mean() == pytest.approx(holds.mean(), abs=0.02)
    for low in np.arange(0, 0.9, 0.2):
        chosen = (p >= low) & (p < low + 0.2)
        assert p[chosen].mean() == pytest.approx(holds[chosen].mean(), abs=0.05)
