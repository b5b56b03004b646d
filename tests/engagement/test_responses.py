"""Forms: wide and long give the same answers, and each rule on raters holds, fires and stays silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coachkit.engagement.response_rules import compare_items


def to_long(folder):
    """The same answers, one row per answer, shuffled with a fixed seed."""
    rows = []
    for form in folder.rows.pop("responses"):
        keys = {name: form[name] for name in ("manager_id", "rater_id", "rater_group", "wave")}
        answers = {name: form[name] for name in form if name not in keys and name != "seconds"}
        rows += [
            {**keys, "item_id": item, "answer": value, "seconds": form["seconds"]}
            for item, value in answers.items()
            if value
        ]
    return rows


def test_wide_and_long_files_give_equal_responses(folder):
    folder.rows["responses"][2] |= {"OPP01": "NO", "OPP02": "", "COM_STRENGTH": "Listens, always."}
    wide = folder.open().responses
    (folder.path / "data" / "responses.csv").unlink()
    folder.rows["responses_long"] = to_long(folder)
    engagement = folder.open()
    long = engagement.responses
    assert [problem.sentence() for problem in engagement.problems] == []
    assert long.keys.equals(wide.keys)
    assert long.ratings.equals(wide.ratings)
    assert long.not_observed.equals(wide.not_observed)
    assert long.comments.equals(wide.comments)


def test_not_observed_is_neither_a_rating_nor_a_missing_answer(folder):
    folder.rows["responses"][2] |= {"OPP01": "no", "OPP02": "Not observed", "OPP03": ""}
    responses = folder.open().responses
    assert responses.not_observed.loc[2, ["OPP01", "OPP02", "OPP03"]].tolist() == [True, True, False]
    assert responses.ratings.loc[2, ["OPP01", "OPP02", "OPP03"]].isna().all()
    assert responses.ratings.loc[2, "OPP04"] == 3.0


def test_comments_become_one_row_each(folder):
    folder.rows["responses"][3]["COM_DEVELOP"] = "<b>=1+1</b> 你好"
    comments = folder.open().responses.comments
    assert comments.to_dict("records") == [
        {"manager_id": "007", "rater_id": "P2", "rater_group": "peer", "wave": "w1", "question_id": "COM_DEVELOP",
         "text": "<b>=1+1</b> 你好"}
    ]  # fmt: skip


def test_wave_may_be_left_out_when_there_is_only_one(folder):
    folder.rows["responses"] = [{k: v for k, v in form.items() if k != "wave"} for form in folder.rows["responses"]]
    assert set(folder.open().responses.keys["wave"]) == {"w1"}


def test_form_without_wave_is_held_when_there_are_two(folder):
    folder.settings += "  - id: w2\n"
    folder.rows["responses"][5]["wave"] = ""
    found = folder.found("E-WAVE")
    assert [(problem.row, problem.value) for problem in found] == [(7, "")]


def test_form_of_an_unknown_wave_is_held(folder):
    folder.rows["responses"][5]["wave"] = "w3"
    assert "is not a wave of this engagement" in folder.found("E-WAVE")[0].sentence()


@pytest.mark.case("IN-73")
def test_rater_who_is_the_manager_but_not_in_group_self_is_held(folder):
    folder.rows["responses"][2]["rater_id"] = "007"
    found = folder.found("E-SELF")
    assert [(problem.row, problem.value) for problem in found] == [(4, "peer")]


@pytest.mark.case("IN-73")
def test_self_assessment_by_another_manager_is_held(folder):
    folder.rows["responses"][0]["rater_id"] = "M3"
    found = folder.found("E-SELF")
    assert [(problem.row, problem.value) for problem in found] == [(2, "M3")]


@pytest.mark.case("IN-73")
def test_self_assessment_under_a_code_of_its_own_is_accepted(folder):
    folder.rows["responses"][0]["rater_id"] = "X-17"
    assert folder.check().exit_code == 0


@pytest.mark.case("IN-73")
def test_form_about_an_unknown_manager_is_held_with_the_nearest_id(folder):
    folder.rows["responses"][9]["manager_id"] = "M22"
    engagement = folder.open()
    problem = next(problem for problem in engagement.problems if problem.code == "E-UNKNOWN-ID")
    assert (problem.row, problem.value) == (11, "M22")
    assert "Closest: 'M2'" in problem.sentence()
    assert len(engagement.responses.keys) == 23


@pytest.mark.case("IN-73")
def test_rater_twice_for_one_manager_and_wave_is_held_with_both_rows(folder):
    forms = folder.rows["responses"]
    folder.settings += "files:\n  responses_a:\n    path: data/a.csv\n  responses_b:\n    path: data/b.csv\n"
    folder.rows["responses"] = []
    folder.write_csv("a.csv", forms)
    folder.write_csv("b.csv", [folder.form("M2", "P1", "peer", OPP01="5")])
    engagement = folder.open()
    problem = next(problem for problem in engagement.problems if problem.code == "E-REPEATED")
    assert "row 12 of data/a.csv and row 2 of data/b.csv" in problem.sentence()
    assert len(engagement.responses.keys) == 23


@pytest.mark.case("IN-78")
def test_same_answers_in_two_files_count_once_and_are_noted(folder):
    forms = folder.rows.pop("responses")
    folder.settings += "files:\n  responses_a:\n    path: data/a.csv\n  responses_b:\n    path: data/b.csv\n"
    folder.write_csv("a.csv", forms)
    folder.write_csv("b.csv", forms[2:3])
    engagement = folder.open()
    assert [problem.code for problem in engagement.problems] == ["N-REPEATED"]
    assert len(engagement.responses.keys) == 24


@pytest.mark.case("IN-78")
def test_same_file_named_twice_is_read_once(folder):
    forms = folder.rows.pop("responses")
    folder.settings += "files:\n  responses_a:\n    path: data/a.csv\n  responses_b:\n    path: data/b.csv\n"
    for name in ("a.csv", "b.csv"):
        folder.write_csv(name, forms)
    engagement = folder.open()
    assert [problem.code for problem in engagement.problems] == ["N-SAME-FILE"]
    assert len(engagement.responses.keys) == 24


@pytest.mark.case("IN-78")
def test_same_file_for_two_waves_is_refused(folder):
    forms = [{k: v for k, v in form.items() if k != "wave"} for form in folder.rows.pop("responses")]
    folder.settings += "  - id: w2\nfiles:\n" + "".join(
        f"  responses_{wave}:\n    path: data/{wave}.csv\n    constants:\n      wave: {wave}\n" for wave in ("w1", "w2")
    )
    for name in ("w1.csv", "w2.csv"):
        folder.write_csv(name, forms)
    assert folder.found("E-SAME-FILE")


@pytest.mark.case("IN-73")
def test_two_self_assessments_under_different_codes_are_held(folder):
    folder.rows["responses"].append(folder.form("M2", "X9", "self", OPP01="5"))
    found = folder.found("E-REPEATED")
    assert "has two self-assessments in this wave" in found[0].sentence()


@pytest.mark.case("IN-73")
def test_missing_self_assessment_is_noted(folder):
    folder.rows["responses"] = folder.rows["responses"][1:]
    assert "there is no self-assessment of 007" in folder.found("N-NO-SELF")[0].sentence()


def test_manager_nobody_rated_is_noted(folder):
    folder.rows["responses"] = folder.rows["responses"][:16]
    assert 'in wave "w1" nobody rated M3' in folder.found("N-NO-FORMS")[0].sentence()


def test_answer_to_an_item_the_group_is_not_asked_is_noted_and_not_used(folder):
    assert "report" not in folder.instrument.item("CASE01").asked_of
    folder.rows["responses"][5]["CASE01"] = "4"
    engagement = folder.open()
    note = next(problem for problem in engagement.problems if problem.code == "N-ROUTING")
    assert '1 forms of group "report" answer items this group is not asked (CASE01)' in note.sentence()
    assert np.isnan(engagement.responses.ratings.loc[5, "CASE01"])


def test_form_without_any_answer_is_noted(folder):
    items = dict.fromkeys(folder.instrument.item_ids, "")
    folder.rows["responses"][6] |= items
    assert "row 8" in folder.found("N-EMPTY-FORM")[0].sentence()


@pytest.mark.case("IN-72")
def test_long_comment_is_kept_whole_and_noted_without_quoting_it(folder):
    folder.rows["responses"][3]["COM_DEVELOP"] = "word " * 1200
    engagement = folder.open()
    assert len(engagement.responses.comments["text"].iloc[0].strip()) == 5999
    assert all(
        "word word" not in problem.sentence() for problem in engagement.problems if problem.code == "N-LONG-COMMENT"
    )


@pytest.mark.case("IN-85")
def test_answers_to_another_version_are_refused_with_both_lists(folder):
    folder.rows["responses"] = [
        {("OPP05" if name == "OPP04" else name): value for name, value in form.items()}
        for form in folder.rows["responses"]
    ]
    engagement = folder.open()
    sentence = next(problem for problem in engagement.problems if problem.code == "E-ITEMS").sentence()
    assert "1 of 43 items of the instrument are not in the file (OPP04)" in sentence
    assert "1 the instrument does not know (OPP05)" in sentence
    assert not engagement.is_usable


@pytest.mark.case("IN-85")
def test_long_answers_to_another_version_are_refused(folder):
    rows = to_long(folder)
    folder.rows["responses_long"] = [row | {"item_id": "OPP05"} if row["item_id"] == "OPP04" else row for row in rows]
    found = folder.found("E-ITEMS")
    assert "OPP05" in found[0].sentence()
    assert "OPP04" in found[0].sentence()


@pytest.mark.case("IN-85")
def test_items_not_asked_of_the_groups_in_a_file_may_be_absent(folder):
    asked = [item.id for item in folder.instrument.items if "report" in item.asked_of]
    assert compare_items(asked, (), {"report"}, folder.instrument, "a.csv") == ()
    assert compare_items(asked, (), {"manager"}, folder.instrument, "a.csv")


@pytest.mark.case("IN-44")
def test_bad_answer_of_a_long_file_holds_the_whole_form(folder):
    rows = to_long(folder)
    rows[0]["answer"] = "55"
    folder.rows["responses_long"] = rows
    engagement = folder.open()
    problem = next(problem for problem in engagement.problems if problem.severity == "hold")
    assert (problem.row, problem.column, problem.value) == (2, "answer", "55")
    assert len(engagement.responses.keys) == 23


def test_item_answered_twice_and_differently_holds_the_form(folder):
    rows = to_long(folder)
    folder.rows["responses_long"] = [*rows, rows[0] | {"answer": "5"}]
    engagement = folder.open()
    assert {problem.code for problem in engagement.problems if problem.severity == "hold"} <= {"E-TWICE", "E-DUPLICATE"}
    assert len(engagement.responses.keys) == 23


@pytest.mark.case("IN-45")
def test_anchor_labels_are_read_as_ratings_in_both_layouts(folder):
    label = folder.instrument.response_format.anchors[4].label
    folder.rows["responses"][2]["OPP01"] = label
    wide = folder.open()
    (folder.path / "data" / "responses.csv").unlink()
    folder.rows["responses_long"] = to_long(folder)
    long = folder.open()
    assert wide.responses.ratings.loc[2, "OPP01"] == long.responses.ratings.loc[2, "OPP01"] == 5.0
    assert {p.code for p in wide.problems} == {p.code for p in long.problems} == {"N-LABEL"}


@pytest.mark.case("IN-75")
def test_row_order_does_not_change_what_is_held_or_scored(folder):
    folder.rows["responses"][7]["OPP01"] = "six"
    first = folder.open().responses
    folder.rows["responses"].reverse()
    second = folder.open().responses

    def ordered(responses):
        table = pd.concat([responses.keys, responses.ratings], axis=1)
        return table.sort_values(["manager_id", "rater_id"]).reset_index(drop=True)

    pd.testing.assert_frame_equal(ordered(first), ordered(second))
