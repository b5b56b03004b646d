"""Places, hours and costs of a programme, worked by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from coachkit.analysis.programme import propose_programme
from coachkit.analysis.records import Intervention, Recommendation

LONG = Intervention("long_coaching", "Long coaching", "8 to 12", 8, 12, 1.5, 6, ("IMP",))
MENTORING = Intervention("mentoring", "Mentoring", "monthly", 10, 12, 1.25, 12, ("GRO",))
TEAM = Intervention("team_coaching", "Team coaching", "6 to 10", 6, 10, 3.0, 12, ("IMP",))
TRAINING = Intervention("training_first", "Training first", "2 days", 2, 2, 7.0, 2, ("PEO",))
NOTHING = Intervention("no_intervention", "No intervention now", "none", 0, 0, 0.0, 0, ())
RATES = SimpleNamespace(
    currency="EUR",
    coaching_hour_low=100,
    coaching_hour_high=200,
    mentoring_hour_low=50,
    mentoring_hour_high=80,
    team_session_low=1000,
    team_session_high=1500,
    training_day_low=400,
    training_day_high=600,
)
COACHES = pd.DataFrame({"role": ["coach", "mentor", "both"], "capacity": [2, 1, 1]}, index=["C1", "C2", "C3"])


def advice(*interventions, status="proposed", gate=()):
    return Recommendation("M", interventions, "", 0.9, "", "", "", (), gate, status)


def lines(proposal):
    return {line.intervention_id: line for line in proposal.lines}


def test_hours_and_cost_run_from_firm_and_small_to_all_and_large():
    found = propose_programme(
        {"A": advice(LONG), "B": advice(LONG), "C": advice(LONG, status="decide_in_conversation")}, RATES, COACHES
    )
    line = lines(found)["long_coaching"]
    assert (line.places, line.places_if_confirmed) == (2, 1)
    assert (line.hours_low, line.hours_high) == (2 * 8 * 1.5, 3 * 12 * 1.5)
    assert (line.cost_low, line.cost_high) == (2400.0, 10800.0)
    assert (found.cost_low, found.cost_high, found.currency) == (2400.0, 10800.0, "EUR")


def test_something_left_to_settle_is_not_firm():
    line = lines(propose_programme({"A": advice(MENTORING, gate=("Ask.",))}, RATES))["mentoring"]
    assert (line.places, line.places_if_confirmed, line.hours_low, line.cost_low) == (0, 1, 0.0, 0.0)
    assert line.cost_high == 12 * 1.25 * 80


def test_team_coaching_is_counted_once_per_unit():
    unit_of = {"A": "U1", "B": "U1", "C": "U2", "D": None}
    found = propose_programme(
        {"A": advice(TEAM, gate=("Ask.",)), "B": advice(TEAM), "C": advice(TEAM, gate=("Ask.",)), "D": advice(TEAM)},
        RATES,
        COACHES,
        unit_of,
    )
    line = lines(found)["team_coaching"]
    assert (line.places, line.places_if_confirmed) == (2, 1)
    assert (line.hours_low, line.hours_high) == (36.0, 90.0)
    assert (line.cost_low, line.cost_high) == (2 * 6 * 1000, 3 * 10 * 1500)
    assert any("once per unit" in note for note in found.notes)


def test_training_is_priced_by_the_day():
    line = lines(propose_programme({"A": advice(TRAINING)}, RATES))["training_first"]
    assert (line.hours_low, line.cost_low, line.cost_high) == (14.0, 800.0, 1200.0)


def test_an_unknown_rate_gives_no_cost_and_no_total():
    rates = SimpleNamespace(currency="EUR", coaching_hour_low=100, coaching_hour_high=200)
    found = propose_programme({"A": advice(LONG), "B": advice(MENTORING)}, rates)
    assert lines(found)["long_coaching"].cost_low == 1200.0
    assert lines(found)["mentoring"].cost_low is None
    assert (found.cost_low, found.cost_high) == (None, None)
    assert any("No rate is given for mentoring" in note for note in found.notes)


def test_one_end_of_a_rate_stands_for_both():
    rates = SimpleNamespace(currency="", coaching_hour_low=None, coaching_hour_high=200)
    line = lines(propose_programme({"A": advice(LONG)}, rates))["long_coaching"]
    assert (line.cost_low, line.cost_high) == (2400.0, 3600.0)


def test_managers_who_cannot_start_are_noted_and_not_counted():
    found = propose_programme({"A": advice(NOTHING, status="not_now"), "B": advice(NOTHING)}, RATES)
    assert found.lines == ()
    assert (found.cost_low, found.cost_high) == (None, None)
    assert any(note.startswith("Managers for whom a condition for starting is not met") for note in found.notes)


def test_numbers_too_small_to_state_widen_the_range():
    few = {"A": advice(LONG), "B": advice(LONG, status="decide_in_conversation")}
    line = lines(propose_programme(few, RATES, least_count=5))["long_coaching"]
    assert (line.places, line.places_if_confirmed) == (0, 4)
    assert (line.cost_low, line.cost_high) == (0.0, 4 * 12 * 1.5 * 200)


def test_a_few_open_places_cannot_be_told_from_none_to_four():
    ranges = set()
    for n_open in (1, 2, 4):
        advised = {f"F{i}": advice(LONG) for i in range(12 - n_open)}
        advised |= {f"O{i}": advice(LONG, status="decide_in_conversation") for i in range(n_open)}
        found = propose_programme(advised, RATES, COACHES, least_count=5)
        line = lines(found)["long_coaching"]
        ranges.add((line.places, line.places_if_confirmed, line.cost_low, line.cost_high, found.notes))
    assert len(ranges) == 1
    assert next(iter(ranges))[:2] == (8, 4)


@pytest.mark.parametrize(
    ("n_firm", "n_open", "words"),
    [
        (3, 0, "is enough."),
        (2, 4, "enough for the confirmed places only"),
        (5, 0, "is 2 short of the confirmed places"),
    ],
)
def test_capacity_is_held_against_the_need(n_firm, n_open, words):
    advised = {f"F{i}": advice(LONG) for i in range(n_firm)}
    advised |= {f"O{i}": advice(LONG, status="decide_in_conversation") for i in range(n_open)}
    found = propose_programme(advised, RATES, COACHES)
    assert lines(found)["long_coaching"].capacity == 3
    assert any(words in note for note in found.notes)


def test_people_who_do_both_are_named_as_counted_twice():
    found = propose_programme({"A": advice(LONG, MENTORING)}, RATES, COACHES)
    assert lines(found)["mentoring"].capacity == 2
    assert any("counted in each capacity" in note for note in found.notes)


def test_without_coaches_it_is_open_who_would_do_it():
    assert any("it is open who" in note for note in propose_programme({"A": advice(LONG)}, RATES).notes)
