"""Text tables: decoding without guessing, the dialect, and strict records with their row numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence

from coachkit.engagement.problems import visible
from coachkit.engagement.tables import FileOptions
from coachkit.engagement.tabular.grid import Findings, Grid

SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SUGGESTED = ("cp1252", "mac_roman", "latin-1")
_SAMPLE = 200_000  # characters looked at to find the dialect
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SEP_LINE = re.compile(r'"?sep=(.)"?[;,\t|]*\r?(\n|$)', re.IGNORECASE)


def read_grid(
    raw: bytes, options: FileOptions, findings: Findings, count_headers: Callable[[Sequence[str]], int]
) -> Grid | None:
    """Decode and split a text file; None when it was refused.

    ``count_headers`` says how many cells of a row are known column headers; it decides between delimiters.
    """
    decoded = decode_text(raw, options, findings)
    if decoded is None:
        return None
    text, encoding = decoded
    separator_line = _SEP_LINE.match(text)
    start = separator_line.end() if separator_line else 0
    declared = separator_line.group(1) if separator_line else None
    body = text[start:].removesuffix("\x1a")  # old programs end a file so
    separator = options.separator or declared or find_separator(body, count_headers)
    first_line = 2 if separator_line else 1
    records = _records(body, separator, first_line, findings)
    if records is None:
        return None
    rows, lines, spans = records
    findings.lines = lines
    return Grid(rows, lines, None, separator, encoding, spans=spans)


def decode_text(raw: bytes, options: FileOptions, findings: Findings) -> tuple[str, str] | None:
    """Text and encoding: a byte order mark decides, then strict UTF-8, then what was confirmed."""
    for bom, codec, name in _BOMS:
        if raw.startswith(bom):
            try:
                text = raw.decode(codec)
            except UnicodeDecodeError as error:
                what = f"the file is marked as {name} but byte {error.start + 1} does not fit"
                findings.refuse("E-ENCODING", what, 'in Excel, save it again as "CSV UTF-8"')
                return None
            if name != "UTF-8":
                findings.note("N-ENCODING", f"the file was read as {name}")
            return text, name
    if options.encoding and not _is_clearly_utf8(raw):
        return _decode_confirmed(raw, options.encoding, findings)
    if options.encoding and not _means_utf8(options.encoding):
        sample = _samples(raw.decode("utf-8"))[0]
        what = f'the file is UTF-8 (it says "{sample}") and was read so, not as {visible(options.encoding)}'
        findings.note("N-ENCODING", what, "delete encoding: for this file in engagement.yaml")
    if _has_wide_characters(raw):
        _ask_encoding(raw, 0, findings)
        return None
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        _ask_encoding(raw, error.start, findings)
        return None


def _is_clearly_utf8(raw: bytes) -> bool:
    """Whether the bytes hold characters beyond ASCII and all of them are valid UTF-8."""
    return not raw.isascii() and 0 not in raw[:2000] and _decodes(raw, "utf-8")


def _means_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")


def _decode_confirmed(raw: bytes, encoding: str, findings: Findings) -> tuple[str, str] | None:
    try:
        return raw.decode(encoding), encoding
    except (LookupError, UnicodeError, ValueError):
        what = f"the file cannot be read with the encoding {visible(encoding)!r}"
        fix = 'write encoding: utf-8, or another encoding Python knows, such as cp1252; or save as "CSV UTF-8"'
        findings.refuse("E-ENCODING", what, fix)
        return None


def _has_wide_characters(raw: bytes) -> bool:
    """Whether every other byte is zero, as in UTF-16 without a mark."""
    return raw[:2000].count(0) > len(raw[:2000]) // 4


def _ask_encoding(raw: bytes, position: int, findings: Findings) -> None:
    row = raw.count(b"\n", 0, position) + 1
    if _has_wide_characters(raw):
        codec = "utf-16-le" if raw[1:2] == b"\x00" else "utf-16-be"
    else:
        codec = next(name for name in SUGGESTED if _decodes(raw, name))
    samples = ", ".join(f'"{sample}"' for sample in _samples(raw.decode(codec, "replace")))
    what = f"the text is not UTF-8. Read as {codec} it says {samples}"
    fix = (
        f"if these look right, write encoding: {codec} for this file in engagement.yaml; "
        'otherwise save it in Excel as "CSV UTF-8"'
    )
    findings.refuse("E-ENCODING", what, fix, row=row)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _samples(text: str) -> list[str]:
    cells = re.findall(r"[^,;\t|\r\n\"]*[^\x00-\x7f][^,;\t|\r\n\"]*", text)
    return [visible(cell.strip(), 40) for cell in dict.fromkeys(cells)][:3] or [visible(text, 40)]


def find_separator(text: str, count_headers: Callable[[Sequence[str]], int]) -> str:
    """The delimiter under which most column headers are recognised, then the one that splits most evenly."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator, count_headers))


def _fit(sample: str, separator: str, count_headers: Callable[[Sequence[str]], int]) -> tuple[int, float]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            if row:
                rows.append(row)
            if len(rows) == 50:
                break
    except csv.Error:
        pass
    headers = max((count_headers(row) for row in rows[:20]), default=0)
    widths = [len(row) for row in rows]
    width = max(set(widths), key=widths.count, default=1)
    even = widths.count(width) / len(widths) if widths and width > 1 else 0.0
    return headers, even


Records = tuple[list[list[str]], list[int], dict[int, int]]


def _records(text: str, separator: str, first_line: int, findings: Findings) -> Records | None:
    try:
        return _split(text, separator, first_line)
    except _BrokenRecordError as broken:
        if '\\"' in text:
            try:
                records = _split(text.replace('\\"', '""'), separator, first_line)
            except _BrokenRecordError:
                pass
            else:
                findings.note("N-BACKSLASH", 'quotes inside texts are written \\" and were read as quotes')
                return records
        _refuse_broken(broken, findings)
        return None


class _BrokenRecordError(Exception):
    """The text cannot be split into records from ``row`` (starting on ``line``) on."""

    def __init__(self, row: int, line: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.line = line


def _split(text: str, separator: str, first_line: int) -> Records:
    rows: list[list[str]] = []
    lines: list[int] = []
    spans: dict[int, int] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(line + first_line)
            if reader.line_num > line + 1:
                spans[len(rows)] = reader.line_num + first_line - 1
            line = reader.line_num
    except csv.Error as error:
        raise _BrokenRecordError(len(rows) + 1, line + first_line, str(error)) from None
    return rows, lines, spans


def _refuse_broken(broken: _BrokenRecordError, findings: Findings) -> None:
    findings.lines = [*range(1, broken.row), broken.line]
    if "field limit" in str(broken):
        limit = csv.field_size_limit()
        what = f"a cell is longer than {limit:,} characters, or a quote is opened and never closed"
        findings.refuse("E-LONG", what, "shorten the text, or add the missing closing quote", row=broken.row)
    elif "end of data" in str(broken):
        what = f'a quote (") is opened on line {broken.line} and never closed'
        findings.refuse("E-QUOTE", what, "add the closing quote, or delete the opening one", row=broken.row)
    else:
        what = f"a quoted text that starts on line {broken.line} goes on after its closing quote"
        fix = 'write a quote inside a quoted text twice (""), or add the missing closing quote'
        findings.refuse("E-QUOTE", what, fix, row=broken.row)
