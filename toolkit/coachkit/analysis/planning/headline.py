"""The one sentence the manager reads first: what would matter most, and how sure that is."""

from __future__ import annotations

from coachkit.analysis.records import Diagnosis, Priority, Profile, Recommendation
from coachkit.analysis.wording import count, in_ten, join_words

VERY_SURE = 0.95


def write_headline(
    profile: Profile,
    priorities: tuple[Priority, ...],
    strengths: tuple[Priority, ...],
    diagnosis: Diagnosis,
    recommendation: Recommendation,
) -> str:
    """Name the one or two things that would matter most and how sure we are, without judging the person."""
    if diagnosis.outcome == "not_enough_data":
        return (
            "There are too few answers to say what would matter most. This plan starts with a conversation "
            "and with getting the missing answers."
        )
    text = _what_matters(profile, priorities, strengths, diagnosis)
    if recommendation.status == "not_now":
        n = len(recommendation.gate)
        first = "one point needs" if n == 1 else f"{count(n)} points need" if n else "some points need"
        return f"{text} Before help starts, {first} to be settled; until then the plan holds what you can do yourself."
    if recommendation.status == "decide_in_conversation":
        return f"{text} Which help fits is decided together in a first conversation; the dates below are provisional."
    if recommendation.gate:
        return f"{text} Help starts once the open points of the first conversation are settled."
    return text


def _what_matters(
    profile: Profile, priorities: tuple[Priority, ...], strengths: tuple[Priority, ...], diagnosis: Diagnosis
) -> str:
    clear = [p for p in priorities if p.is_confirmed][:2]
    if clear:
        return _clear(profile, clear, [p for p in priorities if not p.is_confirmed])
    names = join_words([_short(profile, p) for p in priorities])
    if diagnosis.outcome == "no_intervention":
        unclear = profile.of_reading("ask")
        if len(unclear) > len(profile.scores) / 2:
            return (
                f"Nothing in these results calls for coaching or mentoring yet, but {count(len(unclear))} of "
                f"{count(len(profile.scores))} competencies are not clear from these answers: ask the people who see "
                f"you at work, about {names} first."
            )
        used = f" Keep using your strengths, {_short(profile, strengths[0])} above all." if strengths else ""
        return (
            f"Nothing in these results calls for coaching or mentoring now.{used} If you want to stretch, {names} "
            "leaves most room."
        )
    if "senior_potential" in diagnosis.headline_ids:
        share = "All" if len(profile.of_reading("strength")) == len(profile.scores) else "Most"
        return (
            f"{share} of your results are likely at or above the target of your role, so the question is what comes next. "
            f"{names} is where to stretch first."
        )
    return f"No single result stands clearly below its target; {names} is where to start the conversation."


def _clear(profile: Profile, clear: list[Priority], asked: list[Priority]) -> str:
    chances = [profile.score(p.competency_id).p_below_target or 0.0 for p in clear]
    sure = "very sure" if min(chances) >= VERY_SURE else "fairly sure"
    both = " both lie" if len(clear) > 1 else " it lies"
    words = list(dict.fromkeys(in_ten(chance) for chance in chances))
    if len(words) > 1:
        words = [f"{words[0]} for the first", f"{words[1]} for the second"]
    each = " each" if len(clear) > len(words) else ""
    text = (
        f"Most is to be gained in {join_words([_short(profile, p) for p in clear])}; we are {sure} that{both} below the "
        f"target of your role (chance {join_words(words)}{each})."
    )
    return f"{text} {_short(profile, asked[0])} is worth asking about." if asked else text


def _short(profile: Profile, priority: Priority) -> str:
    scores = {score.competency_id: score for score in profile.scores}
    score = scores.get(priority.competency_id)
    return (score.short_name or score.name) if score else priority.name
