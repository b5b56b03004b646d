"""Read one source: constants filled in, the file named as the engagement folder shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import ROW, file_problem, named
from coachkit.engagement.schema import with_own_words
from coachkit.engagement.settings import FileSettings
from coachkit.engagement.sources import Source
from coachkit.engagement.tables import TableRead, TableSpec
from coachkit.engagement.tabular.reading import read_table


def read_source(source: Source, spec: TableSpec) -> TableRead:
    """Read one source, its constants filled in; the file is named as the engagement folder shows it."""
    read = read_table(source.path, spec_of_file(spec, source.settings), source.settings.options())
    return fill_columns(_with_other_ways(rename_file(read, source.label), spec), spec, source.settings)


def _with_other_ways(read: TableRead, spec: TableSpec) -> TableRead:
    """Where a required column is missing, name the ways to supply it without a column."""

    def reworded(problem: Problem) -> Problem:
        name = next((name for name in spec.column_names if f'column "{name}" is missing' in problem.what), None)
        if problem.code != "E-MISSING-COLUMN" or name is None:
            return problem
        column = spec.column(name)
        other = f"constants: {{{name}: {column.choices[0]}}} if it is the same in every row" if column.choices else ""
        if name == "rater_id":
            other = "row_ids: {rater_id: R} if raters have no codes"
        return replace(problem, fix=f"{problem.fix}; or {other}") if other else problem

    return replace(read, problems=tuple(map(reworded, read.problems)))


def rename_file(read: TableRead, label: str) -> TableRead:
    """The same result with the file named ``label`` in problems and facts."""
    problems = tuple(replace(problem, file=label) for problem in read.problems)
    return replace(read, problems=problems, facts=replace(read.facts, name=label))


def spec_of_file(spec: TableSpec, settings: FileSettings) -> TableSpec:
    """The specification of what the file itself must hold.

    Columns that engagement.yaml supplies are not asked of it; its own words for "not observed" are known.
    """
    columns = tuple(
        with_own_words(column, settings.value_labels) for column in spec.columns if column.name not in settings.supplied
    )
    key = tuple(name for name in spec.key if name not in settings.supplied)
    return replace(spec, columns=columns, key=key)


def fill_columns(read: TableRead, spec: TableSpec, settings: FileSettings) -> TableRead:
    """Add the columns engagement.yaml supplies; refuse those that do not fit the table."""
    problems = [*read.problems, *_misfits(read.facts.name, spec, settings)]
    frame = read.frame
    for name, value in settings.constants.items():
        frame = frame.assign(**{name: pd.Series(value, index=frame.index, dtype=object)})
    for name, prefix in settings.row_ids.items():
        numbered = [f"{prefix}{row}" for row in frame[ROW]]
        frame = frame.assign(**{name: pd.Series(numbered, index=frame.index, dtype=object)})
    return replace(read, frame=frame, problems=tuple(problems))


def _misfits(file: str, spec: TableSpec, settings: FileSettings) -> Iterator[Problem]:
    columns = {column.name: column for column in spec.columns}
    for key, name in [
        *(("constants", name) for name in settings.constants),
        *(("row_ids", name) for name in settings.row_ids),
    ]:
        value = settings.constants.get(name, "")
        if name not in columns:
            what = f'"{name}" under {key} is not a column of the table'
        elif key == "constants" and columns[name].choices and value not in columns[name].choices:
            what = f'"{value}" under constants is not one of {named(columns[name].choices)}'
        elif key == "row_ids" and columns[name].kind != "id":
            what = f'"{name}" under row_ids is not a column of ids'
        else:
            continue
        fix = f"correct {key} under files in engagement.yaml"
        yield file_problem(file, what, fix, code="E-SETTING", severity="refuse", column=name)
