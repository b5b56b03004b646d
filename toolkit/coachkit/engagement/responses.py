"""From tables of answers, wide or long, to the core's Responses: one row per rater, manager and wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.cohort import Responses
from coachkit.core.instrument import Instrument
from coachkit.engagement.problems import Problem
from coachkit.engagement.rows import FILE, ORIGIN, ROW, Findings, hold_rows, row_problem, rows_named, without
from coachkit.engagement.schema import rating_column, with_own_words
from coachkit.engagement.tables import FileOptions
from coachkit.engagement.tabular.convert import convert_column

KEYS = ("manager_id", "rater_id", "rater_group", "wave")
FORM = ("manager_id", "rater_id", "wave")


@dataclass(frozen=True)
class Forms:
    """Forms of one or more files: keys, origin, one rating column per item, one text column per question.

    ``not_observed`` has the same index as ``frame`` and one boolean column per item.
    """

    frame: pd.DataFrame
    not_observed: pd.DataFrame

    def keep(self, held: frozenset[object]) -> Forms:
        """The forms that are not held back."""
        return Forms(without(self.frame, held), without(self.not_observed, held))


def forms_from_wide(frame: pd.DataFrame, not_observed: pd.DataFrame, instrument: Instrument) -> Forms:
    """Take a wide table as read: add the columns it lacks, in the instrument's order."""
    items, questions = list(instrument.item_ids), [question.id for question in instrument.comment_questions]
    plain = frame.reindex(columns=[*KEYS, "submitted_on", "seconds", *ORIGIN, *items, *questions])
    plain[items] = plain[items].astype("float64")
    marks = not_observed.reindex(columns=items)
    marks.index = plain.index
    return Forms(plain, marks.where(marks.notna(), other=False).astype(bool))


def forms_from_long(
    frame: pd.DataFrame, instrument: Instrument, options: FileOptions | None = None
) -> tuple[Forms, Findings]:
    """Turn one row per answer into one row per form.

    Parameters
    ----------
    frame : DataFrame
        Columns of ``responses_long`` as read, with origin columns.
    options : FileOptions, optional
        Labels and missing codes of the file.

    Returns
    -------
    Forms, Findings
        A form takes the row number of its first answer. A bad or contradictory answer holds back the whole
        form. Rows with an id the instrument does not know are left out; the caller refuses such a file.
    """
    known = frame[_known_ids(frame, instrument)]
    answers, findings = _read_answers(known, instrument, options or FileOptions())
    doubled = _doubled_answers(answers)
    findings += doubled
    held_forms = _forms_of(answers, findings.held)
    keep = ~_form_index(answers).isin(held_forms)
    return _pivot(answers[keep], instrument), Findings(frozenset(), findings.problems)


def _known_ids(frame: pd.DataFrame, instrument: Instrument) -> pd.Series:
    questions = tuple(question.id for question in instrument.comment_questions)
    return frame["item_id"].isin([*instrument.item_ids, *questions])


def _read_answers(frame: pd.DataFrame, instrument: Instrument, options: FileOptions) -> tuple[pd.DataFrame, Findings]:
    items = frame["item_id"].isin(list(instrument.item_ids)).to_numpy(dtype=bool)
    answers = frame["answer"].astype(object).where(frame["answer"].notna(), "")
    column = with_own_words(rating_column(instrument, "answer"), options.value_labels)
    read = convert_column(answers[items].tolist(), column, options)
    rating = pd.Series(np.nan, index=frame.index)
    rating[items] = read.values  # noqa: PD011 - a field of the record, not of a frame
    absent = pd.Series(data=False, index=frame.index)
    absent[items] = read.not_observed
    findings = Findings()
    for cell, bad in read.bad.items():
        mask = pd.Series(items, index=frame.index) & (answers == cell)
        findings += hold_rows(frame, mask, "answer", bad.what, bad.fix, code=bad.code)
    if len(frame):
        source = frame.iloc[0]
        notes = tuple(
            Problem(code, "note", str(source[FILE]), column="answer", what=what)
            for code, (_, _, what) in read.notes.seen.items()
        )
        findings += Findings(problems=notes)
    comment = frame["answer"].where(~items)
    return frame.assign(_rating=rating, _absent=absent, _comment=comment), findings


def _doubled_answers(frame: pd.DataFrame) -> Findings:
    """Two rows for one item of one form: equal ones count once, different ones hold the form back."""
    cell = [*FORM, "item_id"]
    doubled = frame[frame.duplicated(cell, keep=False)]
    findings = Findings()
    for _, group in doubled.groupby(cell, dropna=False, sort=True):
        where = rows_named(group[ROW])
        row = group.iloc[0]
        if len(set(group["answer"].fillna(""))) == 1:
            what = f"is answered twice with the same answer ({where}); one counts"
            note = row_problem(row, "item_id", what, "remove one of the rows", code="N-TWICE", severity="note")
            findings += Findings(problems=(note,))
            continue
        what = f"is answered twice and differently by one rater ({where}); the form is held back"
        problem = row_problem(row, "item_id", what, "keep the answer that is right", code="E-TWICE")
        findings += Findings(frozenset(group.index), (problem,))
    return findings


def _form_index(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[list(KEYS)].astype(object).where(frame[list(KEYS)].notna(), ""))


def _forms_of(frame: pd.DataFrame, labels: frozenset[object]) -> pd.MultiIndex:
    return _form_index(frame.loc[frame.index.isin(list(labels))])


def _pivot(frame: pd.DataFrame, instrument: Instrument) -> Forms:
    numbers = pd.Series(pd.factorize(_form_index(frame))[0], index=frame.index, dtype="int64")
    forms = frame.groupby(numbers, sort=True)
    keys = forms[[*KEYS, *ORIGIN]].first().reset_index(drop=True)
    keys["seconds"] = forms["seconds"].max().reset_index(drop=True)
    cells = frame.assign(_form=numbers).drop_duplicates(["_form", "item_id"])
    items, questions = list(instrument.item_ids), [question.id for question in instrument.comment_questions]
    wide = {
        column: cells.pivot_table(index="_form", columns="item_id", values=column, aggfunc="first", dropna=False)
        .reindex(index=range(len(keys)), columns=chosen)
        .rename_axis(index=None, columns=None)
        for column, chosen in (("_rating", items), ("_absent", items), ("_comment", questions))
    }
    table = pd.concat([keys, wide["_rating"].astype("float64"), wide["_comment"].astype(object)], axis=1)
    absent = wide["_absent"].astype(object)
    return Forms(table, absent.where(absent.notna(), other=False).astype(bool))


def join_forms(pieces: Sequence[Forms], instrument: Instrument) -> Forms:
    """Forms of all files in one table, numbered from 0."""
    filled = [piece for piece in pieces if len(piece.frame)]
    if not filled:
        empty = pd.DataFrame(columns=[*KEYS, "seconds", *ORIGIN]).astype(object)
        return forms_from_wide(empty, pd.DataFrame(), instrument)
    frame = pd.concat([piece.frame.astype(object) for piece in filled], ignore_index=True)
    marks = pd.concat([piece.not_observed for piece in filled], ignore_index=True)
    return forms_from_wide(frame, marks, instrument)


def to_responses(forms: Forms, instrument: Instrument) -> Responses:
    """The checked forms as the core's record; row ``i`` of every frame is one form."""
    frame = forms.frame.reset_index(drop=True)
    keys = frame[list(KEYS)].astype(object).assign(seconds=frame["seconds"].astype("float64"))
    items = list(instrument.item_ids)
    return Responses(
        keys=keys,
        ratings=frame[items].astype("float64"),
        not_observed=forms.not_observed[items].reset_index(drop=True),
        comments=_comments(frame, instrument),
    )


def _comments(frame: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    questions = [question.id for question in instrument.comment_questions]
    long = frame.melt(id_vars=list(KEYS), value_vars=questions, var_name="question_id", value_name="text")
    texts = long["text"].astype(object)
    filled = texts.notna() & texts.map(lambda text: bool(str(text).strip()))
    return long[filled.to_numpy(dtype=bool)].reset_index(drop=True).astype(object)
