"""The cohort report as a presentation for the steering group, from the same sections as the report.

Charts use the figures as the report prints them: rounded, and hidden where the report hides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachkit.analysis.records import CohortDossier
from coachkit.presentation import cohort_sections as report
from coachkit.presentation.blocks import Block, BulletList, Callout, Paragraph, Run, Table
from coachkit.presentation.cover import LIMITS
from coachkit.presentation.narrative import count, join_words
from coachkit.presentation.slides import ChartSpec, Deck, Slide

NOBODY = "Do not ask, or say, who is behind a figure: the report was made so that nobody can tell."
MOST_QUESTIONS = 5
WAYS = {
    "answer": (
        ("Say the sentence on the slide, then stop and let people react.", "Then say how sure it is: most of it rests on a few raters for each manager."),
        ("That these managers are good or bad: the answers describe their present fit with their roles.", NOBODY),
    ),
    "participation": (
        ("Thank everybody who answered.", "Name the gaps before somebody else does; nothing has been filled in."),
        ("That those who did not answer think the same as those who did.",),
    ),
    "targets": (
        ("Read one row aloud so that everybody can read the rest: mean, target, distance.", "A mean hides the spread: the next slide shows it."),
        ("That a difference of a few tenths is real: it is within error.", "That the target is a norm of other companies: it was set for these roles."),
    ),
    "readings": (
        ("Dark: very likely below the target of their role. Light: we do not know yet, so ask. Pale: at or above.",),
        ("That the light part is fine, or weak: it is not known.", "That somebody in the dark part has failed: the target may have moved with the role."),
    ),
    "units": (
        ("Ask what people recognise, and what surprises them.", "Units work under different conditions: ask about those first."),
        ("A ranking of units or of their heads.", "Anything about a unit that is hidden: it is small, not weak."),
    ),
    "situations": (
        ("A situation describes circumstances, never a person.", "Several can apply to one manager, so the counts do not add up."),
        ("That a count is a list of names: each manager decides with a consultant what fits.", NOBODY),
    ),
    "groups": (
        ("Say first whether there are groups at all; the test comes before the picture.",),
        ("That a group is a type of manager: groups describe answers, not people.", "That membership is fixed: it is a probability, and a conversation decides."),
    ),
    "system": (
        ("Where managers of a unit share a pattern, work on the unit first.", "Coaching single managers there treats the symptom."),
        ("That a unit is to blame: ask what it has been given to work with.",),
    ),
    "stale": (
        ("These units keep the service running; the question is what stops them from improving it.",),
        ("That their managers are weak: the remedy is work with the team and its sponsor.",),
    ),
    "programme": (
        ("It is a range because open cases are settled in conversation.", "Ask for a decision on the firm places today."),
        ("That the upper end is the plan, or the lower end the price.", "That places are assignments: coaching and mentoring are voluntary."),
    ),
    "workshop": (
        ("Choose two or three of these questions and give the room time.", "Let people answer for their own work before anybody explains a figure."),
        ("That the presenter has the answers.",),
    ),
    "limits": (
        ("Read the first sentence aloud. It is the promise under which people answered.",),
        ("That an exception can be made for one case.",),
    ),
}  # fmt: skip


def cohort_deck(dossier: CohortDossier) -> Deck:
    """The presentation of one cohort.

    Parameters
    ----------
    dossier : CohortDossier
        Released figures of the cohort; no manager is named.

    Returns
    -------
    Deck
        Slides whose titles are findings, with notes on what to say and what not to conclude.
    """
    (cover,) = report.cohort_cover(dossier)
    slides = [
        _answer(dossier), _participation(dossier), *_targets(dossier), _units(dossier), _situations(dossier), _groups(dossier),
        _system(dossier), _stale(dossier), _programme(dossier), _workshop(dossier), _limits(),
    ]  # fmt: skip
    return Deck(
        title=cover.title,
        subtitle=cover.publisher,
        lines=cover.lines,
        confidential=cover.confidential,
        footer=cover.footer,
        colour_primary=cover.colour_primary,
        colour_accent=cover.colour_accent,
        slides=tuple(slide for slide in slides if slide is not None),
        language=cover.language,
    )


def _slide(key: str, section: str, title: str, **content: object) -> Slide:
    say, not_to_conclude = WAYS[key]
    return Slide(section=section, title=title, say=say, not_to_conclude=not_to_conclude, **content)


def _answer(dossier: CohortDossier) -> Slide:
    blocks = report.headline_section(dossier)
    stale = [unit.unit_name for unit in dossier.unit_findings if unit.finding.status == "recognised"]
    entries = [_words(block) for block in report.proposal_section(dossier) if isinstance(block, Callout)]
    if stale:
        entries.append(f"Running, not improving: {join_words(stale)}. Start with the unit and its sponsor.")
    entries.append(
        f"{count(dossier.n_managers, 'manager').capitalize()} in {count(dossier.n_units, 'unit')} took part."
    )
    return _slide("answer", "The answer first", _finding(blocks), text=(_bullets(entries),))


def _participation(dossier: CohortDossier) -> Slide:
    blocks = report.participation_section(dossier)
    return _slide("participation", "Who took part", _finding(blocks), table=_table(blocks))


def _targets(dossier: CohortDossier) -> list[Slide]:
    known = [row for row in dossier.spread if row.mean is not None]
    if not known:
        return []
    names = tuple(row.short_name or row.name for row in known)
    means = tuple(round(row.mean, 1) for row in known if row.mean is not None)
    targets = tuple(round(row.target, 1) for row in known)
    below = [name for name, mean, target in zip(names, means, targets, strict=True) if mean < target]
    number = f"{count(len(below), 'mean').capitalize()} of {count(len(known))}" if below else "No mean"
    title = f"{number} {'lies below its target' if len(below) <= 1 else 'lie below target'}"
    info = dossier.engagement
    chart = ChartSpec(
        "grouped", names, (("Mean", means), ("Target", targets)),
        f"Mean and target by competency. Below target: {join_words(below) or 'none'}.", "0.0", info.scale_low, info.scale_high,
    )  # fmt: skip
    note = Paragraph(
        runs=(Run("Means are drawn towards the cohort's where few people answered; a few tenths are within error."),)
    )
    slides = [_slide("targets", "The group against its targets", f"{title}.", chart=chart, text=(note,))]
    counts = [(row.n_priority, row.n_ask, row.n_strength) for row in known]
    if any(any(number is not None for number in row) for row in counts):
        below_, ask, above = zip(*counts, strict=True)
        most = max(zip(below_, names, strict=True), key=lambda entry: entry[0] or 0)
        stacked = ChartSpec(
            "stacked", names, (("Likely below target", below_), ("Not clear – ask", ask), ("Likely at or above", above)),
            "Number of managers by what their results allow to say, by competency.",
        )  # fmt: skip
        title = (
            f"Likely gaps are most frequent in {most[1]}: {most[0]} of {dossier.n_managers} managers"
            if most[0]
            else "Hardly any gap is certain"
        )
        hint = Paragraph(
            runs=(Run("A gap in a bar is a count too small to show, or one that would give such a count away."),)
        )
        slides.append(_slide("readings", "How many managers", f"{title}.", chart=stacked, text=(hint,)))
    return slides


def _units(dossier: CohortDossier) -> Slide | None:
    blocks = report.heat_section(dossier)
    table = _table(blocks)
    if table is None:
        return None
    return _slide(
        "units",
        "Strengths and gaps by unit",
        "Where units differ, and where too few people answered to say.",
        table=table,
    )


def _situations(dossier: CohortDossier) -> Slide:
    blocks = report.situations_section(dossier)
    shown = [row for row in dossier.situations if row.n_recognised is not None]
    chart = ChartSpec(
        "grouped", tuple(row.title for row in shown), (("Managers it applies to", tuple(row.n_recognised for row in shown)),),
        "Number of managers in each situation.",
    ) if shown else None  # fmt: skip
    table = _table(report.interventions_section(dossier))
    return _slide("situations", "Situations and help", _finding(blocks), chart=chart, table=table)


def _groups(dossier: CohortDossier) -> Slide:
    blocks = report.segments_section(dossier)
    table = _table(blocks)
    if table is None:
        reason = " ".join(_words(block) for block in blocks if isinstance(block, Callout))
        return _slide("groups", "Groups with similar needs", "No groups are drawn.", text=(_bullets([reason]),))
    return _slide("groups", "Groups with similar needs", _finding(blocks), table=replace(table, note=""))


def _system(dossier: CohortDossier) -> Slide:
    blocks = report.comparison_section(dossier)
    return _slide("system", "Person or system", _finding(blocks), table=_table(blocks))


def _stale(dossier: CohortDossier) -> Slide:
    blocks = report.unit_findings_section(dossier)
    table = _table(blocks)
    callouts = [block for block in blocks if isinstance(block, Callout)]
    title = _words(callouts[0]) if callouts else "No unit shows the pattern of running without improving."
    if table is None:
        return _slide("stale", "Units that run but do not improve", _finding(blocks))
    narrow = replace(
        table, header=table.header[:2], rows=tuple(row[:2] for row in table.rows), widths=(60, 40), note=""
    )
    evidence = tuple(f"{row[0].text}: {row[2].text}".replace("\n", " ") for row in table.rows)
    slide = _slide("stale", "Units that run but do not improve", title, table=narrow)
    return replace(slide, say=(*slide.say, *evidence))


def _programme(dossier: CohortDossier) -> Slide:
    blocks = report.proposal_section(dossier)
    slide = _slide("programme", "Programme proposal", _finding(blocks), table=_table(blocks))
    return replace(slide, say=(*slide.say, *dossier.proposal.notes))


def _workshop(dossier: CohortDossier) -> Slide:
    lists = [block for block in report.discussion_section(dossier) if isinstance(block, BulletList)]
    entries = lists[0].entries[:MOST_QUESTIONS] if lists else ((Run("What do you see?"),),)
    return _slide(
        "workshop",
        "For the workshop",
        "What the group should talk about.",
        text=(BulletList(entries=entries, ordered=True),),
    )


def _limits() -> Slide:
    sentences = [f"{part.strip().rstrip('.')}." for part in LIMITS.split(". ") if part.strip()]
    return _slide("limits", "Purpose and limits", "For development only.", text=(_bullets(sentences[1:]),))


def _finding(blocks: Sequence[Block]) -> str:
    """The sentence with which a section opens: its lead paragraph, its callout, or its first paragraph."""
    leads = [block for block in blocks if isinstance(block, Paragraph) and block.tone == "lead"]
    callouts = [block for block in blocks if isinstance(block, Callout)]
    others = [block for block in blocks if isinstance(block, Paragraph)]
    return _words((*leads, *callouts, *others)[0])


def _words(block: Paragraph | Callout) -> str:
    return "".join(run.text for run in block.runs)


def _table(blocks: Sequence[Block]) -> Table | None:
    return next((block for block in blocks if isinstance(block, Table)), None)


def _bullets(texts: Sequence[str]) -> BulletList:
    return BulletList(entries=tuple((Run(text),) for text in texts))
