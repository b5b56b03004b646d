"""Documents read back by other programs' readers, and the words that a report must hold."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from io import BytesIO

import docx
import pikepdf
import pypdf

from coachkit.presentation.blocks import Block

MARKS = {"type", "kind", "tone", "style", "align", "svg", "colour_primary", "colour_accent", "paper", "language", "alt"}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LONG_WORD = 20
JOINED = re.compile("[\u200b\u2060\u00ad\u2066-\u2069]")


def texts_of(value: object, *, with_alt: bool = False) -> Iterator[str]:
    """Every text of blocks that a reader sees (and the alternative texts, if asked for)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for entry in value:
            yield from texts_of(entry, with_alt=with_alt)
    elif is_dataclass(value):
        for entry in fields(value):
            if entry.name not in MARKS or (with_alt and entry.name == "alt"):
                yield from texts_of(getattr(value, entry.name), with_alt=with_alt)


def missing_words(blocks: Sequence[Block], found: str) -> Counter[str]:
    """Words of the blocks that a document's text lacks; a long word may be broken between lines."""
    missing = words(" ".join(texts_of(tuple(blocks)))) - words(found)
    whole = squeezed(found)
    return Counter({word: n for word, n in missing.items() if len(word) < LONG_WORD or whole.count(word) < n})


def squeezed(text: str) -> str:
    """A text without spaces, line ends and invisible breaks."""
    return re.sub(r"\s", "", JOINED.sub("", text))


def words(text: str) -> Counter[str]:
    """Words in any order, however lines were broken; the forms of ligatures and marks are made equal."""
    return Counter(re.findall(r"\w+", unicodedata.normalize("NFKC", JOINED.sub("", text))))


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def docx_text(package: bytes) -> str:
    """Every text of the body in reading order, paragraphs and cells apart, and the footer's."""
    document = docx.Document(BytesIO(package))
    parts = [document.element.body, document.sections[0].footer._element]
    found = []
    for part in parts:
        for entry in part.iter():
            if entry.tag == f"{W}p":
                found.append("\n")
            elif entry.tag in {f"{W}br", f"{W}tab"}:
                found.append(" ")
            elif entry.tag == f"{W}t":
                found.append(entry.text or "")
    return "".join(found)


def package_everything(package: bytes) -> bytes:
    """Every part of an Office file unpacked, names included: what a byte search must look through."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return b"\n".join(part for name in archive.namelist() for part in (name.encode(), archive.read(name)))


def pdf_everything(pdf: bytes) -> bytes:
    """Every stream unpacked and every string decoded: what a byte search of a PDF must look through."""
    parts = [pdf, pdf_text(pdf).encode()]
    with pikepdf.open(BytesIO(pdf)) as document:
        for entry in document.objects:
            if isinstance(entry, pikepdf.Stream):
                parts.append(entry.read_bytes())
            parts += [text.encode() for text in _strings(entry)]
    return b"\n".join(parts)


def _strings(entry, depth: int = 0) -> Iterator[str]:
    if isinstance(entry, pikepdf.String):
        yield str(entry)
    elif isinstance(entry, pikepdf.Dictionary | pikepdf.Stream) and depth < 6:
        for value in dict(entry.items()).values():
            yield from _strings(value, depth + 1) if not getattr(value, "is_indirect", False) else ()
    elif isinstance(entry, pikepdf.Array):
        for value in entry:
            yield from _strings(value, depth + 1) if not getattr(value, "is_indirect", False) else ()
