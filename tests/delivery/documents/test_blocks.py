"""What counts as the report: shown blocks and the prose between, nothing else."""

from __future__ import annotations

import nbformat.v4 as nb
import pytest

from coachkit.delivery.documents.blocks import RECEIPT_MIME, collect_blocks, markdown_blocks
from coachkit.presentation.blocks import BulletList, Heading, Paragraph, Quote, Run
from coachkit.presentation.show import make_bundle


def code_cell(*outputs, source="x"):
    cell = nb.new_code_cell(source)
    cell.outputs = list(outputs)
    return cell


def shown(*blocks, kind="display_data"):
    return nb.new_output(kind, data=make_bundle(*blocks))


SECTION = Heading(level=2, text="Your profile")
FINDING = Paragraph(runs=(Run("Three below."),))


def test_prose_and_blocks_come_in_reading_order():
    notebook = nb.new_notebook(
        cells=[nb.new_markdown_cell("## Your profile"), code_cell(shown(FINDING)), nb.new_markdown_cell("After.")]
    )
    blocks, receipt = collect_blocks(notebook)
    assert blocks == (SECTION, FINDING, Paragraph(runs=(Run("After."),)))
    assert receipt is None


def test_cells_for_the_notebook_only_stay_out():
    cell = nb.new_markdown_cell("# How to use this notebook")
    cell.metadata["tags"] = ["notebook-only"]
    assert collect_blocks(nb.new_notebook(cells=[cell])) == ((), None)


def test_code_streams_and_other_displays_stay_out():
    outputs = [
        nb.new_output("stream", text="secret"),
        nb.new_output("display_data", data={"text/html": "<script>x</script>", "text/plain": "x"}),
        nb.new_output("error", ename="E", evalue="v", traceback=[]),
        shown(FINDING, kind="execute_result"),
    ]
    assert collect_blocks(nb.new_notebook(cells=[code_cell(*outputs, source="password = 1")])) == ((FINDING,), None)


def test_the_last_receipt_counts():
    outputs = [nb.new_output("display_data", data={RECEIPT_MIME: {"run_id": value}}) for value in ("a", "b")]
    assert collect_blocks(nb.new_notebook(cells=[code_cell(*outputs)]))[1] == {"run_id": "b"}


def test_markdown_becomes_blocks():
    source = "### Read *this*\n\nA **strong**\nword.\n\n- one\n- *two*\n  - three\n\n1. first\n\n> said\n\n    code"
    assert markdown_blocks(source) == [
        Heading(level=3, text="Read this"),
        Paragraph(runs=(Run("A "), Run("strong", "strong"), Run(" word."))),
        BulletList(entries=((Run("one"),), (Run("two", "em"),), (Run("three"),))),
        BulletList(entries=((Run("first"),),), ordered=True),
        Quote(text="said", source=""),
        Paragraph(runs=(Run("code"),)),
    ]


@pytest.mark.case("SEC-02")
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](https://example.org)", "x"),
        ("<b onclick=x>y</b>", "<b onclick=x>y</b>"),
        ("![x](/etc/passwd)", "x"),
        ("{{ 7*7 }} $x$ `a<b`", "{{ 7*7 }} $x$ a<b"),
    ],
)
def test_markdown_keeps_words_and_drops_links(source, text):
    (block,) = markdown_blocks(source)
    assert "".join(run.text for run in block.runs) == text


@pytest.mark.case("SEC-02")
def test_html_blocks_in_markdown_are_literal():
    (block,) = markdown_blocks("<script>alert(1)</script>")
    assert block.runs[0].text == "<script>alert(1)</script>"
