"""Read one source: constants filled in, the file named as the engagement folder shows it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from coachkit.engagement.rows import file_problem, named
from coachkit.engagement.schema import with_own_words
from coachkit.engagement.settings import FileSettings
from coachkit.engagement.sources import Source
from coachkit.engagement.tables import TableRead, TableSpec, read_table


def read_source(source: Source, spec: TableSpec) -> TableRead:
    """Read one source, its constants filled in; the file is named as the engagement folder shows it."""
    read = read_table(source.path, spec_of_file(spec, source.settings), source.settings.options())
    return fill_constants(rename_file(read, source.label), spec, source.settings.constants)


def rename_file(read: TableRead, label: str) -> TableRead:
    """The same result with the file named ``label`` in problems and facts."""
    problems = tuple(replace(problem, file=label) for problem in read.problems)
    return replace(read, problems=problems, facts=replace(read.facts, name=label))


def spec_of_file(spec: TableSpec, settings: FileSettings) -> TableSpec:
    """The specification of what the file itself must hold: columns given as constants are not asked of it,
    and its own words for "not observed" are known."""
    constants = settings.constants
    columns = tuple(
        with_own_words(column, settings.value_labels) for column in spec.columns if column.name not in constants
    )
    key = tuple(name for name in spec.key if name not in constants)
    return replace(spec, columns=columns, key=key)


def fill_constants(read: TableRead, spec: TableSpec, constants: dict[str, str]) -> TableRead:
    """Add the columns engagement.yaml gives as constants; refuse those that are no column or no choice."""
    problems = list(read.problems)
    frame = read.frame
    for name, value in constants.items():
        column = next((column for column in spec.columns if column.name == name), None)
        what = None
        if column is None:
            what = f'"{name}" under constants is not a column of the table'
        elif column.choices and value not in column.choices:
            what = f'"{value}" under constants is not one of {named(column.choices)}'
        if what:
            fix = "correct constants under files in engagement.yaml"
            problems.append(file_problem(read.facts.name, what, fix, code="E-SETTING", severity="refuse", column=name))
        elif len(frame.columns):
            frame = frame.assign(**{name: pd.Series(value, index=frame.index, dtype=object)})
    return replace(read, frame=frame, problems=tuple(problems))
