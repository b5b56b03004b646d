"""The one place where figures about few people are suppressed; every output takes its numbers from here.

Rules: a group below its minimum is not shown and leaves the totals; a single hidden group is pooled with the
next smallest or stays out; counts of hidden groups are hidden too; items and comments have a higher minimum;
cells of cohort tables protect each other; a report is issued again only when enough people changed.
"""

from coachkit.core.confidentiality.cells import dominated_cells, protect_cells
from coachkit.core.confidentiality.comments import ReleasedComment, release_comments
from coachkit.core.confidentiality.groups import (
    HIDDEN,
    NONE,
    POOLED,
    SHOWN,
    STATUS_NAMES,
    GroupRelease,
    release_groups,
)
from coachkit.core.confidentiality.items import (
    describe_distribution,
    release_items,
    round_item_mean,
)
from coachkit.core.confidentiality.releases import (
    COMMENTS,
    POOL,
    ReleaseDecision,
    Snapshot,
    compare_release,
    fingerprint,
    take_snapshot,
)

__all__ = [
    "COMMENTS",
    "HIDDEN",
    "NONE",
    "POOL",
    "POOLED",
    "SHOWN",
    "STATUS_NAMES",
    "GroupRelease",
    "ReleaseDecision",
    "ReleasedComment",
    "Snapshot",
    "compare_release",
    "describe_distribution",
    "dominated_cells",
    "fingerprint",
    "protect_cells",
    "release_comments",
    "release_groups",
    "release_items",
    "round_item_mean",
    "take_snapshot",
]
