"""Rules of engagement.yaml that a type cannot express. Every rule returns all of its problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace

from coachkit.core.cohort import FLOOR, Minimums
from coachkit.core.instrument import Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.settings import RESPONSES, SETTINGS_FILE, EngagementSettings
from coachkit.engagement.yaml_nodes import Node
from coachkit.errors import nearest

RETENTION_YEARS = 10  # a retention date later than this after the engagement's own dates is a slip of the pen

SMALLEST_LIMITS = {"cell_seconds": 1, "report_seconds": 5, "memory_mb": 200, "output_mb": 1}

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_OUTSIDE = re.compile(r"[/\\~]|[A-Za-z]:|\w+://")
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_FORBIDDEN_USE = re.compile(
    r"\b(hir(?:e|ing)|recruit\w*|promotion\w*|dismiss\w*|redundanc\w*|pay|salary|bonus\w*|apprais\w*)\b", re.I
)
_NEGATION = re.compile(r"\b(not|never|no|nor|without)\b", re.I)


def check_settings(settings: EngagementSettings, table_names: tuple[str, ...]) -> tuple[Problem, ...]:
    """List everything in the settings that cannot stand, whatever the instrument.

    Parameters
    ----------
    settings : EngagementSettings
        As decoded from engagement.yaml.
    table_names : tuple of str
        Tables that ``files`` may name; names that start with ``responses`` may be repeated with a suffix.

    Returns
    -------
    tuple of Problem
        Refusals and notes with the key's path as column; empty when all is well.
    """
    return tuple(
        problem
        for rule in (_purpose, _waves, _dates, _minimums, _branding, _rates, _limits)
        for problem in rule(settings)
    ) + tuple(_files(settings, table_names))


def check_against_instrument(settings: EngagementSettings, instrument: Instrument) -> tuple[Problem, ...]:
    """List targets and group minimums that the instrument does not know or cannot reach."""
    return (*_targets(settings, instrument), *_group_minimums(settings, instrument))


def setting_problem(key: str, value: object, what: str, fix: str, code: str = "E-SETTING") -> Problem:
    """Word a problem of one key of engagement.yaml; codes that start with N are notes."""
    return Problem(
        code=code,
        severity="note" if code.startswith("N-") else "refuse",
        file=SETTINGS_FILE,
        column=key,
        value=None if value is None else str(value),
        what=what,
        fix=fix,
    )


def _purpose(settings: EngagementSettings) -> Iterator[Problem]:
    for key, why in (
        ("purpose", "what the results are for, for example: development of the managers themselves"),
        ("owner", "who answers for the engagement, as a name or a role"),
        ("client", "the client's name, as reports should print it"),
    ):
        if not getattr(settings, key).strip():
            yield setting_problem(key, "", "is empty", f"state {why}.", "E-PURPOSE")
    if (use := _FORBIDDEN_USE.search(settings.purpose)) and not _NEGATION.search(settings.purpose):
        what = f"names {use.group(0)!r}; results may be used for development only, and every report prints so"
        yield setting_problem("purpose", settings.purpose, what, "agree a development purpose.", "N-PURPOSE")
    if settings.recorded_on is None:
        yield setting_problem(
            "recorded_on", None, "nothing says on which day purpose and owner were agreed",
            "add the day, for example recorded_on: 2026-01-15", "N-RECORD",
        )  # fmt: skip


def _waves(settings: EngagementSettings) -> Iterator[Problem]:
    if not settings.waves:
        yield setting_problem(
            "waves", None, "no wave is listed", "list at least one wave with an id, a label and a date."
        )
    seen: set[str] = set()
    for place, wave in enumerate(settings.waves):
        key = f"waves[{place}].id"
        if not _SLUG.fullmatch(wave.id):
            yield setting_problem(key, wave.id, "is not a short id", "use letters, digits, - or _, for example w1.")
        if wave.id in seen:
            yield setting_problem(key, wave.id, "is used twice", "give every wave its own id.")
        seen.add(wave.id)
    if settings.wave is not None and settings.waves and settings.wave not in seen:
        hint = nearest(settings.wave, settings.wave_ids)
        yield setting_problem("wave", settings.wave, "is not one of the waves", f"use an id of waves. {hint}")
    dated = [wave.date for wave in settings.waves if wave.date is not None]
    if dated != sorted(dated):
        yield setting_problem(
            "waves", None, "the waves are not in the order of their dates", "list the oldest wave first."
        )


def _dates(settings: EngagementSettings) -> Iterator[Problem]:
    known = [day for day in (settings.recorded_on, *(wave.date for wave in settings.waves)) if day is not None]
    day = settings.retention_date
    if known and day <= max(known):
        what = f"is not after {max(known).isoformat()}, the last date of the engagement"
        yield setting_problem("retention_date", day, what, "give the day on which the data will be deleted.")
    if known and day.year > max(known).year + RETENTION_YEARS:
        what = f"is more than {RETENTION_YEARS} years after {max(known).isoformat()}"
        yield setting_problem("retention_date", day, what, "give the day on which the data will be deleted.")


def _minimums(settings: EngagementSettings) -> Iterator[Problem]:
    defaults = Minimums()
    for key, value in settings.minimums.given().items():
        path = f"minimums.{key}"
        if value < FLOOR:
            what = f"is below {FLOOR}, the floor that protects raters"
            yield setting_problem(path, value, what, f"use {FLOOR} or more, or remove the line.", "E-MINIMUM")
        elif value < (default := getattr(defaults, key)):
            what = f"is lower than the recommended {default}: single answers can be worked out more easily"
            yield setting_problem(path, value, what, f"remove the line to use {default}.", "N-MINIMUM")


def _branding(settings: EngagementSettings) -> Iterator[Problem]:
    for key in ("colour_primary", "colour_accent"):
        value = getattr(settings.branding, key)
        if not _COLOUR.fullmatch(value):
            fix = 'write six hexadecimal digits in quotes, for example "#0B3C5D".'
            yield setting_problem(f"branding.{key}", value, "is not a colour", fix)
    logo = settings.branding.logo
    if logo and (_OUTSIDE.match(logo) or ".." in re.split(r"[/\\]", logo)):
        what = "lies outside the engagement folder"
        yield setting_problem("branding.logo", logo, what, "copy the picture into the folder and name it here.")


def _limits(settings: EngagementSettings) -> Iterator[Problem]:
    for item in fields(settings.limits):
        value, least = getattr(settings.limits, item.name), SMALLEST_LIMITS[item.name]
        if value < least and not (item.name == "memory_mb" and value == 0):
            what = f"is too little for any report; the least is {least}"
            yield setting_problem(f"limits.{item.name}", value, what, f"leave it out for {item.default}, or raise it.")


def _rates(settings: EngagementSettings) -> Iterator[Problem]:
    rates = settings.rates
    given = {item.name: getattr(rates, item.name) for item in fields(rates) if item.name != "currency"}
    given = {key: value for key, value in given.items() if value is not None}
    if (given or rates.currency) and not _CURRENCY.fullmatch(rates.currency):
        fix = "write the three letters of the currency, for example EUR."
        yield setting_problem("rates.currency", rates.currency, "is not a currency code", fix)
    for key, value in given.items():
        if value < 0:
            yield setting_problem(f"rates.{key}", value, "is negative", "give a rate of 0 or more.")
    for low_key in (key for key in given if key.endswith("_low")):
        high_key = low_key.removesuffix("_low") + "_high"
        if high_key in given and given[high_key] < given[low_key]:
            what = f"is lower than {low_key} ({given[low_key]:g})"
            yield setting_problem(f"rates.{high_key}", given[high_key], what, "give the higher rate here.")


def _files(settings: EngagementSettings, table_names: tuple[str, ...]) -> Iterator[Problem]:
    for name, file in settings.files.items():
        path = f"files.{name}"
        if name not in table_names and not name.startswith(f"{RESPONSES}_"):
            yield setting_problem(
                path, name, "is not a table", f"use the name of a table. {nearest(name, table_names)}"
            )
        if not file.path.strip():
            yield setting_problem(f"{path}.path", file.path, "is empty", "name the file, for example data/roster.csv.")
        elif _OUTSIDE.match(file.path) or ".." in re.split(r"[/\\]", file.path):
            fix = "copy the file into the engagement folder and name it here, for example data/roster.csv."
            yield setting_problem(f"{path}.path", file.path, "lies outside the engagement folder", fix)
        if file.format != "wide" and not name.startswith(RESPONSES):
            fix = "remove the line; only responses have other layouts."
            yield setting_problem(f"{path}.format", file.format, "does not fit this table", fix)


def _targets(settings: EngagementSettings, instrument: Instrument) -> Iterator[Problem]:
    levels = tuple(level.id for level in instrument.role_levels)
    competencies = ("default", *(competency.id for competency in instrument.competencies))
    low, high = instrument.response_format.low, instrument.response_format.high
    for level, targets in settings.targets.items():
        if level not in levels:
            fix = f"use a role level of the instrument. {nearest(level, levels)}"
            yield setting_problem(f"targets.{level}", level, "is not a role level", fix)
        for competency, value in targets.items():
            key = f"targets.{level}.{competency}"
            if competency not in competencies:
                fix = f"use a competency id or default. {nearest(competency, competencies)}"
                yield setting_problem(key, competency, "is not a competency of the instrument", fix)
            if not low <= value <= high:
                what = f"is outside the instrument's scale {low:g} to {high:g}"
                yield setting_problem(key, f"{value:g}", what, "give a target in scale points.", "E-RANGE")


def _group_minimums(settings: EngagementSettings, instrument: Instrument) -> Iterator[Problem]:
    groups = {group.id: group for group in instrument.rater_groups}
    for group_id, value in settings.minimums.rater_groups.items():
        key = f"minimums.rater_groups.{group_id}"
        if group_id not in groups:
            fix = f"use a rater group of the instrument. {nearest(group_id, tuple(groups))}"
            yield setting_problem(key, group_id, "is not a rater group", fix)
            continue
        floor = FLOOR if groups[group_id].is_confidential else 1
        if value < floor:
            what = f"is below {floor}, the floor for this group"
            yield setting_problem(key, value, what, f"use {floor} or more, or remove the line.", "E-MINIMUM")


def locate(problems: tuple[Problem, ...], root: Node) -> tuple[Problem, ...]:
    """Add the line of the settings file to each problem that names a key; the nearest parent's line otherwise."""
    return tuple(
        replace(problem, row=_line_of(problem.column, root), file=root.file) if problem.column else problem
        for problem in problems
    )


def _line_of(path: str, root: Node) -> int:
    node, line = root, root.line
    for key, place in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if place and node.kind == "list" and int(place) < len(node.value):
            node = node.value[int(place)]
            line = node.line
        elif key and node.kind == "map" and key in node.value:
            line = node.key_lines[key]
            node = node.value[key]
        else:
            break
    return line
