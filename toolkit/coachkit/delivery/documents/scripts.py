"""Which characters the shipped fonts can draw, what stands in for the others, and the scripts that need a font."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache

from coachkit.engagement.resources import template_path

BREAK_EVERY = 12  # characters between the places where a word without spaces may break
LONGEST_WORD = 24
MOST_NAMED = 4
UNKNOWN, UNREADABLE = "\ufffd", "\u2426"  # what stands for half a character, and the sign for it that we can draw
ZERO_WIDTH_SPACE = "\u200b"
_INVISIBLE = frozenset("\n\t\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff") | {
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFE00, 0xFE10))
}
_LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD},}}")


def drawable(text: str) -> str:
    """A text as typesetting can show it: pictographs in words, and long words free to break inside.

    Examples
    --------
    >>> drawable("Well done 🎉")
    'Well done [party popper]'
    """
    return _LONG_WORD.sub(_with_breaks, pictographs_in_words(text))


def pictographs_in_words(text: str) -> str:
    """Put the Unicode name, which a screen reader would say, for pictures that fonts draw differently or not at all.

    Letters of every script stay as they are.

    Examples
    --------
    >>> pictographs_in_words("李 👍")
    '李 [thumbs up sign]'
    """
    return text if text.isascii() else "".join(map(_shown, text))


def scripts_without_font(text: str) -> tuple[str, ...]:
    """Scripts in a text that the shipped fonts do not cover, sorted.

    Examples
    --------
    >>> scripts_without_font("Zoë Παπαδοπούλου Иванова 李 محمد")
    ('Cjk',)
    """
    missing = {character for character in set(text) if not is_covered(character)}
    scripts = {unicodedata.name(character, "unknown").split()[0].title() for character in missing}
    return tuple(sorted(scripts)[:MOST_NAMED])


def is_covered(character: str) -> bool:
    """Whether the shipped fonts can draw a character, or need not."""
    return character.isascii() or character in _INVISIBLE or ord(character) in _coverage()


def _shown(character: str) -> str:
    if is_covered(character) or unicodedata.category(character)[0] not in "SC":
        return character
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name and character != UNKNOWN else UNREADABLE


def _with_breaks(found: re.Match[str]) -> str:
    word = found[0]
    return ZERO_WIDTH_SPACE.join(word[start : start + BREAK_EVERY] for start in range(0, len(word), BREAK_EVERY))


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    ranges = json.loads(template_path("documents", "fonts", "coverage.json").read_text("utf-8"))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))
