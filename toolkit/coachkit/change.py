"""Change between waves: reliable change, goal attainment. The public door to ``coachkit.core.change``."""

from coachkit.core.change import (
    PairedChange,
    ReliableChange,
    expected_after,
    gas_t_score,
    paired_change,
    reliable_change,
)

__all__ = ["PairedChange", "ReliableChange", "expected_after", "gas_t_score", "paired_change", "reliable_change"]
