"""Which two or three things to work on, which strengths to use, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable

from coachkit.analysis.records import CompetencyScore, Diagnosis, Priority, Profile, Recommendation
from coachkit.analysis.wording import in_ten

MOST_PRIORITIES = 3  # a plan with more than three is a list, not a plan
MOST_STRENGTHS = 3
LIKELY = 0.5  # an unclear competency is offered beside a clear one when it is more likely below than not


def choose_priorities(profile: Profile, diagnosis: Diagnosis, recommendation: Recommendation) -> tuple[Priority, ...]:
    """Choose one to three priorities, most probable first.

    Clear gaps come first, by P(below target) in steps of ten points; within a step, what the recommended help
    works on comes before the rest. One clear gap is joined by at most one unclear competency. Without a clear
    gap a recognised situation offers up to two unclear competencies it works on; otherwise the plan starts
    with a single topic for a first conversation. Whatever is not clear carries ``is_confirmed`` False.

    Parameters
    ----------
    profile : Profile
        Scores in scale points with P(below target), 0-1.
    diagnosis, recommendation
        The manager's situation and the recommended help; its ``focus`` competencies break ties.

    Returns
    -------
    tuple of Priority
        Never empty, never more than three.
    """
    focus = focus_of(recommendation)
    clear = _ranked((s for s in profile.scores if s.reading == "priority"), focus)
    likely = [s for s in _ranked((s for s in profile.scores if s.reading == "ask"), focus) if _p(s) >= LIKELY]
    if len(clear) > 1:
        chosen, extra = clear[:MOST_PRIORITIES], []
    elif clear:
        chosen, extra = clear, likely[:1]
    else:
        extra = [s for s in likely if s.competency_id in focus][:2] if diagnosis.headline_ids else []
        chosen = []
    if not chosen and not extra:
        return (_first_conversation(profile, diagnosis, focus),)
    confirmed = [_priority(score, _why_clear(score, focus, diagnosis), True) for score in chosen]
    asked = [_priority(score, _why_unclear(score, focus), False) for score in extra]
    return (*confirmed, *asked)


def choose_strengths(profile: Profile, taken: tuple[str, ...] = ()) -> tuple[Priority, ...]:
    """Up to three clear strengths; otherwise the relatively strongest competency, worded with care.

    Parameters
    ----------
    profile : Profile
        The manager's scores.
    taken : tuple of str
        Competency ids already chosen as priorities; never offered as strengths.
    """
    clear = [s for s in profile.of_reading("strength") if s.competency_id not in taken]
    if clear:
        return tuple(_priority(s, _why_strength(s, s is clear[0]), True) for s in clear[:MOST_STRENGTHS])
    scored = [s for s in profile.scores if s.estimate is not None and s.competency_id not in taken]
    if not scored:
        return ()
    best = max(scored, key=lambda s: ((s.estimate or 0.0) - s.target, s.competency_id))
    why = (
        f"Your highest score compared with its target ({_points(best.estimate)} against {_points(best.target)}), "
        "though not clearly above it. Ask two people whether they see it before you build on it."
    )
    return (_priority(best, why, False),)


def focus_of(recommendation: Recommendation) -> tuple[str, ...]:
    """Competency ids the recommended interventions work on, first named first, each once."""
    ids = (competency for help_ in recommendation.interventions for competency in help_.focus)
    return tuple(dict.fromkeys(ids))


def interval_text(score: CompetencyScore) -> str:
    """The estimate with its interval in words; says so when there is none.

    Examples
    --------
    >>> from coachkit.analysis.records import SelfOther
    >>> nothing = CompetencyScore("OPP", "Opportunities", "Opportunities", "", 3.0, None, (), None, 0.0, None,
    ...     None, None, None, None, None, None, "no_data", SelfOther(None, None, "cannot_tell"))
    >>> interval_text(nothing)
    'no score can be shown yet'
    """
    if score.estimate is None:
        return "no score can be shown yet"
    if score.low is None or score.high is None:
        return f"estimate {_points(score.estimate)}"
    return f"estimate {_points(score.estimate)}, likely between {_points(score.low)} and {_points(score.high)}"


def _p(score: CompetencyScore) -> float:
    return score.p_below_target if score.p_below_target is not None else 0.0


def _points(value: float | None) -> str:
    return "?" if value is None else f"{value:.1f}"


def _ranked(scores: Iterable[CompetencyScore], focus: tuple[str, ...]) -> list[CompetencyScore]:
    """Most probable gap first; steps of ten points, then the focus, then the exact probability."""
    return sorted(scores, key=lambda s: (-round(_p(s), 1), s.competency_id not in focus, -_p(s), s.competency_id))


def _priority(score: CompetencyScore, why: str, is_confirmed: bool) -> Priority:
    return Priority(score.competency_id, score.name, why, is_confirmed)


def _why_clear(score: CompetencyScore, focus: tuple[str, ...], diagnosis: Diagnosis) -> str:
    text = (
        f"{_capital(interval_text(score))}; target {_points(score.target)}; "
        f"chance of being below it {in_ten(_p(score))}."
    )
    if score.competency_id in focus:
        text += " The recommended help works on it."
    if _is_shared(score.competency_id, diagnosis):
        text += " Other managers in your unit show the same, so raise it as a matter for the unit too."
    return text


def _why_unclear(score: CompetencyScore, focus: tuple[str, ...]) -> str:
    link = " The recommended help works on it." if score.competency_id in focus else ""
    return (
        f"Not clear yet ({interval_text(score)}; target {_points(score.target)}; chance of being below it "
        f"{in_ten(_p(score))}). Ask people you trust for examples before you commit.{link}"
    )


def _why_strength(score: CompetencyScore, is_first: bool) -> str:
    text = f"Likely at or above the target of {_points(score.target)} ({interval_text(score)})."
    return f"{text} Use it as the way into what you work on." if is_first else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_shared(competency_id: str, diagnosis: Diagnosis) -> bool:
    return any(a.competency_id == competency_id and a.verdict == "shared" for a in diagnosis.attributions)


def _first_conversation(profile: Profile, diagnosis: Diagnosis, focus: tuple[str, ...]) -> Priority:
    """The single topic to talk about first when no gap is clear; honest about why there is no more."""
    scored = [s for s in profile.scores if s.p_below_target is not None and s.reading != "no_data"]
    if not scored:
        return _conversation_without_scores(profile, focus)
    open_ = _ranked((s for s in scored if s.reading == "ask"), focus)
    if open_ and diagnosis.outcome != "no_intervention":
        best = open_[0]
        why = (
            f"Nothing is clearly below target. This comes nearest ({interval_text(best)}; target "
            f"{_points(best.target)}; chance of being below it {in_ten(_p(best))}). "
            "Settle in a first conversation whether it deserves your time."
        )
    else:
        best = (open_ or _ranked((s for s in scored if s.competency_id in focus), focus) or _ranked(scored, focus))[0]
        reason = "the recommended help works on it" if best.competency_id in focus else "most room is left here"
        why = (
            f"No gap to close: {interval_text(best)}, target {_points(best.target)}. "
            f"If you want to stretch, {reason}; it is your choice."
        )
    return _priority(best, why, False)


def _conversation_without_scores(profile: Profile, focus: tuple[str, ...]) -> Priority:
    why = (
        "No score can be shown yet. Start from your own view and your line manager's: "
        "what would make the most difference in the next three months?"
    )
    known = {score.competency_id: score for score in profile.scores}
    first = next((known[c] for c in focus if c in known), next(iter(known.values()), None))
    return Priority("", "First conversation", why, False) if first is None else _priority(first, why, False)
