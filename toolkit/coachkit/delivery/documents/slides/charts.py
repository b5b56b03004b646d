"""Native charts: editable in the program, with their numbers in a workbook of ours, text alternative included."""

from __future__ import annotations

import io

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.util import Length, Pt

from coachkit.delivery.documents.workbook.book import CREATED, OPTIONS
from coachkit.presentation.slides import ChartSpec
from coachkit.presentation.theme import BLUE, INK, MUTED, SKY, WASH, visible

FILLS = {"stacked": (BLUE, SKY, WASH), "grouped": (BLUE, SKY, MUTED)}
INKS = {"stacked": ("#FFFFFF", INK, INK), "grouped": (INK, INK, INK)}
Box = tuple[Length, Length, Length, Length]


def add_chart(slide, spec: ChartSpec, box: Box) -> None:  # noqa: ANN001 - a Slide of python-pptx
    """Add a chart to a slide; bars lie, so that names can be read."""
    data = CategoryChartData(number_format=spec.number_format)
    data.categories = [visible(name) for name in spec.categories]
    for name, values in spec.series:
        data.add_series(visible(name), values)
    kind = XL_CHART_TYPE.BAR_STACKED if spec.kind == "stacked" else XL_CHART_TYPE.BAR_CLUSTERED
    frame = slide.shapes.add_chart(kind, *box, data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", visible(spec.alt))  # noqa: SLF001 - no public way
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(spec))
    _set_up(chart, spec)
    _positive_axis_ids(chart)


def _set_up(chart, spec: ChartSpec) -> None:  # noqa: ANN001 - a Chart
    chart.font.size, chart.font.name = Pt(12), "Calibri"
    chart.font.color.rgb = rgb(INK)
    chart.has_title = False
    chart.has_legend = len(spec.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = rgb(INK)
    names.has_major_gridlines = False
    values.has_major_gridlines = False
    values.visible = False  # every bar carries its value
    if spec.low is not None and spec.high is not None:
        values.minimum_scale, values.maximum_scale, values.major_unit = spec.low, spec.high, 1
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.overlap = 100 if spec.kind == "stacked" else -5
    for series, fill, ink in zip(plot.series, FILLS[spec.kind], INKS[spec.kind], strict=False):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(fill)
        series.format.line.color.rgb = rgb(MUTED)
        series.format.line.width = Pt(0.5)
        labels = series.data_labels
        labels.show_value, labels.number_format, labels.number_format_is_linked = True, spec.number_format, False
        labels.font.size = Pt(11)
        labels.font.color.rgb = rgb(ink)
        labels.position = XL_LABEL_POSITION.CENTER if spec.kind == "stacked" else XL_LABEL_POSITION.OUTSIDE_END


def rgb(color: str) -> RGBColor:
    """A ``#RRGGBB`` colour as the library takes it."""
    return RGBColor.from_string(color.lstrip("#"))


def _workbook(spec: ChartSpec) -> bytes:
    """The chart's numbers where the chart looks for them; names are text, whatever they begin with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet("Sheet1")
    for row, name in enumerate(spec.categories, start=1):
        sheet.write_string(row, 0, visible(name))
    for column, (name, values) in enumerate(spec.series, start=1):
        sheet.write_string(0, column, visible(name))
        for row, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, value)
    book.close()
    return out.getvalue()


def _positive_axis_ids(chart) -> None:  # noqa: ANN001 - a Chart
    """Number the axes from one: the library writes negative ids, which the format does not allow."""
    space = chart._chartSpace  # noqa: SLF001 - no public way
    found: dict[str, str] = {}
    for element in space.iter("{*}axId", "{*}crossAx"):
        value = element.get("val")
        element.set("val", found.setdefault(value, str(len(found) + 1)))
