"""A run that would fill the disk is refused before it begins."""

from __future__ import annotations

import shutil

import pytest

from coachkit.delivery.preflight import DiskSpaceError, require_space

USAGE = type(shutil.disk_usage("."))


@pytest.mark.case("P3")
def test_too_little_room_is_said_with_what_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: USAGE(100, 90, 10 * 2**20))
    require_space(tmp_path, 10, ["html"])
    with pytest.raises(DiskSpaceError, match=r"100 reports need about 66\.3 MB .* has 10\.0 MB free"):
        require_space(tmp_path, 100, ["html"])
    with pytest.raises(DiskSpaceError):
        require_space(tmp_path, 15, ["html", "pdf"])
