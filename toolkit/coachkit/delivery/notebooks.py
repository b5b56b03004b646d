"""Notebook templates: which parameters they declare, whether they were approved, and what they may be given.

papermill only logs an unknown parameter, loses a missing ``parameters`` tag silently, and runs parameter names
and objects as code. Everything is checked here, before a kernel starts.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from coachkit.engagement.resources import notebook_path
from coachkit.engagement.storage import sha256_of, write_json
from coachkit.errors import CoachkitError, listed

LOCK_FILE = "approved.json"
MAX_DEPTH = 20
JSON_SCALARS = (str, int, float, bool, type(None))


class TemplateRefusedError(CoachkitError):
    """A notebook template that cannot be trusted with a person's report."""


class ParameterRefusedError(CoachkitError):
    """A parameter the template does not declare, or a value that is not plain JSON."""


@dataclass(frozen=True, slots=True)
class NotebookTemplate:
    """A notebook as read from disk: its bytes' hash and the defaults of its parameters cell."""

    name: str
    source: bytes
    sha256: str
    parameters: Mapping[str, object]


def read_template(path: Path) -> NotebookTemplate:
    """Read a notebook and the typed assignments of its single ``parameters`` cell.

    Raises
    ------
    TemplateRefusedError
        If no cell, or more than one, carries the tag, or the cell holds anything but literal assignments.
    """
    source = path.read_bytes()
    tagged = [cell for cell in _cells(source, path.name) if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        msg = (
            f"notebook {path.name!r} has {len(tagged)} cells tagged 'parameters'; exactly one is needed. "
            "Tag the cell with the default parameters in the notebook's property inspector."
        )
        raise TemplateRefusedError(msg)
    return NotebookTemplate(
        path.name, source, sha256_of(source), _literal_assignments("".join(tagged[0]["source"]), path.name)
    )


def _cells(source: bytes, name: str) -> list[dict[str, Any]]:
    """Cells of a notebook file; nbformat would take a second to import, which the first report would wait for."""
    try:
        return json.loads(source)["cells"]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"notebook {name!r} cannot be read. Open it in JupyterLab and save it as a notebook of format 4."
        raise TemplateRefusedError(msg) from error


def _literal_assignments(code: str, name: str) -> dict[str, object]:
    try:
        body: list[Any] = list(ast.parse(code).body)  # what is no assignment lacks these attributes: refused below
        found: dict[str, object] = {}
        for statement in body:
            targets: list[Any] = [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
            found |= {target.id: ast.literal_eval(statement.value) for target in targets}
        return found
    except (SyntaxError, ValueError, AttributeError) as error:
        msg = (
            f'the parameters cell of {name!r} may hold only lines such as  manager_id: str = "M001"  '
            "with plain values. Move any other code to the next cell."
        )
        raise TemplateRefusedError(msg) from error


def plain_parameters(template: NotebookTemplate, given: Mapping[str, object]) -> dict[str, Any]:
    """Check names and values against the template and return exact JSON values.

    Raises
    ------
    ParameterRefusedError
        For a name outside the declared set, or a value that is not text, number, truth value, None, list or
        dict of these. Numpy scalars become plain numbers; nothing else is converted.

    Examples
    --------
    >>> template = NotebookTemplate("n.ipynb", b"", "", {"manager_id": "M001"})
    >>> plain_parameters(template, {"manager_id": "007"})
    {'manager_id': '007'}
    """
    unknown = [name for name in given if name not in template.parameters or not _is_safe_name(name)]
    if unknown:
        close = get_close_matches(str(unknown[0]), list(template.parameters), n=3)
        hint = f" Closest: {listed(close)}." if close else ""
        declared = listed(template.parameters)
        msg = f"notebook {template.name!r} has no parameter {listed(unknown)}. Declared: {declared}.{hint}"
        raise ParameterRefusedError(msg)
    values = {name: _plain(value, name) for name, value in given.items()}
    for name, value in values.items():
        default = template.parameters[name]
        if default is not None and type(value) is not type(default):
            msg = (
                f"parameter {name!r} of {template.name!r} is {type(default).__name__}; got {type(value).__name__}. "
                "Pass a value of that type."
            )
            raise ParameterRefusedError(msg)
    return values


def _is_safe_name(name: object) -> bool:
    return isinstance(name, str) and name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _plain(value: Any, name: str, depth: int = 0) -> object:  # noqa: ANN401 - whatever a caller passed
    if depth > MAX_DEPTH:
        msg = f"parameter {name!r} is nested deeper than {MAX_DEPTH} levels. Pass an id; the notebook reads the data."
        raise ParameterRefusedError(msg)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        value = value.item()
    if type(value) is list:
        return [_plain(entry, name, depth + 1) for entry in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: _plain(entry, name, depth + 1) for key, entry in value.items()}
    if type(value) not in JSON_SCALARS:
        msg = (
            f"parameter {name!r} is a {type(value).__name__}; allowed are text, numbers, true/false, None, and lists "
            "or text-keyed dicts of these. Pass an id or plain text."
        )
        raise ParameterRefusedError(msg)
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        msg = f"parameter {name!r} holds half a character (a lone surrogate). Re-enter the text."
        raise ParameterRefusedError(msg)
    return value


def read_locks(folder: Path) -> dict[str, str]:
    """Approved hashes by notebook name from one folder's lock file; empty where there is none."""
    path = folder / LOCK_FILE
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def approve_notebook(notebook: Path, folder: Path) -> str:
    """Record the hash of a notebook in ``folder``'s lock file; returns the hash."""
    template = read_template(notebook)
    write_json(folder / LOCK_FILE, {**read_locks(folder), notebook.name: template.sha256})
    return template.sha256


def approved_template(name: str, engagement: Path) -> NotebookTemplate:
    """Read a template by name: the engagement's own copy under ``notebooks/`` first, else the shipped one.

    Raises
    ------
    TemplateRefusedError
        If its hash is not the approved one.
    """
    shipped, own = notebook_path(name), engagement / "notebooks" / f"{name}.ipynb"
    path = own if own.is_file() else shipped
    template = read_template(path)
    approved = {read_locks(folder).get(path.name) for folder in (shipped.parent, path.parent)}
    if template.sha256 not in approved:
        msg = (
            f"notebook {path.name!r} has changed since it was approved. Read the change; then run  "
            f"coachkit approve {path.name}  with the engagement folder, or restore the approved version."
        )
        raise TemplateRefusedError(msg)
    return template
