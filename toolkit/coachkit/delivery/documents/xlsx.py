"""The development plan as a living workbook, written from the manager's dossier."""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.workbook.book import Book
from coachkit.delivery.documents.workbook.business import add_benefits, add_business_case, add_change_plan
from coachkit.delivery.documents.workbook.dashboard import add_dashboard, add_start
from coachkit.delivery.documents.workbook.goals import add_goals
from coachkit.delivery.documents.workbook.profile import add_profile
from coachkit.delivery.documents.workbook.work import add_actions, add_measures, add_mentoring, add_sessions
from coachkit.presentation.theme import Theme


def render_workbook(dossier: ManagerDossier, title: str = "") -> bytes:
    """Write one manager's workbook.

    Parameters
    ----------
    dossier : ManagerDossier
        The manager's own, unrestricted dossier.
    title : str
        Title in the file's properties; empty: the name of the report.

    Returns
    -------
    bytes
        An .xlsx file without macros, links or hidden sheets; the same bytes for the same dossier.

    Raises
    ------
    SettingsError
        If a colour of the engagement is not of the form ``#RRGGBB``.
    """
    info = dossier.engagement
    book = Book(title or "Development plan", Theme.from_colours(info.colour_primary, info.colour_accent))
    add_start(book, dossier)
    add_dashboard(book, dossier)
    add_profile(book, dossier)
    add_goals(book, dossier)
    add_actions(book, dossier)
    add_sessions(book, dossier)
    add_business_case(book)
    add_change_plan(book, dossier)
    add_benefits(book)
    add_measures(book, dossier)
    add_mentoring(book, dossier)
    return book.finished()
