"""How LimeSurvey, Microsoft Forms and Qualtrics lay out their exports."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

#: Columns that identify a person in any of the tools, as folded by ``fold``; never stored.
PERSONAL = frozenset({
    "email", "e-mail", "emailaddress", "name", "fullname", "firstname", "lastname", "username", "ipaddress", "ipaddr",
    "recipientfirstname", "recipientlastname", "recipientemail", "externaldatareference", "externalreference",
    "locationlatitude", "locationlongitude", "phone", "phonenumber", "refurl", "referrer",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """One tool's export.

    Attributes
    ----------
    name : str
        The tool, for messages.
    rater_columns : tuple of str
        Headers whose value tells answers apart when the column map names no ``rater_id``; first one present.
    seconds_column : str
        Header of the time taken in seconds, or "".
    text_rows : int
        Rows below the header that repeat it in other words and hold no answers.
    finished : dict
        Header -> values of a finished answer (casefolded); an empty set means "not empty".
    rejected : dict
        Header -> values (casefolded) that mark previews, tests and spam.
    missing : tuple of str
        Values that mean "no answer" in any column.
    """

    name: str
    rater_columns: tuple[str, ...]
    seconds_column: str = ""
    text_rows: int = 0
    finished: dict[str, frozenset[str]] = field(default_factory=dict)
    rejected: dict[str, frozenset[str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


LAYOUTS = {
    "limesurvey": Layout(
        "LimeSurvey",
        rater_columns=("token", "id"),
        seconds_column="interviewtime",
        finished={"submitdate": frozenset()},
        missing=("-oth-",),
    ),
    "forms": Layout("Microsoft Forms", rater_columns=("ID", "Id"), finished={"Completion time": frozenset()}),
    "qualtrics": Layout(
        "Qualtrics",
        rater_columns=("ResponseId", "ResponseID", "_recordId"),
        seconds_column="Duration (in seconds)",
        text_rows=2,
        finished={"Finished": frozenset({"true", "1"})},
        rejected={"Status": frozenset({"survey preview", "survey test", "spam", "preview spam", "1", "2", "8", "9"})},
        missing=("-99",),
    ),
}


def fold(text: str) -> str:
    """A header without the differences between tools' spellings.

    Examples
    --------
    >>> fold("IP address "), fold("Recipient_Email")
    ('ipaddress', 'recipientemail')
    """
    return "".join(char for char in text.casefold() if char.isalnum() or char == "-")


def unfinished_rows(table: pd.DataFrame, layout: Layout) -> tuple[pd.Series, pd.Series]:
    """Rows that are no answers.

    Parameters
    ----------
    table : DataFrame of text
        All columns of the export, None where a cell is empty; index 0 is the first row below the header.

    Returns
    -------
    rejected, unfinished : Series of bool
        Previews, tests and spam; and answers that were begun but not sent. Rows of header text are in neither.
    """
    rejected = pd.Series(data=False, index=table.index)
    unfinished = pd.Series(data=False, index=table.index)
    for header, values in layout.rejected.items():
        if header in table:
            rejected |= table[header].map(lambda cell, values=values: str(cell or "").strip().casefold() in values)
    for header, values in layout.finished.items():
        if header in table:
            cells = table[header].map(lambda cell: str(cell or "").strip().casefold())
            unfinished |= ~cells.isin(list(values)) if values else cells == ""
    return rejected, unfinished & ~rejected
