"""The profile as a table with a native chart: estimate with range, target, own view."""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.workbook.book import GRIDLINE, PLAIN_AREA, Book, chart_font
from coachkit.presentation.narrative import READING_TITLES, in_ten, short
from coachkit.presentation.theme import BLUE, INK, VERMILION, visible

SHEET = "Profile"
LEAD = (
    "How others see your work, with the range in which the true value probably lies (19 times out of 20), beside the "
    "target of your role. These figures are given; nothing here is to be filled in."
)
HEADER = (
    "Competency",
    "Estimate",
    "From",
    "To",
    "Target",
    "You",
    "Chance of being below target",
    "Reading",
    "Below",
    "Above",
)
FIRST = 3


def add_profile(book: Book, dossier: ManagerDossier) -> None:
    """Add the sheet; the last two columns hold the arms of the chart's error bars."""
    page = book.page(SHEET, "Your profile", LEAD, (34, 10, 8, 8, 8, 8, 18, 24, 8, 8))
    page.head(FIRST, HEADER, right=(1, 2, 3, 4, 5, 8, 9))
    scores = dossier.profile.scores
    for row, score in enumerate(scores, start=FIRST + 1):
        page.text(row, 0, score.name, "strong")
        arms = [None, None]
        if score.estimate is not None and score.low is not None and score.high is not None:
            arms = [round(score.estimate - score.low, 4), round(score.high - score.estimate, 4)]
        for column, value in enumerate(
            (score.estimate, score.low, score.high, score.target, score.self_score), start=1
        ):
            page.number(row, column, value)
        page.text(row, 6, in_ten(score.p_below_target))
        page.text(row, 7, READING_TITLES[score.reading])
        page.number(row, 8, arms[0])
        page.number(row, 9, arms[1])
        page.fit_row(row, [score.name])
    _add_chart(book, page, dossier)
    page.sheet.freeze_panes(FIRST + 1, 1)


def _add_chart(book: Book, page, dossier: ManagerDossier) -> None:  # noqa: ANN001 - a Page
    first, last = FIRST + 1, FIRST + len(dossier.profile.scores)
    names = [SHEET, first, 0, last, 0]

    def values(column: int) -> list[object]:
        return [SHEET, first, column, last, column]

    chart = book.file.add_chart({"type": "line"})
    arms = {"type": "custom", "plus_values": _range(9, first, last), "minus_values": _range(8, first, last)}
    line = {"none": True}
    estimate = {"type": "circle", "size": 9, "fill": {"color": BLUE}, "border": {"color": BLUE}}
    chart.add_series(
        {
            "name": "Estimate with range",
            "categories": names,
            "values": values(1),
            "line": line,
            "marker": estimate,
            "y_error_bars": {**arms, "line": {"color": BLUE, "width": 2}},
        }
    )
    target = {"type": "long_dash", "size": 14, "fill": {"color": INK}, "border": {"color": INK}}
    chart.add_series({"name": "Target", "categories": names, "values": values(4), "line": line, "marker": target})
    own = {"type": "diamond", "size": 9, "fill": {"color": VERMILION}, "border": {"color": VERMILION}}
    chart.add_series({"name": "You", "categories": names, "values": values(5), "line": line, "marker": own})
    info = dossier.engagement
    chart.set_y_axis(
        {
            "min": info.scale_low,
            "max": info.scale_high,
            "major_unit": 1,
            "num_font": chart_font(),
            "major_gridlines": GRIDLINE,
            "line": {"none": True},
        }
    )
    chart.set_x_axis({"num_font": chart_font(), "label_position": "low"})
    chart.set_legend({"position": "top", "font": chart_font()})
    chart.set_chartarea(PLAIN_AREA)
    chart.set_size({"width": 1080, "height": 380})
    names_ = ", ".join(short(score) for score in dossier.profile.of_reading("priority")) or "none clearly"
    description = f"Estimates with ranges, targets and own view of all competencies. Likely below target: {names_}."
    page.sheet.insert_chart(last + 2, 0, chart, {"description": visible(description), "object_position": 2})


def _range(column: int, first: int, last: int) -> str:
    letter = "ABCDEFGHIJ"[column]
    return f"={SHEET}!${letter}${first + 1}:${letter}${last + 1}"
