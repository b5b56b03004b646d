"""Writing a synthetic engagement: stable bytes, no overwriting, readable text."""

import csv

import pytest

from coachkit.analysis.simulation import simulate_engagement
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.simulate import write_simulation
from coachkit.errors import CoachkitError


@pytest.fixture(scope="module")
def simulated():
    return simulate_engagement(load_instrument("manager_transition"), n_managers=12, n_units=3, seed=1)


def test_equal_seeds_write_equal_bytes(tmp_path, simulated):
    again = simulate_engagement(load_instrument("manager_transition"), n_managers=12, n_units=3, seed=1)
    first, second = write_simulation(tmp_path / "a", simulated), write_simulation(tmp_path / "b", again)
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) == 15
    assert [(first / f).read_bytes() for f in files] == [(second / f).read_bytes() for f in files]


def test_an_engagement_already_there_is_not_overwritten(tmp_path, simulated):
    write_simulation(tmp_path, simulated)
    (tmp_path / "engagement.yaml").write_text("client: a real one\n")
    with pytest.raises(CoachkitError, match="already holds an engagement"):
        write_simulation(tmp_path, simulated)
    assert (tmp_path / "engagement.yaml").read_text() == "client: a real one\n"


def test_a_table_longer_than_one_piece_is_written_whole(tmp_path, simulated, monkeypatch):
    whole = write_simulation(tmp_path / "whole", simulated)
    monkeypatch.setattr("coachkit.engagement.simulate._CHUNK", 7)
    pieces = write_simulation(tmp_path / "pieces", simulated)
    assert (pieces / "data/responses.csv").read_bytes() == (whole / "data/responses.csv").read_bytes()


def test_whole_numbers_are_written_without_decimals_and_gaps_as_empty(tmp_path, simulated):
    folder = write_simulation(tmp_path, simulated)
    with (folder / "data/context.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["months_in_role"] for row in rows}
    assert all("." not in row["months_in_role"] for row in rows)
    assert not any(word in value for row in rows for value in row.values() for word in ("nan", "<NA>", "None"))


def test_no_temporary_file_is_left(tmp_path, simulated):
    folder = write_simulation(tmp_path, simulated)
    assert not list(folder.rglob(".coachkit-*"))
