"""Names of the sheets in a workbook, found without parsing its contents."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from pathlib import Path

from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import file_problem

_PART = "xl/workbook.xml"
_MAX_BYTES = 1_000_000
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*?\bname=(\"[^\"]*\"|'[^']*')")


def sheet_names(path: Path) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """List the sheets of a workbook; an absent file has none, an unreadable one gives a refusal.

    Only the workbook's table of contents is read, never more than a megabyte of it.
    """
    if not path.is_file():
        return (), ()
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_PART) as part:
            text = part.read(_MAX_BYTES).decode("utf-8", "replace")
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, NotImplementedError, RuntimeError, ValueError):
        what, fix = "the file is not a readable workbook", "open it in Excel and save it as .xlsx, without a password"
        return (), (file_problem(f"{path.parent.name}/{path.name}", what, fix, code="E-FORMAT", severity="refuse"),)
    return tuple(html.unescape(name[1:-1]) for name in _SHEET.findall(text)), ()
