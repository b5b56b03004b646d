"""What stands behind the cohort's figures: flagged forms, units allowing for chance, change between waves, norms."""

from __future__ import annotations

from collections.abc import Mapping

from coachkit.analysis.records import CohortDossier, CompetencyChange, NormRow, QualityEffect, UnitMean
from coachkit.presentation.blocks import Block, Callout, Cell, Paragraph, Run
from coachkit.presentation.narrative import capital, count, interval, join_words, points, share, signed, whole
from coachkit.presentation.tables import make_table

MOST_COMPETENCIES = 3  # competencies on which the table compares the units
NOTABLE = 0.1  # scale points; a mean that moves by less reads the same
FEW = "few"


def dominance_blocks(dossier: CohortDossier) -> tuple[Block, ...]:
    """A caution where figures are withheld because they would mostly be one rater's view."""
    if not dossier.dominated:
        return ()
    return (Callout(kind="caution", title="Withheld figures", runs=(Run(" ".join(dossier.dominated)),)),)


def quality_blocks(dossier: CohortDossier) -> tuple[Block, ...]:
    """How many forms were filled in hastily or alike, and what leaving them out would change."""
    effect = dossier.quality
    if effect is None:
        return ()
    return (Paragraph(runs=(Run("Hasty or uniform forms. ", "strong"), Run(_quality_text(effect)))),)


def unit_means_blocks(dossier: CohortDossier) -> tuple[Block, ...]:
    """Units beside each other on the competencies that differ most: as rated, and allowing for chance."""
    share_of = {row.competency_id: row.icc1 or 0.0 for row in dossier.comparisons}
    present = {mean.competency_id for mean in dossier.unit_means}
    chosen = sorted(present, key=lambda key: (-share_of.get(key, 0.0), key))[:MOST_COMPETENCIES]
    if not chosen:
        return ()
    cells = {(mean.unit_id, mean.competency_id): mean for mean in dossier.unit_means}
    units = [unit for unit in dossier.unit_names if any((unit, key) in cells for key in chosen)]
    short = {row.competency_id: row.short_name or row.name for row in dossier.spread}
    header = ["Unit"]
    for key in chosen:
        header += [f"{short.get(key, key)}: as rated", "allowing for chance"]
    rows = [
        (dossier.unit_names[unit], *(text for key in chosen for text in _unit_cells(cells.get((unit, key)))))
        for unit in units
    ]
    return (
        Paragraph(runs=(Run(_units_text(dossier, short)),)),
        make_table(
            "Units beside each other, on the competencies on which they differ most",
            header,
            rows,
            right=tuple(range(1, len(header))),
            widths=(22, *([78 / (len(header) - 1)] * (len(header) - 1))),
            note=(
                "As rated: mean of what others rated. Allowing for chance: the same mean drawn towards that of all units "
                "shown, the more so the fewer managers it rests on, with its 95% range. Do not rank units whose ranges "
                "overlap."
            ),
        ),
    )


def change_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """What has changed since the wave before, for those rated at both; a sentence where there is no such wave."""
    change = dossier.change
    if change is None:
        return (Paragraph(runs=(Run("This is the first wave, so there is nothing to compare with yet."),)),)
    if not change.rows:
        text = (
            f"Too few managers were rated by the same groups in {change.earlier} and in {change.later} to say anything."
        )
        return (Paragraph(runs=(Run(text),)),)
    short = {row.competency_id: row.short_name or row.name for row in dossier.spread}
    return (
        Paragraph(runs=(Run(_change_text(change.rows, change.earlier, short)),), tone="lead"),
        make_table(
            f"Change of the same managers from {change.earlier} to {change.later}",
            ("Competency", "Managers", "Mean change (95% range)", "Rated higher", "Rated lower"),
            [_change_row(row) for row in change.rows],
            right=(1, 2, 3, 4),
            widths=(40, 12, 24, 12, 12),
            note=(
                "Rated higher or lower: managers whose own change is larger than the difference between raters explains; "
                f"chance alone does that to at most about one in twenty. {capital(FEW)}: too few to be stated, or hidden "
                "to protect such a count. A change that everybody shows may be a new standard of the raters, and without "
                "a comparison group nothing here says what caused it."
            ),
        ),
    )


def norms_section(dossier: CohortDossier) -> tuple[Block, ...]:
    """Norms of this cohort, to read the estimate of a manager who joins later; ranges where they are uncertain."""
    rows = dossier.norms
    if not rows:
        return (Paragraph(runs=(Run("There are too few managers for norms of this group."),)),)
    edges = rows[0].shares
    header = ("Competency", "Managers", *(f"{share(edge)} lie below" for edge in edges))
    return (
        make_table(
            "Norms of this group (estimates)",
            header,
            [_norm_row(row) for row in rows],
            right=tuple(range(1, len(header))),
            widths=(36, 10, *([54 / len(edges)] * len(edges))),
            note=(
                "In brackets: the range in which the value would lie if other managers like these had taken part (90%). "
                "The group is its own norm; it says nothing about managers elsewhere, and is no target."
            ),
        ),
    )


def _quality_text(effect: QualityEffect) -> str:
    if effect.n_flagged == 0:
        return "None of the forms was filled in very quickly or with one answer throughout."
    if effect.n_flagged is None:
        return "A few forms were filled in very quickly or with one answer throughout: too few to change these figures."
    text = (
        f"{capital(count(effect.n_flagged))} of {whole(effect.n_forms)} forms were filled in very quickly or with one "
        "answer throughout. They are counted here. "
    )
    if not effect.rows:
        return f"{text}They concern too few managers to show the figures without them."
    moved = [row for row in effect.rows if abs(row.mean_without - row.mean) >= NOTABLE]
    if moved:
        names = [f"{row.name} ({points(row.mean)} to {points(row.mean_without)})" for row in moved]
        text += f"Without them the mean moves on {join_words(names)}"
    else:
        text += "Without them no mean of the group moves by a tenth of a point"
    if effect.n_changed is None:
        text += ", and only a few readings of single managers change"
    elif effect.n_changed:
        text += f", and {effect.n_changed} of {effect.n_readings} readings of single managers change"
    else:
        text += ", and no reading of any manager changes"
    return f"{text}. The consultant decides whether to leave them out, and notes the reason."


def _units_text(dossier: CohortDossier, short: dict[str, str]) -> str:
    clear: dict[tuple[str, str], list[str]] = {}
    for mean in dossier.unit_means:
        if mean.side != "open":
            clear.setdefault((dossier.unit_names.get(mean.unit_id, mean.unit_id), mean.side), []).append(
                short.get(mean.competency_id, mean.competency_id)
            )
    if not clear:
        return "Allowing for chance, no unit lies clearly above or below the others on any competency."
    parts = [
        f"{unit} lies clearly {side} the middle of the units on {join_words(names)}"
        for (unit, side), names in clear.items()
    ]
    return f"Allowing for chance, {'; '.join(parts)}. All other differences between units may be chance."


def _unit_cells(mean: UnitMean | None) -> tuple[str | Cell, str | Cell]:
    if mean is None:
        return "hidden", "hidden"
    text = f"{points(mean.shrunken)} ({interval(mean.low, mean.high)})"
    return points(mean.rated), Cell(text, align="right", strong=mean.side != "open")


def _change_text(rows: tuple[CompetencyChange, ...], earlier: str, short: Mapping[str, str]) -> str:
    words = {row.competency_id: f"{short.get(row.competency_id, row.name)} ({signed(row.change)})" for row in rows}
    up = [words[row.competency_id] for row in rows if row.is_clear and row.change > 0]
    down = [words[row.competency_id] for row in rows if row.is_clear and row.change < 0]
    if not up and not down:
        return f"As a group these managers are rated as they were in {earlier}, within error, on every competency."
    parts = [f"{way} on {join_words(names)}" for way, names in (("higher", up), ("lower", down)) if names]
    return f"As a group these managers are rated {join_words(parts)} than in {earlier}; on the rest no change is clear."


def _change_row(row: CompetencyChange) -> tuple[str, ...]:
    def stated(number: int | None) -> str:
        return FEW if number is None else str(number)

    return (
        row.name,
        str(row.n),
        f"{signed(row.change)} ({signed(row.low)} to {signed(row.high)})",
        stated(row.n_improved),
        stated(row.n_declined),
    )


def _norm_row(row: NormRow) -> tuple[str, ...]:
    values = zip(row.scores, row.lows, row.highs, strict=True)
    return row.name, str(row.n), *(f"{points(at)} ({interval(low, high)})" for at, low, high in values)
