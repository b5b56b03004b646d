"""Ids, names and texts: kept as written, except for what nobody can see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from coachkit.engagement.tables import ColumnSpec, FileOptions
from coachkit.engagement.tabular.grid import Cell, Marked, cell_text
from coachkit.engagement.tabular.values import Bad, ColumnNotes

MAX_NAME = 200
SHOWN_IN_FULL = 5_000
_EXACT_DIGITS = 1e15  # Excel keeps 15 digits of a number
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_CONTROL = re.compile("[\t\n\r\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_APOSTROPHE = re.compile(r"'(?=[0-9=+\-@])")


def text_reader(column: ColumnSpec, options: FileOptions, notes: ColumnNotes) -> Callable[[Cell], str | Bad]:
    """Read cells of an id, name or text column."""
    is_id, is_text = column.kind == "id", column.kind == "text"

    def read(cell: Cell) -> str | Bad:
        if not isinstance(cell, str):
            plain = _from_workbook(cell, column, options)
            if isinstance(plain, Bad):
                return plain
            cell = plain
        if column.kind == "name" and _LINE_CONTROL.search(cell):
            notes.note("N-LINE-BREAK", cell, "line breaks and tabs were read as spaces")
            cell = " ".join(_LINE_CONTROL.sub(" ", cell).split())
        found = _CONTROL.search(cell) or (_LINE_CONTROL.search(cell) if is_id else None)
        if found:
            return _unseen(found.group(), "holds a control character")
        if is_id:
            return _identifier(cell, notes)
        if len(cell) > MAX_NAME and not is_text:
            return Bad("E-LONG", f"has {len(cell):,} characters; at most {MAX_NAME} are allowed", "shorten it")
        if len(cell) > SHOWN_IN_FULL:
            what = f"texts are longer than {SHOWN_IN_FULL:,} characters; reports show the first {SHOWN_IN_FULL:,}"
            notes.note("N-LONG", cell[:30], what)
        return cell

    return read


def _unseen(character: str, what: str) -> Bad:
    return Bad("E-CHARACTER", f"{what} (U+{ord(character):04X})", "delete the cell and type it again")


def _identifier(text: str, notes: ColumnNotes) -> str | Bad:
    found = _INVISIBLE.search(text)
    if found:
        return _unseen(found.group(), "holds a character that cannot be seen")
    if len(text) > MAX_NAME:
        return Bad("E-LONG", f"has {len(text):,} characters; at most {MAX_NAME} are allowed", "shorten it")
    if _APOSTROPHE.match(text):
        notes.note("N-APOSTROPHE", text, "ids start with an apostrophe, which was dropped")
        text = text[1:]
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _from_workbook(cell: Cell, column: ColumnSpec, options: FileOptions) -> str | Bad:
    if isinstance(cell, date) or (isinstance(cell, Marked) and cell.mark == "time"):
        if column.kind == "text":
            return cell_text(cell)
        fix = "format the column as Text and type the value again"
        return Bad("E-DATE-CHANGED", f"is a date; Excel may have changed this {column.kind} into a date", fix)
    if isinstance(cell, Marked) and cell.mark == "padded":
        if options.id_format == "displayed":
            return cell.shown
        if options.id_format == "number" or column.kind != "id":
            return cell_text(cell.value)
        what = f"is shown by Excel, but the cell holds {cell_text(cell.value)}"
        fix = "write id_format: displayed (or number) for this file, or format the column as Text and type the id"
        return Bad("E-ID-FORMAT", what, fix)
    number = cell.value if isinstance(cell, Marked) else cell
    if column.kind == "id" and isinstance(number, float) and abs(number) >= _EXACT_DIGITS:
        fix = "format the column as Text and paste the ids again"
        return Bad("E-ID-DIGITS", "has more digits than Excel keeps in a number", fix)
    return cell_text(number)
