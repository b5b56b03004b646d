"""Units in the cohort report: person or system, and units that can only keep the lights on."""

from __future__ import annotations

from coachkit.analysis.records import CohortDossier, UnitComparison, UnitFinding
from coachkit.presentation.blocks import Block, Callout, Paragraph, Run
from coachkit.presentation.cohort_evidence import unit_means_blocks
from coachkit.presentation.narrative import STATUS_WORDS, in_ten, join_words
from coachkit.presentation.tables import make_table

VERDICT_WORDS = {
    "shared": "the unit matters",
    "specific": "mostly between managers",
    "cannot_tell": "cannot tell",
}


def comparison_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Share of differences that lies between units, per competency, and what it suggests."""
    comparisons = dossier.comparisons
    if not comparisons:
        return (Paragraph(runs=(Run("Units cannot be compared: there are too few of them."),)),)
    short = {row.competency_id: row.short_name or row.name for row in dossier.spread}
    shared = [short.get(row.competency_id, row.name) for row in comparisons if row.verdict == "shared"]
    lead = (
        f"On {join_words(shared)} it makes a difference which unit a manager works in: look at how the units are set up first."
        if shared
        else "No competency differs clearly between units; what differs, differs between managers."
    )
    return (
        Paragraph(runs=(Run(lead),), tone="lead"),
        make_table(
            "Share of the differences between managers that lies between units",
            ("Competency", "Share between units", "Verdict"),
            [
                (
                    row.name,
                    "–" if row.icc1 is None else f"{max(row.icc1, 0.0) * 100:.0f}%",
                    VERDICT_WORDS.get(row.verdict, row.verdict),
                )
                for row in comparisons
            ],
            right=(1,),
            widths=(50, 20, 30),
            note=" ".join(
                [
                    "The rest lies between managers of the same unit. Statisticians call the share the intraclass correlation, ICC(1).",
                    *_reasons(comparisons),
                ]
            ),
        ),
        *unit_means_blocks(dossier),
    )


def _reasons(comparisons: tuple[UnitComparison, ...]) -> list[str]:
    """Why something cannot be told, each reason once."""
    return list(dict.fromkeys(row.text for row in comparisons if row.verdict == "cannot_tell"))


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
    has_missing = any(unit.finding.missing for unit in ordered)
    header = (
        "Unit",
        "Chance of the pattern",
        "What speaks for it and against it",
        *(("Missing",) if has_missing else ()),
    )
    blocks.append(
        make_table(
            "Can the unit improve while it runs?",
            header,
            [_row(unit)[: len(header)] for unit in ordered],
            widths=(18, 17, 65, 20)[: len(header)],
            note="For units in which the pattern is unlikely, two facts a side are enough." if _is_cut(ordered) else "",
        )
    )
    return tuple(blocks)


def _is_cut(units: list[UnitFinding]) -> bool:
    return any(len(_texts(unit, side)) > _most(unit) for unit in units for side in ("for", "against"))


def _most(unit: UnitFinding) -> int:
    """Units that are probably fine need fewer facts."""
    return 2 if unit.finding.status == "unlikely" else 5


def _texts(unit: UnitFinding, direction: str) -> list[str]:
    return [evidence.text for evidence in unit.finding.evidence if evidence.direction == direction]


def _row(unit: UnitFinding) -> tuple[str, ...]:
    most = _most(unit)
    return (
        unit.unit_name,
        f"{in_ten(unit.finding.probability)}, {STATUS_WORDS[unit.finding.status]}",
        "\n".join(
            [f"For: {text}" for text in _texts(unit, "for")[:most]]
            + [f"Against: {text}" for text in _texts(unit, "against")[:most]]
        )
        or "–",
        _lines(list(unit.finding.missing)),
    )


def _lines(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"• {text}" for text in texts) or "–"
