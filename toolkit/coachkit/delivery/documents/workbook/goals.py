"""Goals as attainment ladders: levels by drop-down, the T score of every review computed."""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.core.change import RHO
from coachkit.delivery.documents.workbook.book import Book, Page
from coachkit.presentation.narrative import day

SHEET = "Goals"
LEAD = (
    "Each goal has five steps, written before the work starts; 0 is what you honestly expect. Change the wording until "
    "it is yours. At every review choose the step you have reached: the score below adds your goals up, and 50 means "
    "“as expected”."
)
HEADER = ("No.", "Goal", "Measured by", "Due", "Weight")
STEPS = ("−2 much less", "−1 less", "0 as expected", "+1 more", "+2 much more")
MOST_GOALS, MOST_REVIEWS = 5, 4
FIRST = 3
WEIGHT, LADDER, LEVELS = 4, 5, 10  # columns
TOP, BOTTOM = FIRST + 1, FIRST + MOST_GOALS  # rows of goals
T_ROW, RHO_ROW = BOTTOM + 2, BOTTOM + 4
T_NOTE = (
    "T score of goal attainment (Kiresuk and Sherman 1968): 50 + 10 · Σwx / √((1 − ρ)Σw² + ρ(Σw)²), over the goals with a "
    "step chosen. ρ is the usual assumption about how goals go together."
)


def reviews_of(dossier: ManagerDossier) -> tuple[str, ...]:
    """Headings of the columns in which steps are chosen: the start and up to three reviews."""
    dates = dossier.plan.review_dates[: MOST_REVIEWS - 1]
    named = ("Start", *(f"Review {day(date)}" for date in dates))
    return (*named, *(f"Review {number}" for number in range(len(named), MOST_REVIEWS)))


def add_goals(book: Book, dossier: ManagerDossier) -> None:
    """Add the sheet."""
    page = book.page(SHEET, "Goals", LEAD, (6, 26, 24, 13, 9, *[21] * 5, *[12] * MOST_REVIEWS))
    page.head(FIRST, (*HEADER, *STEPS, *reviews_of(dossier)))
    for place in range(MOST_GOALS):
        _add_goal(page, dossier, place)
    page.dates_only(TOP, BOTTOM, 3)
    page.between(TOP, BOTTOM, WEIGHT, 1, 10, "Weight")
    for review in range(MOST_REVIEWS):
        page.choose(TOP, BOTTOM, LEVELS + review, [-2, -1, 0, 1, 2], "The step reached, from -2 to +2.")
    page.text(T_ROW, LEVELS - 1, "T score", "strong")
    for review in range(MOST_REVIEWS):
        page.formula(T_ROW, LEVELS + review, t_formula(chr(ord("A") + LEVELS + review)), "")
    page.text(RHO_ROW, 3, "ρ", "strong")
    page.number(RHO_ROW, WEIGHT, RHO, "in_number")
    page.between(RHO_ROW, RHO_ROW, WEIGHT, 0, 0.99, "ρ")
    page.wide_text(RHO_ROW + 1, T_NOTE)
    page.sheet.freeze_panes(FIRST + 1, 2)


def t_formula(column: str) -> str:
    """The T score of one column of levels; empty while no step is chosen or a weight is missing."""
    levels, weights = f"{column}{TOP + 1}:{column}{BOTTOM + 1}", f"$E${TOP + 1}:$E${BOTTOM + 1}"
    chosen, rho = f"ISNUMBER({levels})*ISNUMBER({weights})", f"$E${RHO_ROW + 1}"
    total = f"SUMPRODUCT({chosen},{weights})"
    spread = f"SQRT((1-{rho})*SUMPRODUCT({chosen},{weights},{weights})+{rho}*{total}^2)"
    return f'=IF({total}=0,"",50+10*SUMPRODUCT({chosen},{weights},{levels})/{spread})'


def _add_goal(page: Page, dossier: ManagerDossier, place: int) -> None:
    row, goals = TOP + place, dossier.plan.goals
    page.number(row, 0, place + 1, "place")
    page.blanks(row, range(1, LEVELS))
    page.blanks(row, [3], "in_date")
    page.blanks(row, [WEIGHT], "in_number")
    page.blanks(row, range(LEVELS, LEVELS + MOST_REVIEWS), "in_level")
    if place >= len(goals):
        page.fit_row(row, [], least=2)
        return
    goal = goals[place]
    page.text(row, 1, goal.title, "in_text")
    page.text(row, 2, goal.measured_by, "in_text")
    page.day(row, 3, goal.due_on)
    page.number(row, WEIGHT, goal.weight, "in_number")
    for step, text in enumerate(goal.ladder):
        page.text(row, LADDER + step, text, "in_text")
    page.fit_row(row, ["", goal.title, goal.measured_by, "", "", *goal.ladder])
