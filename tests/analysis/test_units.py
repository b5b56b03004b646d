"""Person or system: shared by the unit, specific to the manager, or cannot tell."""

import numpy as np
import pytest

from coachkit.analysis.units import attribute, compare_units


def company(build, unit_means, size=6, spread=0.1, **special):
    rng = np.random.default_rng(1)
    people = {}
    for unit, mean in unit_means.items():
        for i, value in enumerate(rng.normal(mean, spread, size)):
            people[f"{unit}-{i}"] = build.settled({"IMP": float(value)}, unit=unit)
    return build.cohort(people | {name: build.settled({"IMP": v}, unit=name[:2]) for name, v in special.items()})


APART = {"U0": 2.6, "U1": 3.4, "U2": 3.9, "U3": 4.2, "U4": 3.8}
ALIKE = dict.fromkeys(APART, 3.6)


def comparison(cohort, rules, competency="IMP"):
    return next(one for one in compare_units(cohort, rules) if one.competency_id == competency)


def attribution(cohort, rules, manager, competency="IMP"):
    return next(one.verdict for one in attribute(cohort, rules)[manager] if one.competency_id == competency)


def test_units_far_apart_share_a_competency(build, rules):
    found = comparison(company(build, APART), rules)
    assert found.verdict == "shared"
    assert found.icc1 > 0.8
    assert "between units" in found.text


def test_units_alike_leave_it_to_managers(build, rules):
    assert comparison(company(build, ALIKE, spread=0.4), rules).verdict == "specific"


def test_fewer_than_five_units_cannot_tell(build, rules):
    four = {unit: mean for unit, mean in APART.items() if unit != "U4"}
    found = comparison(company(build, four), rules)
    assert (found.verdict, found.icc1) == ("cannot_tell", None)


@pytest.mark.parametrize(("size", "verdict"), [(4, "cannot_tell"), (5, "shared")])
def test_units_below_the_engagement_minimum_are_left_out(build, rules, size, verdict):
    assert comparison(company(build, APART, size), rules).verdict == verdict


def test_a_raised_minimum_is_kept(build, rules):
    cohort = company(build, APART, 6)
    cohort.data.minimums = type(cohort.data.minimums)(unit=7)
    assert comparison(cohort, rules).verdict == "cannot_tell"


def test_a_gap_that_the_unit_shares_is_shared(build, rules):
    assert attribution(company(build, APART), rules, "U0-0") == "shared"


def test_a_gap_the_others_do_not_have_is_specific(build, rules):
    cohort = company(build, APART, **{"U3-x": 2.6})
    assert attribution(cohort, rules, "U3-x") == "specific"
    assert attribution(cohort, rules, "U3-0") == "cannot_tell"


def test_a_manager_without_a_unit_or_score_cannot_be_told(build, rules):
    cohort = company(build, APART)
    cohort.data.roster.loc["U0-0", "unit_id"] = None
    cohort.estimate.loc["U0-1", "IMP"] = np.nan
    assert attribution(cohort, rules, "U0-0") == "cannot_tell"
    assert attribution(cohort, rules, "U0-1") == "cannot_tell"


def test_only_improvement_and_clear_gaps_are_attributed(build, rules):
    cohort = company(build, APART)
    cohort.p_below_target.loc["U3-0", "PLAN"] = 0.85
    assert [one.competency_id for one in attribute(cohort, rules)["U3-0"]] == ["PLAN", "IMP"]


def test_texts_name_the_competency_and_no_other_manager(build, rules):
    texts = [one.text for found in attribute(company(build, APART), rules).values() for one in found]
    assert all("“Continual improvement”" in text for text in texts)
    assert not any("U0-" in text for text in texts)
