"""The real format of a file, from its first bytes and not from its name."""

from __future__ import annotations

import io
import zipfile

_SAVE_AS = 'open it in Excel and save it as "Excel Workbook (.xlsx)" or "CSV UTF-8"'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"PAR1", "a Parquet file"),
    (b"$FL2", "an SPSS file (.sav)"),
)


def recognise(raw: bytes) -> tuple[str, str]:
    """Name a file's format.

    Returns
    -------
    tuple of (kind, description)
        ``kind`` is ``text``, ``xlsx``, ``xlsm`` or ``other``; ``description`` words the format for a person.

    Examples
    --------
    >>> recognise(b"manager_id,name")
    ('text', 'text')
    >>> recognise(b"%PDF-1.7")
    ('other', 'a PDF document')
    """
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _recognise_zip(raw)
    if raw.startswith(_OLE):
        return "other", _recognise_ole(raw)
    for signature, description in _SIGNATURES:
        if raw.startswith(signature):
            return "other", description
    head = raw[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head")):
        return "other", "a web page (HTML), whatever its name says"
    if head.startswith((b"<?xml", b"<workbook", b"<office")):
        return "other", "an XML file (perhaps Excel 2003 XML)"
    return "text", "text"


def fix_for(description: str) -> str:
    """What a consultant can do to get a readable file."""
    if "password" in description:
        return "open it in Excel, choose File > Info > Protect Workbook > Encrypt with Password, clear it, save"
    if "Numbers" in description:
        return "open it in Numbers and choose File > Export To > Excel or CSV"
    if "OpenDocument" in description:
        return 'open it in LibreOffice and save it as "Excel 2007-365 (.xlsx)" or CSV with UTF-8'
    return _SAVE_AS


def _recognise_zip(raw: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                macros = any(name.lower().endswith("vbaproject.bin") for name in names)
                return ("xlsm", "a workbook with macros (.xlsm)") if macros else ("xlsx", "a workbook (.xlsx)")
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "other", "a damaged or incomplete workbook or archive"
    if "xl/workbook.bin" in names:
        return "other", "a binary workbook (.xlsb)"
    if "mimetype" in names or "content.xml" in names:
        return "other", "an OpenDocument file (.ods)"
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        return "other", "an Apple Numbers file (.numbers)"
    if any(name.startswith("word/") for name in names):
        return "other", "a Word document (.docx)"
    return "other", "a ZIP archive"


def _recognise_ole(raw: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return "a workbook protected with a password"
    if "Workbook".encode("utf-16-le") in raw or "Book".encode("utf-16-le") in raw:
        return "an old workbook (.xls, Excel 97-2003)"
    return "an old Office file"
