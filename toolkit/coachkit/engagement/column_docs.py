"""The column tables of docs/engagement-folder.md, made from tables.yaml so that the two cannot differ."""

from __future__ import annotations

from coachkit.engagement.entry_workbook import allowed_text
from coachkit.engagement.schema import load_tables
from coachkit.engagement.tables import ColumnSpec, TableSpec

BEGIN, END = "<!-- columns of {name}: made from tables.yaml -->", "<!-- end of columns -->"


def column_table(spec: TableSpec) -> str:
    """The columns of one table as a Markdown table.

    Examples
    --------
    >>> spec = TableSpec("t", "T", (ColumnSpec("unit_id", "id", required=True, description="A code.", example="OPS"),))
    >>> print(column_table(spec))
    | column | meaning | what may stand in it | example |
    |---|---|---|---|
    | **unit_id** | A code. | A code; text, leading zeros are kept. | `OPS` |
    """
    rows = [
        f"| {_name(column)} | {column.description} | {allowed_text(column)} | {_example(column)} |"
        for column in spec.columns
    ]
    return "\n".join(["| column | meaning | what may stand in it | example |", "|---|---|---|---|", *rows])


def renew_column_tables(text: str) -> str:
    """Replace every column table between its markers in a document by the current one."""
    for name, spec in load_tables().items():
        begin = BEGIN.format(name=name)
        if begin in text:
            head, _, rest = text.partition(begin)
            _, _, tail = rest.partition(END)
            text = f"{head}{begin}\n{column_table(spec)}\n{END}{tail}"
    return text


def _name(column: ColumnSpec) -> str:
    return f"**{column.name}**" if column.required else column.name


def _example(column: ColumnSpec) -> str:
    return f"`{column.example}`" if column.example else ""
