"""Read every table of an engagement from its source: one choice of file per table, origin kept on every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.importers import read_export
from coachkit.engagement.problems import Problem
from coachkit.engagement.response_rules import compare_items
from coachkit.engagement.responses import Forms, forms_from_long, forms_from_wide, join_forms
from coachkit.engagement.rows import file_problem, mark_origin, named
from coachkit.engagement.schema import REQUIRED_TABLES
from coachkit.engagement.settings import RESPONSES
from coachkit.engagement.source_reading import read_source
from coachkit.engagement.sources import Source
from coachkit.engagement.tables import ColumnSpec, FileFacts, TableRead, TableSpec
from coachkit.engagement.tabular.reading import read_table

_IDENTIFIED = {"roster": "manager_id", "units": "unit_id"}
_UNFILLED = frozenset({"E-NO-ROWS", "E-EMPTY-FILE"})


@dataclass(frozen=True)
class Intake:
    """All tables as read, forms joined over files, and how each file was read."""

    tables: dict[str, pd.DataFrame]
    forms: Forms
    problems: tuple[Problem, ...]
    facts: tuple[FileFacts, ...]
    held_ids: dict[str, frozenset[str]] = field(default_factory=dict)


def read_sources(sources: dict[str, list[Source]], specs: dict[str, TableSpec], instrument: Instrument) -> Intake:
    """Read all tables; bad input comes back as problems.

    Parameters
    ----------
    sources : dict
        Table name to its sources, from ``find_sources``.
    specs : dict
        Specifications fitted to the instrument, from ``specs_for``.
    """
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    facts: list[FileFacts] = []
    held: dict[str, frozenset[str]] = {}
    for table, found in sources.items():
        if table == RESPONSES:
            continue
        reads = [(source, read_source(source, specs[table])) for source in found]
        chosen, clash = _choose(table, reads)
        problems += clash
        if chosen is None:
            continue
        source, read = chosen
        facts.append(read.facts)
        if _is_blank(read) and table not in REQUIRED_TABLES:
            continue
        problems += read.problems
        tables[table] = mark_origin(read.frame, read.facts)
        if table in _IDENTIFIED and any(problem.severity == "hold" for problem in read.problems):
            held[table] = _held_ids(source, read, _IDENTIFIED[table])
    forms, found_problems, found_facts = _read_forms(sources[RESPONSES], specs, instrument)
    return Intake(tables, forms, (*problems, *found_problems), (*facts, *found_facts), held)


def _is_blank(read: TableRead) -> bool:
    """Whether nothing is wrong with the file but that nothing has been filled in."""
    refusals = {problem.code for problem in read.problems if problem.severity == "refuse"}
    return len(read.frame) == 0 and refusals <= _UNFILLED and not read.facts.n_held


def _choose(table: str, reads: list[tuple[Source, TableRead]]) -> tuple[tuple[Source, TableRead] | None, list[Problem]]:
    """The one source with rows; two are refused, because nothing says which is right."""
    if not reads:
        return None, []
    filled = [pair for pair in reads if not _is_blank(pair[1])]
    if len(filled) > 1:
        what = f"table {table} has rows in {' and in '.join(_place(source) for source, _ in filled)}"
        fix = "keep the rows in one of them, and delete them (or the file) in the other"
        problem = file_problem(filled[0][0].label, what, fix, code="E-TWO-SOURCES", severity="refuse")
        return filled[0], [problem]
    return (filled or reads)[0], []


def _place(source: Source) -> str:
    return f"{source.label} (sheet {source.settings.sheet})" if source.settings.sheet else source.label


def _held_ids(source: Source, read: TableRead, column: str) -> frozenset[str]:
    """Ids of the rows that were held back, so that rows elsewhere that refer to them are not called unknown."""
    ids = TableSpec(source.table, "ids", (ColumnSpec(column, "id"),))
    options = replace(source.settings.options(), columns={
        header: name for header, name in source.settings.columns.items() if name == column
    })  # fmt: skip
    everyone = read_table(source.path, ids, options).frame
    return frozenset(everyone[column].dropna()) - frozenset(read.frame[column])


# ------------------------------------------------------------------ answers
def _read_forms(
    sources: list[Source], specs: dict[str, TableSpec], instrument: Instrument
) -> tuple[Forms, list[Problem], list[FileFacts]]:
    reads = [(source, _read_answers(source, specs, instrument)) for source in sources]
    by_name = [pair for pair in reads if not pair[0].is_named]
    kept = [pair for pair in reads if pair[0].is_named]
    chosen, problems = _choose(RESPONSES, by_name)
    if chosen is not None:
        kept.append(chosen)
    kept, twice = _same_file_twice(kept)
    problems += twice
    pieces = []
    for source, read in kept:
        problems += read.problems
        if read.is_refused:
            continue
        forms, found = _to_forms(source, read, instrument)
        problems += found
        if not any(problem.severity == "refuse" for problem in found):
            pieces.append(forms)
    return join_forms(pieces, instrument), problems, [read.facts for _, read in kept]


def _read_answers(source: Source, specs: dict[str, TableSpec], instrument: Instrument) -> TableRead:
    if source.settings.format in ("wide", "long"):
        return read_source(source, replace(specs[source.spec_name], key=()))  # repeats: response_rules
    return read_export(source, specs[RESPONSES], instrument)


def _to_forms(source: Source, read: TableRead, instrument: Instrument) -> tuple[Forms, list[Problem]]:
    frame = mark_origin(read.frame, read.facts)
    groups = set(frame["rater_group"].dropna())
    if source.settings.format == "long":
        ids = set(frame["item_id"].dropna())
        questions = {question.id for question in instrument.comment_questions}
        unknown = sorted(ids - set(instrument.item_ids) - questions)
        found = list(_compare_long(ids, unknown, groups, instrument, source.label))
        forms, findings = forms_from_long(frame, instrument, source.settings.options())
        return forms, [*found, *findings.problems]
    present = [item for item in instrument.item_ids if item in read.facts.columns]
    found = list(compare_items(present, read.facts.not_stored, groups, instrument, source.label))
    return forms_from_wide(frame, read.not_observed, instrument), found


def _compare_long(
    ids: set[str], unknown: list[str], groups: set[str], instrument: Instrument, label: str
) -> Iterator[Problem]:
    """In a long file an item nobody answered has no row, so only unknown ids speak of another version."""
    if not unknown:
        return
    lacking = [item.id for item in instrument.items if item.id not in ids and groups & set(item.asked_of)]
    what = f"{len(unknown)} item ids are not in {instrument.id} version {instrument.version} ({named(unknown)})"
    if lacking:
        what += f"; {len(lacking)} items of the instrument have no answer ({named(lacking)})"
    fix = "use the instrument the answers were given to, or correct the item ids"
    yield file_problem(label, what, fix, code="E-ITEMS", severity="refuse", column="item_id")


def _same_file_twice(
    reads: list[tuple[Source, TableRead]],
) -> tuple[list[tuple[Source, TableRead]], list[Problem]]:
    """Leave out a file that was named twice; the same answers under two waves or groups are refused."""
    first: dict[str, Source] = {}
    kept, problems = [], []
    for source, read in reads:
        before = first.setdefault(read.facts.sha256, source) if read.facts.sha256 else source
        if before is source or before.settings.sheet != source.settings.sheet:
            kept.append((source, read))
        elif before.settings.constants == source.settings.constants:
            what = f"the file is the same as {before.label}, byte for byte, and is not read again"
            fix = "remove one of the two from engagement.yaml, or correct its path"
            problems.append(file_problem(source.label, what, fix, code="N-SAME-FILE", severity="note"))
        else:
            what = f"the file is the same as {before.label}, byte for byte, but is said to hold other answers"
            fix = "correct the path of one of the two in engagement.yaml"
            problems.append(file_problem(source.label, what, fix, code="E-SAME-FILE", severity="refuse"))
    return kept, problems
