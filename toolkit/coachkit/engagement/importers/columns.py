"""Find the items of an instrument among the headers of a survey export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from coachkit.core.instrument import Instrument

_CODE = re.compile(r"(?P<question>[^\[\]\s.]+)(?:\[(?P<part>[^\[\]]+)\])?(?P<more>\[[^\]]*\])?(?:[.:]\s.*)?", re.S)
_NOT_ANSWERS = frozenset({"other", "comment", "-oth-"})
_JOINTS = (" - ", ": ", " | ")


def map_columns(
    headers: Iterable[str], texts: Mapping[str, str], given: Mapping[str, str], instrument: Instrument
) -> dict[str, str]:
    """Map headers to items and comment questions.

    Parameters
    ----------
    headers : iterable of str
        Headers of the export.
    texts : mapping of header to str
        Question text where the export has it apart from the header (Qualtrics), else empty.
    given : mapping of header to column
        The column map of engagement.yaml; it wins over everything found here.
    instrument : Instrument

    Returns
    -------
    dict
        Header to canonical column: what was given, then ids in the header (``OPP01``, ``G1Q1[OPP01]``,
        ``Q5_OPP01``), then headers or texts that are an item's wording. A column claimed by two headers is
        left to the map of engagement.yaml.
    """
    ids = {name.casefold(): name for name in _answer_ids(instrument)}
    wordings = _wordings(instrument)
    claims: dict[str, list[str]] = {}
    for header in headers:
        if header in given:
            continue
        name = _by_id(header, ids) or _by_text(header, wordings) or _by_text(texts.get(header, ""), wordings)
        if name is not None and name not in given.values():
            claims.setdefault(name, []).append(header)
    found = {header[0]: name for name, header in claims.items() if len(header) == 1}
    return {**found, **given}


def _answer_ids(instrument: Instrument) -> tuple[str, ...]:
    return (*instrument.item_ids, *(question.id for question in instrument.comment_questions))


def _by_id(header: str, ids: Mapping[str, str]) -> str | None:
    code = _CODE.fullmatch(header.strip())
    if code is None:
        return ids.get(header.strip().casefold())
    part = (code["part"] or "").casefold()
    if part in _NOT_ANSWERS or (code["more"] and code["more"].strip("[]").casefold() in _NOT_ANSWERS):
        return None
    question = code["question"].casefold()
    return ids.get(part) or ids.get(question) or ids.get(question.rpartition("_")[2])


def _by_text(text: str, wordings: Mapping[str, str]) -> str | None:
    plain = plain_text(text)
    if plain in wordings:
        return wordings[plain]
    for joint in _JOINTS:
        tail = plain_text(text.rpartition(joint)[2])
        if joint in text and tail in wordings:
            return wordings[tail]
    return None


def _wordings(instrument: Instrument) -> dict[str, str]:
    """Wording -> id, without wordings that two items share."""
    pairs = [(plain_text(text), item.id) for item in instrument.items for text in {item.text_self, item.text_rater}]
    pairs += [
        (plain_text(text), question.id)
        for question in instrument.comment_questions
        for text in {question.text_self, question.text_rater}
    ]
    names: dict[str, set[str]] = {}
    for text, name in pairs:
        names.setdefault(text, set()).add(name)
    return {text: next(iter(found)) for text, found in names.items() if text and len(found) == 1}


def plain_text(text: str) -> str:
    """A question's text without markup-like and typographic differences.

    Examples
    --------
    >>> plain_text("Brings  new\u00a0ideas. ") == plain_text("brings new ideas")
    True
    """
    text = re.sub(r"<[^>]+>", " ", text).replace("’", "'").replace("‘", "'")
    return " ".join(text.split()).strip(" .:;*").casefold()
