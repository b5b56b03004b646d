from __future__ import annotations

import pytest

from coachkit.engagement.tables import ColumnSpec, FileOptions, TableSpec
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_reader import read_yaml
from coachkit.errors import SettingsError, UnknownNameError


def test_specifications_and_options_are_read_from_yaml():
    spec = decode(
        read_yaml(
            """
name: roster
title: Roster
key: [manager_id]
columns:
  - {name: manager_id, kind: id, required: true}
  - {name: score, kind: rating, minimum: 1, maximum: 5, choices: ["NO"], labels: {Agree: 4}}
"""
        ),
        TableSpec,
    )
    assert spec.column_names == ("manager_id", "score")
    assert spec.column("score").labels == {"Agree": 4.0}
    options = decode(read_yaml('delimiter: tab\ndecimal: ","\ncolumns: {Nr: manager_id}'), FileOptions)
    assert (options.separator, options.decimal, options.columns) == ("\t", ",", {"Nr": "manager_id"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": " a"}, "spaces around it"),
        ({"name": "a", "minimum": 2, "maximum": 1}, "minimum 2 is above maximum 1"),
        ({"name": "a", "kind": "choice"}, "a choice without choices"),
        ({"name": "a", "step": 0}, "step 0 is not above 0"),
    ],
)
def test_impossible_columns_are_refused(values, words):
    with pytest.raises(SettingsError, match=words):
        ColumnSpec(**values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"header_row": 0}, "rows count from 1"),
        ({"delimiter": ":"}, "is not one of"),
        ({"thousands": "x"}, "is not one of"),
        ({"decimal": ",", "thousands": ","}, "are both ','"),
    ],
)
def test_impossible_options_are_refused(values, words):
    with pytest.raises(SettingsError, match=words):
        FileOptions(**values)


def test_a_table_names_its_columns_once_and_its_key_among_them():
    with pytest.raises(SettingsError, match="lists column 'a' twice"):
        TableSpec("t", "T", (ColumnSpec("a"), ColumnSpec("a")))
    with pytest.raises(UnknownNameError, match="unknown column of table 't' 'b'"):
        TableSpec("t", "T", (ColumnSpec("a"),), key=("b",))
