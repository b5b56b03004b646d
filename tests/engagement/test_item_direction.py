"""An item that runs against its scale is asked about; honest scales and small files stay silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.item_direction import ask_about_direction

INSTRUMENT = load_instrument("manager_transition")


def answers(n_forms: int, *, turned: str = "", honest: bool = True) -> pd.DataFrame:
    """Ratings in which every item follows its form's level, with noise; one item may be turned."""
    rng = np.random.default_rng(3)
    level = rng.normal(3, 0.8, (n_forms, 1)) if honest else 3
    ratings = np.clip(np.round(level + rng.normal(0, 0.7, (n_forms, len(INSTRUMENT.item_ids)))), 1, 5)
    frame = pd.DataFrame(ratings, columns=INSTRUMENT.item_ids)
    if turned:
        frame[turned] = 6 - frame[turned]
    return frame


def with_reverse_keyed(item_id: str):
    items = tuple(replace(item, is_reverse_keyed=item.id == item_id) for item in INSTRUMENT.items)
    return replace(INSTRUMENT, items=items)


@pytest.mark.case("IN-48")
def test_an_item_already_turned_by_the_client_is_asked_about():
    (note,) = ask_about_direction(answers(200), with_reverse_keyed("IMP02"), "responses.csv")
    assert (note.severity, note.column) == ("note", "IMP02")
    assert "already turned this item" in note.sentence()


@pytest.mark.case("IN-48")
def test_an_item_nobody_turned_is_asked_about():
    (note,) = ask_about_direction(answers(200, turned="PEO01"), INSTRUMENT, "responses.csv")
    assert note.column == "PEO01"
    assert "name it in reverse_keyed" in note.sentence()


@pytest.mark.case("IN-48")
def test_items_turned_as_the_instrument_says_are_silent():
    assert ask_about_direction(answers(200, turned="IMP02"), with_reverse_keyed("IMP02"), "responses.csv") == []


@pytest.mark.case("IN-48")
@pytest.mark.parametrize("ratings", [answers(25, turned="PEO01"), answers(400, honest=False)], ids=["few", "noise"])
def test_chance_asks_nothing(ratings):
    assert ask_about_direction(ratings, INSTRUMENT, "responses.csv") == []


@pytest.mark.case("IN-48")
def test_a_folder_with_a_turned_item_says_so_and_is_still_usable(folder):
    rng = np.random.default_rng(1)
    for form in folder.rows["responses"]:
        level = int(rng.integers(1, 6))
        form |= {key: str(6 - level if key == "BEH01" else level) for key, value in form.items() if value == "3"}
    extra = [folder.form("M2", f"P{number}", "peer") for number in range(10, 40)]
    for form in extra:
        level = int(rng.integers(1, 6))
        form |= {key: str(6 - level if key == "BEH01" else level) for key, value in form.items() if value == "3"}
    folder.rows["responses"] += extra
    assert [problem.column for problem in folder.found("N-DIRECTION")] == ["BEH01"]
    assert folder.open().is_usable
