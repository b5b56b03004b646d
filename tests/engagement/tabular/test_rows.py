from __future__ import annotations

import pytest


@pytest.mark.case("IN-35")
def test_a_row_repeated_exactly_is_dropped_and_noted(read, sentence):
    table = read("manager_id,name\nM1,Ann\nM2,Bo\nM1,Ann\n")
    assert "1 rows repeat an earlier row exactly and were dropped: 4" in sentence(table, "N-REPEATED")
    assert table.frame["_row"].tolist() == [2, 3]
    assert table.facts.n_repeated == 1


@pytest.mark.case("IN-35")
def test_rows_with_one_id_and_different_content_are_all_held(read, told):
    table = read("manager_id,name\nM1,Ann\nM2,Bo\nM1,Anna\n")
    assert told(table) == [("hold", "E-DUPLICATE", 2), ("hold", "E-DUPLICATE", 4)]
    assert '"M1" stands in 2 rows with different content (rows 2, 4)' in table.problems[0].sentence()
    assert table.frame["manager_id"].tolist() == ["M2"]


@pytest.mark.case("IN-37")
@pytest.mark.parametrize(
    ("first", "second", "points"),
    [
        ("M1", "m1 ", "(U+004D U+0031 and U+006D U+0031 U+0020)"),
        ("M1", "M1 ", "(U+004D U+0031 and U+004D U+0031 U+0020)"),
        ("Zo\u00eb", "Zoe\u0308", "U+0065 U+0308"),
        ("M1", "M\u200b1", "U+004D U+200B U+0031"),
    ],
)
def test_ids_that_look_the_same_are_refused_with_their_code_points(read, sentence, first, second, points):
    table = read(f"manager_id,name\n{first},Ann\n{second},Bo\n")
    told = sentence(table, "E-ID-SPELLING")
    assert "row 3" in told
    assert "in row 2 to a reader" in told
    assert points in told
    assert table.is_refused


@pytest.mark.case("IN-37")
def test_spaces_around_a_reference_are_dropped_and_noted(read, told):
    table = read("manager_id,name,unit_id\nM1,Ann,U1\nM2,Bo,U1 \n")
    assert told(table) == [("note", "N-TRIM", None)]
    assert table.frame["unit_id"].tolist() == ["U1", "U1"]


@pytest.mark.case("IN-37")
def test_references_in_two_cases_are_refused(read, told):
    assert told(read("manager_id,name,unit_id\nM1,Ann,U1\nM2,Bo,u1\n")) == [("refuse", "E-ID-SPELLING", 3)]


@pytest.mark.case("IN-37")
def test_an_id_with_an_invisible_character_holds_its_row(read, told):
    assert told(read("manager_id,name\nM\u200b1,Ann\nM2,Bo\n")) == [("hold", "E-CHARACTER", 2)]


def test_many_spellings_are_counted_beyond_the_first_twenty(read):
    rows = "".join(f"a{n},Ann\nA{n},Bo\n" for n in range(30))
    table = read(f"manager_id,name\n{rows}")
    assert sum(problem.code == "E-ID-SPELLING" for problem in table.problems) == 21
    assert "10 more ids are written in two ways" in table.problems[-1].sentence()
