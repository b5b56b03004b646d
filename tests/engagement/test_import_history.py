"""A run remembers which files it used; later ones hear what changed, in numbers of rows and nothing else."""

from __future__ import annotations

import os

import pytest

from coachkit.engagement.import_history import ImportHistory, import_notes
from coachkit.engagement.storage import sha256_of_file
from coachkit.engagement.tables import FileFacts

KEY = "k" * 64
OLD = "manager_id,name\r\nM1,Ada Canary\r\nM2,Ben\r\n"
NEW = "manager_id,name\r\nM1,Ada Canary\r\nM3,Cas\r\nM4,Dee\r\n"


@pytest.fixture
def engagement(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "key").write_text(KEY)
    return tmp_path


def given(engagement, text, name="data/roster.csv"):
    path = engagement / name
    path.write_bytes(text.encode())
    return (FileFacts(path, name, sha256_of_file(path)),)


def run_on(engagement, facts, day):
    ImportHistory.read(engagement).with_run(facts, KEY, day).write(engagement)


def told(engagement, facts):
    return [(note.code, note.sentence()) for note in import_notes(engagement, facts)]


def test_before_the_first_run_and_for_the_same_file_nothing_is_told(engagement):
    facts = given(engagement, OLD)
    assert told(engagement, facts) == []
    run_on(engagement, facts, "2026-11-02")
    assert told(engagement, facts) == []


@pytest.mark.case("IN-78")
def test_a_changed_file_is_told_with_the_rows_that_came_and_went(engagement):
    run_on(engagement, given(engagement, OLD), "2026-11-02")
    ((code, sentence),) = told(engagement, given(engagement, NEW))
    assert code == "N-CHANGED-FILE"
    assert (
        "has changed since it was imported on 2026-11-02: 2 rows are new or changed, 1 of the rows before is gone"
        in sentence
    )


@pytest.mark.case("IN-78")
def test_an_older_file_after_a_newer_one_is_told(engagement):
    run_on(engagement, given(engagement, OLD), "2026-11-02")
    run_on(engagement, given(engagement, NEW), "2026-11-20")
    ((code, sentence),) = told(engagement, given(engagement, OLD))
    assert code == "N-OLDER-FILE"
    assert (
        "already imported on 2026-11-02; a newer one was imported on 2026-11-20: 1 row is new or changed, 2 of"
        in sentence
    )
    run_on(engagement, given(engagement, OLD), "2026-11-21")
    assert told(engagement, given(engagement, OLD)) == []


@pytest.mark.case("IN-78")
def test_a_renamed_file_is_known(engagement):
    run_on(engagement, given(engagement, OLD), "2026-11-02")
    ((code, sentence),) = told(engagement, given(engagement, OLD, "data/people.csv"))
    assert code == "N-KNOWN-FILE"
    assert "was already imported on 2026-11-02 as data/roster.csv" in sentence


def test_rows_in_another_order_are_the_same_rows(engagement):
    run_on(engagement, given(engagement, OLD), "2026-11-02")
    lines = OLD.split("\r\n")
    ((_, sentence),) = told(engagement, given(engagement, "\r\n".join([lines[0], lines[2], lines[1], ""])))
    assert "the same rows in another order" in sentence


def test_workbooks_are_compared_as_a_whole(engagement):
    run_on(engagement, given(engagement, OLD, "data/roster.xlsx"), "2026-11-02")
    ((code, sentence),) = told(engagement, given(engagement, NEW, "data/roster.xlsx"))
    assert (code, "rows" in sentence) == ("N-CHANGED-FILE", False)


@pytest.mark.case("SEC-41")
@pytest.mark.case("SEC-43")
def test_the_history_holds_no_word_of_a_file_and_is_its_owners(engagement):
    run_on(engagement, given(engagement, OLD), "2026-11-02")
    path = engagement / "releases" / "imports.json"
    assert b"Ada" not in path.read_bytes()
    assert len(ImportHistory.read(engagement).files["data/roster.csv"][0].rows) == 3
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.case("IN-78")
@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b""])
def test_a_damaged_history_is_noted_and_begun_anew(engagement, content):
    facts = given(engagement, OLD)
    run_on(engagement, facts, "2026-11-02")
    (engagement / "releases" / "imports.json").write_bytes(content)
    assert [code for code, _ in told(engagement, facts)] == ["N-IMPORT-HISTORY"]
    run_on(engagement, facts, "2026-11-03")
    assert told(engagement, facts) == []
