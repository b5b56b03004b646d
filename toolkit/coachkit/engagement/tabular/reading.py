"""One table from file to typed frame: every gate in order, every row accounted for."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coachkit.engagement.problems import visible
from coachkit.engagement.tables import (
    NUMBER_KINDS,
    ColumnSpec,
    FileFacts,
    FileOptions,
    TableRead,
    TableSpec,
)
from coachkit.engagement.tabular import csv as text_file
from coachkit.engagement.tabular import xlsx as workbook
from coachkit.engagement.tabular.body import Body, read_body
from coachkit.engagement.tabular.convert import ColumnRead, convert_column
from coachkit.engagement.tabular.formats import fix_for, recognise
from coachkit.engagement.tabular.grid import Findings, Grid
from coachkit.engagement.tabular.headers import HeaderMap, HeaderReader
from coachkit.engagement.tabular.numbers import decimal_of
from coachkit.engagement.tabular.rows import find_repeats, refuse_lookalike_ids
from coachkit.engagement.tabular.values import FileContext
from coachkit.errors import nearest

MAX_BYTES = 500_000_000


def read_table(path: str | Path, spec: TableSpec, options: FileOptions | None = None) -> TableRead:
    """Read one CSV or XLSX table strictly; bad input comes back as problems, never as a traceback.

    Parameters
    ----------
    path : path of a ``.csv``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.xlsm`` file
    spec : TableSpec
    options : FileOptions, optional
        What is known about the file; detected, and noted, where absent.

    Returns
    -------
    TableRead
        Good rows typed by column, rows with a bad cell held back and named. A refused file gives no rows.
    """
    path, options = Path(path), options or FileOptions()
    findings = Findings(path.name)
    facts = FileFacts(path, path.name)
    _check_columns(spec, options, findings)
    raw = None if findings.is_refused else _read_bytes(path, findings)
    if raw is None:
        return _refused(spec, findings, facts)
    facts = replace(facts, sha256=hashlib.sha256(raw).hexdigest(), n_bytes=len(raw))
    read = _read(raw, spec, options, findings, facts)
    if not _is_unchanged(path, read.facts.sha256):
        findings.refuse("E-CHANGED", "the file changed while it was read", "close it in Excel and try again")
        return _refused(spec, findings, read.facts)
    return read


def _check_columns(spec: TableSpec, options: FileOptions, findings: Findings) -> None:
    for source, name in options.columns.items():
        if name not in spec.column_names:
            what = f'columns: maps "{visible(source)}" to "{visible(name)}", which table {spec.name} does not have'
            findings.refuse("E-COLUMN-MAP", what, f"correct engagement.yaml. {nearest(name, spec.column_names)}")


def _read_bytes(path: Path, findings: Findings) -> bytes | None:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            what = f"the file has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read"
            findings.refuse("E-SIZE", what, "split the file")
            return None
        raw = path.read_bytes()
    except PermissionError:
        findings.refuse("E-FILE", "the file cannot be opened", "close it in Excel, and check that you may read it")
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable path"
        findings.refuse("E-FILE", f"the file cannot be read ({reason})", "check its name and folder in engagement.yaml")
        return None
    if not raw:
        findings.refuse("E-EMPTY-FILE", "the file is empty (0 bytes)", "export it again")
        return None
    if (path.parent / f"~${path.name}").exists() or (path.parent / f".~lock.{path.name}#").exists():
        findings.note("N-OPEN", "the file seems open in Excel or LibreOffice; changes not yet saved are not read")
    return raw


def _is_unchanged(path: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _read(raw: bytes, spec: TableSpec, options: FileOptions, findings: Findings, facts: FileFacts) -> TableRead:
    headers = HeaderReader(spec, options)
    kind, description = recognise(raw)
    facts = replace(facts, format="csv" if kind == "text" else kind)
    if kind == "other":
        findings.refuse("E-FORMAT", f"the file is {description}", fix_for(description))
        return _refused(spec, findings, facts)
    is_1904 = False
    if kind == "text":
        grid = text_file.read_grid(raw, options, findings, headers.count)
    else:
        if kind == "xlsm":
            findings.note("N-MACROS", "the workbook has macros; only its values were read, macros never run")
        read = workbook.read_grid(raw, spec, options, headers, findings)
        grid, is_1904 = read or (None, False)
    if grid is None:
        return _refused(spec, findings, facts)
    facts = replace(facts, encoding=grid.encoding, delimiter=grid.delimiter, sheet=grid.sheet)
    header = headers.read(grid, findings)
    if header is None:
        return _refused(spec, findings, facts)
    facts = replace(facts, header_row=header.row, columns=header.headers, not_stored=header.not_stored)
    return _Table(grid, header, spec, options, findings, facts, is_1904).read()


class _Table:
    """The rows of one table on their way from cells to values."""

    def __init__(
        self, grid: Grid, header: HeaderMap, spec: TableSpec, options: FileOptions, findings: Findings,
        facts: FileFacts, is_1904: bool,
    ) -> None:  # fmt: skip
        self.grid, self.header, self.spec, self.options = grid, header, spec, options
        self.findings, self.facts, self.is_1904 = findings, facts, is_1904
        self.held: set[int] = set()

    def read(self) -> TableRead:
        body = read_body(self.grid, self.header, self.findings, self.options.skip_rows)
        self.held = set(body.held)
        if not body.rows and not self.findings.is_refused and not body.n_wrong and not self.spec.may_be_empty:
            subject = "people" if self.spec.name == "roster" else "rows"
            what = f"there are no {subject} in the file, only a header in row {self.header.row}"
            self.findings.refuse("E-NO-ROWS", what, "fill in the rows, or take the file out of engagement.yaml")
        context = self._context(body)
        read = {
            column.name: convert_column(body.columns[column.name], column, self.options, context)
            for column in self.spec.columns
            if column.name in body.columns
        }
        self._report(read, body)
        drop = self._repeats(body, read)
        if self.grid.is_text and (self.grid.delimiter != "," or context.decimal == ","):
            self._note_dialect(context)
        if self.findings.is_refused:
            return _refused(self.spec, self.findings, self.facts)
        return self._assemble(body, read, drop, context)

    # -- columns ------------------------------------------------------------------------------------------

    def _context(self, body: Body) -> FileContext:
        context = FileContext(self.grid.is_text, self.grid.delimiter, self.is_1904)
        if not self.grid.is_text:
            return context
        marks = {
            decimal_of({cell.strip() for cell in body.columns[column.name] if isinstance(cell, str)})
            for column in self.spec.columns
            if column.kind in NUMBER_KINDS and column.name in body.columns
        } - {None}
        return replace(context, decimal=marks.pop() if len(marks) == 1 else None)

    def _label(self, name: str) -> str:
        return self.header.headers[name]

    def _report(self, read: dict[str, ColumnRead], body: Body) -> None:
        for name, column in read.items():
            label = self._label(name)
            for code, what, fix in column.notes.refusals:
                self.findings.refuse(code, what, fix, column=label)
            for code, (example, count, what) in column.notes.seen.items():
                values = "1 value" if count == 1 else f"{count} different values"
                self.findings.note(code, f'{what}; {values}, such as "{visible(example)}"', column=label)
            if column.bad:
                self._hold_cells(column, body, name, label)

    def _hold_cells(self, column: ColumnRead, body: Body, name: str, label: str) -> None:
        for position, cell in enumerate(body.columns[name]):
            bad = column.bad.get(cell)
            if bad is not None:
                self.held.add(position)
                value = cell if bad.shows_value else None
                self.findings.hold(bad.code, bad.what, bad.fix, row=body.rows[position], column=label, value=value)

    # -- identity -----------------------------------------------------------------------------------------

    def _repeats(self, body: Body, read: dict[str, ColumnRead]) -> set[int]:
        key = [name for name in self.spec.key if name in read]
        for column in self.spec.columns:
            if column.kind == "id" and column.name in read:
                cells, label = body.columns[column.name], self._label(column.name)
                refuse_lookalike_ids(label, cells, body.rows, key == [column.name], self.findings)
        if not key:
            return set()
        keys = list(zip(*(_hashable(read[name].values) for name in key), strict=True))
        if len(set(keys)) == len(keys):
            return set()
        contents = list(zip(*body.columns.values(), strict=True))
        label = " / ".join(self._label(name) for name in key)
        drop, hold = find_repeats(keys, contents, body.rows, label, self.findings)
        self.held |= hold
        return drop

    # -- result -------------------------------------------------------------------------------------------

    def _note_dialect(self, context: FileContext) -> None:
        sign = text_file.SEPARATOR_NAMES[self.grid.delimiter or ","]
        row = self.grid.rows[self.header.row] if len(self.grid.rows) > self.header.row else []
        first = visible(" | ".join(str(cell) for cell in row), 120)
        decimal = "comma" if (self.options.decimal or context.decimal) == "," else "point"
        what = f"fields are separated by a {sign}, the decimal mark is a {decimal}; first row: {first}"
        self.findings.note("N-DIALECT", what)

    def _assemble(self, body: Body, read: dict[str, ColumnRead], drop: set[int], context: FileContext) -> TableRead:
        keep = np.ones(len(body.rows), bool)
        keep[list(self.held | drop)] = False
        kept = {name: column.values[keep] for name, column in read.items()}  # noqa: PD011 - a record's array
        data = {column.name: _series(column, kept.get(column.name), keep.sum()) for column in self.spec.columns}
        data["_row"] = pd.Series(np.array(body.rows, np.int64)[keep])
        observed = {
            name: pd.Series(column.not_observed[keep])
            for name, column in read.items()
            if column.not_observed is not None
        }
        n_held = body.n_wrong + len(self.held)
        facts = replace(
            self.facts, decimal=self.options.decimal or context.decimal, n_rows=int(keep.sum()), n_blank=body.n_blank,
            n_held=n_held, n_repeated=len(drop - self.held),
        )  # fmt: skip
        index = pd.RangeIndex(int(keep.sum()))
        return TableRead(
            pd.DataFrame(data, index=index), tuple(self.findings.problems), facts, pd.DataFrame(observed, index=index)
        )


def _hashable(values: np.ndarray) -> list[Any]:
    """Key values as plain objects; NaN and NaT become None, so that they never match."""
    if values.dtype == object:
        return list(values)
    return [None if missing else value for value, missing in zip(values.tolist(), pd.isna(values), strict=True)]


def _series(column: ColumnSpec, values: np.ndarray | None, n_rows: int) -> pd.Series:
    if column.kind in NUMBER_KINDS:
        return pd.Series(np.full(n_rows, np.nan) if values is None else values, dtype="float64")
    if column.kind == "date":
        return pd.Series(np.full(n_rows, "NaT", "datetime64[ns]") if values is None else values)
    return pd.Series(np.full(n_rows, None, object) if values is None else values, dtype=object)


def _refused(spec: TableSpec, findings: Findings, facts: FileFacts) -> TableRead:
    data = {column.name: _series(column, None, 0) for column in spec.columns}
    frame = pd.DataFrame({**data, "_row": pd.Series(dtype="int64")})
    return TableRead(frame, tuple(findings.problems), facts)
