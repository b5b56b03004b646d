"""One page per scale for the appendix of the cohort's report, and how far groups and waves can be compared."""

from __future__ import annotations

from coachkit.analysis.records import CohortDossier, GroupAgreement, ItemQuality, ScaleQuality
from coachkit.presentation.blocks import Block, BulletList, Heading, PageBreak, Run
from coachkit.presentation.tables import make_table

NONE = "–"
SCALES_ON_PAPER = 2  # scales that share one printed page


def scale_pages(dossier: CohortDossier) -> tuple[Block, ...]:
    """Every scale on a page of its own: what the figures mean, its items, its rater groups.

    The comparisons come first where there are any; without scales there is nothing.
    """
    blocks: list[Block] = list(_comparisons(dossier)) if dossier.measurement_notes else []
    for number, scale in enumerate(scale for scale in dossier.scales if scale.reading):
        blocks += [PageBreak()] if number % SCALES_ON_PAPER == 0 else []
        blocks += _page(scale)
    return tuple(blocks)


def _comparisons(dossier: CohortDossier) -> tuple[Block, ...]:
    notes = BulletList(entries=tuple((Run(note),) for note in dossier.measurement_notes))
    return Heading(level=3, text="Can groups and waves be compared?"), notes


def _page(scale: ScaleQuality) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Heading(level=3, text=scale.name),
        BulletList(entries=tuple((Run(sentence),) for sentence in scale.reading)),
    ]
    if scale.items:
        blocks.append(_items(scale))
    if scale.agreement:
        blocks.append(_groups(scale))
    return tuple(blocks)


def _items(scale: ScaleQuality) -> Block:
    note = "With the others: correlation of the item with the sum of the other items (−1 to 1)."
    if scale.sem is not None:
        note += f" Standard error of one form from its items alone: {scale.sem:.2f} points."
    return make_table(
        f"Items of {scale.name}",
        ("Item", "Indicator", "With the others", "Alpha without it", "Reading"),
        [_item(item) for item in scale.items],
        right=(2, 3),
        widths=(12, 38, 13, 13, 24),
        note=note,
    )


def _item(item: ItemQuality) -> tuple[str, ...]:
    return item.item_id, item.indicator, _two(item.item_rest), _two(item.alpha_if_deleted), item.text


def _groups(scale: ScaleQuality) -> Block:
    return make_table(
        f"Raters of {scale.name}",
        ("Group", "Managers", "Agreement r_wg(J)", "Share agreeing", "Average distance", "One rater", "Their mean"),
        [_group(group) for group in scale.agreement],
        right=(1, 2, 3, 4, 5, 6),
        widths=(22, 13, 13, 13, 13, 13, 13),
        note=(
            "Agreement (0 to 1) and distance (scale points) are medians over managers rated by two or more of the group; "
            "one rater and their mean are ICC(1) and ICC(2), how well ratings tell managers apart."
        ),
    )


def _group(group: GroupAgreement) -> tuple[str, ...]:
    return (
        group.label,
        str(group.n_managers),
        _two(group.rwg_j),
        f"{100 * group.share_agreeing:.0f}%",
        _two(group.average_deviation),
        _two(group.icc1),
        _two(group.icc2),
    )


def _two(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}".replace("-", "−")
