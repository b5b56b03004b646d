"""Which characters the shipped fonts draw, and what stands in for the others."""

from __future__ import annotations

import json

import pytest
from fontTools.ttLib import TTFont

from coachkit.delivery.documents.scripts import drawable, is_covered, pictographs_in_words, scripts_without_font
from coachkit.engagement.resources import template_path

FONTS = sorted(template_path("documents", "fonts").glob("*.?tf"))


def drawn_by(path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


def test_the_list_of_covered_characters_is_what_the_fonts_hold():
    listed = json.loads(template_path("documents", "fonts", "coverage.json").read_text("utf-8"))
    codes = {code for first, last in listed for code in range(first, last + 1)}
    assert codes == set().union(*map(drawn_by, FONTS))


def test_the_three_styles_of_the_text_face_draw_the_same():
    inter = [drawn_by(path) for path in FONTS if path.name.startswith("Inter")]
    assert len(inter) == 3
    assert inter[0] == inter[1] == inter[2]


def test_every_font_has_its_licence_beside_it():
    licence = template_path("documents", "fonts", "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert {path.name.partition("-")[0] for path in FONTS} == {
        "Inter",
        "NotoSansArabic",
        "NotoSansHebrew",
        "NotoSansSymbols2",
    }


@pytest.mark.parametrize("name", ["Zoë O’Neil", "Łukasz Žižek", "Παπαδοπούλου", "Ґалаґан", "Nguyễn Thị", "محمد", "שרה"])
def test_names_need_no_other_font(name):
    assert scripts_without_font(name) == ()
    assert drawable(name) == name


def test_scripts_that_need_a_font_are_named_once_each():
    assert scripts_without_font("李小龙 ทดสอบ 李") == ("Cjk", "Thai")
    assert not is_covered("李")


def test_symbols_no_font_draws_become_their_names_and_letters_stay():
    assert pictographs_in_words("李 ∀ 🎉 \ue000 \ufffd ✓") == "李 [for all] [party popper] ␦ ␦ ✓"


def test_only_words_too_long_for_a_column_may_break():
    assert drawable("Verantwortungsbewusst") == "Verantwortungsbewusst"
    assert drawable("x" * 30).count("\u200b") == 2
    assert drawable("x" * 30).replace("\u200b", "") == "x" * 30
