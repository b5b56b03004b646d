"""What must be true of a workbook's ZIP before anything inside it is parsed."""

from __future__ import annotations

import io
import re
import stat
import zipfile

from coachkit.engagement.problems import visible
from coachkit.engagement.tabular.grid import Findings

MAX_UNPACKED = 100_000_000
MAX_RATIO = 100
MAX_ENTRIES = 2_000
RATIO_FROM = 1_000_000  # small parts of blanks compress well and harm nobody
_CHUNK = 1 << 20
_FIX = "save the sheet you need as CSV UTF-8, or copy it into a new workbook"
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._\-]+)[\"']")
_DOCTYPES = tuple(
    word.encode(codec) for word in ("<!DOCTYPE", "<!ENTITY") for codec in ("utf-8", "utf-16-le", "utf-16-be")
)


def check_archive(raw: bytes, findings: Findings) -> bool:
    """Refuse archives that unpack too large, hide paths, or declare document types; True when safe."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            return _check_directory(entries, findings) and _check_parts(archive, entries, findings)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return _damaged(findings)
    except _zlib_error():
        return _damaged(findings)


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _damaged(findings: Findings) -> bool:
    what = "the workbook is damaged or incomplete"
    findings.refuse("E-WORKBOOK", what, "open it in Excel, save it again under a new name, and use that file")
    return False


def _check_directory(entries: list[zipfile.ZipInfo], findings: Findings) -> bool:
    total = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    names = [entry.filename for entry in entries]
    odd = next((entry.filename for entry in entries if _leaves_folder(entry)), None)
    if len(entries) > MAX_ENTRIES:
        findings.refuse("E-ARCHIVE", f"the workbook has {len(entries):,} parts; at most {MAX_ENTRIES:,} are read", _FIX)
    elif odd is not None:
        findings.refuse("E-ARCHIVE", f"a part of the workbook has the unsafe path {visible(odd)!r}", _FIX)
    elif len(set(names)) != len(names):
        findings.refuse("E-ARCHIVE", "two parts of the workbook have the same name", _FIX)
    elif total > MAX_UNPACKED:
        what = f"the workbook unpacks to {total / 1e6:,.0f} MB; at most {MAX_UNPACKED / 1e6:,.0f} MB are read"
        findings.refuse("E-SIZE", what, _FIX)
    elif total > RATIO_FROM and total / packed > MAX_RATIO:
        what = f"the workbook unpacks to {total / packed:,.0f} times its size; at most {MAX_RATIO} times is read"
        findings.refuse("E-SIZE", what, _FIX)
    else:
        return True
    return False


def _leaves_folder(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name) is not None


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], findings: Findings) -> bool:
    """Unpack every part once in pieces: sizes must be as declared, XML without document types."""
    for entry in entries:
        is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(entry) as part:
            before, size = b"", 0
            while piece := part.read(_CHUNK):
                size += len(piece)
                if size > entry.file_size:
                    return _damaged(findings)
                if is_xml and not _is_plain(before + piece, not before, entry.filename, findings):
                    return False
                before = piece[-32:]
    return True


def _is_plain(piece: bytes, is_first: bool, name: str, findings: Findings) -> bool:
    if any(word in piece for word in _DOCTYPES):
        what = f"the part {visible(name)} declares a document type (DOCTYPE), which Excel never writes"
        findings.refuse("E-DOCTYPE", what, _FIX)
        return False
    declared = _ENCODING.match(piece.lstrip(b"\xef\xbb\xbf")) if is_first else None
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf-16", b"us-ascii", b"ascii"):
        what = f"the part {visible(name)} is written in {declared.group(1).decode()}, which Excel never does"
        findings.refuse("E-ENCODING", what, _FIX)
        return False
    return True
