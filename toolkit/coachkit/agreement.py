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
from coachkit.core.intraclass import IntraclassForms, VarianceComponents, icc_reml, intraclass_forms

__all__ = [
    "IntraclassCorrelation",
    "IntraclassForms",
    "VarianceComponents",
    "average_deviation",
    "compare_self_other",
    "icc",
    "icc_from_sums",
    "icc_reml",
    "intraclass_forms",
    "rwg",
    "rwg_j",
]
