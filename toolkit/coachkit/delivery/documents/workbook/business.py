"""From an idea to confirmed benefit: business-case calculator, change plan with a Gantt chart, benefits register."""

from __future__ import annotations

import datetime as dt

from xlsxwriter.utility import xl_col_to_name

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.workbook.book import GRIDLINE, PLAIN_AREA, Book, Page, chart_font
from coachkit.delivery.documents.workbook.work import STATUSES
from coachkit.presentation.theme import BLUE, INK, MUTED

CASE, CHANGE, BENEFITS = "Business case", "Change plan", "Benefits"
KINDS = ("better", "faster", "cheaper")
CASES = ("Low", "Likely", "High")
COST_ITEMS = (
    "Money spent on the change",
    "Time of the people who work on it",
    "Time of those who have to change how they work",
    "Running cost in the first year",
    "",
)
N_COSTS, N_BENEFITS, N_STEPS, N_REGISTER, N_WEEKS = len(COST_ITEMS), 6, 12, 8, 26
COST_TOP = 5
BENEFIT_TOP = COST_TOP + N_COSTS + 5
RESULT_TOP = BENEFIT_TOP + N_BENEFITS + 4
COUNTED = "counted"
CASE_HEADER = (
    "Benefit", "Better, faster or cheaper", "Figure that shows it, with its value today", "Owner", "Low, a year", "Likely, a year",
    "High, a year", "Due to this change %", "How sure %", "Counted low", "Counted likely", "Counted high", "Counted?",
)  # fmt: skip


def add_business_case(book: Book) -> None:
    """Costs and benefits as ranges; return and payback for the low, the likely and the high case."""
    lead = (
        "First-year figures, always as a range; count people's time too. A benefit counts only with a figure that has a "
        "value today and with an owner, and only for the share that is due to this change and that you are sure of. One "
        "currency throughout."
    )
    page = book.page(CASE, "Business case", lead, (34, 14, 32, 18, 12, 12, 12, 12, 10, 12, 12, 12, 26))
    page.text(COST_TOP - 2, 0, "What it costs in the first year", "section")
    page.head(COST_TOP - 1, ("Item", "", "", "", *CASES), right=(4, 5, 6))
    for row, item in enumerate(COST_ITEMS, start=COST_TOP):
        page.text(row, 0, item, "in_text")
        page.blanks(row, range(1, 4), "text")
        page.blanks(row, range(4, 7), "in_number")
        page.fit_row(row, [item])
    _total(page, COST_TOP + N_COSTS, "Cost, full", {4 + n: (COST_TOP, COST_TOP + N_COSTS - 1) for n in range(3)})
    page.text(BENEFIT_TOP - 2, 0, "What it brings in the first year", "section")
    page.head(BENEFIT_TOP - 1, CASE_HEADER, right=range(4, 12))
    for row in range(BENEFIT_TOP, BENEFIT_TOP + N_BENEFITS):
        _benefit(page, row)
    last = BENEFIT_TOP + N_BENEFITS - 1
    page.choose(BENEFIT_TOP, last, 1, KINDS)
    for column in (7, 8):
        page.between(BENEFIT_TOP, last, column, 0, 1, "Share")
    for column in range(4, 7):
        page.between(BENEFIT_TOP, last, column, 0, 1e12, "Value a year")
        page.between(COST_TOP, COST_TOP + N_COSTS - 1, column, 0, 1e12, "Cost")
    _total(page, last + 1, "Benefit, counted", {9 + n: (BENEFIT_TOP, last) for n in range(3)})
    _results(book, page)


def _benefit(page: Page, row: int) -> None:
    at = row + 1
    page.blanks(row, range(4))
    page.blanks(row, range(4, 7), "in_number")
    page.blanks(row, (7, 8), "in_share")
    page.fit_row(row, [], least=2)
    for number in range(3):
        value = xl_col_to_name(4 + number)
        page.formula(row, 9 + number, f'=IF(AND($C{at}<>"",$D{at}<>""),{value}{at}*$H{at}*$I{at},0)', 0, "money_row")
    reason = f'=IF($A{at}="","",IF(OR($C{at}="",$D{at}=""),"needs a figure today and an owner","{COUNTED}"))'
    page.formula(row, 12, reason, "", "text")


def _total(page: Page, row: int, label: str, columns: dict[int, tuple[int, int]]) -> None:
    page.text(row, 0, label, "strong")
    page.blanks(row, range(1, min(columns)), "text")
    for column, (first, last) in columns.items():
        name = xl_col_to_name(column)
        page.formula(row, column, f"=SUM({name}{first + 1}:{name}{last + 1})", 0, "money")


def _results(book: Book, page: Page) -> None:
    """Low benefit against high cost is the low case; the other way round is the high case."""
    page.text(RESULT_TOP - 2, 0, "Does it pay?", "section")
    page.head(RESULT_TOP - 1, ("", "", "", "", *CASES), right=(4, 5, 6))
    costs, benefits = COST_TOP + N_COSTS + 1, BENEFIT_TOP + N_BENEFITS + 1
    pairs = ((f"G{costs}", f"J{benefits}"), (f"F{costs}", f"K{benefits}"), (f"E{costs}", f"L{benefits}"))
    for row, text in enumerate(
        ("Benefit", "Cost", "Return on investment", "Pays back after, months"), start=RESULT_TOP
    ):
        page.text(row, 0, text, "strong")
        page.blanks(row, range(1, 4), "text")
    for number, (cost, benefit) in enumerate(pairs):
        column = 4 + number
        page.formula(RESULT_TOP, column, f"={benefit}", 0, "money")
        page.formula(RESULT_TOP + 1, column, f"={cost}", 0, "money")
        page.formula(RESULT_TOP + 2, column, f'=IF({cost}=0,"",({benefit}-{cost})/{cost})', "", "share")
        page.formula(RESULT_TOP + 3, column, f'=IF(OR({cost}=0,{benefit}=0),"",12*{cost}/{benefit})', "", "result")
    low, high = f"E{RESULT_TOP + 3}", f"G{RESULT_TOP + 3}"
    verdict = (
        f'=IF(OR({low}="",{high}=""),"Fill in costs and benefits above.",IF({low}>0,"It pays back within the year even in '
        f'the low case.",IF({high}<0,"It does not pay back within the year, not even in the high case.","Open: it depends '
        'on the assumptions. Test the weakest one first.")))'
    )
    page.sheet.merge_range(RESULT_TOP + 5, 0, RESULT_TOP + 5, 6, "", book.style("strong"))
    page.formula(RESULT_TOP + 5, 0, verdict, "Fill in costs and benefits above.", "strong")
    page.wide_text(
        RESULT_TOP + 6, "Return = (benefit counted − full cost) / full cost, as a range and for the first year only."
    )
    chart = book.file.add_chart({"type": "column"})
    for row, name, color in ((RESULT_TOP, "Benefit, counted", BLUE), (RESULT_TOP + 1, "Cost, full", MUTED)):
        series = {
            "name": name,
            "categories": [CASE, RESULT_TOP - 1, 4, RESULT_TOP - 1, 6],
            "values": [CASE, row, 4, row, 6],
        }
        chart.add_series({**series, "fill": {"color": color}, "border": {"color": INK, "width": 0.5}, "gap": 80})
    chart.set_y_axis(
        {"num_font": chart_font(), "major_gridlines": GRIDLINE, "line": {"none": True}, "num_format": "#,##0"}
    )
    chart.set_x_axis({"num_font": chart_font()})
    chart.set_legend({"position": "top", "font": chart_font()})
    chart.set_chartarea(PLAIN_AREA)
    chart.set_size({"width": 520, "height": 240})
    options = {"description": "Benefit and cost in the low, likely and high case.", "object_position": 2}
    page.sheet.insert_chart(RESULT_TOP - 2, 8, chart, options)


CHANGE_HEADER = ("Step", "Visible result", "Who leads", "From", "To", "Measure and value before", "Done when", "Status")
CHANGE_FIRST = 5


def add_change_plan(book: Book, dossier: ManagerDossier) -> None:
    """Steps with dates and a Gantt chart that fills itself."""
    lead = (
        "Plan the first six weeks exactly and the rest roughly. Enter dates for a step and its bar appears on the right; "
        "set the Monday in which the chart starts."
    )
    widths = (30, 26, 18, 13, 13, 26, 22, 13, *[3.2] * N_WEEKS)
    page = book.page(CHANGE, "Change plan", lead, widths)
    start = _monday(dossier)
    page.text(CHANGE_FIRST - 2, 0, "The chart starts on Monday,", "strong")
    page.day(CHANGE_FIRST - 2, 1, start.isoformat())
    page.dates_only(CHANGE_FIRST - 2, CHANGE_FIRST - 2, 1)
    page.head(CHANGE_FIRST, CHANGE_HEADER)
    page.sheet.set_row(CHANGE_FIRST, 44)
    serial = (start - dt.date(1899, 12, 30)).days
    for week in range(N_WEEKS):
        page.formula(CHANGE_FIRST, 8 + week, f"=$B${CHANGE_FIRST - 1}+{7 * week}", serial + 7 * week, "upright")
    top, bottom = CHANGE_FIRST + 1, CHANGE_FIRST + N_STEPS
    for row in range(top, bottom + 1):
        page.blanks(row, range(len(CHANGE_HEADER)))
        page.blanks(row, (3, 4), "in_date")
        page.blanks(row, range(8, 8 + N_WEEKS), "grid")
        page.fit_row(row, [], least=2)
    for column in (3, 4):
        page.dates_only(top, bottom, column)
    page.choose(top, bottom, 7, STATUSES)
    _gantt(book, page, top, bottom)
    page.sheet.freeze_panes(CHANGE_FIRST + 1, 1)


def _gantt(book: Book, page: Page, top: int, bottom: int) -> None:
    head, row = f"I${CHANGE_FIRST + 1}", top + 1
    in_step = f"ISNUMBER($D{row}),ISNUMBER($E{row}),{head}<=$E{row},{head}+6>=$D{row}"
    for criteria, color in (
        (f'=AND({in_step},OR($H{row}="done",$H{row}="dropped"))', "#9AA5AF"),
        (f"=AND({in_step})", book.theme.primary),
    ):
        rule = {"type": "formula", "criteria": criteria, "format": book.marking(bg_color=color), "stop_if_true": True}
        page.sheet.conditional_format(top, 8, bottom, 7 + N_WEEKS, rule)


def _monday(dossier: ManagerDossier) -> dt.date:
    """Monday of the week of the first session, or of the day on which the report was made."""
    dates = [session.planned_on for session in dossier.plan.sessions] + [dossier.provenance.made_on, "2026-01-05"]
    for date in dates:
        try:
            day = dt.date.fromisoformat(date)
        except ValueError:
            continue
        return day - dt.timedelta(days=day.weekday())
    return dt.date(2026, 1, 5)


REGISTER_HEADER = (
    "Benefit", "Better, faster or cheaper", "Figure", "Value before", "Value aimed at", "Value now", "Owner", "Worth a year",
    "Due to this change %", "How sure %", "Confirmed on", "Way there", "Counted",
)  # fmt: skip
REGISTER_FIRST = 3
SUM_TOP = REGISTER_FIRST + N_REGISTER + 4


def add_benefits(book: Book) -> None:
    """The register: what was gained, confirmed by its owner, and what of it counts."""
    lead = (
        "One line for each benefit. It counts once it has a value from before, an owner, and a date on which the owner "
        "confirmed it; then worth × share due to the change × how sure."
    )
    page = book.page(BENEFITS, "Benefits register", lead, (30, 14, 24, 12, 12, 12, 18, 13, 12, 10, 14, 10, 13))
    page.head(REGISTER_FIRST, REGISTER_HEADER, right=(3, 4, 5, 7, 8, 9, 11, 12))
    top, bottom = REGISTER_FIRST + 1, REGISTER_FIRST + N_REGISTER
    for row in range(top, bottom + 1):
        at = row + 1
        page.blanks(row, (0, 1, 2, 6))
        page.blanks(row, (3, 4, 5, 7), "in_number")
        page.blanks(row, (8, 9), "in_share")
        page.blanks(row, [10], "in_date")
        page.fit_row(row, [], least=2)
        way = f'=IF(OR(D{at}="",E{at}="",F{at}="",D{at}=E{at}),"",(F{at}-D{at})/(E{at}-D{at}))'
        page.formula(row, 11, way, "", "share")
        page.formula(row, 12, f'=IF(AND(D{at}<>"",G{at}<>"",ISNUMBER(K{at})),H{at}*I{at}*J{at},0)', 0, "money_row")
    page.choose(top, bottom, 1, KINDS)
    page.dates_only(top, bottom, 10)
    for column in (8, 9):
        page.between(top, bottom, column, 0, 1, "Share")
    page.text(SUM_TOP - 2, 0, "Confirmed so far, a year", "section")
    for row, kind in enumerate(KINDS, start=SUM_TOP):
        page.text(row, 0, kind, "strong")
        page.formula(row, 1, f"=SUMIF(B{top + 1}:B{bottom + 1},A{row + 1},M{top + 1}:M{bottom + 1})", 0, "money")
    page.text(SUM_TOP + 3, 0, "together", "strong")
    page.formula(SUM_TOP + 3, 1, f"=SUM(M{top + 1}:M{bottom + 1})", 0, "money")
    page.sheet.freeze_panes(REGISTER_FIRST + 1, 1)
