"""Units in the cohort report: person or system, and units that can only keep the lights on."""

from __future__ import annotations

from coachkit.analysis.records import CohortDossier, UnitFinding
from coachkit.presentation.blocks import Block, Callout, Paragraph, Run
from coachkit.presentation.narrative import ATTRIBUTION_WORDS, STATUS_WORDS, in_ten, join_words
from coachkit.presentation.tables import make_table


def comparison_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Share of differences that lies between units, per competency, and what it suggests."""
    comparisons = dossier.comparisons
    if not comparisons:
        return (Paragraph(runs=(Run("Units cannot be compared: there are too few of them."),)),)
    shared = [row.name for row in comparisons if row.verdict == "shared"]
    lead = (
        f"Units differ more than their managers do on {join_words(shared)}: look at how the units are set up first."
        if shared
        else "No competency differs clearly between units; what differs, differs between managers."
    )
    return (
        Paragraph(runs=(Run(lead),), tone="lead"),
        make_table(
            "Person or system?",
            ("Competency", "Share between units", "Verdict", "What it suggests"),
            [
                (
                    row.name,
                    "–" if row.icc1 is None else f"{max(row.icc1, 0.0) * 100:.0f} %",
                    ATTRIBUTION_WORDS.get(row.verdict, row.verdict),
                    row.text,
                )
                for row in comparisons
            ],
            right=(1,),
            widths=(24, 13, 19, 44),
            note="Share of the differences between managers that is due to their unit (intraclass correlation ICC(1)).",
        ),
    )


def unit_findings_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Units that show the pattern of running without improving, with the evidence."""
    findings = dossier.unit_findings
    if not findings:
        return (Paragraph(runs=(Run("No unit is large enough to be judged here."),)),)
    stale = [unit for unit in findings if unit.finding.status == "recognised"]
    blocks: list[Block] = []
    if stale:
        names = join_words([unit.unit_name for unit in stale])
        blocks.append(
            Callout(
                kind="finding",
                title="Running, not improving",
                runs=(Run(f"{names}: start with the unit and its sponsor, not with single managers."),),
            )
        )
    ordered = sorted(findings, key=lambda unit: -(unit.finding.probability or 0.0))
    blocks.append(
        make_table(
            "Can the unit improve while it runs?",
            ("Unit", "Chance of the pattern", "For", "Against", "Missing"),
            [_row(unit) for unit in ordered],
            widths=(16, 16, 30, 24, 14),
        )
    )
    return tuple(blocks)


def _row(unit: UnitFinding) -> tuple[str, ...]:
    finding = unit.finding
    spoken = {"for": [], "against": []}
    for evidence in finding.evidence:
        spoken.get(evidence.direction, []).append(evidence.text)
    return (
        unit.unit_name,
        f"{in_ten(finding.probability)}, {STATUS_WORDS[finding.status]}",
        _lines(spoken["for"]),
        _lines(spoken["against"]),
        _lines(list(finding.missing)),
    )


def _lines(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"• {text}" for text in texts[:4]) or "–"
