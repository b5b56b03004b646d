"""Every text is escaped; structure is kept; figures are images with a text alternative."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from tests.presentation.conftest import every_block

from coachkit.presentation.blocks import (
    Callout,
    Cell,
    Figure,
    FormField,
    Heading,
    Paragraph,
    Quote,
    Run,
    Signature,
    Table,
)
from coachkit.presentation.html import escape, render_blocks

ALLOWED_TAGS = {
    "bdi", "blockquote", "caption", "col", "colgroup", "div", "em", "figcaption", "figure", "footer", "h1", "h2", "h3",
    "img", "li", "ol", "p", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ALLOWED_ATTRIBUTES = {"alt", "class", "data-label", "dir", "id", "role", "scope", "src", "style"}
PAYLOADS = (
    "<img src=x onerror=\"document.documentElement.setAttribute('pwn',1)\">",
    "</script><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '"><style>@import url(//e)</style>',
    "' onmouseover='alert(1)",
    "<table><tr><td",
    "{{ 7*7 }} {% include '/etc/passwd' %} {x.__class__} %(x)s ${HOME}",
)


class Audit(HTMLParser):
    """Collects tags, attributes and text, and checks that every element is closed in order."""

    VOID = frozenset({"img", "col"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.open, self.text = set(), set(), [], []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.case("SEC-01")
@pytest.mark.case("SEC-02")
@pytest.mark.case("SEC-10")
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_markup_in_any_block(payload):
    page = Audit(render_blocks(every_block(payload)))
    assert page.tags <= ALLOWED_TAGS
    assert page.attributes <= ALLOWED_ATTRIBUTES
    plain = Audit(render_blocks(every_block("Plain words")))
    assert page.tags == plain.tags
    assert page.text.count(payload) == plain.text.count("Plain words")


def test_control_characters_are_shown_not_dropped():
    assert escape("a\x00b\x07c\ud800\ufffe") == "a␀b␇c��"


def test_a_name_from_right_to_left_is_isolated():
    assert render_blocks([Heading(level=2, text="نوع")]) == "<h2><bdi>نوع</bdi></h2>"
    assert render_blocks([Paragraph(runs=(Run("Ann", "person"),))]) == "<p><bdi>Ann</bdi></p>"
    assert "<bdi>" in render_blocks([Paragraph(runs=(Run("abc\u202etxt"),))])


def test_a_table_has_caption_scopes_and_labels_for_phones():
    table = Table(
        caption="Scores", header=(Cell("Who"), Cell("Mean", "right")), rows=((Cell("Peers"), Cell("3.2", "right")),),
        stack_on_phone=True, note="Rounded.",
    )  # fmt: skip
    assert render_blocks([table]) == (
        '<div class="ck-table ck-keep"><table role="table" class=ck-stack><caption>Scores</caption>'
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Who</th>'
        '<th scope="col" role="columnheader" class="ck-right">Mean</th></tr></thead>'
        '<tbody role="rowgroup"><tr role="row"><th scope="row" role="rowheader">Peers</th>'
        '<td role="cell" class="ck-right" data-label="Mean">3.2</td></tr></tbody></table>'
        '<p class="ck-small ck-note">Rounded.</p></div>'
    )


def test_a_heat_cell_keeps_its_number_beside_its_shade():
    table = Table(caption="c", header=(Cell("a"), Cell("b")), rows=((Cell("u"), Cell("2.9", "center", level=0)),))
    assert '<td class="ck-center ck-heat0">2.9</td>' in render_blocks([table])


def test_a_figure_is_an_image_with_its_finding_as_text():
    page = render_blocks([Figure(svg="<svg/>", alt="Two below", caption="Key")])
    assert page == (
        '<figure><img src="data:image/svg+xml;base64,PHN2Zy8+" alt="Two below" style="max-width:460px">'
        "<figcaption>Key</figcaption></figure>"
    )


def test_fields_and_quotes_that_follow_each_other_share_a_frame():
    page = render_blocks(
        [FormField(label="A"), FormField(label="B"), Quote(text="x", source="Peers"), FormField(label="C")]
    )
    assert page.count('class="ck-fields"') == 2
    assert page.count('class="ck-quotes"') == 1
    assert "<footer>Peers</footer>" in page


def test_callouts_and_signatures_name_what_they_are():
    page = render_blocks([Callout(kind="caution", title="Limits", runs=(Run("x"),)), Signature(roles=("Coach",))])
    assert 'class="ck-callout ck-caution"><p class="ck-callout-title">Limits</p>' in page
    assert "<span>Coach</span><span>Date</span>" in page


def test_only_sections_take_the_given_ids():
    page = render_blocks([Heading(level=3, text="a"), Heading(level=2, text="b")], ["section-1"])
    assert page == '<h3>a</h3><h2 id="section-1">b</h2>'
