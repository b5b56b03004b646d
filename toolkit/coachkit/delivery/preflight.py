"""Before the first report: is there room on the disk for all of them?"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from coachkit.engagement.memory import MEGABYTE
from coachkit.errors import CoachkitError

# Bytes one report of the shipped notebooks takes, with a half to spare; measured on the sample engagement.
BYTES_PER_FILE = {"ipynb": 540_000, "html": 155_000}
BYTES_OTHERWISE = 400_000


class DiskSpaceError(CoachkitError):
    """Too little room for the reports asked for."""


def require_space(folder: Path, n_reports: int, formats: Iterable[str]) -> None:
    """Refuse a run that would fill the disk.

    Raises
    ------
    DiskSpaceError
        Names the bytes needed and free, and the folder relative to the engagement.
    """
    kinds = ("ipynb", *formats)
    needed = n_reports * sum(BYTES_PER_FILE.get(kind, BYTES_OTHERWISE) for kind in kinds)
    free = shutil.disk_usage(folder).free
    if free < needed:
        msg = (
            f"{n_reports} reports need about {_mb(needed)} and out/{folder.name} has {_mb(free)} free. "
            "Free space or move the engagement to a larger disk; finished reports are kept."
        )
        raise DiskSpaceError(msg)


def _mb(number: int) -> str:
    return f"{number / MEGABYTE:,.1f} MB"
