import shutil

import pytest

from coachkit.engagement.library import load_library
from coachkit.engagement.resources import find_resource
from coachkit.errors import SettingsError, SettingsProblemsError


@pytest.fixture
def folder(tmp_path):
    for name in ("actions", "goals", "sessions", "mentoring", "worksheets"):
        shutil.copytree(find_resource("templates", name), tmp_path / name)
    return tmp_path


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_shipped_library_is_sound():
    library = load_library()
    assert len(library.actions) == len(library.goal_templates) == 11
    assert {"short_coaching", "long_coaching", "mentoring", "team_coaching"} <= {
        plan.intervention_id for plan in library.session_plans
    }


def test_a_folder_of_ones_own_is_read(folder):
    edit(folder / "actions" / "PEO.yaml", "Hand over one complete responsibility", "Hand over the rota")
    assert load_library(folder).actions_for("PEO")[0].title == "Hand over the rota"


def test_problems_of_several_files_are_named_together(folder):
    edit(folder / "actions" / "PEO.yaml", "    kind: on_the_job", "    kind: off_the_job")
    edit(folder / "goals" / "OUT.yaml", "much_less:", "much_lest:")
    with pytest.raises(SettingsProblemsError, match=r"(?s)actions/PEO\.yaml.*goals/OUT\.yaml") as caught:
        load_library(folder)
    assert "off_the_job" in str(caught.value)


def test_all_contradictions_are_named_together(folder):
    edit(folder / "actions" / "PEO.yaml", "id: PEO-J2", "id: PEO-J1")
    edit(folder / "goals" / "OUT.yaml", "weeks: 13", "weeks: 0")
    path = folder / "sessions" / "short_coaching.yaml"
    edit(path, "    minutes: ", "    minutes: 9")
    with pytest.raises(SettingsError, match="action 'PEO-J1' is given 2 times") as caught:
        load_library(folder)
    assert "goal 'OUT-G1': weeks is 0" in str(caught.value)
    assert "the agenda adds up to" in str(caught.value)


def test_repeated_ladder_step_is_refused(folder):
    path = folder / "goals" / "BEH.yaml"
    edit(path, "All three give an example.", "Two of three give an example.")
    with pytest.raises(SettingsError, match="goal 'BEH-G1': its ladder needs five different steps, got 4"):
        load_library(folder)


def test_missing_folder_is_named_with_the_remedy(folder):
    shutil.rmtree(folder / "worksheets")
    (folder / "mentoring" / "agreement.yaml").unlink()
    with pytest.raises(SettingsError, match=r"lacks mentoring/agreement\.yaml, worksheets/\*\.yaml\. Copy the shipped"):
        load_library(folder)
