"""The sponsor's summary: what was agreed to be shared - goals, attendance, outcomes - and what is asked of a sponsor.

It is written from a restricted dossier, so that it cannot hold scores, comments or anything from conversations.
"""

from __future__ import annotations

from coachkit.analysis.records import ManagerDossier
from coachkit.presentation.audiences import has_help, is_shared_with_sponsor, restricted
from coachkit.presentation.blocks import Block, BulletList, Callout, Cell, Heading, Paragraph, Run, Signature
from coachkit.presentation.cover import audience_cover, limits_section
from coachkit.presentation.narrative import count, day, join_words
from coachkit.presentation.tables import make_table

CONFIDENTIAL = (
    "Confidential. For the sponsor only, once the manager has agreed to every line. It holds goals, attendance and "
    "outcomes; no scores, no comments and nothing from the conversations."
)
NOTHING_YET = "No coaching or mentoring is agreed at present. A summary is made when there is."
SAFE_SPACE = (
    "Mentoring is a safe space: the manager sets its aims, and neither aims nor content are reported. You hear that it "
    "takes place, and at the review whether it goes on."
)
DEVELOPMENT_ONLY = (
    "Use it for development only.",
    "Nothing here may enter an appraisal, a pay decision, a promotion or a dismissal.",
)
ASKED_OF_YOU = (
    ("Give it room.", "Time in the calendar, and one real piece of work on which the new behaviour can show."),
    ("Say what you see.", "Within the week, in one sentence: what the manager did, and what it changed."),
    ("Ask about outcomes, not content.", "“What is different for your users?” rather than “What did you talk about?”"),
    ("Decide at the reviews.", "Go on, change or stop: with the manager and the coach in the room."),
    DEVELOPMENT_ONLY,
)
ASKED_IN_MENTORING = (
    ("Give it room.", "Time in the calendar for every meeting; a meeting that is moved twice tells its own story."),
    (
        "Leave the content alone.",
        "Do not ask manager or mentor what was said. What the manager wants to tell, they will.",
    ),
    DEVELOPMENT_ONLY,
)


def sponsor_summary(dossier: ManagerDossier) -> tuple[Block, ...]:
    """One or two pages for the sponsor.

    Parameters
    ----------
    dossier : ManagerDossier
        One manager's whole dossier; what a sponsor may not read is taken out here.
    """
    allowed = restricted(dossier, "sponsor")
    blocks: list[Block] = [
        audience_cover(allowed, "Sponsor summary", CONFIDENTIAL),
        Heading(level=2, text="In short"),
    ]
    if has_help(allowed):
        blocks += [*_opening(allowed), *_goals(allowed), *_attendance(allowed), *_outcomes(allowed), *_asked(allowed)]
    else:
        blocks.append(Callout(kind="note", title="Nothing to report yet", runs=(Run(NOTHING_YET),)))
    return (*blocks, Heading(level=2, text="Purpose, limits and origin"), *limits_section(allowed))


def _opening(dossier: ManagerDossier) -> list[Block]:
    help_ = join_words([f"{one.label} ({one.dose})" for one in dossier.recommendation.interventions])
    dates = [session.planned_on for session in dossier.plan.sessions]
    text = f"{help_}, from {day(dates[0])} to {day(dates[-1])}." if len(dates) > 1 else f"{help_}."
    if dossier.plan.goals:
        text += f" {count(len(dossier.plan.goals), 'goal').capitalize()}, with reviews on {_reviews(dossier)}."
    elif dossier.plan.review_dates:
        text += f" Reviews on {_reviews(dossier)}."
    blocks: list[Block] = [Callout(kind="finding", title="What is planned", runs=(Run(text),))]
    if dossier.recommendation.status == "decide_in_conversation":
        text = (
            "The kind of help is still to be settled between manager and consultant; dates and goals are provisional."
        )
        blocks.append(Paragraph(runs=(Run(text),)))
    return blocks


def _reviews(dossier: ManagerDossier) -> str:
    return join_words([day(date) for date in dossier.plan.review_dates]) or "dates to be agreed"


def _goals(dossier: ManagerDossier) -> list[Block]:
    blocks: list[Block] = [Heading(level=2, text="Agreed goals")]
    if not is_shared_with_sponsor(dossier):
        return [*blocks, Paragraph(runs=(Run(SAFE_SPACE),), tone="lead")]
    if not dossier.plan.goals:
        text = "Goals are written in the first session and follow once the manager has agreed to share them."
        return [*blocks, Paragraph(runs=(Run(text),))]
    rows = [(goal.title, goal.specific, goal.measured_by, day(goal.due_on)) for goal in dossier.plan.goals]
    header = ("Goal", "What will be different", "Measured by", "Due")
    note = "In the manager's words: “I” and “my” are the manager's."
    blocks.append(make_table("What the work is for", header, rows, widths=(24, 40, 22, 14), note=note))
    if any(help_.id == "mentoring" for help_ in dossier.recommendation.interventions):
        blocks.append(Paragraph(runs=(Run(SAFE_SPACE),), tone="small"))
    return blocks


def _attendance(dossier: ManagerDossier) -> list[Block]:
    if not dossier.plan.sessions:
        return []
    rows = [
        (str(session.number), f"{day(session.planned_on)}, {session.minutes} min", "", "")
        for session in dossier.plan.sessions
    ]
    header = ("No.", "Planned for", "Held on", "Attended")
    return [
        Heading(level=2, text="Attendance"),
        make_table("Meetings, without their topics", header, rows, widths=(8, 36, 28, 28)),
    ]


def _outcomes(dossier: ManagerDossier) -> list[Block]:
    blocks: list[Block] = [Heading(level=2, text="Outcomes")]
    if dossier.plan.goals:
        rows = [(goal.title, *[""] * len(dossier.plan.review_dates)) for goal in dossier.plan.goals]
        header = ("Goal", *(day(date) for date in dossier.plan.review_dates))
        note = "Step reached, from −2 (much less than expected) through 0 (as expected) to +2 (much more)."
        widths = (40, *[60 / max(len(header) - 1, 1)] * (len(header) - 1))
        blocks.append(make_table("Goals at each review", header, rows, widths=widths, note=note))
    if dossier.plan.measures:
        rows = [(m.what, m.target, m.owner, day(m.review_on), Cell("")) for m in dossier.plan.measures]
        header = ("Measure", "Target", "Owner", "Looked at on", "Outcome")
        blocks.append(make_table("Measures", header, rows, widths=(28, 27, 14, 13, 18)))
    return blocks if len(blocks) > 1 else []


def _asked(dossier: ManagerDossier) -> list[Block]:
    is_shared = is_shared_with_sponsor(dossier)
    asked = ASKED_OF_YOU if is_shared else ASKED_IN_MENTORING
    return [
        Heading(level=2, text="What is asked of you"),
        BulletList(entries=tuple((Run(f"{title} ", "strong"), Run(text)) for title, text in asked)),
        Signature(roles=("Manager", "Sponsor", "Coach") if is_shared else ("Manager", "Sponsor")),
    ]
