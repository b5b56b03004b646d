from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest

from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_nodes import Node
from coachkit.engagement.yaml_reader import load_yaml, read_yaml
from coachkit.errors import SettingsError, SettingsProblemsError


@dataclass(frozen=True, slots=True)
class Wave:
    id: str
    starts: date | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    client: str
    size: int = 3
    rate: float = 1.5
    is_open: bool = False
    level: Literal["new", "senior"] = "new"
    waves: tuple[Wave, ...] = ()
    span: tuple[float, float] = (0.0, 1.0)
    targets: Mapping[str, float] = field(default_factory=dict)
    logo: Path | None = None
    answer: float | str = 0.0
    extra: Any = None
    raw: Node | None = None
    from_: str = field(default="", metadata={"key": "from"})

    def __post_init__(self) -> None:
        if self.size > 100:
            raise SettingsError(f"size {self.size} is above 100.")


def told(text, cls=Settings):
    with pytest.raises(SettingsProblemsError, match=r"E-") as caught:
        decode(read_yaml(text, name="engagement.yaml"), cls)
    return [problem.sentence() for problem in caught.value.problems]


def test_every_type_is_decoded_from_its_annotation():
    text = """
client: NO
size: 7
rate: 4
is_open: true
level: senior
waves:
  - id: 1.10
    starts: 2026-03-01
  - {id: "t2"}
span: [0.5, 1e2]
targets: {OPP: 3.5}
logo: brand/logo.svg
answer: often
extra: {a: [no, 1]}
raw: {x: y}
from: here
"""
    settings = decode(read_yaml(text), Settings)
    assert settings.raw.plain() == {"x": "y"}
    assert settings == Settings(
        client="NO", size=7, rate=4.0, is_open=True, level="senior", waves=(Wave("1.10", date(2026, 3, 1)), Wave("t2")),
        span=(0.5, 100.0), targets={"OPP": 3.5}, logo=Path("brand/logo.svg"), answer="often",
        extra={"a": ["no", "1"]}, raw=settings.raw, from_="here",
    )  # fmt: skip
    assert isinstance(settings.rate, float)


def test_keys_without_a_value_count_as_not_given():
    assert decode(read_yaml("client: A\nsize:\nwaves:\nlogo: ~\n"), Settings) == Settings("A")


def test_all_problems_are_told_at_once_with_line_and_key_path():
    found = told("clint: A\nsize: x\nwaves:\n  - starts: 2026-02-30\n    ID: t1\ntargets: {OPP: 3,5}\n")
    assert found == [
        (
            "E-UNKNOWN-KEY  engagement.yaml, line 1, key clint: \"clint\" is not a key known here. Closest: 'client'. "
            "Fix: rename it."
        ),
        'E-MISSING-KEY  engagement.yaml, line 1: the key "client" is missing. Fix: add "client: ..." here.',
        'E-NUMBER  engagement.yaml, line 2, key size: "x" is not a whole number. Fix: write digits only.',
        'E-MISSING-KEY  engagement.yaml, line 4, key waves[0]: the key "id" is missing. Fix: add "id: ..." here.',
        (
            'E-DATE  engagement.yaml, line 4, key waves[0].starts: "2026-02-30" is not a day of the calendar. '
            "Fix: check day and month."
        ),
        (
            'E-UNKNOWN-KEY  engagement.yaml, line 5, key waves[0].ID: "ID" is not a key known here. '
            "Closest: 'id'. Fix: rename it."
        ),
        (
            'E-NUMBER  engagement.yaml, line 6, key targets.5: "" is not a number. '
            "Fix: write digits with a point, such as 4.5."
        ),
    ]


@pytest.mark.case("IN-82")
def test_a_text_cut_by_a_comment_is_refused():
    assert told("client: Team #1 GmbH\n") == [
        (
            'E-CUT  engagement.yaml, line 1, key client: the text ends before "#1 GmbH", which YAML takes as a comment. '
            "Fix: put the whole text in quotes, or move the comment to a line of its own."
        )
    ]
    assert decode(read_yaml('client: "Team #1"  # the client\nsize: 4  # people\n'), Settings) == Settings("Team #1", 4)


@pytest.mark.case("IN-79")
@pytest.mark.parametrize(
    ("given", "fix"),
    [
        ("yes", "write true"),
        ("Off", "write false"),
        ('"true"', "write true"),
        ("1", "write true or false"),
        ("TRUE", "write true"),
    ],
)
def test_only_true_and_false_are_truth_values(given, fix):
    (sentence,) = told(f"client: A\nis_open: {given}\n")
    assert "is not true or false" in sentence
    assert fix in sentence


@pytest.mark.parametrize("given", ["4.5", "1_000", "٣", '"3"', "0x10", "9" * 50, "1e3", "[1]", "{a: 1}"])
def test_whole_numbers_are_plain_digits(given):
    (sentence,) = told(f"client: A\nsize: {given}\n")
    assert "engagement.yaml, line 2, key size" in sentence


@pytest.mark.parametrize("given", ["4,5", "nan", ".inf", "inf", "1e999", "80%", '"4.5"'])
def test_numbers_are_finite_and_have_points(given):
    (sentence,) = told(f"client: A\nrate: {given}\n")
    assert "is not a number" in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("client:\n", 'a text is needed here. Fix: write it, or "" for an empty text'),
        ("client: [A]\n", "is a list, but one value is needed"),
        ("client: A\nwaves: t1\n", "is a single value, but a list is needed"),
        ("client: A\nwaves: [t1]\n", "key waves[0]: is a single value, but keys are needed here"),
        ("client: A\ntargets: [1]\n", 'is a list, but "name: value" lines are needed'),
        ("client: A\nspan: [1]\n", "has 1 entries, but 2 are needed"),
        (
            "client: A\nlevel: seniorr\n",
            "\"seniorr\" is not allowed here. Closest: 'senior'. Fix: write one of new, senior",
        ),
        ("client: A\nwaves: [{id: a, starts: 31.12.2026}]\n", 'key waves[0].starts: "31.12.2026" is not a date'),
        ("client: A\nanswer: [1]\n", "key answer: is a list, but one value is needed"),
        ("client: A\nsize: 101\n", "size 101 is above 100"),
        ("- a\n", "is a list, but keys are needed here"),
        ("", "is empty, but keys are needed here"),
    ],
)
def test_each_wrong_value_is_named(text, words):
    (sentence,) = told(text)
    assert words in sentence


def test_load_yaml_reads_a_file_into_a_record(tmp_path):
    path = tmp_path / "engagement.yaml"
    path.write_text("client: Ålder\n", encoding="utf-8")
    assert load_yaml(path, Settings).client == "Ålder"
