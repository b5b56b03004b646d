"""Typst: data in, PDF or PNG out. Words reach it as data only, and it sees no file but its own template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coachkit.delivery.documents.scripts import scripts_without_font
from coachkit.engagement.resources import template_path
from coachkit.errors import CoachkitError

if TYPE_CHECKING:
    import typst

FAMILIES = ("Inter", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Symbols 2")
SYSTEM_FAMILIES = (
    "Noto Sans",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Noto Sans Thai",
    "Arial Unicode MS",
)
ACCESSIBLE = "ua-1"


class DocumentError(CoachkitError):
    """A document that cannot be made. ``message`` and ``fix`` name formats and scripts, never the text."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message}. {fix}")
        self.message, self.fix = message, fix

    @classmethod
    def from_scripts(cls, scripts: tuple[str, ...]) -> DocumentError:
        """A text in scripts that no installed font can draw."""
        return cls(
            f"the PDF holds characters that no font on this machine can draw (script: {', '.join(scripts)})",
            "Install a font for that script, such as one of the Noto Sans family, and run again; or leave pdf out of "
            "--formats.",
        )


def typeset(template: str, data: Mapping[str, Any], *, standards: tuple[str, ...] = (ACCESSIBLE,)) -> bytes:
    """Typeset a template of ``templates/documents/typst`` as PDF.

    Parameters
    ----------
    template : str
        File name of the template.
    data : mapping
        JSON-ready values, which the template reads from ``sys.inputs``; ``fonts`` is added.
    standards : tuple of str
        PDF standards to hold; Typst refuses what breaks them.

    Returns
    -------
    bytes
        The same bytes for the same data.

    Raises
    ------
    DocumentError
        If neither the shipped fonts nor those of the system can draw a text.
    """
    import typst

    foreign = scripts_without_font(json.dumps(data, ensure_ascii=False))
    fonts = (*FAMILIES, *SYSTEM_FAMILIES) if foreign else FAMILIES
    compiler = compiler_with(bool(foreign))
    try:
        return compiler.compile(
            input=_template(template),
            format="pdf",
            sys_inputs={"data": json.dumps({**data, "fonts": fonts}, ensure_ascii=False)},
            pdf_standards=list(standards),
        )
    except typst.TypstError as error:
        if foreign:
            raise DocumentError.from_scripts(foreign) from None
        raise DocumentError("the PDF could not be typeset", "Report it with the run's manifest.json.") from error


def rasterise(svg: str, width_pt: float, pixels_per_inch: float) -> bytes:
    """Draw an SVG figure as PNG, with the shipped fonts (and the system's for other scripts)."""
    foreign = scripts_without_font(svg)
    data = {"svg": svg, "width": width_pt, "fonts": (*FAMILIES, *SYSTEM_FAMILIES) if foreign else FAMILIES}
    return compiler_with(bool(foreign)).compile(
        input=_template("figure.typ"),
        format="png",
        ppi=pixels_per_inch,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[],
    )


@lru_cache(maxsize=2)
def compiler_with(with_system_fonts: bool) -> typst.Compiler:
    """A compiler that sees the template's folder only, made once per process."""
    import typst

    return typst.Compiler(root=_folder(), font_paths=load_fonts(with_system_fonts))


@lru_cache(maxsize=2)
def load_fonts(with_system_fonts: bool) -> typst.Fonts:
    """Read the shipped fonts, and the system's where a text needs them, once per process."""
    import typst

    folder = template_path("documents", "fonts")
    return typst.Fonts(include_system_fonts=with_system_fonts, include_embedded_fonts=False, font_paths=[str(folder)])


def _folder() -> Path:
    return template_path("documents", "typst")


def _template(name: str) -> Path:
    return template_path("documents", "typst", name)
