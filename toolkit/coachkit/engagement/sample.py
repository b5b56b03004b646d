"""Copy the sample engagement, so that it can be run, changed and thrown away."""

from __future__ import annotations

from pathlib import Path

from coachkit.engagement.resources import sample_engagement
from coachkit.engagement.settings import SETTINGS_FILE
from coachkit.engagement.storage import make_folder, sha256_of_file, write_atomic
from coachkit.errors import CoachkitError


def copy_sample(folder: Path) -> Path:
    """Copy the sample engagement into ``folder``; a second call continues in the same copy.

    Raises
    ------
    CoachkitError
        If the folder holds something else, or a changed copy, so that no client's data is lost.
    """
    source = sample_engagement()
    files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    settings = folder / SETTINGS_FILE
    if settings.is_file() and sha256_of_file(settings) == sha256_of_file(source / SETTINGS_FILE):
        return folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{str(folder)!r} already holds something else. Name a new folder: coachkit demo DIR"
        raise CoachkitError(msg)
    make_folder(folder)
    for file in files:
        write_atomic(folder / file, (source / file).read_bytes())
    return folder
