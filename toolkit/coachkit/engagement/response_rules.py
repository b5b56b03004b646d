"""Rules on forms: who rated whom, in what group and wave, once or twice, and with which items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from coachkit.core.instrument import Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.responses import FORM, Forms
from coachkit.engagement.rows import (
    FILE,
    ROW,
    Findings,
    file_problem,
    hold_rows,
    named,
    row_problem,
    rows_named,
    without,
)
from coachkit.errors import nearest

HINTED = 20  # unknown ids that get the nearest known one; looking it up is slow on a large roster
COMMENT_SHOWN = 5000  # characters of a comment that reports show


@dataclass(frozen=True, slots=True)
class Known:
    """What the other tables say: managers on the roster, those held back there, and the waves."""

    manager_ids: tuple[str, ...]
    held_ids: frozenset[str] = frozenset()
    waves: tuple[str, ...] = ()


def fill_wave(frame: pd.DataFrame, waves: Sequence[str], *, required: bool = True) -> tuple[pd.DataFrame, Findings]:
    """Give rows without a wave the only wave there is; hold rows whose wave is unknown or cannot be known.

    With ``required=False`` an empty wave is left empty (it means "all waves").
    """
    wave = frame["wave"].astype(object).where(frame["wave"].notna(), None)
    empty = wave.isna()
    if len(waves) == 1 and required:
        wave = wave.mask(empty, waves[0])
        empty = wave.isna()
    fix = f"use the id of a wave of engagement.yaml: {', '.join(waves)}"
    unknown = wave.notna() & ~wave.isin(list(waves))
    findings = hold_rows(frame, unknown, "wave", "is not a wave of this engagement", fix, code="E-WAVE")
    if required:
        findings += hold_rows(frame, empty, "wave", "does not say to which wave the form belongs", fix, code="E-WAVE")
    return frame.assign(wave=wave), findings


def check_forms(forms: Forms, instrument: Instrument, known: Known) -> tuple[Forms, tuple[Problem, ...]]:
    """Apply all rules on forms; forms that break one are held back with a problem each.

    Returns
    -------
    Forms, tuple of Problem
        The forms that may be scored, numbered from 0, and everything that was found.
    """
    frame, waves = fill_wave(forms.frame, known.waves)
    forms = Forms(frame, forms.not_observed).keep(waves.held)
    problems = list(waves.problems)
    for rule in (_managers, _self_ratings):
        found = rule(forms.frame, instrument, known)
        forms, problems = forms.keep(found.held), [*problems, *found.problems]
    found = _repeats(forms, instrument)
    forms, problems = forms.keep(found.held), [*problems, *found.problems]
    forms, routed = _unrouted(forms, instrument)
    problems += [*routed, *_empty_forms(forms, instrument), *_long_comments(forms.frame, instrument)]
    problems += _absentees(forms.frame, instrument, known)
    forms = Forms(forms.frame.reset_index(drop=True), forms.not_observed.reset_index(drop=True))
    return forms, tuple(problems)


def _managers(frame: pd.DataFrame, instrument: Instrument, known: Known) -> Findings:  # noqa: ARG001
    ids = frame["manager_id"]
    with_manager = ids.isin(list(known.held_ids))
    findings = Findings(frozenset(frame.index[with_manager.to_numpy(dtype=bool)]))
    if with_manager.any():
        held = frame[with_manager.to_numpy(dtype=bool)]
        what = (
            f"{len(held):,} forms belong to managers whose row on the roster is held back "
            f"({named(list(held['manager_id']))})"
        )
        fix = "correct the rows of the roster"
        findings += Findings(
            problems=(file_problem(str(held[FILE].iloc[0]), what, fix, code="E-HELD", severity="hold"),)
        )
    return findings + _unknown_managers(
        frame[(~ids.isin(list(known.manager_ids)) & ~with_manager).to_numpy(dtype=bool)], known
    )


def _unknown_managers(frame: pd.DataFrame, known: Known) -> Findings:
    """Hold every form about somebody who is not on the roster; the first few get the nearest id as a hint."""
    hinted = sorted(set(frame["manager_id"]))[:HINTED]
    hints = {manager_id: _hint(manager_id, known.manager_ids) for manager_id in hinted}
    problems = tuple(
        row_problem(
            row,
            "manager_id",
            "is not on the roster",
            f"correct the id, or add the manager to the roster. {hints.get(row['manager_id'], '')}".strip(),
            code="E-UNKNOWN-ID",
        )
        for _, row in frame.iterrows()
    )
    return Findings(frozenset(frame.index), problems)


def _hint(given: str, allowed: Sequence[str]) -> str:
    hint = nearest(given, list(allowed))
    return hint if hint.startswith("Closest") else ""


def _self_ratings(frame: pd.DataFrame, instrument: Instrument, known: Known) -> Findings:
    own = instrument.self_group
    if own is None:
        mask = frame["rater_id"] == frame["manager_id"]
        fix = "remove the form, or correct the rater's id"
        return hold_rows(
            frame, mask, "rater_id", "rates themself, but the instrument asks no self-assessment", fix, code="E-SELF"
        )
    is_self = frame["rater_group"] == own.id
    own_form = frame["rater_id"] == frame["manager_id"]
    fix = f'write "{own.id}" as rater_group, or correct the rater\'s id'
    findings = hold_rows(
        frame, own_form & ~is_self, "rater_group", "is given although rater and manager are the same person",
        fix, code="E-SELF",
    )  # fmt: skip
    other = is_self & ~own_form & frame["rater_id"].isin(list(known.manager_ids))
    fix = "give a self-assessment the manager's own id as rater_id, or correct the group"
    return findings + hold_rows(
        frame, other, "rater_id", "is another manager, but the form is a self-assessment", fix, code="E-SELF"
    )


def _repeats(forms: Forms, instrument: Instrument) -> Findings:
    """One rater twice for one manager and wave; two self-assessments of one manager."""
    frame = forms.frame
    findings = _repeated(forms, list(FORM), "rater_id", "has two forms for this manager and wave")
    own = instrument.self_group
    if own is None:
        return findings
    selves = without(frame[frame["rater_group"] == own.id], findings.held)
    marks = forms.not_observed.loc[selves.index]
    what = "has two self-assessments in this wave"
    return findings + _repeated(Forms(selves, marks), ["manager_id", "wave"], "manager_id", what)


def _repeated(forms: Forms, key: list[str], column: str, what: str) -> Findings:
    frame = forms.frame
    doubled = frame[frame.duplicated(key, keep=False)]
    ignored = [name for name in frame.columns if name.startswith("_") or name == "submitted_on"]
    findings = Findings()
    for _, group in doubled.groupby(key, sort=True):
        answers = group.drop(columns=ignored)
        same = len(answers.drop_duplicates()) == 1 and len(forms.not_observed.loc[group.index].drop_duplicates()) == 1
        where = " and ".join(f"{rows_named(part[ROW])} of {file}" for file, part in group.groupby(FILE, sort=True))
        row = group.iloc[-1]
        if same:
            text = f"{what}, with equal answers ({where}); one counts"
            note = row_problem(row, column, text, "remove the copy", code="N-REPEATED", severity="note")
            findings += Findings(frozenset(group.index[1:]), (note,))
        else:
            text = f"{what}, with different answers ({where}); all are held back"
            problem = row_problem(row, column, text, "keep the form that is right", code="E-REPEATED")
            findings += Findings(frozenset(group.index), (problem,))
    return findings


def _unrouted(forms: Forms, instrument: Instrument) -> tuple[Forms, list[Problem]]:
    """Set aside answers to items a group is not asked; one note per group and file."""
    ratings, marks, problems = forms.frame.copy(), forms.not_observed.copy(), []
    for group in instrument.rater_groups:
        items = [item.id for item in instrument.items if group.id not in item.asked_of]
        rows = ratings["rater_group"] == group.id
        if not items or not rows.any():
            continue
        answered = ratings.loc[rows, items].notna()
        ratings.loc[rows, items] = float("nan")
        marks.loc[rows, items] = False
        for file, part in answered.groupby(forms.frame.loc[rows, FILE]):
            columns = [item for item in items if part[item].any()]
            if not columns:
                continue
            n_forms = int(part.any(axis=1).sum())
            what = (
                f'{n_forms:,} forms of group "{group.id}" answer items this group is not asked '
                f"({named(columns)}); these answers are not used"
            )
            fix = "nothing to do, or add the group under asked_of in the instrument"
            problems.append(file_problem(str(file), what, fix, code="N-ROUTING", severity="note"))
    return Forms(ratings, marks), problems


def _empty_forms(forms: Forms, instrument: Instrument) -> list[Problem]:
    items = list(instrument.item_ids)
    blank = forms.frame[items].isna().all(axis=1) & ~forms.not_observed[items].any(axis=1)
    problems = []
    for file, part in forms.frame[blank.to_numpy(dtype=bool)].groupby(FILE):
        what = (
            f"{len(part):,} forms answer no item ({rows_named(list(part[ROW])[:5])}{', ...' if len(part) > 5 else ''})"
        )
        fix = "nothing to do if these raters sent an empty form"
        problems.append(file_problem(str(file), what, fix, code="N-EMPTY-FORM", severity="note"))
    return problems


def _long_comments(frame: pd.DataFrame, instrument: Instrument) -> list[Problem]:
    problems = []
    for question in instrument.comment_questions:
        lengths = frame[question.id].map(lambda text: len(text) if isinstance(text, str) else 0)
        for _, row in frame[(lengths > COMMENT_SHOWN).to_numpy(dtype=bool)].iterrows():
            what = f"the comment has {len(row[question.id]):,} characters; reports show the first {COMMENT_SHOWN:,}"
            shown = row.drop(labels=[question.id])
            problem = row_problem(shown, question.id, what, "shorten it if it must be read in full",
                                  code="N-LONG-COMMENT", severity="note")  # fmt: skip
            problems.append(replace(problem, value=None))
    return problems


def _absentees(frame: pd.DataFrame, instrument: Instrument, known: Known) -> list[Problem]:
    """Managers nobody rated, and managers without a self-assessment, wave by wave."""
    if frame.empty:
        return []
    problems = []
    file = str(frame[FILE].iloc[0])
    for wave in known.waves:
        forms = frame[frame["wave"] == wave]
        if forms.empty:
            continue
        rated = set(forms["manager_id"])
        problems += _missing(file, "N-NO-FORMS", f'in wave "{wave}" nobody rated', known.manager_ids, rated)
        if (own := instrument.self_group) is not None:
            done = set(forms.loc[forms["rater_group"] == own.id, "manager_id"])
            text = f'in wave "{wave}" there is no self-assessment of'
            problems += _missing(file, "N-NO-SELF", text, sorted(rated), done)
    return problems


def _missing(file: str, code: str, text: str, expected: Iterable[str], present: set[str]) -> list[Problem]:
    absent = [manager_id for manager_id in expected if manager_id not in present]
    if not absent:
        return []
    what = f"{text} {len(absent):,} managers ({named(absent)})" if len(absent) > 1 else f"{text} {absent[0]}"
    fix = "nothing to do if that is so; their reports say what is missing"
    return [file_problem(file, what, fix, code=code, severity="note")]


def compare_items(
    present: Iterable[str], unknown: Iterable[str], groups: Iterable[str], instrument: Instrument, file: str
) -> tuple[Problem, ...]:
    """Compare the items of a file with those of the instrument, to catch answers to another version.

    Parameters
    ----------
    present : iterable of str
        Item ids found in the file.
    unknown : iterable of str
        Other columns of the file (or item ids of a long file) that nothing else explains.
    groups : iterable of str
        Rater groups in the file; only items asked of one of them are expected, none when it has no usable row.
    file : str
        File name for the message.

    Returns
    -------
    tuple of Problem
        One refusal that lists both sides, or nothing.
    """
    present, asked = set(present), set(groups)
    expected = [item.id for item in instrument.items if asked & set(item.asked_of)]
    lacking = [item for item in expected if item not in present]
    strange = [name for name in unknown if _looks_like_item(name, instrument)]
    if not lacking and not strange:
        return ()
    parts = []
    if lacking:
        parts.append(
            f"{len(lacking)} of {len(expected)} items of the instrument are not in the file ({named(lacking)})"
        )
    if strange:
        parts.append(f"the file has {len(strange)} the instrument does not know ({named(strange)})")
    what = f"the items do not fit {instrument.id} version {instrument.version}: {'; '.join(parts)}"
    fix = "use the instrument the answers were given to, or map the column names under files: columns"
    return (file_problem(file, what, fix, code="E-ITEMS", severity="refuse"),)


def _looks_like_item(name: str, instrument: Instrument) -> bool:
    """Whether a name is an item id but for its number (``OPP05`` where the instrument ends at ``OPP04``)."""
    stem = name.rstrip("0123456789")
    return stem not in ("", name) and stem in {item.rstrip("0123456789") for item in instrument.item_ids}
