"""Sentences that carry numbers: every figure in prose is worded here, rounded to what its uncertainty allows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from coachkit.analysis.records import Action, CompetencyScore, GroupScore, Profile, Reading
from coachkit.analysis.wording import UNKNOWN as UNKNOWN
from coachkit.analysis.wording import capital as capital
from coachkit.analysis.wording import count as count
from coachkit.analysis.wording import in_ten as in_ten
from coachkit.analysis.wording import join_words as join_cut

READING_TITLES: dict[Reading, str] = {
    "priority": "Likely below target",
    "ask": "Not clear yet – ask",
    "strength": "Likely at or above target",
    "no_data": "Too few answers",
}
STATUS_WORDS = {
    "recognised": "applies",
    "possible": "possible",
    "unlikely": "unlikely",
    "cannot_tell": "cannot tell",
}
OUTCOME_WORDS = {
    "recognised": "Situation recognised",
    "unclear": "Unclear: decide in conversation",
    "none_of_the_five": "None of the five situations",
    "no_intervention": "No intervention needed",
    "not_enough_data": "Not enough data to say",
}
KIND_WORDS = {"on_the_job": "On the job", "with_others": "With others", "learning": "Learning"}
ATTRIBUTION_WORDS = {
    "shared": "Shared in your unit",
    "specific": "Specific to your own work, it seems",
    "cannot_tell": "Cannot tell",
}
HELP_WORDS = {
    "short_coaching": "Short coaching",
    "long_coaching": "Long coaching",
    "mentoring": "Mentoring",
    "team_coaching": "Team coaching",
    "training_first": "Training first",
    "no_intervention": "No intervention",
}


def points(value: float | None) -> str:
    """Word a score in scale points with one decimal; a dash where there is none.

    Examples
    --------
    >>> points(3.249), points(None)
    ('3.2', '–')
    """
    return "–" if value is None else f"{value:.1f}"


def signed(value: float | None) -> str:
    """Word a difference with its sign.

    Examples
    --------
    >>> signed(-0.44), signed(0.81), signed(0.02)
    ('−0.4', '+0.8', '0.0')
    """
    if value is None:
        return "–"
    rounded = round(value, 1)
    return "0.0" if rounded == 0 else f"{rounded:+.1f}".replace("-", "−")


def interval(low: float | None, high: float | None) -> str:
    """Word a range of scores.

    Examples
    --------
    >>> interval(1.94, 2.87)
    '1.9 to 2.9'
    """
    return "–" if low is None or high is None else f"{points(low)} to {points(high)}"


def share(value: float | None) -> str:
    """Word a share (0-1) in percent without decimals.

    Examples
    --------
    >>> share(0.934)
    '93%'
    """
    return UNKNOWN if value is None else f"{value * 100:.0f}%"


def whole(value: float | None) -> str:
    """Word a count or amount with thousands separated by commas.

    Examples
    --------
    >>> whole(12500.0)
    '12,500'
    """
    return "–" if value is None else f"{value:,.0f}"


def money_range(low: float | None, high: float | None, currency: str) -> str:
    """Word a cost range to two or three leading digits; a rate that is missing is said, not guessed.

    Examples
    --------
    >>> money_range(12345, 45678, "EUR")
    'EUR 12,300 to 45,700'
    """
    if low is None or high is None:
        return "no rate given"
    text = f"{whole(_leading(low))} to {whole(_leading(high))}"
    return f"{currency} {text}".strip()


def day(iso: str) -> str:
    """Word an ISO date as people write it; anything else stays as it is.

    Examples
    --------
    >>> day("2026-03-09"), day("soon")
    ('9 March 2026', 'soon')
    """
    try:
        parsed = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"


def join_words(words: Sequence[str]) -> str:
    """Join words as prose, all of them.

    Examples
    --------
    >>> join_words(["cases", "plans", "benefit"])
    'cases, plans and benefit'
    """
    return join_cut(words, shown=len(words))


def profile_finding(profile: Profile) -> str:
    """The profile in one or two sentences: what is likely below target, at or above it, and not clear."""
    total = len(profile.scores)
    by_reading = {reading: profile.of_reading(reading) for reading in READING_TITLES}
    below, unclear = by_reading["priority"], by_reading["ask"]
    if total == len(by_reading["no_data"]):
        return "There are too few answers to show a profile; a conversation comes first."
    if below:
        rest = [f"{count(len(below) - 4)} more"] if len(below) > 4 else []
        names = join_words([*(short(score) for score in below[:4]), *rest])
        verb = "is" if len(below) == 1 else "are"
        first = f"{capital(count(len(below)))} of {count(total)} competencies {verb} likely below the target of your role: {names}."
    else:
        first = f"None of the {count(total)} competencies is clearly below the target of your role."
    strong, missing = len(by_reading["strength"]), len(by_reading["no_data"])
    rest = []
    if strong:
        rest.append(f"{_are(strong, total)} likely at or above it")
    if unclear:
        rest.append(f"{_are(len(unclear), total)} not clear and worth asking about")
    if missing:
        rest.append(f"{count(missing)} had too few answers")
    return f"{first} {capital(join_words(rest))}." if rest else first


def _are(number: int, total: int) -> str:
    """``one is``, ``two are``, ``all ten are``."""
    if number == 1:
        return "one is"
    return f"all {count(number)} are" if number == total else f"{count(number)} are"


def self_other_finding(profile: Profile) -> str:
    """Where self and others differ by more than error, in one or two sentences."""
    judged = [score for score in profile.scores if score.self_other.verdict != "cannot_tell"]
    if not judged:
        return "There is no self-assessment, or too few answers of others, to compare the two."
    over = [short(score) for score in judged if score.self_other.verdict == "over"]
    under = [short(score) for score in judged if score.self_other.verdict == "under"]
    parts = []
    if over:
        parts.append(f"you rate yourself higher than others do on {join_words(over)}")
    if under:
        parts.append(f"others rate you higher than you do on {join_words(under)}")
    if not parts:
        return "You and the others see you alike: no difference is larger than the measurement error."
    blind = [short(score) for score in judged if score.self_other.is_blind_spot and _is_below(score)]
    differ = "This difference is" if len(over) + len(under) == 1 else "These differences are"
    text = f"{capital('; '.join(parts))}. {differ} larger than measurement error explains."
    if not blind:
        return text
    return f"{text} On {join_words(blind)} the others' view also lies below target, so ask there first."


def _is_below(score: CompetencyScore) -> bool:
    """True where the estimate too is more likely below its target than not, so that text and table agree."""
    return score.p_below_target is not None and score.p_below_target >= 0.5


def short(score: CompetencyScore) -> str:
    """The short name of a competency, or its name where it has none."""
    return score.short_name or score.name


def score_words(score: CompetencyScore) -> str:
    """One competency in words: estimate, range and target."""
    if score.estimate is None:
        return f"{score.name}: too few answers"
    return f"{score.name}: {points(score.estimate)} (range {interval(score.low, score.high)}, target {points(score.target)})"


def group_words(group: GroupScore | None) -> str:
    """One rater group's mean with its number of raters, or why it is not shown."""
    if group is None or group.status == "none":
        return "–"
    if group.status == "hidden":
        return "too few"
    if group.status == "pooled":
        return "in others"
    n = "" if group.n_raters is None else f" ({group.n_raters})"
    return f"{points(group.score)}{n}"


def _leading(value: float) -> float:
    """Round to three leading digits, so that a range does not pretend to exactness."""
    digits = len(str(int(abs(value))))
    return round(value, 3 - digits) if digits > 3 else round(value)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def kind_words(action: Action) -> str:
    """How an action is done, and what it takes."""
    effort = action.effort[:1].lower() + action.effort[1:]
    return f"{KIND_WORDS[action.kind]}, {effort}" if effort else KIND_WORDS[action.kind]
