"""Reliability of scales, against hand-worked values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import root

from coachkit.core.reliability import cronbach_alpha, omega_total, read_reliability, sem, spearman_brown
from coachkit.errors import CoachkitError

# Shrout & Fleiss (1979), Psychological Bulletin 86, Table 2: six targets rated by four judges
SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])


def test_alpha_equals_the_published_consistency_of_the_mean_judge():
    # ICC(3,k) of Table 2 is .91 and equals alpha
    assert cronbach_alpha(SHROUT_FLEISS).alpha == pytest.approx(0.91, abs=0.005)


def test_alpha_by_hand():
    # variances 5/3 and 5/3, covariance 1: total 16/3; alpha = 2 (1 - (10/3)/(16/3)) = .75
    result = cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]}))
    assert result.alpha == pytest.approx(0.75)
    assert result.item_rest.to_dict() == pytest.approx({"a": 0.6, "b": 0.6})  # the correlation of the two
    assert result.alpha_if_deleted.isna().all()  # one item is no scale


def test_feldt_interval_by_hand():
    # n = 4, k = 2: F(.975; 3, 3) = 15.439, F(.025; 3, 3) = .06477
    result = cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]}))
    assert result.low == pytest.approx(1 - 0.25 * 15.4392, abs=1e-3)
    assert result.high == pytest.approx(1 - 0.25 * 0.064770, abs=1e-4)


def test_standard_error_by_hand():
    # Duhachek with k = 2: Q = 2*4/(16/3)^3 * (16/3 (tr(C^2) + (10/3)^2) - 2 (10/3) sum(C^2)); n = 4
    covariance = np.array([[5 / 3, 1], [1, 5 / 3]])
    square = covariance @ covariance
    q = 8 / (16 / 3) ** 3 * (16 / 3 * (np.trace(square) + 100 / 9) - 20 / 3 * square.sum())
    result = cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]}))
    assert result.standard_error == pytest.approx(np.sqrt(q / 4))


def test_missing_ratings_use_pairs_while_n_counts_all_rows():
    items = pd.DataFrame(SHROUT_FLEISS, columns=list("abcd"))
    items.loc[6] = [7.0, np.nan, np.nan, np.nan]
    result = cronbach_alpha(items)
    assert result.n == 7
    assert result.alpha < cronbach_alpha(SHROUT_FLEISS).alpha + 0.01


def test_alpha_ignores_row_and_column_order():
    items = pd.DataFrame(SHROUT_FLEISS, columns=list("abcd"))
    shuffled = cronbach_alpha(items.iloc[::-1, ::-1])
    assert shuffled.alpha == pytest.approx(cronbach_alpha(items).alpha, abs=1e-12)
    assert shuffled.item_rest["a"] == pytest.approx(cronbach_alpha(items).item_rest["a"], abs=1e-12)


def test_item_rest_is_the_correlation_with_the_other_items():
    items = pd.DataFrame(SHROUT_FLEISS, columns=list("abcd"))
    expected = items["a"].corr(items[["b", "c", "d"]].sum(axis=1))
    assert cronbach_alpha(items).item_rest["a"] == pytest.approx(expected)


def test_answers_all_alike_have_no_alpha():
    assert np.isnan(cronbach_alpha(np.full((5, 3), 4.0)).alpha)


def test_one_item_is_refused():
    with pytest.raises(CoachkitError, match=r"at least two items and two rows, but got 1 item\(s\) and 6 row\(s\)"):
        cronbach_alpha(SHROUT_FLEISS[:, :1])


def test_omega_recovers_a_known_factor_model():
    rng = np.random.default_rng(11)
    loadings, noise = np.array([0.9, 0.7, 0.5, 0.8]), np.array([0.6, 0.8, 0.9, 0.5])
    items = rng.normal(size=(60_000, 1)) * loadings + rng.normal(size=(60_000, 4)) * noise
    truth = loadings.sum() ** 2 / (loadings.sum() ** 2 + (noise**2).sum())
    result = omega_total(items)
    assert result.omega == pytest.approx(truth, abs=0.005)
    assert result.loadings.to_numpy() == pytest.approx(loadings, abs=0.02)
    assert "one-factor" in result.definition


def test_omega_of_three_items_solves_the_triad():
    # with three items the model is exact: loading_1^2 = r12 r13 / r23
    correlation = np.array([[1, 0.48, 0.40], [0.48, 1, 0.30], [0.40, 0.30, 1]])
    root = np.linalg.cholesky(correlation)
    z = np.linalg.qr(np.random.default_rng(2).normal(size=(50, 3)) - 0)[0]
    z = np.linalg.qr(z - z.mean(axis=0))[0] * np.sqrt(49)
    loadings = np.array([0.8, 0.6, 0.5])
    result = omega_total(z @ root.T)
    assert result.loadings.to_numpy() == pytest.approx(loadings, abs=1e-5)
    assert result.omega == pytest.approx(1.9**2 / (1.9**2 + (1 - loadings**2).sum()), abs=1e-6)


def test_omega_refuses_what_it_cannot_identify():
    with pytest.raises(CoachkitError, match="three or more items"):
        omega_total(SHROUT_FLEISS[:, :2])
    with pytest.raises(CoachkitError, match="have no variance"):
        omega_total(np.column_stack([SHROUT_FLEISS[:, :3], np.full(6, 3.0)]))


def test_spearman_brown_and_its_inverse():
    assert spearman_brown(0.5, 2) == pytest.approx(2 / 3)
    assert spearman_brown(2 / 3, 0.5) == pytest.approx(0.5)
    with pytest.raises(CoachkitError, match="must be above 0"):
        spearman_brown(0.5, 0)


def test_sem_by_hand():
    assert sem(10, 0.91) == pytest.approx(3.0)
    with pytest.raises(CoachkitError, match="must lie between 0 and 1"):
        sem(10, 1.2)


@pytest.mark.parametrize(
    ("value", "band"), [(0.9, "very high"), (0.899, "high"), (0.7, "acceptable"), (0.6, "low"), (0.5, "too low")]
)
def test_bands_of_reliability(value, band):
    assert read_reliability(value) == band


def test_loadings_lie_where_the_likelihood_equations_are_solved():
    rng = np.random.default_rng(4)
    items = pd.DataFrame(rng.normal(size=(60, 1)) * [1.0, 0.8, 0.6, 1.2, 0.4] + rng.normal(size=(60, 5)))
    standard = (items - items.mean()) / items.std()
    correlation = standard.corr().to_numpy()
    loading = omega_total(standard).loadings.to_numpy()

    def slope(values):
        loading, unique = values[:5], values[5:]
        implied = np.outer(loading, loading) + np.diag(unique)
        inverse = np.linalg.inv(implied)
        gradient = inverse @ (implied - correlation) @ inverse
        return np.concatenate([2 * gradient @ loading, np.diag(gradient)])

    exact = root(slope, np.concatenate([loading, 1 - loading**2]), options={"xtol": 1e-15}).x[:5]
    assert loading == pytest.approx(exact, abs=2e-9)
