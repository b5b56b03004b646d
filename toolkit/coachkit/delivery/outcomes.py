"""What became of a job, as a worker reports it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What became of a job. A failure's message and fix name cells and error types, never people or answers.

    ``files`` maps relative paths to (SHA-256, bytes); ``peak_mb`` is the most memory the report's process held.
    """

    job_id: str
    is_done: bool
    seconds: float
    started_at: str = ""
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    message: str = ""
    fix: str = ""
    peak_mb: float | None = None
