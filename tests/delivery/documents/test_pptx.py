"""The presentation: native charts and tables, a finding on every slide, notes, published figures only."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from pptx import Presentation
from pptx.oxml.ns import qn
from tests.delivery.documents.pages import cohort_blocks
from tests.delivery.documents.reading import package_everything, texts_of
from tests.delivery.documents.reports import HOSTILE
from tests.delivery.documents.test_xlsx import FORMULAS
from tests.fixtures.dossiers import cohort_dossier, empty_cohort, segmented_cohort, with_text_everywhere

from coachkit.delivery.documents.pptx import NOT_TO_CONCLUDE, SAY, render_deck
from coachkit.presentation.cohort_slides import cohort_deck

COHORTS = {"ordinary": cohort_dossier, "segments": segmented_cohort, "empty": empty_cohort}


@pytest.fixture(scope="module")
def deck() -> bytes:
    return render_deck(cohort_dossier(), "Cohort diagnostics")


def opened(package: bytes):
    return Presentation(BytesIO(package))


def shapes(presentation):
    return [shape for slide in presentation.slides for shape in slide.shapes]


def texts(presentation) -> list[str]:
    found = []
    for shape in shapes(presentation):
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


@pytest.mark.parametrize("name", COHORTS)
def test_every_slide_has_a_title_and_notes_on_what_to_say_and_what_not_to_conclude(name):
    presentation = opened(render_deck(COHORTS[name]()))
    assert len(presentation.slides) >= 8
    for number, slide in enumerate(presentation.slides):
        assert slide.shapes.title.text_frame.text.strip()
        notes = slide.notes_slide.notes_text_frame.text
        assert SAY in notes
        assert number == 0 or NOT_TO_CONCLUDE in notes
        assert number == 0 or len(re.findall("•", notes)) >= 2


def test_charts_are_native_with_the_figures_of_the_report(deck):
    dossier = cohort_dossier()
    charts = [shape.chart for shape in shapes(opened(deck)) if shape.has_chart]
    means, readings, situations = charts
    names = [row.short_name for row in dossier.spread]
    assert list(means.plots[0].categories) == list(readings.plots[0].categories) == names
    assert list(means.plots[0].series[0].values) == [round(row.mean, 1) for row in dossier.spread]
    assert list(readings.plots[0].series[0].values) == [row.n_priority for row in dossier.spread]
    shown = [row for row in dossier.situations if row.n_recognised is not None]
    assert list(situations.plots[0].series[0].values) == [row.n_recognised for row in shown]


def test_a_charts_workbook_holds_the_same_figures_as_text_and_numbers(deck):
    for shape in shapes(opened(deck)):
        if shape.has_chart:
            sheet = openpyxl.load_workbook(BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)).active
            plot = shape.chart.plots[0]
            assert [cell.value for cell in sheet["A"][1:]] == list(plot.categories)
            for column, series in enumerate(plot.series, start=2):
                assert sheet.cell(1, column).value == series.name
                assert [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)] == list(series.values)


def test_charts_and_tables_have_text_alternatives_and_axes_are_numbered_from_one(deck):
    frames = [shape for shape in shapes(opened(deck)) if shape.has_chart or shape.has_table]
    assert all(len(frame._element.nvGraphicFramePr.cNvPr.get("descr")) > 5 for frame in frames)
    for frame in frames:
        if frame.has_chart:
            ids = {int(element.get("val")) for element in frame.chart._chartSpace.iter("{*}axId", "{*}crossAx")}
            assert ids == {1, 2}


@pytest.mark.parametrize("name", COHORTS)
def test_nothing_leaves_the_slide_or_lies_on_something_else(name):
    presentation = opened(render_deck(COHORTS[name]()))
    for slide in presentation.slides:
        boxes = []
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= presentation.slide_width
            assert shape.top + shape.height <= presentation.slide_height
            if shape.has_text_frame and not shape.text_frame.text.strip():
                continue
            boxes.append((shape.left, shape.top, shape.left + shape.width, shape.top + shape.height, shape.name))
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (
                    one,
                    other,
                )


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize("name", COHORTS)
def test_figures_on_slides_are_figures_of_the_report(name):
    dossier = COHORTS[name]()
    shown = " ".join(texts_of(cohort_blocks(dossier)))
    for slide in cohort_deck(dossier).slides:
        if slide.chart is not None:
            for _, values in slide.chart.series:
                assert [value for value in values if value is not None and f"{value:g}" not in shown] == []
        if slide.table is not None:
            assert [cell.text for row in slide.table.rows for cell in row if cell.text not in shown] == []


@pytest.mark.case("PRIV-07")
def test_hidden_counts_are_gaps():
    spread = tuple(replace(row, n_priority=None) for row in cohort_dossier().spread)
    readings = [
        slide.chart
        for slide in cohort_deck(replace(cohort_dossier(), spread=spread)).slides
        if slide.section == "How many managers"
    ]
    assert set(readings[0].series[0][1]) == {None}


@pytest.mark.case("SEC-01", "SEC-11")
@pytest.mark.parametrize("payload", [*FORMULAS, *HOSTILE])
def test_hostile_text_is_literal_in_slides_notes_and_chart_workbooks(payload):
    dossier = with_text_everywhere(segmented_cohort(), payload)
    package = render_deck(dossier, payload)
    presentation = opened(package)
    shown = payload.replace("\x07", "␇").replace("\ufffe", "\ufffd").replace("\x00", "␀")
    assert sum(shown in text for text in texts(presentation)) >= 10
    for shape in shapes(presentation):
        if shape.has_chart:
            sheet = openpyxl.load_workbook(BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)).active
            assert all(cell.data_type in {"s", "n"} and not cell.hyperlink for row in sheet.iter_rows() for cell in row)
    everything = package_everything(package)
    assert b"TargetMode" not in everything
    assert not re.search(rb"<a:(hlinkClick|snd)\b|vbaProject|ppaction", everything)


@pytest.mark.case("SEC-44")
def test_properties_name_nobody_and_bytes_do_not_change(deck):
    assert render_deck(cohort_dossier(), "Cohort diagnostics") == deck
    presentation = opened(deck)
    assert presentation.core_properties.title == "Cohort diagnostics"
    assert not presentation.core_properties.author
    everything = package_everything(deck)
    for word in (b"Steve", b"python-pptx", b"thumbnail", b"printerSettings", b"dcterms:created", b"/home"):
        assert word not in everything
    assert all(slide._element.find(f".//{qn('a:hlinkClick')}") is None for slide in presentation.slides)
