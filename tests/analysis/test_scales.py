"""Scale quality: alpha of raters' forms, reverse-keyed items turned first, silence where too few forms are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.scales import describe_scales
from coachkit.core.agreement import average_deviation, icc, rwg_j
from coachkit.core.reliability import cronbach_alpha, omega_total
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


def answered(profiles, **changes):
    """The cohort's data with some columns of ratings replaced."""
    data = profiles.data
    return replace(data, responses=replace(data.responses, ratings=data.responses.ratings.assign(**changes)))


def of(rows, competency_id):
    return next(row for row in rows if row.competency_id == competency_id)


@pytest.fixture(scope="module")
def described(profiles):
    return describe_scales(profiles.data, profiles)


def test_item_statistics_and_omega_are_those_of_the_raters_forms(profiles, described):
    row, responses = of(described, "BEH"), profiles.data.responses
    items = [item.item_id for item in row.items]
    forms = responses.ratings.loc[responses.keys["rater_group"] != "self", items].dropna()
    alpha = cronbach_alpha(forms)
    assert {item.item_id: item.item_rest for item in row.items} == pytest.approx(alpha.item_rest.to_dict())
    assert {item.item_id: item.alpha_if_deleted for item in row.items} == pytest.approx(
        alpha.alpha_if_deleted.to_dict()
    )
    assert row.omega == pytest.approx(omega_total(forms).omega)
    assert row.sem == pytest.approx(forms.mean(axis=1).std(ddof=1) * np.sqrt(1 - alpha.alpha))


def test_agreement_is_that_of_each_group_within_managers(profiles, described):
    group = next(one for one in of(described, "BEH").agreement if one.group_id == "peer")
    responses, items = profiles.data.responses, ["BEH01", "BEH02", "BEH03", "BEH04"]
    peers = (responses.keys["rater_group"] == "peer").to_numpy()
    ratings, manager = responses.ratings.loc[peers, items], responses.keys.loc[peers, "manager_id"].to_numpy()
    agreement = rwg_j(ratings, manager).dropna()
    assert group.n_managers == len(agreement)
    assert group.rwg_j == pytest.approx(agreement.median())
    assert group.share_agreeing == pytest.approx((agreement >= 0.7).mean())
    assert group.average_deviation == pytest.approx(average_deviation(ratings, manager)[agreement.index].median())
    enough = ratings.notna().sum(axis=1) >= 2
    scores = pd.DataFrame({"score": ratings.mean(axis=1)[enough], "manager": manager[enough]})
    several = scores[scores.groupby("manager")["score"].transform("size") >= 2]
    expected = icc(several["score"], several["manager"])
    assert (group.icc1, group.icc2) == pytest.approx((expected.icc1, expected.icc2))


def test_line_managers_alone_and_self_have_no_agreement(described):
    assert {one.group_id for row in described for one in row.agreement} == {"peer", "report"}
    assert {one.group_id for one in of(described, "CASE").agreement} == {"peer"}  # reports are not asked


def test_agreement_on_part_of_the_items_says_so(described):
    texts = [one.text for one in of(described, "OPP").agreement]
    assert texts[0].startswith("Peers: raters of the same manager")
    assert texts[1].startswith("Direct reports (1 of 4 items): raters of the same manager")


def test_a_group_that_is_not_confidential_has_no_agreement(profiles):
    instrument = profiles.data.instrument
    groups = tuple(replace(group, is_confidential=group.id == "peer") for group in instrument.rater_groups)
    rows = describe_scales(replace(profiles.data, instrument=replace(instrument, rater_groups=groups)), profiles)
    assert {one.group_id for row in rows for one in row.agreement} == {"peer"}


def test_agreement_needs_ten_managers(profiles):
    few = replace(profiles.data, roster=profiles.data.roster.iloc[:9])
    assert all(row.agreement == () for row in describe_scales(few, profiles))


def test_the_error_of_a_score_is_the_mean_of_the_managers(profiles, described):
    assert of(described, "IMP").score_error == pytest.approx(profiles.standard_error["IMP"].mean())
    assert of(described, "IMP").reading[-1].startswith("A manager's score on this scale is known to about ±")


def test_the_reading_says_whose_forms_count_where_items_are_routed(described):
    assert any(
        "come from line manager only; peers and direct reports are asked part" in s
        for s in of(described, "IMP").reading
    )
    assert not any("asked part" in s for s in of(described, "BEH").reading)


def test_an_item_of_noise_stands_apart(profiles):
    noise = np.random.default_rng(1).integers(1, 6, len(profiles.data.responses.ratings)).astype(float)
    row = of(describe_scales(answered(profiles, BEH03=noise), profiles), "BEH")
    item = next(one for one in row.items if one.item_id == "BEH03")
    assert item.item_rest < 0.3
    assert item.alpha_if_deleted > row.alpha
    assert any(
        s.startswith("Item BEH03 stands apart: reread its wording (correlation with the others") for s in row.reading
    )
    assert any("Omega total" in s and "weigh unequally" in s for s in row.reading)


def test_an_item_answered_the_other_way_round_is_suspected_of_its_key(profiles):
    mirrored = 6 - profiles.data.responses.ratings["GRO02"]
    row = of(describe_scales(answered(profiles, GRO02=mirrored), profiles), "GRO")
    assert any("GRO02 runs against the others: check whether it is reverse-keyed" in s for s in row.reading)


def test_raters_who_answer_by_lot_are_said_to_disagree(profiles):
    rng, columns = np.random.default_rng(2), ["BEH01", "BEH02", "BEH03", "BEH04"]
    answers = {name: rng.choice([1.0, 5.0], len(profiles.data.responses.ratings)) for name in columns}
    row = of(describe_scales(answered(profiles, **answers), profiles), "BEH")
    assert all("often disagree" in one.text and "hardly tell managers apart" in one.text for one in row.agreement)


def test_every_group_is_read_in_one_sentence_or_two(described):
    for row in described:
        assert [one.text for one in row.agreement] == [s for s in row.reading if "raters of the same manager" in s]
        assert all(s.endswith(".") for s in row.reading)


def test_an_item_answered_alike_by_everybody_is_not_called_too_few_forms(profiles):
    constant = profiles.data.responses.ratings["BEH01"].where(profiles.data.responses.ratings["BEH01"].isna(), 3.0)
    row = of(describe_scales(answered(profiles, BEH01=constant), profiles), "BEH")
    assert row.alpha is None
    assert row.text.startswith("All forms answer at least one item alike")


def test_a_scale_of_one_item_has_no_consistency(profiles):
    instrument = profiles.data.instrument
    cut = tuple(replace(c, item_ids=c.item_ids[:1]) if c.id == "GRO" else c for c in instrument.competencies)
    row = of(describe_scales(replace(profiles.data, instrument=replace(instrument, competencies=cut)), profiles), "GRO")
    assert row.text == "The scale has one item, so there is nothing it could hang together with."
