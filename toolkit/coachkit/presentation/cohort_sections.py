"""The sections of the cohort diagnostics, in the order in which a sponsor reads them."""

from __future__ import annotations

from coachkit.analysis.records import CohortDossier, CompetencySpread, SegmentReport, SegmentSummary
from coachkit.presentation.blocks import Block, BulletList, Callout, Paragraph, Run
from coachkit.presentation.cohort_evidence import change_section, dominance_blocks, norms_section, quality_blocks
from coachkit.presentation.cohort_programme import (
    discussion_section,
    interventions_section,
    proposal_section,
    scale_quality_section,
)
from coachkit.presentation.cohort_units import comparison_section, unit_findings_section
from coachkit.presentation.cover import cohort_cover, limits_section
from coachkit.presentation.narrative import (
    HELP_WORDS,
    OUTCOME_WORDS,
    UNKNOWN,
    capital,
    count,
    join_words,
    points,
    share,
)
from coachkit.presentation.plots import cohort_spread, reading_counts, segment_profile
from coachkit.presentation.tables import heat_table, make_table

__all__ = [
    "change_section",
    "cohort_cover",
    "comparison_section",
    "discussion_section",
    "headline_section",
    "heat_section",
    "interventions_section",
    "limits_section",
    "norms_section",
    "participation_section",
    "proposal_section",
    "readings_section",
    "scale_quality_section",
    "segments_section",
    "situations_section",
    "spread_section",
    "unit_findings_section",
]
SMALL_COUNT = "fewer than can be shown"
MOST_NAMED = 4  # competencies in one sentence
FEWEST = 5  # managers; smaller counts are not given
TOO_FEW = "There are too few managers to show a distribution."


def headline_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """The one thing to know about the cohort: where it stands, and what would help."""
    text = _standing(dossier)
    helps = [(HELP_WORDS.get(key, key), n) for key, n in dossier.interventions.items()]
    stated = [(label, n) for label, n in helps if n is not None and not is_few(n)]
    shown = sorted(stated, key=lambda entry: -entry[1])[:2]
    if shown:
        text += f" Suggested most often: {join_words([f'{label.lower()} for {n} managers' for label, n in shown])}."
    return (Callout(kind="finding", title="In short", runs=(Run(text),)),)


def _standing(dossier: CohortDossier) -> str:
    """Where the group lies against its targets, claiming a gap only where it is beyond error."""
    known = [row for row in dossier.spread if row.mean is not None]
    if not known:
        return "There are too few managers with results to describe the group."
    below = [row for row in known if row.mean_high is not None and row.mean_high < row.target]
    below.sort(key=lambda row: (row.mean or 0.0) - row.target)
    if below:
        names = join_words([f"{row.name} ({points(row.mean)} against {points(row.target)})" for row in below[:2]])
        return f"As a group these managers are clearly below their targets in {names}."
    text = "On average this group is at its targets or within error of them."
    counted = sorted((row for row in known if row.n_priority), key=lambda row: -(row.n_priority or 0))
    if counted:
        text += f" Among individual managers, likely gaps are most frequent in {_most_frequent(counted, dossier)}."
    return text


def _most_frequent(counted: list[CompetencySpread], dossier: CohortDossier) -> str:
    """The two competencies with most likely gaps, and those that tie with the second."""
    least = counted[min(1, len(counted) - 1)].n_priority or 0
    chosen = [row for row in counted if (row.n_priority or 0) >= least][:MOST_NAMED]
    if len(chosen) > 1 and len({row.n_priority for row in chosen}) == 1:
        return f"{join_words([_short(row) for row in chosen])} ({least} of {dossier.n_managers} each)"
    return join_words([f"{_short(row)} ({row.n_priority} of {dossier.n_managers})" for row in chosen])


def is_few(number: int | None) -> bool:
    """Whether a count is too small to be given; hidden ones are."""
    return number is None or 0 < number < FEWEST


def _short(row: CompetencySpread) -> str:
    return row.short_name or row.name


def participation_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Who took part and how complete the answers are."""
    some = f"{dossier.n_with_data} of" if dossier.n_with_data < dossier.n_managers else "All"
    text = (
        f"{some} {dossier.n_managers} managers in {count(dossier.n_units, 'unit')} have enough answers for a profile."
    )
    blocks: list[Block] = [
        Paragraph(runs=(Run(text),), tone="lead"),
        make_table(
            "Answers by rater group",
            ("Group", "Managers rated", "Forms", "Raters per manager (median)", "Items answered", "Not observed"),
            [
                (
                    row.label,
                    str(row.n_managers),
                    "hidden" if row.n_raters is None else str(row.n_raters),
                    UNKNOWN if row.median_raters is None else f"{row.median_raters:g}",
                    share(row.share_answered),
                    share(row.share_not_observed),
                )
                for row in dossier.completion
            ],
            right=(1, 2, 3, 4, 5),
            widths=(24, 14, 12, 20, 15, 15),
        ),
    ]
    notes = (*dossier.completeness_notes, *dossier.notes)
    if notes:
        blocks.append(BulletList(entries=tuple((Run(note),) for note in notes)))
    return (*blocks, *quality_blocks(dossier), *dominance_blocks(dossier))


def heat_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Mean estimates by unit, shaded; hidden where too few managers stand behind a cell."""
    hidden = sorted({cell.unit_id for cell in dossier.heat if cell.mean is None})
    blocks: list[Block] = [heat_table(dossier)]
    if hidden:
        names = join_words([dossier.unit_names.get(unit_id, unit_id) for unit_id in hidden])
        text = f"Hidden, in whole or in part, to protect small groups: {names}."
        blocks.append(Paragraph(runs=(Run(text),), tone="small"))
    return tuple(blocks)


def spread_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Distribution of estimates against targets."""
    if all(row.mean is None for row in dossier.spread):
        return (Paragraph(runs=(Run(TOO_FEW),)),)
    return (cohort_spread(dossier.spread, dossier.engagement.scale_low, dossier.engagement.scale_high),)


def readings_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """How many managers are likely below, unclear, likely at or above target."""

    def shown(number: int | None) -> str:
        return "small" if number is None else str(number)

    table = make_table(
        "Managers by what their results allow to say",
        (
            "Competency",
            "Mean (95% range)",
            "Target",
            "Likely below",
            "Not clear",
            "Likely at or above",
            "Too few answers",
        ),
        [
            (
                row.name,
                "hidden"
                if row.mean is None
                else f"{points(row.mean)} ({points(row.mean_low)} to {points(row.mean_high)})",
                points(row.target),
                *(shown(n) for n in (row.n_priority, row.n_ask, row.n_strength, row.n_no_data)),
            )
            for row in dossier.spread
        ],
        right=(1, 2, 3, 4, 5, 6),
        note="Small: a count that is too small to show, or that would give such a count away.",
        widths=(36, 17, 8, 10, 9, 11, 9),
    )
    if all(row.n_priority is None and row.n_ask is None for row in dossier.spread):
        return (table,)
    return (reading_counts(dossier.spread), table)


def situations_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """How many managers are in each situation, and how many results stay open."""

    def shown(number: int | None) -> str:
        return SMALL_COUNT if number is None else str(number)

    unclear = dossier.outcomes.get("unclear", 0)
    if unclear == 0:
        lead = "No manager's situation is left open."
    elif is_few(unclear):
        lead = "A few managers' situations cannot be settled from the figures and are to be decided in conversation."
    else:
        lead = f"For {unclear} of {dossier.n_managers} managers the figures leave the situation open: decide in conversation."
    counts = [(OUTCOME_WORDS.get(key, key), n) for key, n in dossier.outcomes.items()]
    return (
        Paragraph(runs=(Run(lead),), tone="lead"),
        make_table(
            "Situations",
            ("Situation", "Managers it applies to", "Possible, not decided"),
            [(row.title, shown(row.n_recognised), shown(row.n_possible)) for row in dossier.situations],
            right=(1, 2),
            widths=(54, 23, 23),
            note="A manager may be in several situations at once, so the counts do not add up.",
        ),
        make_table(
            "Kind of answer",
            ("Answer", "Managers"),
            [(words, SMALL_COUNT if n is None or is_few(n) else str(n)) for words, n in counts],
            right=(1,),
            widths=(70, 30),
            note="A count may also be hidden to protect a smaller one." if None in dossier.outcomes.values() else "",
        ),
    )


def segments_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Groups of similar answers with their stability, or the reasoned refusal to form any."""
    report = dossier.segments
    if report.verdict != "segments" or not report.segments:
        title = "Too few managers for groups" if report.verdict == "too_few" else "No groups that would hold"
        return (
            Callout(kind="note", title=title, runs=(Run(report.reason),)),
            Paragraph(runs=(Run(report.method),), tone="small"),
        )
    rows = [
        (
            segment.label,
            segment.name,
            str(segment.size),
            f"{segment.stability}" + ("" if segment.jaccard is None else f" ({segment.jaccard:.2f})"),
            _nearest(segment, dossier),
        )
        for segment in report.segments
    ]
    return (
        Paragraph(runs=(Run(capital(report.reason)),), tone="lead"),
        segment_profile(report.segments, {row.competency_id: _short(row) for row in dossier.spread}),
        make_table(
            "Groups of similar answers",
            ("Group", "Marked by", "Managers", "Stability", "Nearest situation and its help"),
            rows,
            right=(2,),
            widths=(8, 32, 11, 17, 32),
            note=(
                f"{_chance_words(report)}Stability (0 to 1) tells how much of a group comes back when managers are drawn again. The nearest situation "
                f"is the one whose typical needs the group's profile follows; a manager's own report decides. {report.method}"
            ),
        ),
    )


def _chance_words(report: SegmentReport) -> str:
    """What p means, in words."""
    if report.p_value is None:
        return ""
    return f"p = {report.p_value:.2f}: so often would a cohort without groups look at least as grouped. "


def _nearest(segment: SegmentSummary, dossier: CohortDossier) -> str:
    """The situation a group's profile resembles and the help it calls for, in words."""
    titles = {row.situation_id: row.title for row in dossier.situations}
    if segment.situation not in titles:
        return "none of the five"
    labels = {line.intervention_id: line.label.lower() for line in dossier.proposal.lines}
    offered = join_words([labels.get(name, name.replace("_", " ")) for name in segment.interventions])
    return f"{titles[segment.situation]}: {offered}" if offered else titles[segment.situation]
