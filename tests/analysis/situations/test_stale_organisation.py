"""Room to improve as an organisation: a property of units, silent for small ones, never of one person."""

import numpy as np
import pytest

from coachkit.analysis.situations import diagnose
from coachkit.analysis.situations.stale_organisation import draw_count

ID = "stale_organisation"
STALE = {
    "unit_name": "Asset care",
    "improvement_share_pct": 4,
    "improvement_goal_pct": 15,
    "benefit_planned": 100.0,
    "benefit_realised": 60.0,
    "unplanned_work_pct": 55,
    "idea_to_decision_days": 120,
}
HEALTHY = {
    "unit_name": "Lab",
    "improvement_share_pct": 18,
    "improvement_goal_pct": 15,
    "benefit_planned": 100.0,
    "benefit_realised": 60.0,
    "unplanned_work_pct": 10,
    "idea_to_decision_days": 20,
}


def team(build, n, improvement=2.8, unit="U1", **changes):
    return {f"{unit}-{i}": build.settled({"IMP": improvement}, unit=unit, **changes) for i in range(n)}


def unit_finding(build, rules, people, unit, kpis=None):
    return diagnose(build.cohort(people, units={"U1": unit}, kpis=kpis), rules).units[0]


def test_fires_when_improvement_is_below_the_goal_and_the_managers_share_it(build, rules):
    found = unit_finding(build, rules, team(build, 6), STALE)
    assert found.finding.status == "recognised"
    assert found.unit_name == "Asset care"
    assert found.n_managers == 6
    assert found.figures["improvement_share_pct"] == 4
    assert "Improvement takes 4% of the unit's work; its own goal is 15%." in [e.text for e in found.finding.evidence]


def test_fires_when_next_to_no_benefit_is_confirmed(build, rules):
    unit = HEALTHY | {"benefit_realised": 1.0}
    assert unit_finding(build, rules, team(build, 6, 3.9), unit).finding.status == "recognised"


def test_stays_silent_where_the_unit_meets_its_goal(build, rules):
    assert unit_finding(build, rules, team(build, 6), HEALTHY).finding.probability == 0


def test_stays_silent_where_the_managers_do_not_share_the_pattern(build, rules):
    assert unit_finding(build, rules, team(build, 6, 4.1), STALE).finding.status == "unlikely"


@pytest.mark.parametrize(("n", "status"), [(3, "cannot_tell"), (4, "recognised")])
def test_a_unit_needs_four_managers_with_scores(build, rules, n, status):
    found = unit_finding(build, rules, team(build, n), STALE).finding
    assert found.status == status
    assert (found.probability is None) == (n == 3)
    assert (found.missing == ("scores of at least 4 managers of the unit",)) == (n == 3)


def test_a_unit_of_four_with_one_unscored_manager_is_too_small(build, rules):
    people = team(build, 4) | {"U1-3": build.settled({"IMP": build.nan})}
    assert unit_finding(build, rules, people, STALE).finding.status == "cannot_tell"


def test_cannot_tell_without_any_unit_figures(build, rules):
    found = unit_finding(build, rules, team(build, 6), {"unit_name": "Asset care"}).finding
    assert found.status == "cannot_tell"
    assert len(found.missing) == 2


def test_no_count_of_people_is_published(build, rules):
    people = team(build, 5) | {"U1-4": build.settled({"IMP": 4.4})}
    texts = " ".join(e.text for e in unit_finding(build, rules, people, STALE).finding.evidence)
    assert "at least half" in texts
    assert "80%" not in texts
    assert "4 of 5" not in texts


def test_flat_key_figures_count_as_support(build, rules):
    def series(values):
        return [
            {
                "unit_id": "U1",
                "kpi": "faults",
                "direction": "lower",
                "period": f"202{4 + i // 4}-Q{i % 4 + 1}",
                "value": v,
            }
            for i, v in enumerate(values)
        ]

    flat = unit_finding(build, rules, team(build, 6), STALE, series([50] * 8))
    better = unit_finding(build, rules, team(build, 6), STALE, series([50, 48, 46, 44, 42, 40, 38, 36]))
    assert flat.figures["kpi_share_flat"] == 1
    assert better.figures["kpi_share_flat"] == 0


def test_monthly_key_figures_are_averaged_to_quarters(build, rules):
    kpis = [
        {
            "unit_id": "U1",
            "kpi": "throughput",
            "direction": "higher",
            "period": f"{2025 + m // 12}-{m % 12 + 1:02d}",
            "value": 100 + m,
        }
        for m in range(18)
    ]
    assert unit_finding(build, rules, team(build, 6), STALE, kpis).figures["kpi_share_flat"] == 0


def test_the_unit_comes_before_the_person(build, rules):
    people = team(build, 6, performance_vs_expectations=2, improvement_capacity_pct=4)
    found = diagnose(build.cohort(people, units={"U1": STALE}), rules).diagnosis("U1-0")
    assert found.outcome == "recognised"
    assert found.headline_ids == (ID,)
    assert found.finding("steady_state").status == "unlikely"
    assert found.finding("steady_state").evidence[-1].field == "unit_id"
    assert found.finding(ID).evidence[0].text == "This describes the unit Asset care, not one manager."


def test_a_manager_who_does_not_share_the_pattern_is_not_labelled_with_it(build, rules):
    people = team(build, 6) | {"U1-5": build.settled({"IMP": 4.4})}
    found = diagnose(build.cohort(people, units={"U1": STALE}), rules)
    assert found.diagnosis("U1-0").headline_ids == (ID,)
    assert found.diagnosis("U1-5").outcome == "no_intervention"


def test_a_manager_without_a_unit_cannot_be_told(build, rules):
    people = team(build, 5) | {"X": build.settled(unit=None)}
    found = diagnose(build.cohort(people, units={"U1": STALE}), rules).diagnosis("X")
    assert found.finding(ID).status == "cannot_tell"
    assert found.finding(ID).missing == ("the unit this manager works in",)


def test_counts_follow_their_exact_distribution():
    uniform = (np.arange(20_000) + 0.5) / 20_000
    counts = draw_count(np.array([0.2, 0.5, 0.9]), uniform)
    assert counts.mean() == pytest.approx(1.6, abs=0.001)
    assert (counts == 3).mean() == pytest.approx(0.09, abs=0.001)
