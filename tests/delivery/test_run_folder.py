"""A run is found again by its inputs; a run of a newer version is left alone."""

from __future__ import annotations

import sqlite3

import pytest

from coachkit.delivery.ledger import Ledger
from coachkit.delivery.run_folder import _existing_run


def make_run(folder, run_id, identity):
    ledger = Ledger(folder / "out" / run_id / "ledger.sqlite")
    ledger.set_facts(identity=identity, made_on="2026-01-01")
    return ledger.path


def test_the_newest_run_with_the_same_inputs_is_found(tmp_path):
    for run_id, identity in (("2026-01-01-w1-a", "same"), ("2026-01-02-w1-b", "same"), ("2026-01-03-w1-c", "other")):
        make_run(tmp_path, run_id, identity)
    assert _existing_run(tmp_path, "same") == ("2026-01-02-w1-b", "2026-01-01")
    assert _existing_run(tmp_path, "unseen") is None


@pytest.mark.case("P12")
def test_a_run_of_a_newer_version_does_not_stop_a_new_one(tmp_path):
    path = make_run(tmp_path, "2026-01-01-w1-a", "same")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert _existing_run(tmp_path, "same") is None
