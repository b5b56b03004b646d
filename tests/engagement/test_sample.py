"""The sample is copied once, never over somebody's data."""

from __future__ import annotations

import pytest

from coachkit.engagement.resources import sample_engagement
from coachkit.engagement.sample import copy_sample
from coachkit.errors import CoachkitError


def test_the_copy_equals_the_sample(tmp_path):
    folder = copy_sample(tmp_path / "demo")
    source = sample_engagement()
    names = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    assert {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} == names
    assert all((folder / name).read_bytes() == (source / name).read_bytes() for name in names)


def test_copying_again_continues_in_the_same_folder(tmp_path):
    folder = copy_sample(tmp_path / "demo")
    (folder / "out").mkdir()
    assert copy_sample(folder) == folder
    assert (folder / "out").is_dir()


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_something_else_is_not_overwritten(tmp_path, kind):
    target = tmp_path / "demo"
    if kind == "file":
        target.write_text("notes")
    else:
        (target / "data").mkdir(parents=True)
    with pytest.raises(CoachkitError, match="already holds something else"):
        copy_sample(target)
