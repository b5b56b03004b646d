"""Agreement between raters: ICC, r_wg, average deviation. The public door to ``coachkit.core.agreement``."""

from coachkit.core.agreement import (
    IntraclassCorrelation,
    average_deviation,
    compare_self_other,
    icc,
    icc_from_sums,
    rwg,
    rwg_j,
)

__all__ = ["IntraclassCorrelation", "average_deviation", "compare_self_other", "icc", "icc_from_sums", "rwg", "rwg_j"]
