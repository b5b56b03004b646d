"""What an engagement has published: keyed fingerprints per wave, so that two releases cannot be set against each other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from coachkit.core.confidentiality import Snapshot
from coachkit.engagement.release_key import FOLDER, KEY_FILE, read_key
from coachkit.engagement.storage import confined, file_stem, write_atomic


class ReleaseStore:
    """The ``releases`` folder of an engagement; reading never writes."""

    def __init__(self, engagement: Path) -> None:
        self.engagement = engagement

    def key(self) -> str:
        """The secret of the fingerprints; a new one, not yet stored, where there is none."""
        return read_key(self.engagement) or secrets.token_hex(32)

    def ensure_key(self) -> None:
        """Draw and store the secret if there is none, before anything depends on it."""
        path = confined(self.engagement, FOLDER, KEY_FILE)
        if not path.is_file():
            write_atomic(path, self.key().encode("ascii"))

    def load(self, wave: str) -> dict[str, Snapshot]:
        """Snapshots by manager id of one wave; empty before the first release."""
        path = self._path(wave)
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Snapshot]) if path.is_file() else {}

    def save(self, wave: str, snapshots: Mapping[str, Snapshot]) -> None:
        """Record what is about to be published, beside what was published for other managers."""
        merged = {**self.load(wave), **snapshots}
        write_atomic(self._path(wave), msgspec.json.encode(merged, order="sorted"))

    def _path(self, wave: str) -> Path:
        return confined(self.engagement, FOLDER, f"{file_stem(wave)}.json")
