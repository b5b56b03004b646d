"""NeedSegments passes scikit-learn's own checks of estimators, but for those that contradict its purpose."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from coachkit.analysis.segments import NeedSegments

EXPECTED_FAILURES = {
    "check_clustering": "two columns have no shape to compare once the level is removed, so no groups are formed",
    "check_fit_idempotent": "fits two columns, then predicts: with no shape to compare there is nothing to assign to",
}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([NeedSegments(n_null=29, n_bootstrap=3)], expected_failed_checks=lambda _: EXPECTED_FAILURES)
def test_scikit_learns_check(estimator, check):
    check(estimator)
