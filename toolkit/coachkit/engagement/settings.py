"""What engagement.yaml may say: one frozen record per section, filled by the YAML reader from the annotations.

The rules a type cannot express (a colour, a retention date, a minimum below the floor) are in
:mod:`coachkit.engagement.settings_rules`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Literal

from coachkit.core.cohort import Minimums
from coachkit.engagement.tables import FileOptions

SETTINGS_FILE = "engagement.yaml"
RESPONSES = "responses"  # further files of answers are named responses_peers, responses_w2, ...

ResponseLayout = Literal["wide", "long", "limesurvey", "forms", "qualtrics"]


@dataclass(frozen=True, slots=True)
class WaveSettings:
    """One occasion of measurement; ``date`` is the day its figures refer to."""

    id: str
    label: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MinimumSettings:
    """Minimums this programme sets itself; an empty one keeps the default of coachkit or of the instrument."""

    pooled_raters: int | None = None
    items_and_comments: int | None = None
    team: int | None = None
    unit: int | None = None
    cohort: int | None = None
    cell: int | None = None
    distribution: int | None = None
    rater_groups: dict[str, int] = field(default_factory=dict)

    def given(self) -> dict[str, int]:
        """The minimums that were set, without those of rater groups."""
        return {key: value for key in _MINIMUM_KEYS if (value := getattr(self, key)) is not None}

    def resolve(self) -> Minimums:
        """The minimums to apply: defaults with this programme's own on top.

        Examples
        --------
        >>> MinimumSettings(unit=8).resolve().unit
        8
        """
        return Minimums(**self.given())


_MINIMUM_KEYS = tuple(item.name for item in fields(Minimums))


@dataclass(frozen=True, slots=True)
class BrandingSettings:
    """Name, two colours (``#RRGGBB``), paper and logo of the consultancy's reports."""

    name: str = ""
    colour_primary: str = "#0B3C5D"
    colour_accent: str = "#D55E00"
    paper: Literal["A4", "Letter"] = "A4"
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class RateSettings:
    """Rates in one currency; each a range, because a programme is quoted as one."""

    currency: str = ""
    coaching_hour_low: float | None = None
    coaching_hour_high: float | None = None
    mentoring_hour_low: float | None = None
    mentoring_hour_high: float | None = None
    team_session_low: float | None = None
    team_session_high: float | None = None
    training_day_low: float | None = None
    training_day_high: float | None = None
    participant_hour_low: float | None = None
    participant_hour_high: float | None = None

    def range_of(self, kind: str) -> tuple[float, float] | None:
        """Low and high rate of ``coaching_hour``, ``mentoring_hour``, ...; None when not given.

        Examples
        --------
        >>> RateSettings(currency="EUR", coaching_hour_low=180.0).range_of("coaching_hour")
        (180.0, 180.0)
        """
        low, high = getattr(self, f"{kind}_low"), getattr(self, f"{kind}_high")
        if low is None and high is None:
            return None
        return (high if low is None else low, low if high is None else high)


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What one report may use before it is stopped: seconds, and megabytes of memory and of printed output.

    The defaults are a hundred times what the shipped notebooks need; 0 for ``memory_mb`` sets no limit.
    """

    cell_seconds: int = 120
    report_seconds: int = 600
    memory_mb: int = 4000
    output_mb: int = 20


@dataclass(frozen=True, slots=True)
class FileSettings(FileOptions):
    """Where one table lies and how to read it: the options of :class:`FileOptions` and these.

    ``columns`` maps the file's own column names to coachkit's; ``constants`` fills columns the file does not
    have (``rater_group: self``, ``wave: w2``); ``row_ids`` gives columns a prefix and the row number as id
    (``rater_id: R`` makes R2, R3, ...), for files in which raters have no codes.
    """

    path: str = ""
    format: ResponseLayout = "wide"
    constants: dict[str, str] = field(default_factory=dict)
    row_ids: dict[str, str] = field(default_factory=dict)

    @property
    def supplied(self) -> tuple[str, ...]:
        """Columns that are filled here and not looked for in the file."""
        return (*self.constants, *self.row_ids)

    def options(self) -> FileOptions:
        """The part of these settings that concerns reading the file."""
        return FileOptions(**{item.name: getattr(self, item.name) for item in fields(FileOptions)})


@dataclass(frozen=True, slots=True)
class EngagementSettings:
    """Everything engagement.yaml says, as read; ``wave`` is the current one (the last of ``waves`` unless set)."""

    client: str
    purpose: str
    owner: str
    retention_date: dt.date
    waves: tuple[WaveSettings, ...]
    title: str = "Leadership development programme"
    recorded_on: dt.date | None = None
    consultancy: str = ""
    reviewer: str = ""
    instrument: str = "manager_transition"
    wave: str | None = None
    targets: dict[str, dict[str, float]] = field(default_factory=dict)
    minimums: MinimumSettings = field(default_factory=MinimumSettings)
    branding: BrandingSettings = field(default_factory=BrandingSettings)
    rates: RateSettings = field(default_factory=RateSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    files: dict[str, FileSettings] = field(default_factory=dict)
    start_date: dt.date | None = None
    seed: int = 0

    @property
    def current_wave(self) -> str:
        """Id of the wave reports are about unless another is asked for."""
        return self.wave if self.wave is not None else self.waves[-1].id

    @property
    def wave_ids(self) -> tuple[str, ...]:
        """Ids of all waves, oldest first as listed."""
        return tuple(wave.id for wave in self.waves)
