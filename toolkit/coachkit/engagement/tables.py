"""What a client's table may hold, how its file is written, and what reading it gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from coachkit.engagement.problems import Problem
from coachkit.errors import SettingsError, UnknownNameError

Kind = Literal["id", "text", "name", "number", "integer", "percent", "date", "choice", "yes_no", "rating", "period"]
TEXT_KINDS: tuple[Kind, ...] = ("id", "text", "name", "choice", "period")
NUMBER_KINDS: tuple[Kind, ...] = ("number", "integer", "percent", "rating")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a table: its canonical name, what a cell may hold, and how to explain it.

    Attributes
    ----------
    kind : str
        id (text, never a number), text (may be long), name, number, integer, percent (0-100 in the frame),
        date, choice (one of ``choices``), yes_no, rating, period (``2026-Q1`` or ``2026-03``).
    required : bool
        The column must be there and every cell filled.
    minimum, maximum : float
        Limits of a number or rating, both included.
    choices : tuple of str
        Allowed values of a choice. For a rating: answers that mean "not observed", such as ``NO``.
    step : float
        Grid of a rating counted from ``minimum``; 1 means whole numbers.
    labels : dict of str to float
        Wordings of a rating (``Agree`` -> 4), usually an instrument's anchors.
    allow_future : bool
        Whether a date may lie after today.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    description: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    step: float = 1.0
    labels: dict[str, float] = field(default_factory=dict)
    allow_future: bool = False

    def __post_init__(self) -> None:
        if not self.name or self.name != self.name.strip():
            raise SettingsError(f"column name {self.name!r} is empty or has spaces around it.")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise SettingsError(f"column {self.name!r}: minimum {self.minimum} is above maximum {self.maximum}.")
        if self.kind == "choice" and not self.choices:
            raise SettingsError(f"column {self.name!r} is a choice without choices.")
        if self.step <= 0:
            raise SettingsError(f"column {self.name!r}: step {self.step} is not above 0.")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of an engagement: its columns and the columns whose values together identify a row.

    ``may_be_empty`` allows a file with a header and no rows, as a freshly made engagement folder has.
    """

    name: str
    title: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...] = ()
    description: str = ""
    may_be_empty: bool = False

    def __post_init__(self) -> None:
        names = self.column_names
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise SettingsError(f"table {self.name!r} lists column {repeated[0]!r} twice.")
        for name in self.key:
            self.column(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Canonical names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnSpec:
        """Look up a column; raises UnknownNameError naming the nearest one."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownNameError.from_choice(f"column of table {self.name!r}", name, self.column_names)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What the consultant has confirmed about one file; None means "find out, and say so".

    Attributes
    ----------
    encoding : str
        Confirmed text encoding such as ``cp1252``; without it only UTF-8 and marked UTF-16 are read.
    delimiter, decimal, thousands : str
        One character each; ``tab`` may be written for the tabulator.
    header_row : int
        Row of the column headers as the spreadsheet shows it; rows above are skipped.
    sheet : str
        Sheet of a workbook.
    columns : dict
        Header in the file -> canonical column, for files with other headers.
    missing_codes : tuple of str
        Values that mean "no answer" (``99``, ``n/a``).
    date_order : {"dmy", "mdy"}
        Order of day and month in dates such as 03/04/2024.
    value_labels : dict
        Wording -> value for ratings, choices and yes/no columns (``Agree`` -> ``4``).
    percent_as : {"points", "share"}
        Whether percentages are written 80 (or 80%) or 0.8.
    include_hidden : bool
        Hidden rows of a workbook: True read, False leave out, None read and note.
    id_format : {"displayed", "number"}
        An id cell holding 7 but showing 007: use the shown text, or the number.
    not_after : date
        Latest believable date; today when absent.
    skip_rows : tuple of int
        Rows of the spreadsheet to leave out, such as the second header rows of a survey export.
    """

    encoding: str | None = None
    delimiter: str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    missing_codes: tuple[str, ...] = ()
    date_order: Literal["dmy", "mdy"] | None = None
    value_labels: dict[str, str] = field(default_factory=dict)
    percent_as: Literal["points", "share"] | None = None
    include_hidden: bool | None = None
    id_format: Literal["displayed", "number"] | None = None
    not_after: date | None = None
    skip_rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.header_row is not None and self.header_row < 1:
            raise SettingsError(f"header_row is {self.header_row}, but rows count from 1.")
        if self.delimiter is not None and self.separator not in {",", ";", "\t", "|"}:
            raise SettingsError(f"delimiter {self.delimiter!r} is not one of ',', ';', 'tab' and '|'.")
        if self.thousands is not None and self.thousands not in {",", ".", " ", "'", "’", "\u00a0", "\u202f"}:
            raise SettingsError(f"thousands {self.thousands!r} is not one of ',', '.', ' ' and an apostrophe.")
        if self.decimal is not None and self.decimal == self.thousands:
            raise SettingsError(f"decimal and thousands are both {self.decimal!r}.")

    @property
    def separator(self) -> str | None:
        """The delimiter as the character itself."""
        return "\t" if self.delimiter in {"tab", "\\t"} else self.delimiter


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How a file was read, for the report and the manifest."""

    path: Path
    name: str
    sha256: str = ""
    n_bytes: int = 0
    format: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    n_rows: int = 0
    n_blank: int = 0
    n_held: int = 0
    n_repeated: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    not_stored: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableRead:
    """A table as read: good rows only, all problems, and how the file was read.

    Attributes
    ----------
    frame : DataFrame
        Every canonical column in the order of the specification (columns absent from the file are empty) plus
        ``_row``, the row number in the spreadsheet. Text kinds are ``str`` or None, numbers float64 with NaN,
        yes_no True, False or None, dates datetime64. Empty when the file was refused.
    not_observed : DataFrame of bool
        One column per rating column with ``choices``: True where such an answer was given; rows as ``frame``.
    problems : tuple of Problem
    facts : FileFacts
    """

    frame: pd.DataFrame
    problems: tuple[Problem, ...]
    facts: FileFacts
    not_observed: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def is_refused(self) -> bool:
        """Whether the whole file was refused."""
        return any(problem.severity == "refuse" for problem in self.problems)


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
    from coachkit.engagement.tabular.reading import read_table as read

    return read(path, spec, options)
