"""The Word document that every report starts from: real styles in the client's colours, page, footer, no contents."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from functools import lru_cache

from coachkit.engagement.resources import template_path
from coachkit.presentation.theme import INK, MUTED, RULE, WASH, Theme

PAPERS = {"A4": (11906, 16838), "Letter": (12240, 15840)}  # twentieths of a point
MARGIN = 1247
PARTS = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "package_rels.xml",
    "word/_rels/document.xml.rels": "document_rels.xml",
    "word/document.xml": "document.xml",
    "word/styles.xml": "styles.xml",
    "word/settings.xml": "settings.xml",
    "word/numbering.xml": "numbering.xml",
    "word/footer1.xml": "footer1.xml",
    "docProps/core.xml": "core.xml",
    "docProps/app.xml": "app.xml",
}


def text_width(paper: str) -> int:
    """Width of the text on a paper, in twentieths of a point."""
    return PAPERS[paper][0] - 2 * MARGIN


@lru_cache(maxsize=8)
def empty_document(theme: Theme, paper: str, language: str) -> bytes:
    """A Word file without contents, put together from the parts in ``templates/documents/docx``."""
    width, height = PAPERS[paper]
    colors = {"ink": INK, "muted": MUTED, "rule": RULE, "wash": WASH, "primary": theme.primary, "accent": theme.accent}
    values: dict[str, object] = {name: color.lstrip("#") for name, color in colors.items()}
    values |= {"width": width, "height": height, "text_width": text_width(paper), "language": language}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name, source in PARTS.items():
            archive.writestr(name, _filled(template_path("documents", "docx", source).read_text("utf-8"), values))
    return package.getvalue()


def _filled(text: str, values: Mapping[str, object]) -> str:
    return re.sub(r"\$(\w+)", lambda found: str(values[found[1]]), text)
