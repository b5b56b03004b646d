"""The first two sheets: what this workbook is, and how far things are."""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.workbook import business, goals, work
from coachkit.delivery.documents.workbook.book import GRIDLINE, PLAIN_AREA, Book, chart_font
from coachkit.presentation.cover import LIMITS, role_line
from coachkit.presentation.narrative import day
from coachkit.presentation.theme import BLUE, INK, MUTED

START, DASHBOARD = "Start", "Dashboard"
ID_LABEL, RUN_LABEL, FORM_LABEL = "Code", "Run", "Form"
FORM = "development plan workbook 1"  # the layout, for reading filled workbooks back
HOW_TO = (
    "Fill in the pale yellow cells. All others are given or calculated; they are protected, without a password.",
    "Start on Goals: change the wording until it is yours, then choose where you stand today.",
    "Keep Actions and Sessions up to date; ten minutes a week are enough.",
    "Business case, Change plan and Benefits take one real opportunity of yours from idea to confirmed benefit.",
    "Dashboard shows where you are. You decide who sees this file: save a copy and delete what is nobody else's.",
)
FIRST = 3


def add_start(book: Book, dossier: ManagerDossier) -> None:
    """Whose workbook it is, how to use it, what it may be used for."""
    manager, info, origin = dossier.manager, dossier.engagement, dossier.provenance
    lead = "Your plan to work with: goals, actions, sessions, one business case, and the benefit that comes of it."
    page = book.page(START, "Development plan", lead, (18, 100))
    facts = (
        ("Name", manager.name),
        ("Role", role_line(manager)),
        ("Occasion", info.wave_label or info.wave),
        (ID_LABEL, manager.manager_id),
        (RUN_LABEL, f"{origin.run_id}, made {day(origin.made_on)} with coachkit {origin.version}"),
        (FORM_LABEL, FORM),
    )
    for row, (label, value) in enumerate(facts, start=FIRST):
        page.text(row, 0, label, "strong")
        page.text(row, 1, value)
        page.fit_row(row, ["", value])
    row = FIRST + len(facts) + 1
    page.text(row, 0, "How to use it", "section")
    for number, text in enumerate(HOW_TO, start=1):
        page.wide_text(row + number, f"{number}.  {text}", "lead")
    row += len(HOW_TO) + 2
    page.text(row, 0, "Purpose and limits", "section")
    page.wide_text(row + 1, f"Confidential. For the manager. {LIMITS}", "lead")


def add_dashboard(book: Book, dossier: ManagerDossier) -> None:
    """Progress at a glance, all of it calculated from the other sheets."""
    lead = "Nothing to fill in here: these figures follow from the other sheets."
    page = book.page(DASHBOARD, "Where you are", lead, (38, 16, 16, 16, 16, 16))
    page.head(FIRST, ("Goals", *goals.reviews_of(dossier), "As expected"), right=range(1, 6))
    page.text(FIRST + 1, 0, "T score of all goals", "strong")
    for review in range(goals.MOST_REVIEWS):
        cell = f"{goals.SHEET}!{chr(ord('A') + goals.LEVELS + review)}{goals.T_ROW + 1}"
        page.formula(FIRST + 1, 1 + review, f"={cell}", "")
        own = f"{chr(ord('B') + review)}{FIRST + 2}"
        page.formula(FIRST + 2, 1 + review, f'=IF({own}="",NA(),{own})', "#N/A", "chart_only")
    page.number(FIRST + 1, 1 + goals.MOST_REVIEWS, 50, "number")
    _counts(page, dossier)
    _money(page)
    _charts(book, page)


def _counts(page, dossier: ManagerDossier) -> None:  # noqa: ANN001 - a Page
    top, bottom = work.FIRST + 2, work.FIRST + 1 + work.MOST_ACTIONS
    page.head(FIRST + 4, ("Actions", *work.STATUSES, "all"), right=range(1, 6))
    page.text(FIRST + 5, 0, "Number of actions", "strong")
    n_actions = min(len(dossier.plan.actions), work.MOST_ACTIONS)
    for column, status in enumerate(work.STATUSES, start=1):
        value = n_actions if status == work.STATUSES[0] else 0
        page.formula(FIRST + 5, column, f'=COUNTIF({work.ACTIONS}!H{top}:H{bottom},"{status}")', value, "count")
    page.formula(FIRST + 5, 5, f"=COUNTA({work.ACTIONS}!A{top}:A{bottom})", n_actions, "count")
    first, last = (row + 1 for row in work.session_rows(dossier))
    page.head(FIRST + 8, ("Sessions", "planned", "held", "attended"), right=range(1, 4))
    page.text(FIRST + 9, 0, "Number of sessions", "strong")
    planned = sum(bool(session.planned_on) for session in dossier.plan.sessions)
    page.formula(FIRST + 9, 1, f"=COUNTA({work.SESSIONS}!B{first}:B{last})", planned, "count")
    page.formula(FIRST + 9, 2, f"=COUNT({work.SESSIONS}!E{first}:E{last})", 0, "count")
    page.formula(FIRST + 9, 3, f'=COUNTIF({work.SESSIONS}!F{first}:F{last},"yes")', 0, "count")


def _money(page) -> None:  # noqa: ANN001 - a Page
    row = business.RESULT_TOP + 3
    page.head(FIRST + 12, ("Business case", *(name.lower() for name in business.CASES)), right=range(1, 4))
    page.text(FIRST + 13, 0, "Return in the first year", "strong")
    for column, letter in enumerate("EFG", start=1):
        page.formula(FIRST + 13, column, f"='{business.CASE}'!{letter}{row}", "", "share")
    page.head(FIRST + 16, ("Benefits confirmed, a year", *business.KINDS, "together"), right=range(1, 5))
    page.text(FIRST + 17, 0, "Counted", "strong")
    for column in range(1, 5):
        page.formula(FIRST + 17, column, f"={business.BENEFITS}!B{business.SUM_TOP + column}", 0, "money")


def _charts(book: Book, page) -> None:  # noqa: ANN001 - a Page
    line = book.file.add_chart({"type": "line"})
    names = [DASHBOARD, FIRST, 1, FIRST, goals.MOST_REVIEWS]
    marker = {"type": "circle", "size": 8, "fill": {"color": BLUE}, "border": {"color": BLUE}}
    values = [DASHBOARD, FIRST + 2, 1, FIRST + 2, goals.MOST_REVIEWS]  # "not yet" there is an error, which charts skip
    line.add_series(
        {"name": "T score", "categories": names, "values": values, "line": {"color": BLUE}, "marker": marker}
    )
    line.set_y_axis(
        {"min": 20, "max": 80, "major_unit": 10, "crossing": 50, "num_font": chart_font(), "major_gridlines": GRIDLINE}
    )
    line.set_x_axis({"num_font": chart_font(), "label_position": "low", "line": {"color": INK, "width": 1.5}})
    bars = book.file.add_chart({"type": "bar"})
    names = [DASHBOARD, FIRST + 4, 1, FIRST + 4, len(work.STATUSES)]
    values = [DASHBOARD, FIRST + 5, 1, FIRST + 5, len(work.STATUSES)]
    label = {"value": True, "font": chart_font()}
    bars.add_series(
        {
            "name": "Actions",
            "categories": names,
            "values": values,
            "fill": {"color": MUTED},
            "gap": 60,
            "data_labels": label,
        }
    )
    bars.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    bars.set_y_axis({"reverse": True, "num_font": chart_font(), "line": {"none": True}})
    shown = (
        (line, "Goals: 50 is as expected", "T score of all goals at each review."),
        (bars, "Actions by status", "Number of actions by status."),
    )
    for place, (chart, title, text) in enumerate(shown):
        chart.set_title({"name": title, "name_font": {**chart_font(11), "bold": True}, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_chartarea(PLAIN_AREA)
        chart.set_size({"width": 520, "height": 250})
        page.sheet.insert_chart(FIRST + 20, 4 * place, chart, {"description": text, "object_position": 2})
