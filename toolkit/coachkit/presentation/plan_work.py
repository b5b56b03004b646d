"""The second half of the development plan: priorities, goals, actions, pages to work with, sessions, signatures."""

from __future__ import annotations

from coachkit.analysis.records import Goal, ManagerDossier, Worksheet
from coachkit.presentation.blocks import Block, BulletList, FormField, Heading, Paragraph, Run, Signature
from coachkit.presentation.narrative import capital, count, day, join_words, kind_words, short
from coachkit.presentation.tables import (
    grow_table,
    ladder_table,
    make_table,
    measure_table,
    session_table,
    worksheet_table,
)

PLAN_SHEETS = ("business_case", "change_plan", "benefits_register")
ROWS_ON_PAPER = 4
LINES_ON_PAPER = 2
MANY_FIELDS = 18  # from here on each field gets less room, so that the plan stays within its pages
LOG_ROWS = 3
MOST_QUESTIONS = 6
FEW_SESSIONS, FEW_QUESTIONS = 7, 4  # in a plan with every optional part
COACHED = {"short_coaching", "long_coaching", "team_coaching"}


def priorities_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Two or three things to work on, each with its reason."""
    priorities = dossier.plan.priorities
    if not priorities:
        return (Paragraph(runs=(Run("No priority stands out; agree one in the first conversation."),)),)
    rows = [
        (f"{n}  {p.name}", "likely below target" if p.is_confirmed else "to be confirmed in conversation", p.why)
        for n, p in enumerate(priorities, start=1)
    ]
    return (
        Paragraph(runs=(Run(_priorities_lead(dossier)),), tone="lead"),
        make_table("What to work on first", ("Work on", "How sure", "Why this"), rows, widths=(28, 15, 57)),
    )


def _priorities_lead(dossier: ManagerDossier) -> str:
    """How many priorities there are, and which likely gaps wait."""
    priorities, scores = dossier.plan.priorities, dossier.profile.scores
    chosen_from = f", not {count(len(scores))}" if len(scores) > len(priorities) else ""
    text = f"{capital(count(len(priorities), 'priority', 'priorities'))}{chosen_from}."
    chosen = {priority.competency_id for priority in priorities}
    waiting = [short(score) for score in dossier.profile.of_reading("priority") if score.competency_id not in chosen]
    if not waiting:
        return text
    verb = "is" if len(waiting) == 1 else "are"
    return f"{text} {join_words(waiting)} {verb} likely below target too and can wait until these are under way."


def goals_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Every goal with its ladder, written before the work starts."""
    if not dossier.plan.goals:
        return (Paragraph(runs=(Run("Goals are written in the first session, once the priorities are agreed."),)),)
    is_weighted = len({goal.weight for goal in dossier.plan.goals}) > 1
    return tuple(
        block for number, goal in enumerate(dossier.plan.goals, start=1) for block in _goal(number, goal, is_weighted)
    )


def actions_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Actions on the job, with others and by learning."""
    if not dossier.plan.actions:
        return (Paragraph(runs=(Run("Actions are chosen in the first session."),)),)
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    rows = [
        (
            action.title,
            f"{names.get(action.competency_id, action.competency_id)}: {action.purpose}\n{kind_words(action)}",
            action.first_step,
            action.evidence_of_success,
        )
        for action in dossier.plan.actions
    ]
    header = ("Action", "What for, and how", "First step", "You see that it works when")
    return (make_table("What to do", header, rows, widths=(20, 30, 26, 24)),)


def worksheets_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Business case, change plan, benefits register and other pages to fill in."""
    sheets = [sheet for sheet in dossier.plan.worksheets if sheet.id != "session_log"]
    sheets.sort(key=lambda sheet: PLAN_SHEETS.index(sheet.id) if sheet.id in PLAN_SHEETS else len(PLAN_SHEETS))
    is_long = sum(len(sheet.fields) for sheet in sheets) >= MANY_FIELDS
    lines, rows = (1, 2 if _is_full(dossier) else 3) if is_long else (LINES_ON_PAPER, ROWS_ON_PAPER)
    return tuple(block for sheet in sheets for block in _worksheet(sheet, lines, rows))


def sessions_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Session plan with dates, preparation and an empty log along goal, reality, options and will."""
    sessions = dossier.plan.sessions
    blocks: list[Block] = []
    if sessions:
        blocks.append(session_table(sessions, FEW_SESSIONS) if _is_full(dossier) else session_table(sessions))
        agenda = " · ".join(sessions[0].agenda)
        blocks.append(Paragraph(runs=(Run("Agenda of the first session: ", "strong"), Run(agenda))))
    else:
        blocks.append(Paragraph(runs=(Run("No sessions are planned yet."),)))
    questions = list(dict.fromkeys(question for session in sessions for question in session.grow))[:4]
    if questions:
        blocks.append(Paragraph(runs=(Run("Questions to start from: ", "strong"), Run(" ".join(questions)))))
    blocks.append(grow_table(LOG_ROWS - 1 if _is_full(dossier) else LOG_ROWS))
    return tuple(blocks)


def mentoring_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """The mentoring agreement with agenda and questions, where mentoring is part of the help."""
    agreement = dossier.plan.mentoring
    if agreement is None:
        text = "Mentoring is not part of this plan. If you want a mentor later, the agreement and questions are ready."
        return (Paragraph(runs=(Run(text),)),)
    return (
        Paragraph(runs=(Run(agreement.intro),)),
        BulletList(entries=tuple((Run(clause),) for clause in agreement.clauses), ordered=True),
        Paragraph(runs=(Run("A meeting: ", "strong"), Run(" · ".join(agreement.agenda)))),
        Paragraph(
            runs=(
                Run("Questions to draw on: ", "strong"),
                Run(" ".join(agreement.questions[: FEW_QUESTIONS if _is_full(dossier) else MOST_QUESTIONS])),
            )
        ),
    )


def measures_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Measures with baseline and owner, and the dates on which they are looked at."""
    plan = dossier.plan
    blocks: list[Block] = []
    if plan.measures:
        blocks.append(measure_table(plan.measures))
    if plan.review_dates:
        dates = join_words([day(date) for date in plan.review_dates])
        blocks.append(Paragraph(runs=(Run("Reviews: ", "strong"), Run(f"{dates}."))))
    return tuple(blocks)


def signatures_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Who agrees to the goals; signing is about the plan, not about the scores."""
    roles = ["Manager", "Line manager"]
    if dossier.recommendation.interventions and dossier.recommendation.status != "not_now":
        ids = {help_.id for help_ in dossier.recommendation.interventions}
        roles += ["Coach"] if ids & COACHED else []
        roles += ["Mentor"] if dossier.plan.mentoring else []
    return (Signature(roles=tuple(roles)),)


def _is_full(dossier: ManagerDossier) -> bool:
    """Whether every optional part is in the plan, so that empty lines have to be spared."""
    return dossier.change is not None and dossier.plan.mentoring is not None


def _goal(number: int, goal: Goal, is_weighted: bool) -> list[Block]:
    weight = f"; weight {goal.weight} when the goals are added up" if is_weighted else ""
    smart = [
        ("Specific", goal.specific),
        ("Measured by", goal.measured_by),
        ("Achievable", goal.achievable),
        ("Relevant", goal.relevant),
        (
            "Due",
            f"{day(goal.due_on)}; owner: {goal.owner[:1].lower() + goal.owner[1:]}{weight}.",
        ),
    ]
    runs = [run for name, text in smart if text for run in (Run(f"{name}: ", "strong"), Run(f"{text} "))]
    return [
        Heading(level=3, text=f"Goal {number}: {goal.title}"),
        Paragraph(runs=tuple(runs)),
        ladder_table(goal),
    ]


def _worksheet(sheet: Worksheet, most_lines: int, most_rows: int) -> list[Block]:
    blocks: list[Block] = [
        Heading(level=3, text=sheet.title),
        Paragraph(runs=(Run(sheet.intro),), tone="small"),
    ]
    blocks += [
        FormField(label=entry.label, hint=entry.hint, lines=min(entry.lines, most_lines)) for entry in sheet.fields
    ]
    if sheet.columns:
        blocks.append(worksheet_table(sheet, most_rows))
    return blocks
