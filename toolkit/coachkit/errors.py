"""Every exception the toolkit raises on purpose.

A message says what is wrong, what was given, what is allowed and how to fix it. It carries ids and row
numbers, never a person's name, comment or answer: tracebacks end up in saved notebooks and logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

SHOWN = 5  # longest list printed in full inside one message


def listed(values: Iterable[object], shown: int = SHOWN) -> str:
    """Word a collection for a message: sorted, quoted, cut after a few.

    Examples
    --------
    >>> listed(["b", "a"])
    "'a', 'b'"
    >>> listed(range(8), shown=3)
    '0, 1, 2 and 5 more'
    """
    ordered = sorted(values, key=str)
    text = ", ".join(repr(value) for value in ordered[:shown])
    return text if len(ordered) <= shown else f"{text} and {len(ordered) - shown} more"


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Word the closest allowed names, or all of them when none is close.

    Examples
    --------
    >>> nearest("manger_id", ["manager_id", "wave"])
    "Closest: 'manager_id'."
    """
    close = get_close_matches(name, allowed, n=3, cutoff=0.6)
    return f"Closest: {listed(close)}." if close else f"Allowed: {listed(allowed, shown=12)}."


class CoachkitError(ValueError):
    """Base of all deliberate refusals, so that one ``except`` clause can catch them."""


class UnknownNameError(CoachkitError):
    """A name (instrument, competency, situation, parameter, file) that does not exist."""

    @classmethod
    def from_choice(cls, kind: str, given: str, allowed: Sequence[str]) -> UnknownNameError:
        """Word the refusal of ``given`` with the nearest allowed names.

        Examples
        --------
        >>> print(UnknownNameError.from_choice("instrument", "manger_transition", ["manager_transition"]))
        unknown instrument 'manger_transition'. Closest: 'manager_transition'.
        """
        return cls(f"unknown {kind} {given!r}. {nearest(given, allowed)}")


class MissingItemsError(CoachkitError):
    """Responses lack columns that an instrument's competency needs."""

    @classmethod
    def from_columns(cls, competency: str, missing: Sequence[str], columns: Sequence[str]) -> MissingItemsError:
        """Word the refusal with the closest columns found."""
        close = sorted({match for item in missing for match in get_close_matches(item, columns, n=1)})
        hint = f" Closest columns found: {listed(close)} ({len(columns)} columns in all)." if close else ""
        return cls(
            f"responses lack {len(missing)} item(s) of competency {competency!r}: {listed(missing)}.{hint} "
            "Rename them, or map them under columns: in engagement.yaml."
        )


class RatingOutOfRangeError(CoachkitError):
    """A rating outside the instrument's response format."""


class InstrumentError(CoachkitError):
    """An instrument file that contradicts itself."""


class SettingsError(CoachkitError):
    """An engagement.yaml, thresholds or template file that cannot be used."""


class InputRefusedError(CoachkitError):
    """Client files with problems that stop the run; ``report`` holds all of them."""

    def __init__(self, message: str, report: object = None) -> None:
        super().__init__(message)
        self.report = report


class SettingsProblemsError(SettingsError):
    """A settings file with problems; ``problems`` holds all of them, each with line, key path and fix."""

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = tuple(problems)
        sentences = [problem.sentence() for problem in self.problems[:20]]  # type: ignore[attr-defined]
        more = len(self.problems) - len(sentences)
        super().__init__("\n".join([*sentences, *([f"... and {more} more"] if more else [])]))


class InstrumentFileError(SettingsProblemsError, InstrumentError):
    """An instrument file that contradicts itself; ``problems`` holds every place."""
