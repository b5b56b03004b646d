"""Any questionnaire in the shipped form loads; one that contradicts itself is refused with every place named."""

import copy
import json
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_args, get_type_hints

import jsonschema
import pytest
import yaml

from coachkit.core.cohort import FLOOR
from coachkit.core.instrument import RaterGroup
from coachkit.engagement import instrument_shape
from coachkit.engagement.instruments import load_instrument, shipped_instruments
from coachkit.engagement.resources import template_path
from coachkit.errors import InstrumentFileError, SettingsProblemsError, UnknownNameError

SHIPPED = yaml.safe_load(template_path("instruments", "manager_transition", "instrument.yaml").read_text("utf-8"))
SCHEMA = json.loads(template_path("instruments", "instrument.schema.json").read_text("utf-8"))

CLIMATE = """
id: climate
version: 1.10
language: no
title: Leadership climate
purpose: Shows how a unit sees its leaders.
citation: The client, 2026
licence: The client's own
response_format:
  low: 1
  high: 5
  anchors:
    - {value: 1, label: Strongly disagree}
    - {value: 2, label: Disagree}
    - {value: 3, label: Undecided}
    - {value: 4, label: Agree}
    - {value: 5, label: Strongly agree}
rater_groups:
  member: {label: Members of the unit}
role_levels:
  any: {label: Any level, target: {value: 3.5, source: Agreed with the client, status: agreed}}
competencies:
  LEAD:
    name: Leadership climate
    short_name: Leadership
    definition: How members see those who lead them.
    items: [LEAD01, LEAD02, LEAD03, LEAD04, LEAD05, LEAD06, LEAD07, LEAD08, LEAD09, LEAD10, LEAD11]
items:
"""
CLIMATE += "".join(f"  LEAD{k:02}: {{text_rater: Statement {k} about those who lead us.}}\n" for k in range(1, 12))

PERCENT = """
id: department_survey
version: "2"
language: en
title: Department survey
purpose: Shows the share of favourable answers on supervisors.
citation: The client, 2026
licence: The client's own
response_format:
  low: 0
  high: 100
  anchors:
    - {value: 0, label: No favourable answer}
    - {value: 100, label: Only favourable answers}
rater_groups:
  department:
    label: Department
    is_confidential: false
    minimum: {value: 1, source: "One row holds the answers of about 35 people"}
    single_rater_reliability: {value: 0.8, source: "Judgement: a row is a mean already"}
role_levels:
  supervisor: {label: Supervisor, target: {value: 60, source: Agreed with the client, status: agreed}}
competencies:
  SUP:
    name: Supervision
    short_name: Supervision
    definition: How employees see their supervisors.
    items: [complaints, privileges, critical]
    reverse_keyed: [critical]
items:
  complaints: {text_rater: Handles complaints of employees.}
  privileges: {text_rater: Treats employees alike.}
  critical: {text_rater: Is too critical of poor performance.}
"""


def write(folder: Path, content) -> Path:
    path = folder / "instrument.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    path.write_text(text, "utf-8")
    return path


def broken(folder, change):
    """Load the shipped questionnaire after ``change`` and return what was found, as {path: sentence}."""
    content = copy.deepcopy(SHIPPED)
    change(content)
    with pytest.raises(InstrumentFileError, match="E-INSTRUMENT") as caught:
        load_instrument(write(folder, content))
    return {problem.column: problem for problem in caught.value.problems}


# ------------------------------------------------------------------ loading
def test_shipped_instrument_loads_by_id_file_and_folder():
    file = template_path("instruments", "manager_transition", "instrument.yaml")
    by_id = load_instrument("manager_transition")
    assert by_id == load_instrument(file) == load_instrument(file.parent) == load_instrument(str(file))
    assert shipped_instruments() == ("manager_transition",)


def test_a_percent_scale_without_self_or_technical_scale_loads(tmp_path):
    instrument = load_instrument(write(tmp_path, PERCENT))
    assert instrument.self_group is None
    assert instrument.response_format.n_options == 101
    assert instrument.profile_ids == ("SUP",)
    assert [item.id for item in instrument.items if item.is_reverse_keyed] == ["critical"]
    assert instrument.rater_group("department").minimum == 1
    assert instrument.target("supervisor", "SUP") == 60


def test_eleven_items_in_one_competency_load(tmp_path):
    instrument = load_instrument(write(tmp_path, CLIMATE))
    assert len(instrument.competency("LEAD").item_ids) == 11
    assert instrument.item("LEAD11").asked_of == ("member",)
    assert instrument.rater_group("member") == RaterGroup("member", "Members of the unit")
    assert instrument.competency("LEAD").min_share_answered == 0.5


@pytest.mark.case("IN-79")
@pytest.mark.case("IN-83")
def test_version_and_language_stay_text(tmp_path):
    instrument = load_instrument(write(tmp_path, CLIMATE))
    assert instrument.version == "1.10"
    assert instrument.language == "no"


def test_item_routing_replaces_that_of_the_competency(tmp_path):
    content = copy.deepcopy(SHIPPED)
    content["competencies"]["BEH"]["asked_of"] = ["self", "peer"]
    content["items"]["BEH04"]["asked_of"] = ["report"]
    instrument = load_instrument(write(tmp_path, content))
    assert instrument.item("BEH01").asked_of == ("self", "peer")
    assert instrument.item("BEH04").asked_of == ("report",)
    assert instrument.item("PLAN01").asked_of == ("self", "manager", "peer", "report")


def test_targets_of_single_competencies_and_shares_are_read(tmp_path):
    content = copy.deepcopy(SHIPPED)
    number = {"value": 4.2, "source": "Agreed with the sponsor", "status": "agreed"}
    content["role_levels"]["new"]["targets"] = {"CASE": number}
    content["competencies"]["CASE"]["min_share_answered"] = {**number, "value": 0.75}
    instrument = load_instrument(write(tmp_path, content))
    assert instrument.target("new", "CASE") == 4.2
    assert instrument.target("new", "OPP") == 3.0
    assert instrument.competency("CASE").min_share_answered == 0.75
    assert instrument.competency("OPP").min_share_answered == 0.5


def test_anchors_come_in_order_of_their_values(tmp_path):
    content = copy.deepcopy(SHIPPED)
    content["response_format"]["anchors"].reverse()
    anchors = load_instrument(write(tmp_path, content)).response_format.anchors
    assert [anchor.value for anchor in anchors] == [1, 2, 3, 4, 5]


def test_unknown_id_names_the_nearest_and_a_missing_file_its_path(tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown instrument 'manager'.*manager_transition"):
        load_instrument("manager")
    with pytest.raises(UnknownNameError, match=r"no instrument at .*nothing\.yaml"):
        load_instrument(tmp_path / "nothing.yaml")
    with pytest.raises(UnknownNameError, match=r"no instrument at .*instrument\.yaml"):
        load_instrument(tmp_path)


# ------------------------------------------------------------------ contradictions
def _second_home(content):
    content["competencies"]["CASE"]["items"][3] = "OPP01"


def _unknown_item(content):
    content["competencies"]["OPP"]["items"][3] = "OPP9"


def _one_item(content):
    content["competencies"]["OPP"]["items"] = ["OPP01"]
    for item_id in ("OPP02", "OPP03", "OPP04"):
        del content["items"][item_id]


def _same_item_twice(content):
    content["competencies"]["OPP"]["items"] = ["OPP01", "OPP01"]


def _reverse_unknown(content):
    content["competencies"]["OPP"]["reverse_keyed"] = ["OPP02", "OPP12"]


def _reverse_of_another_scale(content):
    content["competencies"]["OPP"]["reverse_keyed"] = ["CASE01"]


def _gap_in_anchors(content):
    del content["response_format"]["anchors"][2]


def _anchor_outside(content):
    content["response_format"]["anchors"][4]["value"] = 6


def _anchor_between(content):
    content["response_format"]["anchors"][1]["value"] = 2.5


def _anchor_twice(content):
    content["response_format"]["anchors"][1]["label"] = "Effective"


def _value_twice(content):
    content["response_format"]["anchors"].append({"value": 5, "label": "Beyond that"})


def _no_group_label(content):
    content["rater_groups"]["peer"]["label"] = ""


def _many_selves(content):
    content["rater_groups"]["self"]["minimum"]["value"] = 2


def _no_levels(content):
    content["role_levels"] = {}


def _label_of_not_observed(content):
    content["response_format"]["anchors"][0]["label"] = "not observed"


def _empty_label(content):
    content["response_format"]["anchors"][0]["label"] = " "


def _upside_down(content):
    content["response_format"]["high"] = 1


def _odd_step(content):
    content["response_format"]["step"] = 0.3


def _too_fine(content):
    content["response_format"]["step"] = 0.0001


def _unknown_group(content):
    content["items"]["OPP03"]["asked_of"] = ["self", "boss"]


def _group_twice(content):
    content["items"]["OPP03"]["asked_of"] = ["self", "self"]


def _asks_nobody(content):
    content["items"]["OPP03"]["asked_of"] = []


def _asks_only_self(content):
    content["competencies"]["OPP"]["asked_of"] = ["self"]
    content["items"]["OPP03"]["asked_of"] = ["self"]


def _low_minimum(content):
    content["rater_groups"]["peer"]["minimum"]["value"] = FLOOR - 1


def _no_minimum(content):
    content["rater_groups"]["manager"]["minimum"]["value"] = 0


def _broken_minimum(content):
    content["rater_groups"]["peer"]["minimum"]["value"] = 3.5


def _two_selves(content):
    content["rater_groups"]["manager"]["is_self"] = True


def _only_self(content):
    for name in ("manager", "peer", "report"):
        content["rater_groups"][name]["is_self"] = True


def _no_weight(content):
    for name in ("manager", "peer", "report"):
        content["rater_groups"][name]["weight"]["value"] = 0


def _impossible_reliability(content):
    content["rater_groups"]["report"]["single_rater_reliability"]["value"] = 1.2


def _no_source(content):
    content["rater_groups"]["report"]["weight"]["source"] = ""


def _target_off_the_scale(content):
    content["role_levels"]["senior"]["target"]["value"] = 40


def _target_of_unknown(content):
    number = {"value": 4, "source": "Agreed"}
    content["role_levels"]["senior"]["targets"] = {"CAS": number}


def _no_self_text(content):
    content["items"]["OPP02"]["text_self"] = ""


def _no_rater_text(content):
    del content["items"]["OPP02"]["text_rater"]


def _no_comment_text(content):
    content["comment_questions"]["COM_DEVELOP"]["text_self"] = " "


def _homeless(content):
    content["items"]["EXTRA1"] = {"text_self": "I do.", "text_rater": "This manager does."}


def _same_text(content):
    content["items"]["OPP02"]["text_rater"] = content["items"]["OPP01"]["text_rater"].upper()


def _same_id_in_other_case(content):
    content["comment_questions"]["opp01"] = {"text_self": "What?", "text_rater": "What?"}


def _column_name(content):
    content["items"]["wave"] = content["items"].pop("OPP01")
    content["competencies"]["OPP"]["items"][0] = "wave"


def _odd_id(content):
    content["items"]["OPP 1"] = content["items"].pop("OPP01")
    content["competencies"]["OPP"]["items"][0] = "OPP 1"


def _same_short_name(content):
    content["competencies"]["CASE"]["short_name"] = "Opportunities"


def _nothing_in_profile(content):
    for competency in content["competencies"].values():
        competency["in_profile"] = False


def _share_of_nothing(content):
    content["min_share_answered"]["value"] = 0


def _own_share(content):
    content["competencies"]["OPP"]["min_share_answered"] = {"value": 1.5, "source": "Agreed"}


def _no_title(content):
    content["title"] = " "


def _path_as_id(content):
    content["id"] = "../elsewhere"


def _odd_language(content):
    content["language"] = "British English"


@pytest.mark.case("IN-83")
@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (_second_home, "competencies.CASE.items[3]", "belongs to competencies.OPP already"),
        (_unknown_item, "competencies.OPP.items[3]", "is not an item.*'OPP04'"),
        (_one_item, "competencies.OPP.items", r"has 1 item\(s\)"),
        (_same_item_twice, "competencies.OPP.items[1]", "belongs to competencies.OPP already"),
        (_reverse_unknown, "competencies.OPP.reverse_keyed[1]", "is not an item of this scale"),
        (_reverse_of_another_scale, "competencies.OPP.reverse_keyed[0]", "is not an item of this scale"),
        (_gap_in_anchors, "response_format.anchors", '"3" has no label'),
        (_anchor_outside, "response_format.anchors[4]", '"6" is outside 1 to 5'),
        (_anchor_between, "response_format.anchors[1]", '"2.5" is between the steps'),
        (_anchor_twice, "response_format.anchors[2]", "is used for two answers"),
        (_value_twice, "response_format.anchors[5]", '"5" is labelled twice'),
        (_no_group_label, "rater_groups.peer.label", "is empty"),
        (_many_selves, "rater_groups.self.minimum.value", "is more than one self-rating"),
        (_no_levels, "role_levels", "give at least one level"),
        (_label_of_not_observed, "response_format.anchors[0]", "is used for two answers"),
        (_empty_label, "response_format.anchors[0]", "has an empty label"),
        (_upside_down, "response_format.high", "is not above low"),
        (_odd_step, "response_format.step", "does not divide the range 1 to 5"),
        (_too_fine, "response_format.step", "40,001 different answers"),
        (_unknown_group, "items.OPP03.asked_of[1]", '"boss" is not a rater group'),
        (_group_twice, "items.OPP03.asked_of[1]", "is named twice"),
        (_asks_nobody, "items.OPP03.asked_of", "asks nobody"),
        (_asks_only_self, "competencies.OPP", "is asked of no group of other people"),
        (_low_minimum, "rater_groups.peer.minimum.value", '"2" is not a whole number of at least 3'),
        (_low_minimum, "rater_groups.peer.minimum.value", "or set is_confidential: false"),
        (_no_minimum, "rater_groups.manager.minimum.value", r"at least 1\. Fix: raise it to 1\.$"),
        (_broken_minimum, "rater_groups.peer.minimum.value", '"3.5" is not a whole number'),
        (_two_selves, "rater_groups.manager.is_self", "self is the self group already"),
        (_only_self, "rater_groups", "has no group of other people"),
        (_no_weight, "rater_groups", "every group of others the weight 0"),
        (_impossible_reliability, "rater_groups.report.single_rater_reliability.value", "from 0.01 to 0.99"),
        (_no_source, "rater_groups.report.weight.source", "is empty"),
        (_target_off_the_scale, "role_levels.senior.target.value", '"40" is not a number from 1 to 5'),
        (_target_of_unknown, "role_levels.senior.targets.CAS", "is not a competency.*'CASE'"),
        (_no_self_text, "items.OPP02.text_self", "is empty, yet the self group is asked"),
        (_no_rater_text, "items.OPP02.text_rater", "is empty, yet other groups are asked"),
        (_no_comment_text, "comment_questions.COM_DEVELOP.text_self", "is empty"),
        (_homeless, "items.EXTRA1", "belongs to no scale"),
        (_same_text, "items.OPP02.text_rater", "repeats the text of OPP01"),
        (_same_id_in_other_case, "comment_questions.opp01", "is the same id as items.OPP01"),
        (_column_name, "items.wave", "is the name of another column"),
        (_odd_id, "items.OPP 1", "is not a plain id"),
        (_same_short_name, "competencies.CASE.short_name", "names two competencies"),
        (_nothing_in_profile, "competencies", "has no competency in the profile"),
        (_share_of_nothing, "min_share_answered.value", "from 0.01 to 1"),
        (_own_share, "competencies.OPP.min_share_answered.value", "from 0.01 to 1"),
        (_no_title, "title", "is empty"),
        (_path_as_id, "id", "is not a plain id"),
        (_odd_language, "language", "is not a language code"),
    ],
)
def test_contradiction_is_refused_at_its_place(tmp_path, change, path, words):
    found = broken(tmp_path, change)
    assert path in found, sorted(found)
    sentence = found[path].sentence()
    assert "Fix: " in sentence
    assert re.search(words, sentence)


@pytest.mark.case("IN-83")
def test_all_contradictions_are_told_at_once_with_lines(tmp_path):
    def change(content):
        _second_home(content)
        _gap_in_anchors(content)
        _unknown_group(content)
        _low_minimum(content)

    found = broken(tmp_path, change)
    assert {
        "competencies.CASE.items[3]",
        "response_format.anchors",
        "items.OPP03.asked_of[1]",
        "rater_groups.peer.minimum.value",
    } <= set(found)
    lines = (tmp_path / "instrument.yaml").read_text("utf-8").splitlines()
    place = found["competencies.CASE.items[3]"]
    assert lines[place.row - 1].strip() == "- OPP01"


def test_an_absent_key_is_shown_where_its_parent_stands(tmp_path):
    problem = broken(tmp_path, _no_rater_text)["items.OPP02.text_rater"]
    lines = (tmp_path / "instrument.yaml").read_text("utf-8").splitlines()
    assert "Brings a new opportunity" in "".join(lines[problem.row - 2 : problem.row + 1])


def test_confidential_false_allows_a_group_of_one(tmp_path):
    content = copy.deepcopy(SHIPPED)
    content["rater_groups"]["peer"]["minimum"]["value"] = 1
    content["rater_groups"]["peer"]["is_confidential"] = False
    assert load_instrument(write(tmp_path, content)).rater_group("peer").minimum == 1


def test_seven_points_need_every_label_and_eight_only_the_ends(tmp_path):
    content = copy.deepcopy(SHIPPED)
    content["response_format"] = {"low": 0, "high": 7, "anchors": [{"value": 0, "label": "None"}]}
    with pytest.raises(InstrumentFileError, match='"7" has no label'):
        load_instrument(write(tmp_path, content))
    content["response_format"]["anchors"].append({"value": 7, "label": "Full"})
    assert load_instrument(write(tmp_path, content)).response_format.n_options == 8
    content["response_format"]["low"] = 1
    content["response_format"]["anchors"][0]["value"] = 1
    with pytest.raises(InstrumentFileError, match='"2, 3, 4, 5, 6" has no label'):
        load_instrument(write(tmp_path, content))


# ------------------------------------------------------------------ hostile files
@pytest.mark.case("SEC-16")
def test_a_tag_that_would_run_code_is_refused_with_its_line(tmp_path):
    text = CLIMATE.replace("id: climate", "id: !!python/object/apply:os.system ['touch owned']")
    with pytest.raises(SettingsProblemsError, match=r"line 2.*tag"):
        load_instrument(write(tmp_path, text))


@pytest.mark.case("SEC-17")
def test_an_alias_bomb_is_refused(tmp_path):
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    with pytest.raises(SettingsProblemsError, match="refers to another place"):
        load_instrument(write(tmp_path, bomb + CLIMATE))


@pytest.mark.case("SEC-18")
@pytest.mark.parametrize("expression", ["__import__('os').system('true')", "9**9**9", "=1+1"])
def test_an_expression_is_never_evaluated(tmp_path, expression):
    text = CLIMATE.replace("value: 3.5", f'value: "{expression}"')
    with pytest.raises(SettingsProblemsError, match=r"role_levels\.any\.target\.value"):
        load_instrument(write(tmp_path, text))


@pytest.mark.case("IN-82")
def test_a_text_that_yaml_would_cut_is_refused(tmp_path):
    text = CLIMATE.replace("title: Leadership climate", "title: Leadership climate #2")
    with pytest.raises(SettingsProblemsError, match="title"):
        load_instrument(write(tmp_path, text))
    text = CLIMATE.replace("title: Leadership climate", "title: I lead: always")
    with pytest.raises(SettingsProblemsError, match="E-QUOTE"):
        load_instrument(write(tmp_path, text))


def test_an_unknown_key_names_the_nearest(tmp_path):
    with pytest.raises(SettingsProblemsError, match="licence"):
        load_instrument(write(tmp_path, CLIMATE.replace("licence:", "license:")))


# ------------------------------------------------------------------ the schema for editors
def test_the_schema_accepts_the_real_files():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for content in (SHIPPED, yaml.safe_load(PERCENT)):
        jsonschema.validate(content, SCHEMA)


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("version",), 1.1, "is not of type 'string'"),
        (("licence",), None, "is not of type 'string'"),
        (("competencies", "OPP", "items"), ["OPP01"], "is too short"),
        (("competencies", "OPP", "colour"), "red", "Additional properties"),
        (("items", "OPP01", "asked_of"), [], "non-empty|too short"),
        (("rater_groups", "peer", "minimum"), 3, "is not of type 'object'"),
        (("rater_groups", "peer", "minimum", "status"), "sure", "is not one of"),
        (("response_format", "anchors", 0, "value"), "one", "is not of type 'number'"),
        (("id",), "Manager Transition", "does not match"),
    ],
)
def test_the_schema_refuses_broken_copies(keys, value, words):
    content = copy.deepcopy(SHIPPED)
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    with pytest.raises(jsonschema.ValidationError, match=words):
        jsonschema.validate(content, SCHEMA)


@pytest.mark.parametrize(
    ("record", "definition"),
    [
        (instrument_shape.InstrumentFile, SCHEMA),
        (instrument_shape.Sourced, SCHEMA["$defs"]["sourced"]),
        (instrument_shape.AnchorFile, SCHEMA["$defs"]["anchor"]),
        (instrument_shape.ResponseFormatFile, SCHEMA["$defs"]["response_format"]),
        (instrument_shape.RaterGroupFile, SCHEMA["$defs"]["rater_group"]),
        (instrument_shape.RoleLevelFile, SCHEMA["$defs"]["role_level"]),
        (instrument_shape.CompetencyFile, SCHEMA["$defs"]["competency"]),
        (instrument_shape.ItemFile, SCHEMA["$defs"]["item"]),
        (instrument_shape.CommentQuestionFile, SCHEMA["$defs"]["comment_question"]),
    ],
)
def test_the_schema_says_the_same_as_the_records(record, definition):
    required = {f.name for f in fields(record) if f.default is MISSING and f.default_factory is MISSING}
    assert set(definition["properties"]) == {f.name for f in fields(record)}
    assert set(definition.get("required", ())) == required
    assert definition["additionalProperties"] is False


def test_the_schema_knows_every_status():
    hints = get_type_hints(instrument_shape.Sourced)
    assert tuple(SCHEMA["$defs"]["sourced"]["properties"]["status"]["enum"]) == get_args(hints["status"])
