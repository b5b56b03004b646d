"""The secret of an engagement: it keys fingerprints of what was published and hashes of what was imported."""

from __future__ import annotations

from pathlib import Path

from coachkit.engagement.storage import confined

FOLDER, KEY_FILE = "releases", "key"


def read_key(engagement: Path) -> str | None:
    """The engagement's secret; None before its first run."""
    path = confined(engagement, FOLDER, KEY_FILE)
    return path.read_text("ascii").strip() if path.is_file() else None
