"""Colours, type and characters that every figure and page shares.

The palette is the colour-blind safe one of Okabe and Ito; because its amber fails 3:1 on white, marks also
differ by shape. Client colours are used only after a contrast check.

References
----------
Okabe, M. and Ito, K. (2008). Color universal design: how to make figures and presentations that are friendly
to colorblind people. W3C (2018). Web Content Accessibility Guidelines 2.1, 1.4.3 and 1.4.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coachkit.errors import SettingsError

BLUE = "#0072B2"
VERMILION = "#D55E00"
GREEN = "#007A5A"  # the bluish green of the palette, darkened to 4.5:1 on white
PURPLE = "#A0437A"  # the reddish purple, darkened likewise
SKY = "#BBD9EC"
INK = "#1B2733"
MUTED = "#55616D"
RULE = "#D5DBE1"
PAPER = "#FFFFFF"
WASH = "#F4F6F8"
HEAT = ("#6FB0DA", "#A3CDE8", "#CBE1F2", "#E6F0F8", "#F7FAFD")  # level 0 (lowest mean, darkest) .. 4
SERIES = (BLUE, VERMILION, GREEN, PURPLE)
FONT_STACK = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'Noto Sans CJK SC', "
    "'Noto Sans Arabic', sans-serif"
)
TEXT_CONTRAST = 4.5  # WCAG 2.1, 1.4.3
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
_VISIBLE_CONTROL = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}
_VISIBLE_CONTROL |= {0x7F: "\u2421", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd", ord("\r"): "\n"}
_VISIBLE_CONTROL |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(frozen=True, slots=True)
class Theme:
    """A client's two colours, each readable as text on white and on the wash of boxed remarks."""

    primary: str = "#0B3C5D"
    accent: str = "#B34700"

    @classmethod
    def from_colours(cls, primary: str, accent: str) -> Theme:
        """Take a client's colours, darkened where they would be hard to read.

        Raises
        ------
        SettingsError
            If a colour is not written as ``#RRGGBB``.

        Examples
        --------
        >>> Theme.from_colours("#0B3C5D", "#FFCC00").accent
        '#856A00'
        """
        return cls(primary=readable(primary), accent=readable(accent))


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two ``#RRGGBB`` colours, from 1 (same) to 21 (black on white).

    References
    ----------
    W3C (2018). Web Content Accessibility Guidelines 2.1, definition of contrast ratio.

    Examples
    --------
    >>> contrast_ratio("#000000", "#FFFFFF")
    21.0
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(color: str, background: str = WASH, minimum: float = TEXT_CONTRAST) -> str:
    """Darken a colour step by step until it reads on the background, by default that of boxed remarks.

    Raises
    ------
    SettingsError
        If the colour is not written as ``#RRGGBB``.
    """
    channels = _channels(color)
    share = 1.0
    shaded = color
    while contrast_ratio(shaded, background) < minimum and share > 0:
        share -= 0.02
        shaded = "#" + "".join(f"{round(channel * share):02X}" for channel in channels)
    return shaded


def visible(text: str) -> str:
    r"""Make characters that no document format may hold visible, instead of dropping them.

    Control characters become their Unicode pictures; lone surrogates and non-characters become U+FFFD.

    Examples
    --------
    >>> visible("a\x07b")
    'a␇b'
    """
    return text if text.isascii() and text.isprintable() else text.translate(_VISIBLE_CONTROL)


def is_bidirectional(text: str) -> bool:
    """Whether the text holds letters or marks that run from right to left, and so needs isolation."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def _channels(color: str) -> tuple[int, int, int]:
    if not _HEX.match(color):
        raise SettingsError(f"colour {color[:40]!r} is not of the form '#RRGGBB', for example '#0B3C5D'.")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
