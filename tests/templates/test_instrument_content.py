"""The shipped questionnaire keeps the rules of good items: one idea, plain words, worded twice, asked of those who see it."""

import re
from collections import Counter

import pytest

from coachkit.engagement.instrument_shape import InstrumentFile
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.resources import template_path
from coachkit.engagement.yaml_reader import load_yaml

INSTRUMENT = load_instrument("manager_transition")
FILE = load_yaml(template_path("instruments", "manager_transition", "instrument.yaml"), InstrumentFile)
README = template_path("instruments", "manager_transition", "README.md").read_text("utf-8")
PROFILE = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
MOST_WORDS = 22

#: Items in which "and" or "or" joins parts of one thing; every other join is two questions in one.
JOINED_ON_PURPOSE = {
    "IMP03": "quality, speed or cost are interchangeable examples of one figure, compared before with after",
    "OUT03": "seeing cost, capacity and service together is the behaviour itself",
}
TEXTS = [
    pytest.param(item, text, id=f"{item.id}-{who}")
    for item in INSTRUMENT.items
    for who, text in (("self", item.text_self), ("rater", item.text_rater))
]


def words(text):
    return re.findall(r"[A-Za-z][A-Za-z'-]*", text)


# ------------------------------------------------------------------ structure
def test_ten_competencies_of_four_items_and_a_technical_scale_of_three():
    assert INSTRUMENT.profile_ids == PROFILE
    assert {c.id: len(c.item_ids) for c in INSTRUMENT.competencies} == dict.fromkeys(PROFILE, 4) | {"TECH": 3}
    for competency in INSTRUMENT.competencies:
        numbers = range(1, len(competency.item_ids) + 1)
        assert competency.item_ids == tuple(f"{competency.id}{k:02}" for k in numbers)
    assert len(INSTRUMENT.items) == 43


def test_no_item_is_reverse_keyed():
    assert not any(item.is_reverse_keyed for item in INSTRUMENT.items)


def test_two_open_questions_in_both_wordings():
    assert [question.id for question in INSTRUMENT.comment_questions] == ["COM_STRENGTH", "COM_DEVELOP"]
    for question in INSTRUMENT.comment_questions:
        assert "?" in question.text_self
        assert "this manager" in question.text_rater
        assert "would identify you" in question.text_rater


def test_all_five_answers_are_labelled_by_effectiveness():
    scale = INSTRUMENT.response_format
    assert [anchor.value for anchor in scale.anchors] == [1, 2, 3, 4, 5]
    assert all("ffective" in anchor.label for anchor in scale.anchors)
    assert scale.not_observed == "Not observed"
    frequency = re.compile(r"\b(never|rarely|seldom|sometimes|often|always)\b", re.IGNORECASE)
    assert not any(frequency.search(anchor.label) for anchor in scale.anchors)


def test_rater_groups_have_their_minimums_weights_and_priors():
    facts = {
        group.id: (group.is_confidential, group.minimum, group.weight, group.single_rater_reliability)
        for group in INSTRUMENT.rater_groups
    }
    assert facts == {
        "self": (False, 1, 1, 0.50),
        "manager": (False, 1, 1, 0.50),
        "peer": (True, 3, 1, 0.37),
        "report": (True, 3, 1, 0.30),
    }
    assert INSTRUMENT.self_group.id == "self"


def test_raters_are_told_beforehand_who_is_not_confidential():
    told = INSTRUMENT.instruction_rater
    assert "line manager's answers" in told
    assert "not confidential" in told
    assert "anonymous" not in told


def test_role_targets_are_defaults_with_a_source():
    assert {level.id: level.target for level in INSTRUMENT.role_levels} == {
        "new": 3.0, "established": 3.5, "senior": 4.0,
    }  # fmt: skip
    for level in FILE.role_levels.values():
        assert level.target.status == "default"
        assert "judgement" in level.target.source


def test_priors_of_other_raters_cite_the_meta_analysis():
    for name in ("manager", "peer", "report"):
        assert "Conway & Huffcutt (1997)" in FILE.rater_groups[name].single_rater_reliability.source


# ------------------------------------------------------------------ routing
def asked(group_id, competency_id):
    ids = INSTRUMENT.competency(competency_id).item_ids
    return [item_id for item_id in ids if group_id in INSTRUMENT.item(item_id).asked_of]


def test_reports_are_not_asked_what_they_cannot_see():
    assert asked("report", "CASE") == []
    assert asked("report", "OPP") == ["OPP03"]
    assert asked("report", "BEN") == ["BEN03"]


def test_technical_strength_is_asked_of_line_manager_and_peers_only():
    for item_id in INSTRUMENT.competency("TECH").item_ids:
        assert INSTRUMENT.item(item_id).asked_of == ("manager", "peer")


@pytest.mark.parametrize("competency_id", PROFILE)
def test_self_and_line_manager_are_asked_everything_and_one_confidential_group_something(competency_id):
    everything = list(INSTRUMENT.competency(competency_id).item_ids)
    assert asked("self", competency_id) == everything
    assert asked("manager", competency_id) == everything
    assert asked("peer", competency_id) or asked("report", competency_id)


# ------------------------------------------------------------------ wording
@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_item_is_short_plain_and_a_whole_sentence(item, text):
    assert 4 <= len(words(text)) <= MOST_WORDS
    assert text[0].isupper()
    assert text.endswith(".")
    assert text.count(".") == 1


@pytest.mark.parametrize("kind", ["text_self", "text_rater"])
def test_questionnaire_can_be_read_at_fourteen(kind):
    """Flesch-Kincaid grade (Kincaid et al. 1975), one sentence an item; grade 9 is about age 14."""
    texts = [getattr(item, kind) for item in INSTRUMENT.items]
    n_words = sum(len(words(text)) for text in texts)
    n_syllables = sum(syllables(word) for text in texts for word in words(text))
    grade = 0.39 * n_words / len(texts) + 11.8 * n_syllables / n_words - 15.59
    assert grade < 9


def syllables(word):
    plain = re.sub(r"'s?$", "", word.lower())
    vowels = len(re.findall("[aeiouy]+", plain))
    is_silent = re.search(r"([^l]e|[^td]ed|[^scxgzi]es)$", plain) is not None
    return max(1, vowels - is_silent)


def test_syllables_are_counted_as_spoken():
    assert [syllables(word) for word in ("goal", "change", "settle", "manager's", "opportunities")] == [1, 1, 2, 3, 5]


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_item_holds_one_idea(item, text):
    joined = re.findall(r"\b(and|or|as well as|both)\b|[;/]", text)
    assert bool(joined) == (item.id in JOINED_ON_PURPOSE)


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_item_is_worded_positively_and_without_frequency(item, text):
    negations = r"\b(not|no|never|without|nobody|nothing|cannot|fails?|hardly|rarely|n't)\b"
    allowed = text.replace("doing nothing", "")  # an option of a business case
    assert not re.search(negations, allowed, re.IGNORECASE)
    assert not re.search(r"\b(always|often|usually|sometimes|frequently)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("item", INSTRUMENT.items, ids=lambda item: item.id)
def test_self_wording_is_first_person_and_rater_wording_third(item):
    assert re.search(r"\b(I|my)\b", item.text_self)
    assert "this manager" not in item.text_self.lower()
    assert re.search(r"\b[Tt]his manager\b", item.text_rater)
    assert not re.search(r"\b(I|my|me|he|she|his|her|him|himself|herself|he/she)\b", item.text_rater)


@pytest.mark.parametrize("item", INSTRUMENT.items, ids=lambda item: item.id)
def test_both_wordings_ask_the_same(item):
    """The content words agree but for the person and the verb's ending."""
    person = {"i", "my", "our", "we", "this", "manager", "manager's", "they", "their", "the", "team", "it"}

    def stem(text):
        found = {word.lower() for word in words(text)} - person
        return {re.sub(r"(ies|y)$", "", re.sub(r"(es|s)$", "", word)) for word in found}

    different = stem(item.text_self) ^ stem(item.text_rater)
    assert len(different) <= 2, different


def test_no_two_items_share_their_wording_or_indicator():
    for kind in ("text_self", "text_rater", "indicator"):
        counts = Counter(getattr(item, kind).casefold() for item in INSTRUMENT.items)
        assert max(counts.values()) == 1


def test_every_item_names_its_indicator_and_every_competency_a_definition():
    assert all(item.indicator and not item.indicator.endswith(".") for item in INSTRUMENT.items)
    assert all(competency.definition.endswith(".") for competency in INSTRUMENT.competencies)
    assert all(len(competency.short_name) <= 20 for competency in INSTRUMENT.competencies)


# ------------------------------------------------------------------ what it may be used for
def test_use_is_limited_in_file_and_readme():
    for text in (INSTRUMENT.permitted_use, README):
        flat = " ".join(text.split())
        for word in ("hiring", "pay", "promotion", "dismissal", "anonymous"):
            assert word in flat
    assert INSTRUMENT.licence.startswith("MIT")
    assert INSTRUMENT.version in INSTRUMENT.citation


def test_readme_says_that_it_is_not_validated_and_repeats_no_other_number():
    assert "has not been validated" in README
    targets = ", ".join(
        f"{level.target:g}" if level.target % 1 else f"{level.target:.1f}" for level in INSTRUMENT.role_levels
    )
    assert f"({targets})" in README
    for group, name in (("manager", "line manager"), ("peer", "peer"), ("report", "report")):
        prior = f"{INSTRUMENT.rater_group(group).single_rater_reliability:.2f}".lstrip("0")
        assert f"{prior} {name}" in README


def test_readme_tells_the_routing_of_the_file():
    rows = dict(re.findall(r"^\| ([A-Z]{2,5}) \| [^|]+ \| ([^|]+) \|$", README, re.MULTILINE))
    assert set(rows) == {competency.id for competency in INSTRUMENT.competencies}
    for competency_id, told in rows.items():
        ids = INSTRUMENT.competency(competency_id).item_ids
        base, _, exceptions = told.strip().partition("; ")
        names = {"self": "self", "manager": "line manager", "peer": "peers", "report": "reports"}
        for group_id, name in names.items():
            whole = base == "everybody" or name in base.split(", ")
            only = (
                set(re.findall(r"[A-Z]+\d\d", exceptions))
                if f"{name} " in exceptions and "only" in exceptions
                else set()
            )
            without = {
                i for part in exceptions.split(", ") if f"not {name}" in part for i in re.findall(r"[A-Z]+\d\d", part)
            }
            expected = (set(ids) if whole else only) - without
            assert set(asked(group_id, competency_id)) == expected, (competency_id, group_id)
