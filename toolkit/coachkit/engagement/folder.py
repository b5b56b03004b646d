"""Open an engagement folder: settings, instrument and all tables, checked together and ready for the analysis."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pandas as pd

from coachkit.analysis.records import EngagementInfo
from coachkit.core.cohort import CohortData, Minimums, Responses
from coachkit.core.instrument import Instrument
from coachkit.engagement.cohort_tables import as_table, context_of, raise_minimums, targets_of
from coachkit.engagement.crosscheck import Checked, cross_check
from coachkit.engagement.import_history import import_notes
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.intake import Intake, read_sources
from coachkit.engagement.item_direction import ask_about_direction
from coachkit.engagement.problems import Problem, ProblemReport, Severity
from coachkit.engagement.resources import sample_engagement
from coachkit.engagement.response_rules import Known, check_forms
from coachkit.engagement.responses import Forms, to_responses
from coachkit.engagement.rows import file_problem
from coachkit.engagement.schema import specs_for, table_names
from coachkit.engagement.settings import SETTINGS_FILE, EngagementSettings, WaveSettings
from coachkit.engagement.settings_rules import check_against_instrument, check_settings, locate, setting_problem
from coachkit.engagement.sheets import sheet_names
from coachkit.engagement.sources import DATA_FOLDER, WORKBOOK, find_sources
from coachkit.engagement.tables import FileFacts, TableSpec
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_reader import read_yaml
from coachkit.errors import InputRefusedError, SettingsError, SettingsProblemsError, UnknownNameError

SAMPLES = "samples"
_SHOWN = 20  # problems spelt out in the message of a refusal


@dataclass(frozen=True)
class Engagement:
    """An engagement as opened. Bad data and settings do not raise: they are in ``problems``;
    see :meth:`require_usable`.

    Attributes
    ----------
    path : Path
        The folder.
    settings : EngagementSettings
        As engagement.yaml says.
    instrument : Instrument
        With the minimums of its rater groups raised where engagement.yaml raises them.
    tables : dict of str to DataFrame
        ``roster``, ``context``, ``units``, ``kpis``, ``coaches`` with canonical columns, usable rows only;
        a table that was not given is empty.
    responses : Responses
        Of all waves.
    problems : ProblemReport
        Everything found in all files.
    data_hash : str
        SHA-256 over the bytes of every file read, the settings and the instrument.
    facts : tuple of FileFacts
        How each file was read.
    """

    path: Path
    settings: EngagementSettings
    instrument: Instrument
    tables: dict[str, pd.DataFrame]
    responses: Responses
    problems: ProblemReport
    data_hash: str
    facts: tuple[FileFacts, ...]

    @property
    def waves(self) -> tuple[str, ...]:
        """Ids of the waves, oldest first."""
        return self.settings.wave_ids

    @property
    def minimums(self) -> Minimums:
        """Smallest numbers of people behind a published figure."""
        return self.settings.minimums.resolve()

    @property
    def is_usable(self) -> bool:
        """Whether a run may start: nothing refused, at least one manager and one form."""
        nobody = self.tables["roster"].empty or self.responses.keys.empty
        return not self.problems.of("refuse") and not nobody

    def require_usable(self) -> Engagement:
        """Return the engagement itself, or refuse it.

        Raises
        ------
        InputRefusedError
            If a file is refused, or no manager or no form is left; ``report`` holds all problems.
        """
        if self.is_usable:
            return self
        found = [problem for problem in self.problems if problem.severity != "note"]
        lines = [problem.sentence() for problem in found[:_SHOWN]]
        more = len(found) - len(lines)
        tail = [f"... and {more} more; coachkit check lists all."] if more else []
        head = f"the input of {self.path.name} cannot be used ({len(found)} problems):"
        raise InputRefusedError("\n".join([head, *lines, *tail]), report=self.problems)

    def cohort(self, wave: str | None = None) -> CohortData:
        """Everything the analysis may know at one wave (the current one unless named).

        Raises
        ------
        UnknownNameError
            If there is no such wave.
        """
        chosen = self._wave(wave)
        roster = self.tables["roster"].set_index("manager_id")
        return CohortData(
            instrument=self.instrument,
            wave=chosen.id,
            roster=roster,
            context=context_of(self.tables["context"], chosen.id, roster.index),
            units=self.tables["units"].set_index("unit_id"),
            kpis=self.tables["kpis"],
            coaches=self.tables["coaches"].set_index("coach_id"),
            responses=self.responses.of_wave(chosen.id),
            targets=targets_of(roster["role_level"], self.instrument, self.settings.targets),
            minimums=self.minimums,
            reference_date=chosen.date or self.settings.start_date,
        )

    def info(self, wave: str | None = None) -> EngagementInfo:
        """Facts that every report of a wave may print."""
        chosen, settings, scale = self._wave(wave), self.settings, self.instrument.response_format
        return EngagementInfo(
            client=settings.client,
            title=settings.title,
            purpose=settings.purpose,
            owner=settings.owner,
            consultancy=settings.consultancy or settings.branding.name,
            wave=chosen.id,
            wave_label=chosen.label or chosen.id,
            instrument_title=self.instrument.title,
            instrument_citation=self.instrument.citation,
            scale_low=scale.low,
            scale_high=scale.high,
            anchors=tuple(anchor.label for anchor in scale.anchors),
            retention_date=settings.retention_date.isoformat(),
            colour_primary=settings.branding.colour_primary,
            colour_accent=settings.branding.colour_accent,
            paper=settings.branding.paper,
        )

    def _wave(self, wave: str | None) -> WaveSettings:
        wanted = self.settings.current_wave if wave is None else wave
        for candidate in self.settings.waves:
            if candidate.id == wanted:
                return candidate
        raise UnknownNameError.from_choice("wave", wanted, self.waves)


def open_engagement(path: str | Path = SAMPLES) -> Engagement:
    """Open an engagement folder and check everything in it.

    Parameters
    ----------
    path : str or Path
        The folder; ``"samples"`` opens the engagement that comes with coachkit.

    Returns
    -------
    Engagement
        With every problem of every file in ``problems``; call ``require_usable()`` before a run.

    Raises
    ------
    SettingsError
        If there is no engagement.yaml, or it (or the instrument it names) cannot be read at all.
    """
    root = _folder(path)
    node = read_yaml(_settings_path(root))
    settings = decode(node, EngagementSettings)
    problems = locate(check_settings(settings, table_names()), node)
    if not settings.waves:
        raise SettingsProblemsError(problems)
    try:
        instrument = instrument_of(root, settings)
    except UnknownNameError as error:
        fix = "name a shipped instrument, or a folder of this engagement that holds an instrument.yaml"
        unknown = setting_problem("instrument", settings.instrument, "is not an instrument", f"{fix}. {error}")
        raise SettingsProblemsError([*problems, *locate((unknown,), node)]) from None
    problems += locate(check_against_instrument(settings, instrument), node)
    return _assemble(root, settings, instrument, problems)


def instrument_of(root: Path, settings: EngagementSettings) -> Instrument:
    """Load the instrument engagement.yaml names: a file or folder of the engagement, or a shipped id."""
    own = root / settings.instrument
    return load_instrument(own if own.exists() else settings.instrument)


def _assemble(
    root: Path, settings: EngagementSettings, instrument: Instrument, notes: tuple[Problem, ...]
) -> Engagement:
    specs = specs_for(instrument)
    sheets, sheet_problems = sheet_names(root / DATA_FOLDER / WORKBOOK)
    sources, found = find_sources(root, settings, table_names(), sheets)
    intake = read_sources(sources, specs, instrument)
    absent = _absent_tables(intake, bool(sources["responses"]), settings)
    checked = _cross_check(intake, specs, instrument, settings)
    forms, form_problems = _check_forms(intake, checked, instrument, settings)
    problems = [*notes, *sheet_problems, *found, *intake.problems, *absent, *checked.problems, *form_problems]
    tables = {name: as_table(checked.tables.get(name), specs[name]) for name in table_names() if "resp" not in name}
    responses = to_responses(forms, instrument)
    problems += ask_about_direction(responses.ratings, instrument, f"{DATA_FOLDER}/responses")
    problems += import_notes(root, intake.facts)
    return Engagement(
        path=root,
        settings=settings,
        instrument=raise_minimums(instrument, settings),
        tables=tables,
        responses=responses,
        problems=ProblemReport(dict.fromkeys(problems)),
        data_hash=_data_hash(intake, settings, instrument),
        facts=intake.facts,
    )


def _folder(path: str | Path) -> Path:
    return sample_engagement() if str(path) == SAMPLES and not Path(path).is_dir() else Path(path)


def _settings_path(root: Path) -> Path:
    file = root / SETTINGS_FILE
    if not file.is_file():
        found = "the folder does not exist" if not root.is_dir() else f"it holds no {SETTINGS_FILE}"
        raise SettingsError(
            f"{str(root)!r} is not an engagement folder: {found}. "
            f"Name a folder that holds {SETTINGS_FILE}, or make one with: coachkit init {root.name or 'DIR'}"
        )
    return file


def _cross_check(
    intake: Intake, specs: dict[str, TableSpec], instrument: Instrument, settings: EngagementSettings
) -> Checked:
    tables = dict(intake.tables)
    if "roster" not in tables:
        tables["roster"] = as_table(None, specs["roster"])
    dates = {wave.id: wave.date for wave in settings.waves}
    return cross_check(tables, instrument, dates, intake.held_ids)


def _check_forms(
    intake: Intake, checked: Checked, instrument: Instrument, settings: EngagementSettings
) -> tuple[Forms, tuple[Problem, ...]]:
    """Check forms only against a roster that could be read; without one every form would be unknown."""
    roster = checked.tables["roster"]
    if roster.empty and not checked.held_managers:
        return intake.forms.keep(frozenset(intake.forms.frame.index)), ()
    known = Known(tuple(roster["manager_id"]), checked.held_managers, settings.wave_ids)
    return check_forms(intake.forms, instrument, known)


def _absent_tables(intake: Intake, has_responses: bool, settings: EngagementSettings) -> list[Problem]:
    problems = []
    severity: Severity
    named = {problem.column for problem in intake.problems if problem.code == "E-MISSING-FILE"}
    for table, given, code, severity, why in (
        (
            "roster",
            "roster" in intake.tables or bool(intake.problems),
            "E-MISSING-FILE",
            "refuse",
            "nobody to report on",
        ),
        ("responses", has_responses, "E-MISSING-FILE", "refuse", "nothing to score"),
        ("context", "context" in intake.tables, "N-NO-CONTEXT", "note", "no situation can be told"),
        ("units", "units" in intake.tables, "N-NO-UNITS", "note", "person and system cannot be told apart"),
    ):
        if given or f"files.{table}.path" in named or table in settings.files:
            continue
        file = f"{DATA_FOLDER}/{table}.csv"
        what = f"table {table} has no rows: {why}"
        fix = f"fill {file} or the sheet {table} of {DATA_FOLDER}/{WORKBOOK}, or name a file in {SETTINGS_FILE}"
        problems.append(file_problem(file, what, fix, code=code, severity=severity))
    return problems


def _data_hash(intake: Intake, settings: EngagementSettings, instrument: Instrument) -> str:
    digest = hashlib.sha256()
    for name, value in sorted((facts.name, facts.sha256) for facts in intake.facts):
        digest.update(f"{name}\0{value}\0".encode())
    for record in (settings, instrument):
        digest.update(msgspec.json.encode(record, order="deterministic"))
    return digest.hexdigest()
