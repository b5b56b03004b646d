"""The first half of the development plan: what others see, strengths, differences and comments."""

from __future__ import annotations

from coachkit.analysis.records import Comment, ManagerDossier
from coachkit.presentation.blocks import Block, BulletList, Callout, Heading, Paragraph, Quote, Run
from coachkit.presentation.narrative import profile_finding, score_words, self_other_finding
from coachkit.presentation.plan_beside import change_blocks, place_blocks, ranges_of
from coachkit.presentation.plots import dot_plot, self_other_plot
from coachkit.presentation.tables import group_table, score_table

LONGEST_COMMENT = 280  # characters; longer comments are shortened
MOST_COMMENTS = 10
ROOM = 1500  # characters for all comments together, so that the plan stays within its pages
ROOM_BESIDE_CHANGE = 800  # where the change since the wave before takes part of the room


def headline_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """The one thing to know, and how sure it is."""
    return (
        Callout(kind="finding", title="In short", runs=(Run(dossier.plan.headline or dossier.diagnosis.summary),)),
        Paragraph(runs=(Run(profile_finding(dossier.profile)),), tone="lead"),
    )


def profile_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Dot plot of all competencies with range, target and self."""
    info = dossier.engagement
    if all(score.estimate is None for score in dossier.profile.scores):
        return (Paragraph(runs=(Run("No figure can be drawn: too few people answered."),)),)
    return (dot_plot(dossier.profile.scores, info.scale_low, info.scale_high, ranges_of(dossier)),)


def numbers_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """The same numbers as a table, beside the cohort and the wave before, with remarks on the answers' quality."""
    profile = dossier.profile
    blocks: list[Block] = [score_table(profile), *place_blocks(dossier), *change_blocks(dossier)]
    notes = [flag.text for flag in profile.quality] + list(profile.notes)
    if notes:
        blocks.append(Callout(kind="note", title="About these answers", runs=(Run(" ".join(notes)),)))
    return tuple(blocks)


def strengths_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """What others value and how to use it."""
    strengths = dossier.plan.strengths
    if not strengths:
        certain = dossier.profile.of_reading("strength")
        if not certain:
            text = "No competency is clearly at or above its target yet. Ask two people you trust what they come to you for."
            return (Paragraph(runs=(Run(text),)),)
        return (BulletList(entries=tuple((Run(score_words(score)),) for score in certain[:3])),)
    return (BulletList(entries=tuple((Run(f"{s.name}. ", "strong"), Run(s.why)) for s in strengths)),)


def self_other_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Own view beside the others', then what each group saw."""
    info, profile = dossier.engagement, dossier.profile
    blocks: list[Block] = [Paragraph(runs=(Run(self_other_finding(profile)),), tone="lead")]
    if any(score.self_score is not None and score.others is not None for score in profile.scores):
        blocks.append(self_other_plot(profile.scores, info.scale_low, info.scale_high))
    blocks.append(group_table(profile))
    return tuple(blocks)


def comments_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Released comments by question, in no order that tells who wrote them; what is left out is said."""
    comments = dossier.profile.comments
    if not comments:
        text = "No comments can be shown: none were written, or too few to keep their authors confidential."
        return (Paragraph(runs=(Run(text),)),)
    blocks: list[Block] = []
    chosen = _choose(comments, ROOM if dossier.change is None else ROOM_BESIDE_CHANGE)
    for question in dict.fromkeys(comment.question for comment in chosen):
        blocks.append(Heading(level=3, text=question))
        blocks += [Quote(text=shorten(c.text), source=c.source) for c in chosen if c.question == question]
    left_out = len(comments) - len(chosen)
    is_cut = any(len(comment.text) > LONGEST_COMMENT for comment in chosen)
    if left_out or is_cut:
        parts = [f"{left_out} more are left out"] if left_out else []
        parts += ["long ones are cut where you see […]"] if is_cut else []
        text = f"To keep this plan short, {' and '.join(parts)}. Your consultant can show you all of them in full."
        blocks.append(Paragraph(runs=(Run(text),), tone="small"))
    return tuple(blocks)


def shorten(text: str, most: int = LONGEST_COMMENT) -> str:
    """Cut a text at a word near ``most`` characters and mark the cut.

    Examples
    --------
    >>> shorten("one two three", 8)
    'one two […]'
    """
    if len(text) <= most:
        return text
    head = text[:most]
    return f"{head.rsplit(' ', 1)[0] if ' ' in head[most // 2 :] else head} […]"


def _choose(comments: tuple[Comment, ...], room: int) -> list[Comment]:
    """As many as there is room for, taken in turn from the questions so that none crowds out another."""
    by_question: dict[str, list[Comment]] = {}
    for comment in comments:
        by_question.setdefault(comment.question, []).append(comment)
    chosen: list[Comment] = []
    while any(by_question.values()):
        for waiting in by_question.values():
            if waiting:
                chosen.append(waiting.pop(0))
                room -= len(shorten(chosen[-1].text))
            if room <= 0 or len(chosen) == MOST_COMMENTS:
                return chosen
    return chosen
