"""What the manager keeps up to date: actions with status and due dates, the session log, measures, mentoring."""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.workbook.book import Book, Page
from coachkit.presentation.narrative import kind_words, short
from coachkit.presentation.theme import RULE

STATUSES = ("not started", "under way", "done", "dropped")
YES_NO = ("yes", "no")
ACTIONS, SESSIONS, MEASURES, MENTORING = "Actions", "Sessions", "Measures", "Mentoring"
FIRST = 3
MOST_ACTIONS, SPARE_SESSIONS = 12, 3
SOON_DAYS = 14
ACTION_HEADER = (
    "Action", "Works on", "How", "First step", "You see that it works when", "Who helps", "Due", "Status", "What happened",
)  # fmt: skip
SESSION_HEADER = (
    "No.", "Planned", "Min", "Session and purpose", "Held on", "Attended", "Goal: what I wanted", "Reality: what I saw",
    "Options: what I could do", "Will: what I do by when", "What came of it",
)  # fmt: skip
DUE, STATUS = 6, 7
HELD, ATTENDED = 4, 5


def add_actions(book: Book, dossier: ManagerDossier) -> None:
    """Actions; a due date that has passed or comes soon stands out until the action is done or dropped."""
    lead = (
        "One action at a time; do its first step this week. Set a date and choose a status. Dates that have passed stand "
        f"out in bold on a dark ground, those within {SOON_DAYS} days in italics; what is done or dropped fades."
    )
    page = book.page(ACTIONS, "Actions", lead, (30, 20, 18, 34, 32, 18, 14, 14, 34))
    page.head(FIRST, ACTION_HEADER)
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    top, bottom = FIRST + 1, FIRST + MOST_ACTIONS
    for row in range(top, bottom + 1):
        page.blanks(row, range(len(ACTION_HEADER)))
        page.blanks(row, [DUE], "in_date")
        page.fit_row(row, [], least=2)
    for row, action in enumerate(dossier.plan.actions[:MOST_ACTIONS], start=top):
        texts = (
            action.title, names.get(action.competency_id, action.competency_id), kind_words(action), action.first_step,
            action.evidence_of_success,
        )  # fmt: skip
        for column, text in enumerate(texts):
            page.text(row, column, text, "in_text")
        page.text(row, STATUS, STATUSES[0], "in_text")
        page.fit_row(row, texts)
    page.dates_only(top, bottom, DUE)
    page.choose(top, bottom, STATUS, STATUSES)
    _mark_dates(book, page, top, bottom)
    page.sheet.freeze_panes(FIRST + 1, 1)


def _mark_dates(book: Book, page: Page, top: int, bottom: int) -> None:
    due, status = f"$G{top + 1}", f"$H{top + 1}"
    is_over = f'OR({status}="done",{status}="dropped")'
    rules = (
        (f"={is_over}", book.marking(font_color="#6B7782", font_strikeout=True, bg_color=RULE), (0, STATUS)),
        (
            f"=AND(ISNUMBER({due}),{due}<TODAY())",
            book.marking(bold=True, font_color="#FFFFFF", bg_color="#8C3A00"),
            (DUE, DUE),
        ),
        (
            f"=AND(ISNUMBER({due}),{due}<=TODAY()+{SOON_DAYS})",
            book.marking(italic=True, font_color="#1B2733", bg_color="#F6C667"),
            (DUE, DUE),
        ),
    )
    for criteria, look, (first, last) in rules:
        rule = {"type": "formula", "criteria": criteria, "format": look, "stop_if_true": True}
        page.sheet.conditional_format(top, first, bottom, last, rule)


def add_sessions(book: Book, dossier: ManagerDossier) -> None:
    """The session log along goal, reality, options and will."""
    lead = (
        "Keep this log yourself, in your own words, on the same day. It is yours: nobody reads it unless you show it. "
        "For the sponsor only the dates and “attended” are ever used."
    )
    page = book.page(SESSIONS, "Session log", lead, (6, 14, 6, 36, 14, 10, 26, 26, 26, 26, 26))
    page.head(FIRST, SESSION_HEADER)
    sessions = dossier.plan.sessions
    top, bottom = FIRST + 1, FIRST + len(sessions) + SPARE_SESSIONS
    for row in range(top, bottom + 1):
        page.number(row, 0, row - FIRST, "place")
        page.blanks(row, range(1, len(SESSION_HEADER)))
        page.blanks(row, (1, HELD), "in_date")
        page.fit_row(row, [], least=4)
    for row, session in enumerate(sessions, start=top):
        text = f"{session.title}\n{session.purpose}"
        page.day(row, 1, session.planned_on)
        page.number(row, 2, session.minutes, "in_number")
        page.text(row, 3, text, "in_text")
        page.fit_row(row, ["", "", "", text], least=4)
    for column in (1, HELD):
        page.dates_only(top, bottom, column)
    page.choose(top, bottom, ATTENDED, YES_NO)
    page.sheet.freeze_panes(FIRST + 1, 1)


def session_rows(dossier: ManagerDossier) -> tuple[int, int]:
    """First and last row of the log."""
    return FIRST + 1, FIRST + len(dossier.plan.sessions) + SPARE_SESSIONS


def add_measures(book: Book, dossier: ManagerDossier) -> None:
    """Measures with room for what was found at each review."""
    lead = "A measure without a starting value and an owner proves nothing later: write today's value down before you begin."
    page = book.page(MEASURES, "Measures", lead, (34, 44, 34, 20, 16, 22, 22))
    page.head(FIRST, ("Measure", "Where it stands now", "Target", "Owner", "Looked at on", "Value found", "Remarks"))
    for row, measure in enumerate(dossier.plan.measures, start=FIRST + 1):
        texts = (measure.what, measure.baseline, measure.target, measure.owner)
        for column, text in enumerate(texts):
            page.text(row, column, text, "in_text")
        page.day(row, 4, measure.review_on)
        page.blanks(row, (5, 6))
        page.fit_row(row, texts)
    for row in range(FIRST + 1 + len(dossier.plan.measures), FIRST + 4 + len(dossier.plan.measures)):
        page.blanks(row, range(7))
        page.fit_row(row, [], least=2)
    page.sheet.freeze_panes(FIRST + 1, 1)


def add_mentoring(book: Book, dossier: ManagerDossier) -> None:
    """The agenda of a meeting, questions to draw on, and the manager's own topics."""
    agreement = dossier.plan.mentoring
    if agreement is None:
        return
    lead = "You set the agenda. Nothing said in mentoring reaches your line manager or the sponsor; this sheet is yours alone."
    page = book.page(MENTORING, "Mentoring", lead, (16, 44, 44, 44))
    page.head(FIRST, ("Date", "My topic, as a question", "What I take along", "My next step, by when"))
    for row in range(FIRST + 1, FIRST + 9):
        page.blanks(row, range(1, 4))
        page.blanks(row, [0], "in_date")
        page.fit_row(row, [], least=3)
    page.dates_only(FIRST + 1, FIRST + 8, 0)
    row = FIRST + 10
    for title, texts in (
        ("A meeting", agreement.agenda),
        ("Questions to draw on", agreement.questions),
        ("What we agreed", agreement.clauses),
    ):
        page.text(row, 0, title, "section")
        for text in texts:
            row += 1
            page.wide_text(row, f"•  {text}", "lead")
        row += 2
