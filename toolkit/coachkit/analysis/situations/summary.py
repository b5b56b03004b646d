"""The one paragraph that opens a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence

from coachkit.analysis.records import Finding
from coachkit.analysis.situations.outcome import UNIT_SITUATION, Outcome, Standing
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.analysis.wording import count, in_ten


def summarize(
    outcome: Outcome,
    headline: tuple[str, ...],
    standing: Standing,
    findings: Sequence[Finding],
    rules: SituationRules,
) -> str:
    """Word the outcome with its numbers, without judging the person."""
    if outcome == "recognised":
        return _recognised(headline, standing, findings, rules)
    if outcome == "unclear":
        return _unclear(headline, standing, rules)
    if outcome == "not_enough_data":
        return "There is not enough information to recognise a situation: too few competencies have scores."
    if outcome == "none_of_the_five":
        verb = "shows" if standing.n_clear_gaps == 1 else "show"
        gaps = count(standing.n_clear_gaps, "competency", "competencies")
        return f"None of the five situations fits, although {gaps} {verb} a clear gap."
    return (
        "None of the five situations fits and no competency shows a clear gap; "
        "the figures give no reason to start coaching or mentoring now."
    )


def _recognised(
    headline: tuple[str, ...], standing: Standing, findings: Sequence[Finding], rules: SituationRules
) -> str:
    probability = {finding.situation_id: finding.probability for finding in findings}
    parts = [f"“{rules.situations[name].title}” ({in_ten(probability[name] or 0.0)})" for name in headline]
    text = f"{' together with '.join(parts)}."
    if headline == (UNIT_SITUATION,):
        return f"{text} It describes the unit, not one manager.{_still_open(standing, rules)}"
    if headline == ("senior_potential",) and standing.n_clear_gaps == 1:
        text += " One competency shows a clear gap that can be worked on alongside."
    unit = next((f for f in findings if f.situation_id == UNIT_SITUATION), None)
    if unit is not None and unit.status == "recognised":
        text += f" The unit as a whole shows “{unit.title}” as well."
    return text


def _unclear(headline: tuple[str, ...], standing: Standing, rules: SituationRules) -> str:
    possible = rules.engine_value("possible")
    if all(standing.probability[name] < possible for name in headline):
        return "None of the five situations stands out so far; something not known yet could change that."
    ordered = sorted(standing.probability, key=lambda name: -standing.probability[name])
    others = [name for name in ordered if name not in headline][:1]
    words = [
        f"“{rules.situations[name].title}” ({_chance(name, standing)})"
        for name in (*headline, *others)
        if standing.probability[name] >= possible or name in headline
    ]
    open_text = "; the answer hangs on something not known yet" if set(headline) & standing.undecided else ""
    return f"The figures alone do not settle it. Nearest is {' or '.join(words)}{open_text}."


def _chance(name: str, standing: Standing) -> str:
    """The chance in words; where something missing decides, it is said to be an expectation only."""
    words = in_ten(round(standing.probability[name], 4))
    return f"{words}, as far as can be told" if name in standing.undecided else words


def _still_open(standing: Standing, rules: SituationRules) -> str:
    """Situations of the person that the unit's headline must not hide while facts about them are missing."""
    titles = [f"“{rules.situations[name].title}”" for name in rules.situations if name in standing.undecided]
    return f" Whether {' or '.join(titles)} fits as well cannot be told yet." if titles else ""
