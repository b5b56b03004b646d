from __future__ import annotations

import contextlib
import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachkit.engagement.yaml_reader import MAX_DEPTH, read_yaml
from coachkit.errors import SettingsError, SettingsProblemsError


def problems(text):
    with pytest.raises(SettingsProblemsError, match=r"E-") as caught:
        read_yaml(text, name="a.yaml")
    return caught.value.problems


@pytest.mark.case("IN-79")
def test_everything_is_text():
    text = "a: no\nb: [yes, off, NO, 1.10, 007, 1e5, ~, 2026-03-01, 12:30]\nc: null\n"
    assert read_yaml(text).plain() == {
        "a": "no",
        "b": ["yes", "off", "NO", "1.10", "007", "1e5", "~", "2026-03-01", "12:30"],
        "c": "null",
    }


def test_nodes_know_their_line_path_and_quotes():
    node = read_yaml('waves:\n  - id: "1"\n    date: 2026\n')
    child = node.get("waves").value[0].get("id")
    assert (child.line, child.path, child.is_quoted) == (2, "waves[0].id", True)
    assert node.get("waves").value[0].get("date").line == 3
    assert node.get("nothing") is None


@pytest.mark.case("IN-82")
def test_tab_indent_is_refused_with_its_line():
    (problem,) = problems("a:\n\tb: 1\n")
    assert problem.sentence() == "E-TAB  a.yaml, line 2: the line is indented with a tab. Fix: indent with spaces."


@pytest.mark.case("IN-82")
def test_colon_in_an_unquoted_text_is_refused_showing_the_quoted_line():
    (problem,) = problems('id: X\ntext: I lead: "always"\n')
    assert (problem.code, problem.row) == ("E-QUOTE", 2)
    assert problem.fix == r'put the text in quotes: text: "I lead: \"always\""'


@pytest.mark.case("SEC-16")
@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [ls]", "!custom x", "!!int 3", "!!binary aGk="])
def test_tags_are_refused_with_their_line_and_never_followed(tag):
    (problem,) = problems(f"a: 1\nb: {tag}\n")
    assert (problem.row, problem.column) == (2, "b")
    assert "has a tag" in problem.what


@pytest.mark.case("SEC-17")
def test_a_bomb_of_aliases_is_refused_at_once():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    started = time.process_time()
    found = problems("\n".join(lines))
    assert time.process_time() - started < 1
    assert {"has an anchor (&a0)", "refers to another place (*a0)"} <= {problem.what for problem in found}


@pytest.mark.case("SEC-17")
@pytest.mark.parametrize("text", ["[" * 2000, "{a: " * 2000, "- " * 2000 + "x", "? " * 2000 + "x"])
def test_deep_nesting_is_refused_at_once(text):
    started = time.process_time()
    assert any(f"more than {MAX_DEPTH} levels" in problem.what for problem in problems(text))
    assert time.process_time() - started < 1


@pytest.mark.case("SEC-17")
def test_twenty_levels_are_read():
    read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)


@pytest.mark.case("SEC-17")
def test_fifty_megabytes_are_refused_without_being_read(tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 50_000_000)
    started = time.process_time()
    with pytest.raises(
        SettingsError, match=r"E-SIZE  big.yaml: the file is larger than 2,000,000 bytes \(50,000,000\)"
    ):
        read_yaml(path)
    assert time.process_time() - started < 1


def test_all_problems_are_told_at_once_with_lines_and_paths():
    found = problems("a: &x 1\nb: *x\nc:\n  d: 1\n  d: 2\n")
    assert [(problem.row, problem.column, problem.code) for problem in found] == [
        (1, "a", "E-YAML"),
        (2, "b", "E-YAML"),
        (5, "c.d", "E-DUPLICATE-KEY"),
    ]
    assert found[2].what == "the key is given twice (first on line 4)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\n---\nb: 2\n", "a second document starts here"),
        ("[a, b]: 1\n", "a key is a list or a map"),
        ("a: [1, 2\n", "not valid YAML"),
        ("a: b\n c: d\n", "a colon and a space|not valid YAML"),
        ("<<: {a: 1}\n<<: {b: 1}\n", "the key is given twice"),
        ('a: "\\ud800"', r"cannot be shown \(U\+D800\)"),
        ('a: "\\0"', r"cannot be shown \(U\+0000\)"),
        ("a: \x07", r"cannot be shown \(U\+0007\)"),
    ],
)
def test_other_faults_are_named(text, words):
    with pytest.raises(SettingsProblemsError, match=words):
        read_yaml(text)


def test_files_must_be_readable_utf8(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: é\n".encode("cp1252"))
    with pytest.raises(SettingsProblemsError, match=r"E-ENCODING  a.yaml, line 2: the file is not UTF-8 text"):
        read_yaml(path)
    with pytest.raises(SettingsProblemsError, match=r"E-FILE  none.yaml: the file cannot be read"):
        read_yaml(tmp_path / "none.yaml")
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(path).plain() == {"a": "1"}


def test_an_empty_file_is_an_empty_value():
    assert read_yaml("").is_empty
    assert read_yaml("# only a comment\n").is_empty


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [*"abc:-[]{}#&*!|>'\"%@`,?\n\t \u2028\ufeff", ": ", "- ", "\n  ", " #", "!!x ", "---\n", "..."]
        ),
        max_size=40,
    )
)
def test_any_text_is_read_or_refused(pieces):
    with contextlib.suppress(SettingsProblemsError):
        read_yaml("".join(pieces)).plain()
