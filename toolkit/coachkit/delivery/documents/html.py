"""One self-contained page: no script, no link to anywhere, nothing loaded from anywhere."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from coachkit.engagement.resources import template_path
from coachkit.presentation.blocks import Block, Cover, Heading
from coachkit.presentation.html import render_blocks
from coachkit.presentation.style import block_style
from coachkit.presentation.theme import Theme, visible

if TYPE_CHECKING:
    from jinja2 import Template

_CSS_SAFE = frozenset(string.ascii_letters + string.digits + " -.")
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def render_document(blocks: Sequence[Block], title: str = "") -> str:
    """Render the blocks of one report as an HTML page.

    Parameters
    ----------
    blocks : sequence of Block
        The report; its :class:`~coachkit.presentation.blocks.Cover` gives colours, paper and the line that every
        printed page repeats.
    title : str
        Title of the page; empty: the cover's title.

    Returns
    -------
    str
        A complete page in which every text of the blocks is escaped.

    Raises
    ------
    SettingsError
        If a colour of the cover is not of the form ``#RRGGBB``.

    Examples
    --------
    >>> page = render_document([Heading(level=2, text="<b>")], "Plan")
    >>> "<title>Plan</title>" in page and "&lt;b&gt;</h2>" in page
    True
    """
    covers = [block for block in blocks if isinstance(block, Cover)]
    cover = covers[0] if covers else Cover(title=title, person="", lines=(), confidential="", footer="")
    theme = Theme.from_colours(cover.colour_primary, cover.colour_accent)
    opening, sections = _split(block for block in blocks if not isinstance(block, Cover))
    return _template().render(
        title=visible(title or cover.title or "Report"),
        language=cover.language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", cover.language) else "en",
        policy=CONTENT_POLICY,
        style=block_style(theme),
        page_style=_page_style(theme.primary, cover),
        cover=render_blocks(covers[:1]) or f"<h1>{render_text(title)}</h1>",
        opening=render_blocks(opening),
        sections=[
            {"id": f"section-{number}", "title": visible(heading.text), "body": _section(heading, rest, number)}
            for number, (heading, rest) in enumerate(sections, start=1)
        ],
        footer=visible(cover.footer),
    )


def render_text(text: str) -> str:
    """A text as escaped HTML, or a plain word where it is empty."""
    from coachkit.presentation.html import escape

    return escape(text or "Report")


def css_text(text: str) -> str:
    r"""A text as a CSS string in which nothing can end the string or the style element.

    Examples
    --------
    >>> css_text('a"</style>')
    '"a\\000022 \\00003c \\00002f style\\00003e "'
    """
    return '"' + "".join(c if c in _CSS_SAFE else f"\\{ord(c):06x} " for c in visible(text)) + '"'


def _section(heading: Heading, rest: Sequence[Block], number: int) -> str:
    return render_blocks([heading, *rest], [f"section-{number}"])


def _split(blocks: Iterator[Block]) -> tuple[list[Block], list[tuple[Heading, list[Block]]]]:
    """Blocks before the first section, then each section with its heading."""
    opening: list[Block] = []
    sections: list[tuple[Heading, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level <= 2:
            sections.append((Heading(level=2, text=block.text), []))
        elif sections:
            sections[-1][1].append(block)
        else:
            opening.append(block)
    return opening, sections


def _page_style(primary: str, cover: Cover) -> str:
    paper = cover.paper if cover.paper in {"A4", "Letter"} else "A4"
    source = template_path("documents", "html", "report.css").read_text("utf-8")
    values = {"paper": paper, "primary": primary, "footer": css_text(cover.footer)}
    return re.sub(r"\s*\n\s*", "", re.sub(r"\$(\w+)", lambda found: values[found[1]], source))


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    source = template_path("documents", "html", "report.html.j2").read_text("utf-8")
    return environment.from_string(source)
