"""The shipped thresholds and catalogue load, carry their sources, and a client's edit is checked."""

import re

import pytest

from coachkit.analysis.situations.thresholds import Threshold
from coachkit.engagement.resources import template_path
from coachkit.engagement.rules import load_catalogue, load_situation_rules
from coachkit.errors import SettingsError

HARSH = re.compile(r"\b(fail\w*|poor\w*|weak\w*|deficien\w*|underperform\w*)\b", re.IGNORECASE)


def thresholds(rules):
    yield from rules.engine.items()
    yield from rules.units.items()
    for rule in rules.situations.values():
        yield from rule.thresholds.items()
        yield from rule.supports.items()


def test_every_number_says_what_it_means_and_where_it_comes_from():
    for name, one in thresholds(load_situation_rules()):
        assert isinstance(one, Threshold), name
        assert one.unit, name
        assert one.meaning, name
        assert one.source, name
        assert one.status == "default", name


def test_the_specified_defaults_are_the_shipped_ones():
    rules = load_situation_rules()
    shipped = {
        (situation, name): rules.threshold(situation, name).value
        for situation, name in [
            ("new_manager", "prior_management_months"),
            ("new_manager", "months_in_role"),
            ("new_manager", "performance_too_early_months"),
            ("new_manager", "suppresses_steady_state_months"),
            ("steady_state", "months_in_role"),
            ("steady_state", "performance_at_most"),
            ("steady_state", "improvement_capacity_pct"),
            ("beyond_technology", "technical_strength"),
            ("stale_organisation", "minimum_managers"),
            ("stale_organisation", "share_of_managers"),
            ("senior_potential", "performance_at_least"),
            ("senior_potential", "share_without_gap"),
        ]
    }
    assert list(shipped.values()) == [6, 12, 6, 9, 9, 2, 10, 4, 4, 0.5, 4, 0.7]
    assert [rules.engine[name].value for name in ("threshold_spread", "recognised", "margin", "clear_gap")] == [
        0.1,
        0.6,
        0.15,
        0.8,
    ]


def test_a_client_may_edit_a_threshold(tmp_path):
    text = template_path("situations.yaml").read_text("utf-8")
    edited = tmp_path / "situations.yaml"
    edited.write_text(text.replace("value: 12\n", "value: 18\n", 1), "utf-8")
    assert load_situation_rules(edited).threshold("new_manager", "months_in_role").value == 18


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        ("  margin:\n", "  margn:\n", "engine lacks 'margin'; unknown name 'margn'"),
        ("share: 0.35, wording: several years", "share: 0.95, wording: several years", "add up to 1"),
        ("value: 0.60\n", "value: much\n", "much"),
    ],
)
def test_an_edit_that_breaks_the_rules_is_refused(tmp_path, before, after, match):
    text = template_path("situations.yaml").read_text("utf-8")
    assert before in text
    broken = tmp_path / "situations.yaml"
    broken.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(SettingsError, match=match):
        load_situation_rules(broken)


def test_every_offer_names_its_reason_alternative_and_measures():
    catalogue = load_catalogue()
    for name, offer in catalogue.offers.items():
        assert offer.reason, name
        assert offer.alternative, name
        assert offer.would_change, name
        if offer.parts and name not in ("no_intervention", "not_now"):
            assert offer.success_measures, name
        for part in offer.parts:
            one = catalogue.intervention(part)
            assert one.sessions_low <= one.sessions_high, name
            assert one.dose, name


def test_the_catalogue_is_worded_without_judging_the_person():
    text = template_path("interventions.yaml").read_text("utf-8") + template_path("situations.yaml").read_text("utf-8")
    assert not HARSH.findall(text)


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [
        ("  steady_state:\n    reason", "  stedy_state:\n    reason", "offers lacks 'steady_state'"),
        ("intervention: long_coaching", "intervention: longer_coaching", "longer_coaching"),
        ("    sessions_low: 8\n    sessions_high: 12", "    sessions_low: 18\n    sessions_high: 12", "Swap them"),
    ],
)
def test_a_broken_catalogue_is_refused(tmp_path, before, after, match):
    text = template_path("interventions.yaml").read_text("utf-8")
    assert before in text
    broken = tmp_path / "interventions.yaml"
    broken.write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(SettingsError, match=match):
        load_catalogue(broken)


def test_the_page_on_situations_explains_every_name_and_answer():
    page = (template_path("situations.yaml").parents[1] / "docs" / "situations.md").read_text("utf-8")
    rules = load_situation_rules()
    for situation, rule in rules.situations.items():
        section = page.split(f"## {rule.title} (`{situation}`)", 1)[1].split("\n## ", 1)[0]
        for word in ("**Fires**", "**Silent**", "**Cannot tell**", "**At the edge.**", "**Guards.**"):
            assert word in section, (situation, word)
        for name in (*rule.thresholds, *rule.supports):
            assert f"`{name}`" in section, (situation, name)
        assert not any(sign.isdigit() for sign in section), f"a number of {situation} stands twice: YAML and page"
