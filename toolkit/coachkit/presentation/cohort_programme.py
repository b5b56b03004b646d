"""What follows for the cohort: help suggested, the programme with its cost range, the workshop, scale quality."""

from __future__ import annotations

from collections.abc import Mapping

from coachkit.analysis.records import CohortDossier, ProposalLine, ScaleQuality
from coachkit.presentation.blocks import Block, BulletList, Callout, Cell, Paragraph, Run
from coachkit.presentation.narrative import HELP_WORDS, money_range, whole
from coachkit.presentation.scale_pages import scale_pages
from coachkit.presentation.tables import make_table


def interventions_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """How often each kind of help is suggested."""
    rows = sorted(dossier.interventions.items(), key=lambda entry: -(entry[1] or 0))
    if not rows:
        return (Paragraph(runs=(Run("No help is suggested yet."),)),)
    return (
        make_table(
            "Suggested help",
            ("Kind of help", "Managers"),
            [
                (HELP_WORDS.get(key, key), "fewer than can be shown" if n is None or 0 < n < 5 else str(n))
                for key, n in rows
            ],
            right=(1,),
            widths=(70, 30),
            note="A manager may be offered a combination, so the counts may add up to more than the cohort.",
        ),
    )


def proposal_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Places, hours and a cost range for the programme."""
    proposal = dossier.proposal
    total = money_range(proposal.cost_low, proposal.cost_high, proposal.currency)
    rows: list[tuple[str | Cell, ...]] = [
        (
            line.label,
            _places(line),
            f"{whole(line.hours_low)} to {whole(line.hours_high)}",
            money_range(line.cost_low, line.cost_high, proposal.currency),
            "not known" if line.capacity is None else str(line.capacity),
        )
        for line in proposal.lines
    ]
    rows.append(("Together", Cell(" "), Cell(" "), Cell(total, align="right", strong=True), Cell(" ")))
    blocks: list[Block] = [
        Callout(kind="finding", title="Cost range", runs=(Run(f"The whole programme: {total}."),)),
        make_table(
            "Programme proposal",
            ("Kind of help", "Places", "Hours", "Cost", "Places available"),
            rows,
            right=(1, 2, 3, 4),
            widths=(30, 14, 16, 26, 14),
            note="In brackets: further places if open cases are confirmed in conversation. Cost rests on the rates agreed.",
        ),
    ]
    if proposal.notes:
        blocks.append(BulletList(entries=tuple((Run(note),) for note in proposal.notes)))
    return tuple(blocks)


def _places(line: ProposalLine) -> str:
    """Firm places, with the open ones in brackets; only open ones are an upper end."""
    if not line.places:
        return f"up to {line.places_if_confirmed}"
    return f"{line.places} (+{line.places_if_confirmed})" if line.places_if_confirmed else str(line.places)


def discussion_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Questions for the workshop."""
    if not dossier.discussion:
        return (Paragraph(runs=(Run("Nothing stands out; ask the group what it sees."),)),)
    return (BulletList(entries=tuple((Run(point),) for point in dossier.discussion), ordered=True),)


def scale_quality_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """How well each scale measures in this cohort."""
    if not dossier.scales:
        return (Paragraph(runs=(Run("There are too few forms to judge the scales."),)),)
    labels = {row.group_id: row.label.lower() for row in dossier.completion}
    return (
        make_table(
            "Quality of the scales in this cohort",
            ("Scale", "Complete forms", "Alpha (95% range)", "Agreement of single raters", "Reading"),
            [_scale_row(scale, labels) for scale in dossier.scales],
            right=(1,),
            widths=(36, 7, 18, 21, 18),
            note=(
                "Alpha (0 to 1) tells how well the items of a scale hang together. Agreement of single raters (0 to 1) "
                "tells how much of one rater's score others of the same group would share; the error ranges in this "
                "report rest on it alone."
            ),
        ),
        *scale_pages(dossier),
    )


def _scale_row(scale: ScaleQuality, labels: Mapping[str, str]) -> tuple[str, ...]:
    alpha = "–" if scale.alpha is None else f"{scale.alpha:.2f}"
    if scale.alpha is not None and scale.alpha_low is not None and scale.alpha_high is not None:
        alpha = f"{alpha} ({scale.alpha_low:.2f} to {scale.alpha_high:.2f})"
    agreement = ", ".join(f"{labels.get(group, group)} {value:.2f}" for group, value in scale.single_rater.items())
    return scale.name, whole(scale.n_forms), alpha, agreement or "–", scale.text
