"""What is wrong with a client's files: one record per problem, one report for all of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["refuse", "hold", "note"]
SEVERITIES: tuple[Severity, ...] = ("refuse", "hold", "note")
VALUE_SHOWN = 60  # characters of a value quoted in a sentence
LISTED = 200  # problems listed on a screen before "and n more"
SETTINGS_FILES = (".yaml", ".yml", ".json")  # these have lines and keys where tables have rows and columns
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def visible(value: object, shown: int = VALUE_SHOWN) -> str:
    r"""Word a value for a sentence: unseen characters as code points, long values cut.

    Examples
    --------
    >>> visible("M1\u200b")
    'M1[U+200B]'
    >>> visible("abcdef", shown=3)
    'abc... (6 characters)'
    """
    text = str(value)
    cut = text if len(text) <= shown else text[:shown]
    seen = _UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", cut)
    return seen if len(text) <= shown else f"{seen}... ({len(text):,} characters)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, held row or note about one place in one file.

    Attributes
    ----------
    code : str
        Stable code, ``E-...`` for refusals and held rows, ``N-...`` for notes.
    severity : {"refuse", "hold", "note"}
        The file cannot be used; this row is held back and the rest goes on; read, and worth knowing.
    file, sheet : str
        File name as the consultant knows it, and the sheet of a workbook.
    row : int
        Row as the spreadsheet shows it (1 = first), or the line of a settings file.
    column : str
        Column header, or the key path of a settings file.
    value : str
        The value given; ``what`` then continues the sentence (``"four"`` *is not a whole number*).
        Without a value ``what`` is a whole sentence. No final full stop.
    what, fix : str
        What is wrong and expected; what to do about it.
    line : int
        Line in a text editor where it differs from ``row`` (line breaks inside quotes).
    """

    code: str
    severity: Severity
    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    what: str = ""
    fix: str = ""
    line: int | None = None

    def place(self) -> str:
        """Where the problem is: file, sheet, row and column.

        Examples
        --------
        >>> Problem("E-RANGE", "hold", "roster.csv", row=3, column="wave").place()
        'roster.csv, row 3, column "wave"'
        """
        is_settings = self.file.lower().endswith(SETTINGS_FILES)
        parts = [visible(self.file)]
        if self.sheet is not None:
            parts.append(f'sheet "{visible(self.sheet)}"')
        if self.row is not None:
            parts.append(f"{'line' if is_settings else 'row'} {self.row}")
            if self.line is not None and self.line != self.row:
                parts[-1] += f" (line {self.line} in a text editor)"
        if self.column:
            column = visible(self.column, 120)
            parts.append(f"key {column}" if is_settings else f'column "{column}"')
        return ", ".join(parts)

    def sentence(self) -> str:
        """The problem as one sentence: code, place, value, what was expected, the fix.

        Examples
        --------
        >>> Problem("E-RANGE", "hold", "roster.csv", row=4323, column="score", value="four",
        ...         what="is not a number from 1 to 5", fix="type 1-5").sentence()
        'E-RANGE  roster.csv, row 4323, column "score": "four" is not a number from 1 to 5. Fix: type 1-5.'
        """
        value = "" if self.value is None else f'"{visible(self.value)}" '
        text = f"{self.code}  {self.place()}: {value}{self.what.rstrip('.')}."
        return f"{text} Fix: {self.fix.rstrip('.')}." if self.fix else text


def _order(problem: Problem) -> tuple[int, str, str, int, str, str]:
    return (
        SEVERITIES.index(problem.severity),
        problem.file,
        problem.sheet or "",
        problem.row or 0,
        problem.column or "",
        problem.code,
    )


def defused(value: object) -> object:
    """Keep a spreadsheet from running a text as a formula: a leading apostrophe, as Excel writes it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_START) else value


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """All problems of one check, sorted: refusals, held rows, notes, each by file, sheet, row and column.

    Examples
    --------
    >>> note, held = Problem("N-TRIM", "note", "a.csv"), Problem("E-RANGE", "hold", "a.csv", row=2)
    >>> report = ProblemReport([note, held])
    >>> [problem.code for problem in report], report.exit_code
    (['E-RANGE', 'N-TRIM'], 2)
    """

    problems: tuple[Problem, ...] = field(default=())

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        object.__setattr__(self, "problems", tuple(sorted(problems, key=_order)))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def of(self, severity: Severity) -> tuple[Problem, ...]:
        """Problems of one severity, in order."""
        return tuple(problem for problem in self.problems if problem.severity == severity)

    @property
    def exit_code(self) -> int:
        """0 nothing to say, 1 notes only, 2 something was refused or held back."""
        if any(problem.severity != "note" for problem in self.problems):
            return 2
        return 1 if self.problems else 0

    def capped(self, limit: int = LISTED) -> tuple[list[Problem], int]:
        """The first ``limit`` problems and the number left out; refusals come first."""
        return list(self.problems[:limit]), max(0, len(self.problems) - limit)

    def merge(self, other: Iterable[Problem]) -> ProblemReport:
        """A new report with the problems of both; exact repeats once."""
        return ProblemReport(dict.fromkeys((*self.problems, *other)))

    def to_frame(self) -> pd.DataFrame:
        """One row per problem with all its fields and the whole ``sentence``."""
        import pandas as pd

        columns = [*(entry.name for entry in fields(Problem)), "sentence"]
        rows = [(*asdict(problem).values(), problem.sentence()) for problem in self.problems]
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def to_json(self) -> str:
        """The problems as JSON text: ``{"exit_code", "counts", "problems": [...]}``."""
        counts = {severity: len(self.of(severity)) for severity in SEVERITIES}
        rows = [
            {**asdict(problem), "value": _encodable(problem.value), "sentence": problem.sentence()}
            for problem in self.problems
        ]
        return json.dumps(
            {"exit_code": self.exit_code, "counts": counts, "problems": rows}, ensure_ascii=False, indent=1
        )

    def to_csv(self) -> str:
        """The problems as CSV text that a spreadsheet opens without running anything in it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([*(entry.name for entry in fields(Problem)), "sentence"])
        for problem in self.problems:
            cells = {**asdict(problem), "value": _encodable(problem.value)}
            writer.writerow([defused(cell) for cell in (*cells.values(), problem.sentence())])
        return out.getvalue()


def _encodable(value: str | None) -> str | None:
    """A value that any file can hold: lone surrogates become visible code points."""
    return None if value is None else re.sub("[\ud800-\udfff]", lambda m: f"[U+{ord(m.group()):04X}]", value)
