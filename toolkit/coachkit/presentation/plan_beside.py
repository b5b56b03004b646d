"""One manager beside others and beside an earlier time: place in the cohort, lowest three, change between waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coachkit.analysis.records import CohortPlace, ManagerChange, ManagerDossier, ScoreChange
from coachkit.core.norms import BAND_NAMES
from coachkit.presentation.blocks import Block, Paragraph, Run
from coachkit.presentation.narrative import capital, join_words, points, short, signed
from coachkit.presentation.tables import make_table

BAND_WORDS = {
    ("lowest tenth", "lowest tenth"): "at the lower end (lowest tenth)",
    ("lowest tenth", "below the middle"): "at the lower end or below the middle",
    ("below the middle", "below the middle"): "below the middle",
    ("below the middle", "middle"): "in the middle or a little below",
    ("middle", "middle"): "in the middle",
    ("middle", "above the middle"): "in the middle or a little above",
    ("above the middle", "above the middle"): "above the middle",
    ("above the middle", "highest tenth"): "above the middle or at the upper end",
    ("highest tenth", "highest tenth"): "at the upper end (highest tenth)",
}
VERDICT_WORDS = {"improved": "rated higher", "declined": "rated lower", "no_reliable_change": "no clear change"}
DRIFT = (
    "If nothing had changed: high and low scores drift towards the middle by themselves, so a small rise of a low score "
    "is no progress yet."
)
MOST_ROWS = 3
NEAREST = 5  # percentiles are worded to the nearest five


def place_blocks(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Where the estimates lie among the managers who took part, as precisely as their number allows."""
    places = dossier.places
    if not places:
        return ()
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    estimates = {score.competency_id: score.estimate for score in dossier.profile.scores}
    words = {"band": _bands, "percentile": _percentiles, "range": _ranges}[places[0].kind](places, estimates, names)
    n = max(place.n for place in places)
    text = f"{words} {_sides(places, names)} Role levels differ, so look at your own target first."
    return (Paragraph(runs=(Run(f"Beside the {n} managers with results. ", "strong"), Run(text)), tone="small"),)


def ranges_of(dossier: ManagerDossier) -> dict[str, tuple[float, float]]:
    """The middle eight in ten of a small cohort by competency, for the figure."""
    return {
        place.competency_id: (place.lowest, place.highest)
        for place in dossier.places
        if place.kind == "range" and place.lowest is not None and place.highest is not None
    }


def change_blocks(dossier: ManagerDossier) -> tuple[Block, ...]:
    """What others see differently since the wave before, against the error of both."""
    change = dossier.change
    if change is None:
        return ()
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    return (
        Paragraph(runs=(Run(f"Since {change.earlier}. ", "strong"), Run(_change_lead(change, names)))),
        make_table(
            f"What others rated in {change.earlier} and in {change.later}",
            ("Competency", "Then", "Now", "Change (95% range)", "If nothing had changed", "Reading"),
            [_change_row(score, names) for score in _chosen(dossier, change)],
            right=(1, 2, 3, 4),
            widths=(34, 8, 8, 20, 14, 16),
            note=_change_note(dossier, change),
        ),
    )


def _bands(places: Sequence[CohortPlace], _: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    order = {name: number for number, name in enumerate(BAND_NAMES)}
    found: dict[tuple[str, str], list[str]] = {}
    for place in places:
        found.setdefault((str(place.band_low), str(place.band_high)), []).append(names[place.competency_id])
    ranked = sorted(found, key=lambda pair: (-order[pair[0]], -order[pair[1]]))
    parts = [f"{BAND_WORDS.get(pair, f'from {pair[0]} to {pair[1]}')}: {join_words(found[pair])}" for pair in ranked]
    return f"{capital('; '.join(parts))}."


def _percentiles(places: Sequence[CohortPlace], _: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    ranked = sorted(places, key=lambda place: (place.percentile or 0.0, place.competency_id))
    parts = [
        f"{names[place.competency_id]} {_rounded(place.percentile)} ({_rounded(place.percentile_low)} to "
        f"{_rounded(place.percentile_high)})"
        for place in ranked
    ]
    return f"Of 100 of them, so many have a lower estimate (in brackets, allowing for your range): {join_words(parts)}."


def _ranges(places: Sequence[CohortPlace], estimates: Mapping[str, float | None], names: Mapping[str, str]) -> str:
    def outside(place: CohortPlace) -> int:
        value = estimates[place.competency_id]
        if value is None or place.lowest is None or place.highest is None:
            return 0
        return -1 if value < place.lowest else 1 if value > place.highest else 0

    below = [names[place.competency_id] for place in places if outside(place) < 0]
    above = [names[place.competency_id] for place in places if outside(place) > 0]
    text = "The thin line in the figure holds the middle eight in ten of them. "
    if not below and not above:
        return f"{text}All your estimates lie within it."
    parts = [f"below it on {join_words(below)}"] if below else []
    parts += [f"above it on {join_words(above)}"] if above else []
    rest = ", within it on the others" if len(below) + len(above) < len(places) else ""
    return f"{text}Your estimate lies {' and '.join(parts)}{rest}."


def _sides(places: Sequence[CohortPlace], names: dict[str, str]) -> str:
    """What still holds when the range of each estimate is allowed for."""
    clear = [
        f"{join_words(found)} {side} the middle"
        for side in ("below", "above")
        if (found := [names[place.competency_id] for place in places if place.side == side])
    ]
    if not clear:
        return "Allowing for the ranges of your estimates, each could lie on either side of the middle."
    open_names = [names[place.competency_id] for place in places if place.side == "open"]
    if len(clear) == 1 and len(open_names) < len(places) / 2:
        side = next(place.side for place in places if place.side != "open")
        rest = f" except {join_words(open_names)}" if open_names else ""
        return f"Allowing for the ranges of your estimates, all{rest} lie {side} the middle."
    return f"Sure even when the ranges of your estimates are allowed for: {join_words(clear)}."


def _rounded(value: float | None) -> str:
    return "–" if value is None else f"{NEAREST * round(value / NEAREST)}"


def _chosen(dossier: ManagerDossier, change: ManagerChange) -> list[ScoreChange]:
    """The composite, what changed clearly, then the priorities of this plan, as far as there is room."""
    priorities = [priority.competency_id for priority in dossier.plan.priorities]

    def rank(score: ScoreChange) -> tuple[bool, int, float]:
        place = priorities.index(score.competency_id) if score.competency_id in priorities else len(priorities)
        return score.verdict == "no_reliable_change", place, -abs(score.change)

    rows = [] if change.composite is None else [change.composite]
    return rows + sorted(change.scores, key=rank)[: MOST_ROWS - len(rows)]


def _change_lead(change: ManagerChange, names: dict[str, str]) -> str:
    up = [_named(score, names) for score in change.scores if score.verdict == "improved"]
    down = [_named(score, names) for score in change.scores if score.verdict == "declined"]
    if not up and not down:
        halves = sorted((score.high - score.low) / 2 for score in change.scores)
        least = halves[len(halves) // 2]
        return (
            "No score has changed by more than the difference between raters explains. With so few raters a change "
            f"shows only from about {points(least)} points on, so smaller steps are not ruled out: ask the people who "
            "see you at work."
        )
    parts = [f"{way} on {join_words(found)}" for way, found in (("higher", up), ("lower", down)) if found]
    after = " Ask what changed around you before you draw a conclusion." if down else ""
    return f"Others now rate you {join_words(parts)}: more than the difference between raters explains.{after}"


def _named(score: ScoreChange, names: dict[str, str]) -> str:
    return f"{names.get(score.competency_id, score.name)} ({signed(score.change)})"


def _change_row(score: ScoreChange, names: dict[str, str]) -> tuple[str, ...]:
    return (
        names.get(score.competency_id, score.name),
        points(score.before),
        points(score.after),
        f"{signed(score.change)} ({signed(score.low)} to {signed(score.high)})",
        points(score.expected),
        VERDICT_WORDS[score.verdict],
    )


def _change_note(dossier: ManagerDossier, change: ManagerChange) -> str:
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    notes = [DRIFT]
    if change.composite is not None:
        joined = join_words([names.get(key, key) for key in change.composite_of])
        notes.append(f"{change.composite.name}: {joined}; surer than each alone.")
    if len(change.scores) < len(dossier.profile.scores):
        notes.append("Competencies that other groups rated than before are not compared.")
    return " ".join(notes)
