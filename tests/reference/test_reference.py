"""Our statistics equal R's on the ratings beside this file; values.json is written by make_reference.R."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coachkit.core.agreement import average_deviation, icc, rwg, rwg_j
from coachkit.core.change import gas_t_score, reliable_change
from coachkit.core.comparison import compare_alphas
from coachkit.core.intraclass import icc_reml, intraclass_forms
from coachkit.core.norms import shrink_unit_means
from coachkit.core.reliability import cronbach_alpha, omega_total, sem, spearman_brown

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "values.json").read_text("utf-8"))
RATINGS = pd.read_csv(HERE / "ratings.csv")
GAPS = pd.read_csv(HERE / "ratings_missing.csv")
JUDGES = pd.read_csv(HERE / "judges.csv", index_col="manager_id")
ITEMS = [name for name in RATINGS.columns if name[-1].isdigit()]
EXACT, ITERATIVE = {"rel": 0, "abs": 1e-9}, {"rel": 0, "abs": 1e-6}


def r(name):
    return REFERENCE[name]["value"]


def rater_groups(table):
    return (table["manager_id"] + " " + table["rater_group"]).to_numpy()


def test_values_state_where_they_come_from():
    assert set(REFERENCE["_meta"]["versions"]) == {"R", "psych", "multilevel", "nlme", "lavaan"}
    assert all(entry["call"] for name, entry in REFERENCE.items() if name != "_meta")


@pytest.mark.parametrize(("name", "table"), [("alpha", RATINGS), ("alpha_missing", GAPS)])
def test_alpha_and_its_item_statistics(name, table):
    found, expected = cronbach_alpha(table[ITEMS]), r(name)
    assert found.n == expected["n"]
    for field in ("alpha", "low", "high", "standard_error"):
        assert getattr(found, field) == pytest.approx(expected[field], **EXACT)
    assert found.item_rest.to_dict() == pytest.approx(expected["item_rest"], **EXACT)
    assert found.alpha_if_deleted.to_dict() == pytest.approx(expected["alpha_if_deleted"], **EXACT)


def test_the_missing_ratings_are_there():
    assert GAPS[ITEMS].isna().any(axis=1).sum() > 50
    assert not RATINGS.isna().any().any()


def test_omega_total():
    found = omega_total(RATINGS[ITEMS])
    assert found.omega == pytest.approx(r("omega")["omega"], **ITERATIVE)
    assert found.omega == pytest.approx(r("omega_factanal")["omega"], abs=1e-8)


def test_omega_loadings_are_over_n_minus_one():
    n, expected = r("omega")["n"], r("omega")["loadings_over_n"]
    found = omega_total(RATINGS[ITEMS]).loadings * np.sqrt((n - 1) / n)
    assert found.to_dict() == pytest.approx(expected, abs=1e-5)  # lavaan stops about 1e-6 from the optimum


def test_intraclass_correlations_of_nested_raters():
    found, expected = icc(RATINGS[ITEMS].mean(axis=1), RATINGS["manager_id"]), r("icc")
    assert (found.icc1, found.icc2) == pytest.approx((expected["icc1"], expected["icc2"]), **EXACT)
    assert found.n_groups == expected["n_groups"]


def test_variance_components_by_restricted_maximum_likelihood():
    found, expected = icc_reml(RATINGS[ITEMS].mean(axis=1), RATINGS["manager_id"]), r("icc_reml")
    for field in ("icc1", "between", "within", "mean"):
        assert getattr(found, field) == pytest.approx(expected[field], **ITERATIVE)


@pytest.mark.parametrize("form", ["icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"])
def test_intraclass_forms_of_targets_by_judges(form):
    found, expected = getattr(intraclass_forms(JUDGES), form), r("intraclass_forms")[form]
    for field in ("value", "low", "high"):
        assert getattr(found, field) == pytest.approx(expected[field], **EXACT)


@pytest.mark.parametrize(("estimator", "tolerance"), [("moments", EXACT), ("reml", ITERATIVE)], ids=["moments", "reml"])
def test_empirical_bayes_unit_means(estimator, tolerance):
    reports = RATINGS[RATINGS["rater_group"] == "report"]
    found = shrink_unit_means(reports[ITEMS].mean(axis=1), reports["manager_id"], estimator=estimator)
    assert found["shrunken"].to_dict() == pytest.approx(r(f"empirical_bayes_{estimator}"), **tolerance)
    assert found["n"].nunique() > 2


def test_agreement_on_one_item():
    found = rwg(RATINGS["BEH01"], rater_groups(RATINGS))
    expected = {key: value for key, value in r("rwg").items() if value is not None}
    assert found.dropna().to_dict() == pytest.approx(expected, **EXACT)
    assert len(expected) > 40


@pytest.mark.parametrize(("name", "table"), [("rwg_j", RATINGS), ("rwg_j_missing", GAPS)])
def test_agreement_on_a_scale(name, table):
    found = rwg_j(table[ITEMS], rater_groups(table))
    expected = {key: value for key, value in r(name).items() if value is not None}
    assert found.dropna().to_dict() == pytest.approx(expected, **EXACT)
    assert len(expected) > 40


def test_average_deviation():
    found = average_deviation(RATINGS[ITEMS], rater_groups(RATINGS))
    several = pd.Series(rater_groups(RATINGS)).value_counts() >= 2
    expected = {key: value for key, value in r("average_deviation").items() if several[key]}
    assert found[several.index[several]].to_dict() == pytest.approx(expected, **EXACT)


def test_standard_error_of_measurement():
    assert sem(r("sem")["sd"], r("sem")["alpha"]) == pytest.approx(r("sem")["sem"], **EXACT)


def test_spearman_brown():
    found = [spearman_brown(0.30, factor) for factor in r("spearman_brown")["factor"]]
    assert found == pytest.approx(r("spearman_brown")["reliability"], **EXACT)


def test_reliable_change():
    expected = r("reliable_change")
    found = reliable_change(expected["before"], expected["after"], expected["sd"], expected["reliability"])
    assert (found.index, found.threshold) == pytest.approx((expected["index"], expected["threshold"]), **EXACT)


@pytest.mark.parametrize("case", range(4))
def test_goal_attainment(case):
    expected = r("gas_t_score")[case]
    assert gas_t_score(expected["levels"], expected["weights"]) == pytest.approx(expected["t"], **EXACT)


def test_two_alphas_compared():
    expected = r("compare_alphas")
    found = compare_alphas(expected["alpha_1"], expected["n_1"], expected["alpha_2"], expected["n_2"])
    assert (found.ratio, found.p) == pytest.approx((expected["ratio"], expected["p"]), **EXACT)
