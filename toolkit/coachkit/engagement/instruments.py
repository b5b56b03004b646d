"""Read a questionnaire from its YAML file, check it against itself, and build the core record."""

from __future__ import annotations

import re
from pathlib import Path

from coachkit.core.instrument import (
    Anchor,
    CommentQuestion,
    Competency,
    Instrument,
    Item,
    RaterGroup,
    ResponseFormat,
    RoleLevel,
)
from coachkit.engagement.instrument_checks import find_flaws
from coachkit.engagement.instrument_shape import (
    Flaw,
    InstrumentFile,
    RaterGroupFile,
    RoleLevelFile,
    Sourced,
)
from coachkit.engagement.problems import Problem
from coachkit.engagement.resources import template_path
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_nodes import Node
from coachkit.engagement.yaml_reader import read_yaml
from coachkit.errors import InstrumentFileError, UnknownNameError

FILE_NAME = "instrument.yaml"
_PARENT = re.compile(r"(\.[^.\[]+|\[\d+\])$")
_SHIPPED_ID = re.compile(r"[A-Za-z0-9_-]+")

#: A rater group without numbers of its own gets those of the core record.
_GROUP_DEFAULTS = RaterGroup(id="default", label="default")
_SHARE_DEFAULT = 0.5  # half of the items asked; common practice in multi-rater feedback


def load_instrument(id_or_path: str | Path) -> Instrument:
    """Load a questionnaire: a shipped one by its id, or any other by the path of its file or folder.

    Parameters
    ----------
    id_or_path : str or Path
        ``manager_transition``, or the path of an ``instrument.yaml``, or of the folder that holds one.

    Returns
    -------
    Instrument
        Checked: every item in one scale, every id known, every answer labelled.

    Raises
    ------
    UnknownNameError
        If no such instrument or file exists.
    SettingsProblemsError
        If the file is not in the form of an instrument; ``problems`` holds every place.
    InstrumentFileError
        If the file contradicts itself; ``problems`` holds every place, with paths such as
        ``competencies.OPP.items[3]``.

    Examples
    --------
    >>> instrument = load_instrument("manager_transition")
    >>> len(instrument.profile_ids), instrument.competency("OPP").item_ids
    (10, ('OPP01', 'OPP02', 'OPP03', 'OPP04'))
    >>> instrument.target("established", "CASE")
    3.5
    """
    path = _find(id_or_path)
    node = read_yaml(path)
    file = decode(node, InstrumentFile)
    flaws = find_flaws(file)
    if flaws:
        lines = _lines(node)
        problems = [_problem(flaw, node.file, lines) for flaw in flaws]
        problems.sort(key=lambda problem: problem.row or 0)
        raise InstrumentFileError(problems)
    return build_instrument(file)


def shipped_instruments() -> tuple[str, ...]:
    """Ids of the instruments that come with the toolkit.

    Examples
    --------
    >>> shipped_instruments()
    ('manager_transition',)
    """
    folders = template_path("instruments").iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / FILE_NAME).is_file()))


def build_instrument(file: InstrumentFile) -> Instrument:
    """Build the core record from a file without flaws."""
    scale = file.response_format
    return Instrument(
        id=file.id,
        version=file.version,
        language=file.language,
        title=file.title,
        purpose=file.purpose,
        citation=file.citation,
        licence=file.licence,
        response_format=ResponseFormat(
            low=scale.low,
            high=scale.high,
            anchors=tuple(Anchor(a.value, a.label) for a in sorted(scale.anchors, key=lambda a: a.value)),
            step=scale.step,
            not_observed=scale.not_observed,
        ),
        rater_groups=tuple(_group(name, group) for name, group in file.rater_groups.items()),
        competencies=tuple(_competency(name, file) for name in file.competencies),
        items=tuple(_item(name, file) for name in file.items),
        role_levels=tuple(_level(name, level) for name, level in file.role_levels.items()),
        comment_questions=tuple(
            CommentQuestion(name, question.text_self, question.text_rater)
            for name, question in file.comment_questions.items()
        ),
        permitted_use=file.permitted_use,
        instruction_self=file.instruction_self,
        instruction_rater=file.instruction_rater,
    )


def _problem(flaw: Flaw, file: str, lines: dict[str, int]) -> Problem:
    place = flaw.path
    while place and place not in lines:  # a key that is absent is shown where its parent stands
        place = _PARENT.sub("", place) if _PARENT.search(place) else ""
    row = lines.get(place, 1)
    value = flaw.value or None
    return Problem("E-INSTRUMENT", "refuse", file, row=row, column=flaw.path, value=value, what=flaw.what, fix=flaw.fix)


def _lines(node: Node) -> dict[str, int]:
    """The line of every key path in a file."""
    children = node.value.values() if node.kind == "map" else node.value if node.kind == "list" else ()
    found = {node.path: node.line}
    for child in children:
        found |= _lines(child)
    return found


def _group(name: str, group: RaterGroupFile) -> RaterGroup:
    default = _GROUP_DEFAULTS
    least = 1 if group.is_self else default.minimum
    return RaterGroup(
        id=name,
        label=group.label,
        is_self=group.is_self,
        is_confidential=not group.is_self if group.is_confidential is None else group.is_confidential,
        minimum=round(_value(group.minimum, least)),
        weight=_value(group.weight, default.weight),
        single_rater_reliability=_value(group.single_rater_reliability, default.single_rater_reliability),
    )


def _competency(name: str, file: InstrumentFile) -> Competency:
    competency = file.competencies[name]
    return Competency(
        id=name,
        name=competency.name,
        short_name=competency.short_name,
        definition=competency.definition,
        item_ids=competency.items,
        min_share_answered=_value(competency.min_share_answered, _value(file.min_share_answered, _SHARE_DEFAULT)),
        in_profile=competency.in_profile,
    )


def _item(name: str, file: InstrumentFile) -> Item:
    item, home = file.items[name], file.home_of(name)
    return Item(
        id=name,
        competency_id=home,
        indicator=item.indicator or item.text_rater or item.text_self,
        text_self=item.text_self,
        text_rater=item.text_rater,
        asked_of=file.asked_of(name),
        is_reverse_keyed=name in file.competencies[home].reverse_keyed,
    )


def _level(name: str, level: RoleLevelFile) -> RoleLevel:
    targets = {competency_id: target.value for competency_id, target in level.targets.items()}
    return RoleLevel(id=name, label=level.label, target=level.target.value, targets=targets)


def _value(number: Sourced | None, default: float) -> float:
    return default if number is None else number.value


def _find(id_or_path: str | Path) -> Path:
    path = Path(id_or_path)
    is_id = isinstance(id_or_path, str) and _SHIPPED_ID.fullmatch(id_or_path) is not None
    if is_id and id_or_path in shipped_instruments():
        return template_path("instruments", str(id_or_path), FILE_NAME)
    if path.is_dir() and (path / FILE_NAME).is_file():
        return path / FILE_NAME
    if path.is_file():
        return path
    if is_id and not path.exists():
        raise UnknownNameError.from_choice("instrument", str(id_or_path), shipped_instruments())
    looked_for = path / FILE_NAME if path.is_dir() else path
    raise UnknownNameError(f"no instrument at {str(looked_for)!r}. Give the path of an {FILE_NAME} or of its folder.")
