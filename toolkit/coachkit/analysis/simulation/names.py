"""Invented people: first and family names of many languages and scripts, combined at random.

Any likeness to a real person is coincidence: every name is a combination of common first and family names.
"""

from __future__ import annotations

import numpy as np

# One entry per language: first names, family names, and how the two are joined.
_NAMES: tuple[tuple[str, str, str], ...] = (
    (
        "Harriet Owen Priya Callum Imogen Declan Rosalind Gareth",
        "Ashworth Okafor Pemberton Lindqvist O'Brien Tregenza Hartley McAllister",
        "{0} {1}",
    ),
    ("Siân Rhys Angharad Eluned", "Gruffydd Llewellyn Prys-Jones Bevan", "{0} {1}"),
    ("Zoë Jürgen Käthe Sören", "Müller Groß Schäfer Weiß", "{0} {1}"),
    ("François Héloïse Benoît Maëlle", "Lefèvre Gérard Dubois-Roché Garçon", "{0} {1}"),
    ("Łukasz Małgorzata Żaneta Wojciech", "Wiśniewski Dąbrowska Błaszczyk Król", "{0} {1}"),
    ("Šárka Jiří Ondřej Božena", "Dvořák Černá Říha Šťastná", "{0} {1}"),
    ("Íñigo Begoña Ángel Concepción", "Núñez Ibáñez Peñalver Cañizares", "{0} {1}"),
    ("João Conceição Inês Tomé", "Gonçalves Magalhães Simões Falcão", "{0} {1}"),
    ("Åsa Bjørn Håkon Maëva", "Ødegård Sjöström Ångström Bækkelund", "{0} {1}"),
    ("Gülşen Çağlar İpek Oğuz", "Yıldırım Öztürk Şahin Çelik", "{0} {1}"),
    ("Ελένη Γιώργος Δήμητρα Νίκος", "Παπαδοπούλου Αντωνίου Καραγιάννη Οικονόμου", "{0} {1}"),
    ("Ольга Дмитрий Наталья Сергей", "Ковальчук Шевченко Мельник Бондаренко", "{0} {1}"),
    ("美咲 健太 さくら 大輔", "佐藤 高橋 渡辺 小林", "{1} {0}"),
    ("伟明 静怡 建国 晓燕", "王 陈 欧阳 林", "{1}{0}"),
    ("서연 민준 지우 현우", "김 박 최 남궁", "{1}{0}"),
    ("ليلى خالد فاطمة يوسف", "الحداد المنصوري الخطيب النجار", "{0} {1}"),
    ("נועה אורי תמר דוד", "לוי כהן פרידמן אברהמי", "{0} {1}"),
    ("Thị_Hương Văn_Đức Ngọc_Ánh Minh_Quân", "Nguyễn Trần Phạm Đặng", "{1} {0}"),
    ("अनन्या विक्रम सुनीता राहुल", "शर्मा पटेल अय्यर देशमुख", "{0} {1}"),
)
_BRITISH_SHARE = 0.3  # the client works in Britain, so its home names are commoner
_LETTERS = "ABCDEFGHJKLMNPRSTVWZ"


def draw_names(n: int, rng: np.random.Generator) -> list[str]:
    """Draw ``n`` different full names; the first twenty already hold every language once.

    Notes
    -----
    Once a language's combinations are used up, the next round adds a middle initial.

    Examples
    --------
    >>> names = draw_names(60, np.random.default_rng(1))
    >>> len(set(names))
    60
    """
    n_languages = len(_NAMES)
    languages = np.where(rng.random(n) < _BRITISH_SHARE, 0, rng.integers(1, n_languages, n))
    head = min(n, n_languages)
    languages[:head] = rng.permutation(n_languages)[:head]
    names = [""] * n
    for language, (firsts, lasts, form) in enumerate(_NAMES):
        places = np.flatnonzero(languages == language)
        for place, name in zip(places, _combine(firsts, lasts, form, len(places), rng), strict=True):
            names[place] = name
    return names


def _combine(firsts: str, lasts: str, form: str, n: int, rng: np.random.Generator) -> list[str]:
    pairs = [(first.replace("_", " "), last) for first in firsts.split() for last in lasts.split()]
    order = rng.permutation(len(pairs))
    names = []
    for k in range(n):
        lap, place = divmod(k, len(pairs))
        first, last = pairs[order[place]]
        names.append(form.format(f"{first} {_initials(lap)}" if lap else first, last))
    return names


def _initials(lap: int) -> str:
    """Number 1, 2, 3 ... as initials: A. B. ... Z. AA. (a bijective count)."""
    letters = ""
    while lap:
        lap, digit = divmod(lap - 1, len(_LETTERS))
        letters = f"{_LETTERS[digit]}.{letters}"
    return letters
