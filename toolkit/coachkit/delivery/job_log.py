"""One log per report: steps with seconds and sizes. It holds opaque ids only, never a name, a comment or an answer."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from coachkit.engagement.storage import FILE_MODE, OutputRefusedError, confined, make_folder

FOLDER = "logs"
MOST_BYTES = 200_000  # a report made again and again starts its log anew


class JobLog:
    """Appends lines to ``logs/<stem>.log`` of a run; a log that cannot be written never fails a report."""

    def __init__(self, run: Path, stem: str) -> None:
        self.path = run / FOLDER / f"{stem}.log"
        self._run = run
        self.started = time.perf_counter()

    def write(self, step: str, **facts: object) -> None:
        """Add one line: UTC time, seconds since the start, what happened, facts as ``name=value``."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        values = "".join(f" {name}={value}" for name, value in facts.items() if value not in ("", None))
        line = f"{at} {time.perf_counter() - self.started:8.3f}s {step}{values}\n"
        try:
            confined(self._run, FOLDER, self.path.name)
            make_folder(self.path.parent)
            is_full = self.path.is_file() and self.path.stat().st_size > MOST_BYTES
            flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if is_full else os.O_APPEND)
            with os.fdopen(os.open(self.path, flags, FILE_MODE), "w", encoding="utf-8") as stream:
                stream.write(line)
        except (OSError, OutputRefusedError):
            return
