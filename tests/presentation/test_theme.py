"""Colours read, client colours are checked, and no character is lost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from coachkit.errors import SettingsError
from coachkit.presentation import theme
from coachkit.presentation.style import block_style
from coachkit.presentation.theme import Theme, contrast_ratio, is_bidirectional, readable, visible


@pytest.mark.parametrize("color", [theme.INK, theme.MUTED, theme.BLUE, theme.GREEN, theme.PURPLE])
@pytest.mark.parametrize("background", [theme.PAPER, theme.WASH])
def test_text_colours_reach_the_contrast_for_text(color, background):
    assert contrast_ratio(color, background) >= theme.TEXT_CONTRAST


@pytest.mark.parametrize("color", theme.SERIES)
def test_marks_reach_the_contrast_for_graphics(color):
    assert contrast_ratio(color, theme.PAPER) >= 3


@pytest.mark.parametrize("background", theme.HEAT)
def test_numbers_read_on_every_heat_shade(background):
    assert contrast_ratio(theme.INK, background) >= theme.TEXT_CONTRAST


def test_heat_shades_can_be_told_apart_in_order():
    lightness = [contrast_ratio("#000000", color) for color in theme.HEAT]
    assert lightness == sorted(lightness)
    assert all(b / a > 1.05 for a, b in pairwise(lightness))


@pytest.mark.parametrize("client", ["#FFFF00", "#FFFFFF", "#FFCC00", "#0B3C5D", "#7FDBFF"])
def test_a_client_colour_is_darkened_until_it_reads(client):
    chosen = Theme.from_colours(client, client)
    assert contrast_ratio(chosen.primary, theme.PAPER) >= theme.TEXT_CONTRAST
    assert contrast_ratio(chosen.accent, theme.PAPER) >= theme.TEXT_CONTRAST


def test_a_colour_that_reads_already_stays_as_it_is():
    assert readable("#0B3C5D") == "#0B3C5D"


@pytest.mark.parametrize("given", ["red", "#12345", "#0B3C5D;}</style>", "#0B3C5D\n", "", "#GGGGGG"])
def test_anything_but_a_plain_hex_colour_is_refused(given):
    with pytest.raises(SettingsError, match="is not of the form '#RRGGBB'"):
        Theme.from_colours(given, "#000000")


def test_known_contrast_values():
    assert contrast_ratio("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # the well-known near miss


def test_every_character_that_a_page_cannot_hold_is_shown():
    shown = visible("".join(map(chr, [*range(32), 0x7F, 0xFFFE, 0xFFFF, 0xD800, 0xDFFF])))
    assert "\t" in shown
    assert "\n" in shown
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", shown)
    assert len(shown) == 37


def test_direction_is_noticed_in_letters_and_in_marks():
    assert is_bidirectional("אורי")
    assert is_bidirectional("a\u202eb")
    assert not is_bidirectional("Dąbrowska 陈建国")


def test_the_style_sheet_is_scoped_and_loads_nothing():
    style = block_style(Theme())
    assert "url(" not in style
    assert "@import" not in style
    assert "$" not in style
    rules = re.sub(r"@media[^{]*\{((?:[^{}]*\{[^}]*\})*)\}", r"\1", style)
    selectors = [part for rule in re.findall(r"([^{}]+)\{", rules) for part in rule.split(",")]
    assert selectors
    assert all(part.strip().startswith(".ck") for part in selectors)
