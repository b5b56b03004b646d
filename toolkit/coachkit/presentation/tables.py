"""Tables of the reports: the same numbers as the figures, in words where words are safer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coachkit.analysis.records import (
    CohortDossier,
    CompetencyScore,
    Goal,
    HeatCell,
    Measure,
    Profile,
    Session,
    Worksheet,
)
from coachkit.presentation.blocks import Cell, Run, Table
from coachkit.presentation.narrative import (
    READING_TITLES,
    day,
    group_words,
    in_ten,
    interval,
    join_words,
    points,
    short,
    signed,
)

LADDER_WORDS = ("−2 much less", "−1 less", "0 what we expect", "+1 more", "+2 much more")
EXPECTED = 2  # position of the step that is honestly expected
MOST_SESSIONS = 14
HEAT_STEPS = (-0.5, -0.2, 0.0, 0.3)  # scale points above or below the mean target; edges of the five shades
MOST_UNITS_ACROSS = 7


def make_table(
    caption: str,
    header: Sequence[str | Cell],
    rows: Iterable[Sequence[str | Cell]],
    *,
    right: Sequence[int] = (),
    widths: Sequence[float] = (),
    row_headers: bool = True,
    note: str = "",
) -> Table:
    """Build a table from texts; columns in ``right`` are aligned right, rows become cards on a phone."""

    def cell(value: str | Cell, column: int) -> Cell:
        return value if isinstance(value, Cell) else Cell(value, align="right" if column in right else "left")

    return Table(
        caption=caption,
        header=tuple(cell(text, column) for column, text in enumerate(header)),
        rows=tuple(tuple(cell(value, column) for column, value in enumerate(row)) for row in rows),
        row_headers=row_headers,
        stack_on_phone=len(header) > 2,
        note=note,
        widths=tuple(widths),
    )


def score_table(profile: Profile) -> Table:
    """Every competency with estimate, range, target and what it allows to say, in the order of the figure."""
    ordered = [score for reading in READING_TITLES for score in _by_chance(profile, reading)]
    return make_table(
        "Your profile in numbers",
        ("Competency", "Estimate", "95% range", "Target", "Below target", "Among your three lowest", "Reading"),
        [
            (
                short(score),
                points(score.estimate),
                interval(score.low, score.high),
                points(score.target),
                _chance(score, score.p_below_target),
                _roughly(score, score.p_bottom_three),
                READING_TITLES[score.reading],
            )
            for score in ordered
        ],
        right=(1, 2, 3),
        widths=(19, 10, 13, 8, 16, 14, 20),
        note=(
            "Chances. Below target: from 8 in 10 on read as a priority, up to 2 in 10 as a strength; in between the honest "
            "answer is: ask."
        ),
    )


def _roughly(score: CompetencyScore, probability: float | None) -> str:
    """A chance in whole tenths; nothing is decided by it, so its edges need no words of their own."""
    if score.estimate is None or probability is None:
        return "–"
    tenths = round(10 * probability)
    return "hardly any" if tenths == 0 else "almost certain" if tenths == 10 else f"{tenths} in 10"


def _chance(score: CompetencyScore, probability: float | None) -> str:
    return "–" if score.estimate is None or probability is None else in_ten(probability)


def group_table(profile: Profile) -> Table:
    """What each rater group saw, beside the own rating; groups too small to show say so."""
    every = {group.group_id: group.label for score in profile.scores for group in score.groups}
    silent = {
        key
        for key in every
        if all(group.status == "none" for score in profile.scores for group in score.groups if group.group_id == key)
    }
    labels = {key: label for key, label in every.items() if key not in silent or len(silent) == len(every)}
    missing = join_words([every[key].lower() for key in every if key not in labels])

    def row(score: CompetencyScore) -> tuple[str, ...]:
        groups = {group.group_id: group for group in score.groups}
        return (
            short(score),
            points(score.self_score),
            *(group_words(groups.get(key)) for key in labels),
            points(score.others),
            signed(score.self_other.difference),
        )

    return make_table(
        "What each group saw: mean, with the number of raters in brackets where it may be shown",
        ("Competency", "You", *labels.values(), "All others", "You minus others"),
        [row(score) for score in profile.scores],
        right=tuple(range(1, len(labels) + 4)),
        widths=(26, 8, *([14] * len(labels)), 11, 13),
        note=(
            "–: not asked, or no answers. Too few: not enough raters to keep them confidential. In others: counted "
            "only together with other groups. Means are as rated; the estimates above also allow for how few people rated."
            + (f" No answers came from {missing}." if missing else "")
        ),
    )


def ladder_table(goal: Goal) -> Table:
    """The attainment ladder of one goal, from much less to much more than expected."""
    cells = tuple(Cell(text, strong=step == EXPECTED) for step, text in enumerate(goal.ladder))
    return make_table(
        "Five steps, written before the work starts", LADDER_WORDS, [cells], widths=(1, 1, 1, 1, 1), row_headers=False
    )


def session_table(sessions: Sequence[Session], most: int = MOST_SESSIONS) -> Table:
    """Planned sessions: when and what for, the first ``most`` of them."""
    shown = sessions[:most]
    rest = len(sessions) - len(shown)
    return make_table(
        "Proposed dates",
        ("No.", "When", "Session and purpose"),
        [(str(s.number), f"{day(s.planned_on)}, {s.minutes} min", f"{s.title}. {s.purpose}") for s in shown],
        widths=(5, 22, 73),
        note=f"{rest} more follow, the last on {day(sessions[-1].planned_on)}." if rest else "",
    )


def grow_table(rows: int) -> Table:
    """An empty log: one line per session for goal, reality, options and will."""
    header = ("Date", "Goal", "Reality", "Options", "Will: what, by when")
    return make_table(
        "Session log (GROW)", header, [("",) * len(header)] * rows, widths=(12, 20, 22, 22, 24), row_headers=False
    )


def measure_table(measures: Sequence[Measure]) -> Table:
    """Measures of success with baseline, target, owner and date."""
    return make_table(
        "How we will know",
        ("Measure", "Where it stands now", "Target", "Owner", "Looked at on"),
        [(m.what, m.baseline, m.target, m.owner, day(m.review_on)) for m in measures],
        widths=(19, 36, 22, 11, 12),
    )


def worksheet_table(sheet: Worksheet, most_rows: int) -> Table:
    """The empty table of a worksheet."""
    return make_table(
        f"{sheet.title}: table",
        sheet.columns,
        [("",) * len(sheet.columns)] * min(sheet.rows, most_rows),
        row_headers=False,
        widths=(2.0, *([1.0] * (len(sheet.columns) - 1))),
    )


def heat_table(dossier: CohortDossier) -> Table:
    """Mean estimate by unit and competency, shaded against the mean target; small cells say that they are hidden."""
    cells = {(cell.unit_id, cell.competency_id): cell for cell in dossier.heat}
    targets = {row.competency_id: row.target for row in dossier.spread}
    units, competencies = dossier.unit_names, dossier.competency_names

    def heat(unit_id: str, competency_id: str) -> Cell:
        return _heat_cell(cells.get((unit_id, competency_id)), targets.get(competency_id))

    if len(units) <= MOST_UNITS_ACROSS:
        header: list[str | Cell] = ["Competency", *(Cell(name, align="center") for name in units.values())]
        rows: list[tuple[str | Cell, ...]] = [
            (name, *(heat(unit_id, key) for unit_id in units)) for key, name in competencies.items()
        ]
        key_note = ""
    else:
        header = ["Unit", *(Cell(key, align="center") for key in competencies)]
        rows = [(name, *(heat(unit_id, key) for key in competencies)) for unit_id, name in units.items()]
        key_note = f" {'; '.join(f'{key}: {name}' for key, name in competencies.items())}."
    return make_table(
        "Mean estimate by unit",
        header,
        rows,
        widths=(24, *([76 / max(len(header) - 1, 1)] * (len(header) - 1))),
        note=(
            "Darker shade: further below the mean target of that competency. Hidden: too few managers to keep them "
            f"confidential, or hidden to protect a smaller unit. Differences of a few tenths between units are within error.{key_note}"
        ),
    )


def plain(text: str) -> tuple[Run, ...]:
    """A text as runs."""
    return (Run(text),)


def _heat_cell(cell: HeatCell | None, target: float | None) -> Cell:
    if cell is None or cell.mean is None:
        return Cell("hidden", align="center")
    gap = None if target is None else round(cell.mean - target, 6)
    return Cell(
        points(cell.mean), align="center", level=None if gap is None else sum(gap >= step for step in HEAT_STEPS)
    )


def _by_chance(profile: Profile, reading: str) -> list[CompetencyScore]:
    chosen = [score for score in profile.scores if score.reading == reading]
    return sorted(chosen, key=lambda score: -(score.p_below_target or 0.0))
