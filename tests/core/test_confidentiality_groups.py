"""Rater groups: who is shown, pooled, hidden, and that nothing below the minimum can be worked out."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.core.cohort import Minimums
from coachkit.core.composite import combine_groups
from coachkit.core.confidentiality import STATUS_NAMES, release_groups
from coachkit.core.instrument import RaterGroup

SELF = RaterGroup("self", "Self", is_self=True, is_confidential=False, minimum=1)
BOSS = RaterGroup("manager", "Line manager", is_confidential=False, minimum=1, single_rater_reliability=0.5)
PEER, REPORT = RaterGroup("peer", "Peers"), RaterGroup("report", "Direct reports", single_rater_reliability=0.3)
CLIENT, PARTNER = RaterGroup("client", "Clients"), RaterGroup("partner", "Partners")
USUAL = (SELF, BOSS, PEER, REPORT)


def release_of(counts: tuple[int, ...], means: tuple[float, ...] | None = None, groups=USUAL, **kwargs: object):
    n = np.array(counts)[None, :, None]
    mean = np.array(means or [3.0] * len(counts), dtype=float)[None, :, None]
    return release_groups(np.where(n > 0, mean, np.nan), n, groups, **kwargs)


def statuses(release) -> list[str]:
    return [STATUS_NAMES[s] for s in release.status[0, :, 0]]


@pytest.mark.case("PRIV-01")
@pytest.mark.parametrize(
    ("n_peers", "n_reports", "expected"),
    [
        (3, 3, ("shown", "shown")),
        (0, 3, ("none", "shown")),
        (0, 2, ("none", "hidden")),
        (2, 2, ("pooled", "pooled")),  # two hidden groups, four raters: a pool
        (1, 2, ("hidden", "hidden")),  # three raters are too few for a pool
        (1, 1, ("hidden", "hidden")),
        (3, 1, ("pooled", "pooled")),  # a single hidden group takes the next smallest with it
        (3, 2, ("pooled", "pooled")),
        (5, 2, ("pooled", "pooled")),
    ],
)
def test_small_groups_are_hidden_or_pooled(n_peers, n_reports, expected):
    assert statuses(release_of((1, 1, n_peers, n_reports)))[2:] == list(expected)


@pytest.mark.case("PRIV-01")
def test_self_and_line_manager_are_named_and_never_pooled():
    release = release_of((1, 1, 1, 1))
    assert statuses(release) == ["shown", "shown", "hidden", "hidden"]
    assert release.n[0, :, 0].tolist() == [1, 1, 0, 0]


@pytest.mark.case("PRIV-03")
def test_the_smallest_shown_group_joins_a_single_hidden_one():
    groups = (PEER, REPORT, CLIENT)
    assert statuses(release_of((6, 2, 4), groups=groups)) == ["shown", "pooled", "pooled"]


@pytest.mark.case("PRIV-03")
def test_hidden_groups_show_neither_score_nor_count():
    release = release_of((1, 1, 5, 2), (3, 3, 4, 2))
    assert np.isnan(release.score[0, 2:, 0]).all()
    assert release.n[0, 2:, 0].tolist() == [0, 0]
    assert release.pool_score[0, 0] == pytest.approx(3.43)  # (5 * 4 + 2 * 2) / 7


@pytest.mark.case("PRIV-03")
@pytest.mark.parametrize("n_peers", [3, 4, 5, 6])
def test_published_precision_does_not_count_a_hidden_group(n_peers):
    precision = []
    for n_reports in (1, 2):
        composite = combine_groups(
            release_of((1, 1, n_peers, n_reports)), USUAL, np.array([[0.37], [0.5], [0.37], [0.3]])
        )
        precision.append((composite.reliability[0, 0], composite.n_effective[0, 0]))
    assert precision[0] == precision[1]


def test_a_programme_may_raise_minimums_but_the_floor_stands():
    low = RaterGroup("peer", "Peers", minimum=1)
    high = RaterGroup("report", "Direct reports", minimum=5)
    assert statuses(release_of((2, 5), groups=(low, high))) == ["pooled", "pooled"]
    assert statuses(release_of((3, 4), groups=(low, high))) == ["pooled", "pooled"]
    assert statuses(release_of((0, 4), groups=(low, high))) == ["none", "hidden"]


@pytest.mark.case("PRIV-05")
def test_a_withdrawn_group_leaves_every_figure():
    withdrawn = np.array([[False, False, True, False]])
    release = release_of((1, 1, 4, 4), withdrawn=withdrawn)
    assert statuses(release) == ["shown", "shown", "none", "shown"]


def composite_of(counts, means, groups=USUAL, reliability=(0.37, 0.5, 0.37, 0.3)):
    return combine_groups(release_of(counts, means, groups), groups, np.array(reliability)[:, None])


def test_others_is_the_equal_weight_mean_of_shown_groups_without_self():
    composite = composite_of((1, 1, 3, 4), (5, 2, 3, 4))
    assert composite.others[0, 0] == pytest.approx(3.0)
    # (1/9)(1/1 + (1/.37 - 1)/3 + (1/.3 - 1)/4)
    assert composite.reliability[0, 0] == pytest.approx(1 / (1 + (1 + 1.7027027 / 3 + 2.3333333 / 4) / 9))


def test_declared_weights_count():
    groups = (BOSS, RaterGroup("peer", "Peers", weight=3.0))
    composite = composite_of((1, 3), (2, 4), groups, (0.5, 0.37))
    assert composite.others[0, 0] == pytest.approx(3.5)


def test_a_pool_carries_the_weights_of_its_parts():
    composite = composite_of((1, 1, 2, 2), (5, 2, 3, 4))
    assert composite.others[0, 0] == pytest.approx((2 + 3.5 + 3.5) / 3)


@pytest.mark.case("PRIV-03")
def test_the_line_manager_alone_is_no_total_but_an_estimate_that_says_so():
    composite = composite_of((1, 1, 0, 2), (5, 2, np.nan, 4))
    assert np.isnan(composite.others[0, 0])
    assert composite.observed[0, 0] == 2
    assert composite.rests_on_named[0, 0]
    assert composite.reliability[0, 0] == pytest.approx(0.5)


def test_self_alone_gives_nothing():
    composite = composite_of((1, 0, 0, 0), (5, np.nan, np.nan, np.nan))
    assert np.isnan(composite.observed[0, 0])
    assert np.isnan(composite.reliability[0, 0])
    assert composite.n_effective[0, 0] == 0


def _splits(n_groups: int, most: int) -> np.ndarray:
    grids = np.stack(np.meshgrid(*[np.arange(most + 1)] * n_groups, indexing="ij"), axis=-1).reshape(-1, n_groups)
    return grids[grids.sum(axis=1) <= most]


@pytest.mark.case("PRIV-03")
def test_no_split_of_twenty_raters_gives_a_subset_below_the_minimum_away():
    """Every published figure is linear in the raters' answers: look for small subsets in the row space."""
    groups = (BOSS, PEER, REPORT, CLIENT, PARTNER)
    splits = _splits(4, 20)
    n = np.column_stack([np.ones(len(splits), dtype=int), splits])[:, :, None]
    reliability = np.array([0.5, 0.37, 0.3, 0.37, 0.37])[:, None]

    def published(means: np.ndarray) -> np.ndarray:
        release = release_groups(np.where(n > 0, means, np.nan), n, groups)
        composite = combine_groups(release, groups, reliability)
        parts = [release.score[:, :, 0], release.pool_score, composite.others, composite.observed]
        return np.nan_to_num(np.column_stack(parts))

    scale = 1e7  # so large that the rounding of pools does not matter
    base = published(np.full(n.shape, 3.0))
    slopes = np.stack(
        [published(3.0 + scale * np.eye(5)[g][None, :, None] * np.ones(n.shape)) - base for g in range(5)], axis=-1
    )
    slopes /= scale
    for row in np.flatnonzero(((splits > 0) & (splits < 3)).any(axis=1)):
        known = np.vstack([slopes[row], np.eye(5)[:1]])  # the line manager's own answer is known
        rank = np.linalg.matrix_rank(known, tol=1e-4)
        for subset in chain.from_iterable(combinations(range(4), size) for size in (1, 2)):
            size = splits[row][list(subset)].sum()
            if 1 <= size < 3 and (splits[row][list(subset)] > 0).all():
                total = np.zeros(5)
                total[[g + 1 for g in subset]] = splits[row][list(subset)]
                assert np.linalg.matrix_rank(np.vstack([known, total]), tol=1e-4) > rank, (splits[row], subset)


@pytest.mark.case("PRIV-03")
@pytest.mark.parametrize("pooled_minimum", [4, 5, 6])
def test_no_split_publishes_fewer_raters_than_allowed(pooled_minimum):
    groups = (PEER, REPORT, CLIENT, PARTNER)
    splits = _splits(4, 20)[:, :, None]
    release = release_groups(np.full(splits.shape, 3.0), splits, groups, Minimums(pooled_raters=pooled_minimum))
    shown = release.n[release.n > 0]
    in_pool = release.status == STATUS_NAMES.index("pooled")
    pool_size = (splits * in_pool).sum(axis=1)
    assert shown.min() == 3
    assert set(pool_size[pool_size > 0]) == set(range(pooled_minimum, 21))
    assert (in_pool.sum(axis=1)[pool_size > 0] >= 2).all()
    lonely = (release.status == STATUS_NAMES.index("hidden")).sum(axis=1) == 1
    assert np.isnan(release.pool_score[lonely]).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.floats(1, 5)), min_size=4, max_size=4))
def test_others_stays_within_the_groups_means(pairs):
    counts, means = zip(*pairs, strict=True)
    composite = composite_of(counts, means)
    if not np.isnan(composite.others[0, 0]):
        present = [m for c, m in pairs[1:] if c > 0]
        assert min(present) - 0.01 <= composite.others[0, 0] <= max(present) + 0.01
