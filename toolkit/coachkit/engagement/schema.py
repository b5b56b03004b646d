"""The tables of an engagement as specifications: those of tables.yaml, fitted to one instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from coachkit.core.instrument import Instrument
from coachkit.engagement.resources import template_path
from coachkit.engagement.tables import ColumnSpec, TableSpec
from coachkit.engagement.yaml_reader import load_yaml

NOT_OBSERVED = "NO"
REQUIRED_TABLES = ("roster", "responses")
_LAYOUT_TABLES = ("responses", "responses_long")


@dataclass(frozen=True, slots=True)
class TablesFile:
    """The content of templates/engagement/tables.yaml."""

    tables: tuple[TableSpec, ...]


@cache
def load_tables() -> dict[str, TableSpec]:
    """Specifications of all tables by name, as shipped.

    Examples
    --------
    >>> list(load_tables())
    ['roster', 'context', 'units', 'kpis', 'coaches', 'responses', 'responses_long']
    """
    content = load_yaml(template_path("engagement", "tables.yaml"), TablesFile)
    return {table.name: table for table in content.tables}


def table_names() -> tuple[str, ...]:
    """Names of all tables an engagement may hold."""
    return tuple(load_tables())


def specs_for(instrument: Instrument) -> dict[str, TableSpec]:
    """Specifications fitted to an instrument: its role levels, rater groups, items and comment questions.

    Returns
    -------
    dict
        Table name to TableSpec; ``responses`` has one column per item and comment question.
    """
    choices = {
        "role_level": tuple(level.id for level in instrument.role_levels),
        "rater_group": tuple(group.id for group in instrument.rater_groups),
    }
    specs = {name: _with_choices(spec, choices) for name, spec in load_tables().items()}
    specs["responses"] = replace(specs["responses"], columns=(*specs["responses"].columns, *answer_columns(instrument)))
    return specs


def answer_columns(instrument: Instrument) -> tuple[ColumnSpec, ...]:
    """One rating column per item and one text column per comment question."""
    items = tuple(rating_column(instrument, item.id, item.text_rater) for item in instrument.items)
    comments = tuple(
        ColumnSpec(name=question.id, kind="text", description=question.text_rater)
        for question in instrument.comment_questions
    )
    return items + comments


def rating_column(instrument: Instrument, name: str, text: str = "") -> ColumnSpec:
    """The column of one item: its scale, the wording of its anchors, and "not observed"."""
    scale = instrument.response_format
    anchors = ", ".join(f"{anchor.value:g} {anchor.label}" for anchor in scale.anchors)
    absent = f"; {NOT_OBSERVED} for {scale.not_observed}" if scale.not_observed else ""
    return ColumnSpec(
        name=name,
        kind="rating",
        minimum=scale.low,
        maximum=scale.high,
        step=scale.step,
        labels={anchor.label: anchor.value for anchor in scale.anchors if anchor.label},
        choices=(NOT_OBSERVED, scale.not_observed) if scale.not_observed else (NOT_OBSERVED,),
        unit="scale points",
        description=f"{text} ({anchors}{absent}; empty for no answer)",
        example=f"{scale.high - scale.step:g}",
    )


def with_own_words(column: ColumnSpec, value_labels: Mapping[str, str]) -> ColumnSpec:
    """Accept a file's own words for "not observed" (``value_labels: {"Cannot judge": "NO"}``) in a rating.

    Examples
    --------
    >>> column = ColumnSpec("OPP01", "rating", minimum=1, maximum=5, choices=("NO",))
    >>> with_own_words(column, {"Cannot judge": "NO", "Agree": "4"}).choices
    ('NO', 'Cannot judge')
    """
    words = {choice.casefold() for choice in column.choices}
    own = tuple(label for label, value in value_labels.items() if value.strip().casefold() in words)
    return replace(column, choices=(*column.choices, *own)) if column.kind == "rating" and own else column


def _with_choices(spec: TableSpec, choices: dict[str, tuple[str, ...]]) -> TableSpec:
    columns = tuple(
        replace(column, choices=choices[column.name]) if choices.get(column.name) else column for column in spec.columns
    )
    return replace(spec, columns=columns)
