"""A report counts as done only when the disk shows it."""

from __future__ import annotations

import pytest

from coachkit.delivery.batch import _confirmed
from coachkit.delivery.outcomes import JobOutcome

OUTCOME = JobOutcome("j", True, 1.0, files={"a/plan.html": ("0" * 64, 3)})


def test_files_on_disk_confirm_the_outcome(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "plan.html").write_bytes(b"abc")
    assert _confirmed(tmp_path, OUTCOME) is OUTCOME


@pytest.mark.case("P7")
@pytest.mark.parametrize("content", [None, b"ab"])
def test_a_missing_or_cut_file_makes_a_failure(tmp_path, content):
    if content is not None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "plan.html").write_bytes(content)
    outcome = _confirmed(tmp_path, OUTCOME)
    assert (outcome.is_done, outcome.files) == (False, {})
    assert "1 of 1 files are not on disk" in outcome.message
