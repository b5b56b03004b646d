"""Read a survey export into the wide layout of answers: finished answers only, personal columns left out."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.importers.columns import map_columns
from coachkit.engagement.importers.layouts import LAYOUTS, PERSONAL, Layout, fold, unfinished_rows
from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import ROW, file_problem, named
from coachkit.engagement.source_reading import fill_columns, rename_file, spec_of_file
from coachkit.engagement.sources import Source
from coachkit.engagement.tables import ColumnSpec, FileOptions, TableRead, TableSpec
from coachkit.engagement.tabular.reading import read_table

_ADDRESS = r"[^@\s]+@[^@\s]+"


def read_export(source: Source, spec: TableSpec, instrument: Instrument) -> TableRead:
    """Read one export.

    Parameters
    ----------
    source : Source
        Its settings name the tool (``format``), the column map, constants and labels.
    spec : TableSpec
        The wide table of answers, fitted to the instrument.
    instrument : Instrument

    Returns
    -------
    TableRead
        As from ``read_table``; rows of previews, tests, spam and unfinished answers are left out with a note,
        and so are columns that identify a person. Addresses used as ``rater_id`` are replaced by codes.
    """
    layout = LAYOUTS[source.settings.format]
    options = source.settings.options()
    options = replace(options, header_row=options.header_row or 1)
    table = _as_text(source, options)
    if table.is_refused:
        return rename_file(table, source.label)
    columns, notes = _columns(table.frame, layout, source, instrument)
    skipped, row_notes = _skipped_rows(table.frame, layout, source.label)
    options = replace(
        options,
        columns=columns,
        missing_codes=(*options.missing_codes, *layout.missing),
        skip_rows=(*options.skip_rows, *skipped),
    )
    wanted = replace(spec_of_file(spec, source.settings), key=())
    read = rename_file(read_table(source.path, wanted, options), source.label)
    read = fill_columns(read, spec, source.settings)
    read, coded = _coded_raters(read)
    return replace(read, problems=(*read.problems, *notes, *row_notes, *coded))


def _as_text(source: Source, options: FileOptions) -> TableRead:
    """All columns of the export as text, one row per row of the file."""
    plain = FileOptions(
        encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet,
        header_row=options.header_row, include_hidden=options.include_hidden,
        skip_rows=options.skip_rows,
    )  # fmt: skip
    nothing = TableSpec("export", "export", (ColumnSpec("_", "text"),))
    headers = read_table(source.path, nothing, plain)
    names = [name for name in headers.facts.not_stored if name]
    if headers.is_refused and not names:
        return headers
    everything = TableSpec("export", "export", tuple(ColumnSpec(name, "text") for name in dict.fromkeys(names)))
    return read_table(source.path, everything, plain)


def _columns(
    table: pd.DataFrame, layout: Layout, source: Source, instrument: Instrument
) -> tuple[dict[str, str], list[Problem]]:
    headers = [name for name in table.columns if name != ROW]
    texts: dict[str, str] = {}
    if layout.text_rows and len(table):
        texts = {header: str(table[header].iloc[0] or "") for header in headers}
    given = source.settings.columns
    columns = map_columns(headers, texts, given, instrument)
    taken = {*columns.values(), *source.settings.supplied}
    if "rater_id" not in taken:
        found = next((name for name in layout.rater_columns if name in headers), None)
        if found is not None:
            columns[found] = "rater_id"
    if "seconds" not in taken and layout.seconds_column in headers:
        columns[layout.seconds_column] = "seconds"
    personal = [header for header in headers if fold(header) in PERSONAL and header not in columns]
    if not personal:
        return columns, []
    what = f"columns that identify people are not stored: {named(personal)}"
    fix = "nothing to do; better still, leave them out of the export"
    return columns, [file_problem(source.label, what, fix, code="N-PERSONAL", severity="note")]


def _skipped_rows(table: pd.DataFrame, layout: Layout, label: str) -> tuple[tuple[int, ...], list[Problem]]:
    """Row numbers that hold no answers, and a note that counts them."""
    body = table.iloc[layout.text_rows :]
    rejected, unfinished = unfinished_rows(body, layout)
    notes = []
    for mask, words in ((rejected, "previews, tests or spam"), (unfinished, "begun but not sent")):
        if mask.any():
            what = f"{int(mask.sum()):,} rows of the {layout.name} export were left out: {words}"
            notes.append(file_problem(label, what, "nothing to do", code="N-UNFINISHED", severity="note"))
    rows = [*table[ROW].iloc[: layout.text_rows], *body.loc[(rejected | unfinished).to_numpy(dtype=bool), ROW]]
    return tuple(int(row) for row in rows), notes


def _coded_raters(read: TableRead) -> tuple[TableRead, list[Problem]]:
    """Replace addresses used as rater ids by codes; equal addresses get equal codes."""
    if "rater_id" not in read.frame:
        return read, []
    raters = read.frame["rater_id"]
    mask = raters.map(lambda text: isinstance(text, str)) & raters.astype(str).str.fullmatch(_ADDRESS)
    if not mask.any():
        return read, []
    coded = raters.where(~mask, raters.map(_rater_code))
    what = "addresses used as rater_id were replaced by codes"
    note = file_problem(read.facts.name, what, "nothing to do", code="N-CODED", severity="note", column="rater_id")
    return replace(read, frame=read.frame.assign(rater_id=coded)), [note]


def _rater_code(address: object) -> str:
    text = str(address).strip().casefold().encode("utf-8", "surrogatepass")
    return f"R-{hashlib.blake2b(text, digest_size=6).hexdigest()}"
