"""The brief for a coach or mentor: whom they will meet, what to work on, how, and what stays where.

It is written from a restricted dossier, so that it cannot hold scores or comments.
"""

from __future__ import annotations

from coachkit.analysis.records import Goal, ManagerDossier, Session
from coachkit.presentation.audiences import has_help, restricted
from coachkit.presentation.blocks import Block, BulletList, Callout, FormField, Heading, Paragraph, Run, Table
from coachkit.presentation.cover import audience_cover, limits_section
from coachkit.presentation.narrative import OUTCOME_WORDS, count, day, join_words
from coachkit.presentation.tables import ladder_table, make_table

CONFIDENTIAL = (
    "Confidential. For the coach or mentor of this manager only. It holds no scores and no comments: those belong to "
    "the manager, who decides whether to show them to you."
)
NOTHING_YET = (
    "No coaching or mentoring starts for now, so there is nothing to prepare. A new brief is made when help is agreed."
)
GROUND_RULES = (
    ("You work for the manager.", "The aims are theirs; the plan below is a proposal for your first conversation."),
    (
        "What the sponsor hears.",
        "Goals, attendance and outcomes, in words that the manager has agreed to. Never what was said, never a score.",
    ),
    (
        "What you hear.",
        "If a sponsor or line manager tells you something about the manager, ask them to say it to the manager.",
    ),
    (
        "Stop and refer.",
        "Distress, illness or a personnel procedure are not for coaching: stop, say so, and name who can help.",
    ),
    ("Fit.", "After the first session each of you may ask the consultant for another pairing, without a reason."),
    ("Notes.", "Keep them without names, under lock, and delete them when the work ends."),
)
NOTES = (
    FormField(label="What the manager wants, in their words", hint="Fill in during the first session.", lines=3),
    FormField(label="What we agreed about confidentiality", hint="Who hears what, from whom, when.", lines=3),
    FormField(label="How we shall notice progress by the third session", hint="One observable sign.", lines=3),
    FormField(label="What I want to check before I believe it", hint="Your own hunches; test them early.", lines=3),
)


def coach_brief(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Everything a coach or mentor needs before the first session, and nothing that is not theirs to read.

    Parameters
    ----------
    dossier : ManagerDossier
        One manager's whole dossier; what a coach may not read is taken out here.
    """
    allowed = restricted(dossier, "coach")
    blocks: list[Block] = [audience_cover(allowed, brief_title(allowed), CONFIDENTIAL)]
    if has_help(allowed):
        blocks += [*_opening(allowed), *_situation(allowed), *_themes(allowed), *_goals(allowed), *_sessions(allowed)]
        blocks += [*_measures(allowed), *_rules(allowed)]
    else:
        blocks += [Heading(level=2, text="In short"), Callout(kind="note", title="Not now", runs=(Run(NOTHING_YET),))]
    return (*blocks, Heading(level=2, text="Purpose, limits and origin"), *limits_section(allowed))


def brief_title(dossier: ManagerDossier) -> str:
    """Whose brief it is, by the help that is proposed."""
    ids = {help_.id for help_ in dossier.recommendation.interventions}
    if ids == {"mentoring"}:
        return "Mentor brief"
    return "Coach and mentor brief" if "mentoring" in ids else "Coach brief"


def _opening(dossier: ManagerDossier) -> list[Block]:
    help_ = join_words([f"{one.label} ({one.dose})" for one in dossier.recommendation.interventions])
    names = [priority.name for priority in dossier.plan.priorities]
    start = dossier.plan.sessions[0].planned_on if dossier.plan.sessions else ""
    text = f"{help_}."
    text += f" It starts with: {join_words(names)}." if names else " The themes are chosen in the first session."
    text += f" First meeting proposed for {day(start)}." if start else ""
    blocks: list[Block] = [
        Heading(level=2, text="In short"),
        Callout(kind="finding", title="What you are asked to do", runs=(Run(text),)),
    ]
    if dossier.recommendation.status == "decide_in_conversation":
        text = "The kind of help is not settled: it is decided in a conversation between manager and consultant first."
        blocks.append(Callout(kind="caution", title="Not settled yet", runs=(Run(text),)))
    return blocks


def _situation(dossier: ManagerDossier) -> list[Block]:
    diagnosis, outcome = dossier.diagnosis, OUTCOME_WORDS.get(dossier.diagnosis.outcome, "")
    opening = () if diagnosis.summary.startswith(outcome) else (Run(f"{outcome}. ", "strong"),)
    blocks: list[Block] = [
        Heading(level=2, text="The situation"),
        Paragraph(runs=(*opening, Run(diagnosis.summary)), tone="lead"),
    ]
    if dossier.recommendation.reason:
        blocks.append(Paragraph(runs=(Run("Why this help: ", "strong"), Run(dossier.recommendation.reason))))
    possible = [finding.title for finding in diagnosis.findings if finding.status == "possible"]
    if possible:
        text = f"{join_words(possible)}: keep it in mind and let the manager correct it."
        blocks.append(Paragraph(runs=(Run("Possible besides: ", "strong"), Run(text))))
    if diagnosis.question_to_ask:
        blocks.append(Callout(kind="question", title="Ask early", runs=(Run(diagnosis.question_to_ask),)))
    text = "A situation describes circumstances, not a person. Sentences in this brief are worded to the manager."
    return [*blocks, Paragraph(runs=(Run(text),), tone="small")]


def _themes(dossier: ManagerDossier) -> list[Block]:
    plan = dossier.plan
    sure = {True: "likely below the target of the role", False: "to be confirmed in conversation"}
    rows = [(f"{n}  {theme.name}", sure[theme.is_confirmed]) for n, theme in enumerate(plan.priorities, start=1)]
    blocks: list[Block] = [Heading(level=2, text="What to work on, and what to build on")]
    if rows:
        blocks.append(make_table("Themes, in the order proposed", ("Theme", "How sure"), rows, widths=(60, 40)))
    if plan.strengths:
        names = join_words([strength.name for strength in plan.strengths])
        text = f"{names}. Ask how the manager came to be good at it, and what of that would help with the themes above."
        blocks.append(Paragraph(runs=(Run("Build on: ", "strong"), Run(text))))
    if plan.actions:
        entries = tuple((Run(f"{action.title}. ", "strong"), Run(action.first_step)) for action in plan.actions)
        blocks += [Heading(level=3, text="First steps the plan proposes"), BulletList(entries=entries)]
    return blocks


def _goals(dossier: ManagerDossier) -> list[Block]:
    lead = "Goals with five steps are proposed; the manager changes the wording until it is theirs, before work starts."
    blocks: list[Block] = [Heading(level=2, text="Goals"), Paragraph(runs=(Run(lead),))]
    for number, goal in enumerate(dossier.plan.goals, start=1):
        blocks += _goal(number, goal)
    return blocks if dossier.plan.goals else []


def _goal(number: int, goal: Goal) -> list[Block]:
    parts = (("By the due date", goal.specific), ("Measured by", goal.measured_by), ("Due", f"{day(goal.due_on)}."))
    runs = tuple(run for name, text in parts if text for run in (Run(f"{name}: ", "strong"), Run(f"{text} ")))
    return [Heading(level=3, text=f"Goal {number}: {goal.title}"), Paragraph(runs=runs), ladder_table(goal)]


def _sessions(dossier: ManagerDossier) -> list[Block]:
    sessions = dossier.plan.sessions
    if not sessions:
        return []
    lead = f"{count(len(sessions), 'meeting').capitalize()} with an agenda each. Leave it whenever the manager brings something that matters more."
    blocks: list[Block] = [Heading(level=2, text="Session guide"), Paragraph(runs=(Run(lead),))]
    return [*blocks, *(block for session in sessions for block in _session(session))]


def _session(session: Session) -> list[Block]:
    when = f"{day(session.planned_on)}, {session.minutes} minutes. "
    blocks: list[Block] = [
        Heading(level=3, text=f"{session.number}  {session.title}"),
        Paragraph(runs=(Run(when, "strong"), Run(session.purpose))),
    ]
    if session.agenda or session.grow:
        blocks.append(_guide(session))
    around = (("Before", session.before), ("After", session.after))
    runs = tuple(run for name, text in around if text for run in (Run(f"{name}: ", "strong"), Run(f"{text} ")))
    return [*blocks, *([Paragraph(runs=runs, tone="small")] if runs else [])]


def _guide(session: Session) -> Table:
    columns = {"Agenda": session.agenda, "Questions: goal, reality, options, will": session.grow}
    filled = {name: "\n".join(f"• {entry}" for entry in entries) for name, entries in columns.items() if entries}
    return make_table(
        f"Guide to session {session.number}",
        tuple(filled),
        [tuple(filled.values())],
        row_headers=False,
        widths=(1.0,) * len(filled),
    )


def _measures(dossier: ManagerDossier) -> list[Block]:
    plan, blocks = dossier.plan, [Heading(level=2, text="How the work is judged")]
    if plan.measures:
        rows = [(m.what, m.target, m.owner, day(m.review_on)) for m in plan.measures]
        header = ("Measure", "Target", "Owner", "Looked at on")
        blocks.append(make_table("Measures", header, rows, widths=(34, 36, 15, 15)))
    measures = dossier.recommendation.success_measures
    if measures and not plan.measures:
        blocks.append(BulletList(entries=tuple((Run(text),) for text in measures)))
    if plan.review_dates:
        dates = join_words([day(date) for date in plan.review_dates])
        text = f"{dates}. At each, manager, coach and sponsor decide to go on, to change or to stop."
        blocks.append(Paragraph(runs=(Run("Reviews: ", "strong"), Run(text))))
    return blocks if len(blocks) > 1 else []


def _rules(dossier: ManagerDossier) -> list[Block]:
    blocks: list[Block] = [
        Heading(level=2, text="Ground rules"),
        BulletList(entries=tuple((Run(f"{title} ", "strong"), Run(text)) for title, text in GROUND_RULES)),
    ]
    agreement = dossier.plan.mentoring
    if agreement is not None and agreement.clauses:
        clauses = tuple((Run(clause),) for clause in agreement.clauses)
        blocks += [Heading(level=2, text="The mentoring agreement"), Paragraph(runs=(Run(agreement.intro),))]
        blocks.append(BulletList(entries=clauses, ordered=True))
        blocks += [
            Heading(level=3, text="A meeting"),
            BulletList(entries=tuple((Run(part),) for part in agreement.agenda)),
        ]
        questions = tuple((Run(question),) for question in agreement.questions)
        blocks += [Heading(level=3, text="Questions to draw on"), BulletList(entries=questions)]
    return [*blocks, Heading(level=2, text="Your notes"), *NOTES]
