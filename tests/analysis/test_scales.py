"""Scale quality: alpha of raters' forms, reverse-keyed items turned first, silence where too few forms are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.scales import describe_scales
from coachkit.engagement.folder import open_engagement


@pytest.fixture(scope="module")
def profiles():
    return score_cohort(open_engagement("samples").cohort())


def test_every_scale_is_described_with_its_interval(profiles):
    rows = describe_scales(profiles.data, profiles)
    assert [row.competency_id for row in rows] == [c.id for c in profiles.data.instrument.competencies]
    for row in rows:
        assert row.alpha_low < row.alpha < row.alpha_high
        assert set(row.single_rater) == {"manager", "peer", "report"}


def test_a_reverse_keyed_item_is_turned_before_alpha(profiles):
    data, instrument = profiles.data, profiles.data.instrument
    turned = replace(data.responses, ratings=data.responses.ratings.assign(IMP01=6 - data.responses.ratings["IMP01"]))
    items = tuple(replace(item, is_reverse_keyed=item.id == "IMP01") for item in instrument.items)
    mirrored = replace(data, responses=turned, instrument=replace(instrument, items=items))
    plain = {row.competency_id: row.alpha for row in describe_scales(data, profiles)}
    keyed = {row.competency_id: row.alpha for row in describe_scales(mirrored, profiles)}
    assert keyed == pytest.approx(plain)


def test_too_few_forms_give_no_alpha(profiles):
    data = profiles.data
    few = replace(
        data.responses,
        **{name: getattr(data.responses, name).iloc[:25] for name in ("keys", "ratings", "not_observed")},
    )
    rows = describe_scales(replace(data, responses=few), profiles)
    assert {row.alpha for row in rows} == {None}
    assert all("Too few complete forms" in row.text for row in rows)
