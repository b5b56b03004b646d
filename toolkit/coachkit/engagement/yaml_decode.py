"""From YAML nodes to frozen dataclasses: the annotations say what each text must be."""

from __future__ import annotations

import math
import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import PurePath
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from coachkit.engagement.problems import Problem
from coachkit.engagement.yaml_nodes import Node
from coachkit.errors import CoachkitError, SettingsProblemsError, listed, nearest

_INT = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YES_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_BAD = object()  # stands for a value whose problem has been recorded
_T = TypeVar("_T")


def decode(node: Node, cls: type[_T]) -> _T:
    """Turn a node into an instance of the dataclass ``cls``.

    Annotations may be str, int, float, bool, date, Path, Literal, ``tuple[X, ...]``, ``list[X]``,
    ``dict[str, X]``, dataclasses, ``X | None``, unions of those, ``Node`` (left undecoded) and ``Any``
    (plain dicts, lists and strings). A key given without a value counts as not given. A field whose name is
    not a usable key says so with ``metadata={"key": "from"}``.

    Raises
    ------
    SettingsProblemsError
        With all problems found: unknown keys and their nearest key, missing keys, values of the wrong type,
        an unquoted text cut by a comment, and what the dataclass itself refuses.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from coachkit.engagement.yaml_reader import read_yaml
    >>> @dataclass(frozen=True)
    ... class Wave:
    ...     id: str
    ...     starts: date | None = None
    >>> decode(read_yaml("id: 1.10"), Wave)
    Wave(id='1.10', starts=None)
    """
    problems: list[Problem] = []
    value = _Decoder(problems).value(node, cls)
    if problems:
        problems.sort(key=lambda problem: problem.row or 0)
        raise SettingsProblemsError(problems)
    return value


@cache
def _keys(cls: type) -> dict[str, tuple[Field, Any]]:
    hints = get_type_hints(cls)
    return {entry.metadata.get("key", entry.name): (entry, hints[entry.name]) for entry in fields(cls) if entry.init}


def _is_required(entry: Field) -> bool:
    return entry.default is MISSING and entry.default_factory is MISSING


class _Decoder:
    """Decodes one tree and records every problem on the way."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def refuse(self, node: Node, code: str, what: str, fix: str, value: str | None = None) -> object:
        self.problems.append(node.problem(code, what, fix, value))
        return _BAD

    def value(self, node: Node, kind: Any) -> Any:  # noqa: ANN401
        origin = get_origin(kind)
        if kind is Node:
            return node
        if kind is Any or kind is object:
            return node.plain()
        if origin in (Union, types.UnionType):
            return self.union(node, get_args(kind))
        if isinstance(kind, type) and is_dataclass(kind):
            return self.record(node, kind)
        if origin in (dict, Mapping) or kind is dict:
            return self.mapping(node, get_args(kind) or (str, Any))
        if origin in (tuple, list, frozenset, Sequence) or kind in (tuple, list):
            return self.sequence(node, origin or kind, get_args(kind) or (Any, ...))
        return self.scalar(node, kind)

    def union(self, node: Node, choices: tuple[Any, ...]) -> Any:  # noqa: ANN401
        if type(None) in choices and node.is_empty:
            return None
        kinds = [choice for choice in choices if choice is not type(None)]
        tries: list[list[Problem]] = []
        for kind in kinds:
            attempt = _Decoder([])
            value = attempt.value(node, kind)
            if not attempt.problems:
                return value
            tries.append(attempt.problems)
        self.problems.extend(min(tries, key=lambda found: -max(problem.row or 0 for problem in found)))
        return _BAD

    def record(self, node: Node, cls: type) -> Any:  # noqa: ANN401
        if node.kind != "map":
            what = f"is {_shape(node)}, but keys are needed here"
            return self.refuse(node, "E-TYPE", what, f"write the keys {listed(_keys(cls), 8)} below, indented")
        before, known = len(self.problems), _keys(cls)
        for key in node.value.keys() - known.keys():
            self._unknown(node, key, tuple(known))
        values = {}
        for key, (entry, kind) in known.items():
            child = node.value.get(key)
            if child is None or (child.is_empty and not _is_required(entry) and kind is not Node):
                if _is_required(entry):
                    fix = f'add "{key}: ..." here'
                    self.refuse(node, "E-MISSING-KEY", f'the key "{key}" is missing', fix)
                continue
            values[entry.name] = self.value(child, kind)
        return _BAD if len(self.problems) > before else self._build(node, cls, values)

    def _unknown(self, node: Node, key: str, known: tuple[str, ...]) -> None:
        child = Node("scalar", "", node.file, node.key_lines[key], f"{node.path}.{key}" if node.path else key)
        self.refuse(
            child, "E-UNKNOWN-KEY", f'"{key}" is not a key known here. {nearest(key.casefold(), known)}', "rename it"
        )

    def _build(self, node: Node, cls: type, values: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            return cls(**values)
        except (CoachkitError, ValueError, TypeError) as error:
            return self.refuse(node, "E-VALUE", str(error), "correct this entry")

    def mapping(self, node: Node, args: tuple[Any, ...]) -> Any:  # noqa: ANN401
        if node.kind != "map":
            return self.refuse(node, "E-TYPE", f'is {_shape(node)}, but "name: value" lines are needed', "indent them")
        keys = {
            key: self.value(Node("scalar", key, node.file, node.key_lines[key], child.path), args[0])
            for key, child in node.value.items()
        }
        return {keys[key]: self.value(child, args[1]) for key, child in node.value.items() if keys[key] is not _BAD}

    def sequence(self, node: Node, origin: type, args: tuple[Any, ...]) -> Any:  # noqa: ANN401
        if node.kind != "list":
            what = f"is {_shape(node)}, but a list is needed"
            return self.refuse(node, "E-TYPE", what, 'write each entry on its own line after "- ", or [a, b]')
        fixed = origin is tuple and Ellipsis not in args
        if fixed and len(args) != len(node.value):
            what = f"has {len(node.value)} entries, but {len(args)} are needed"
            return self.refuse(node, "E-LENGTH", what, f"write {len(args)} entries")
        kinds = args if fixed else (args[0],) * len(node.value)
        values = [self.value(child, kind) for child, kind in zip(node.value, kinds, strict=True)]
        return values if origin is list else (frozenset(values) if origin is frozenset else tuple(values))

    def scalar(self, node: Node, kind: Any) -> Any:  # noqa: ANN401
        if node.kind != "scalar":
            return self.refuse(node, "E-TYPE", f"is {_shape(node)}, but one value is needed", "write one value")
        if get_origin(kind) is Literal:
            return self.literal(node, get_args(kind))
        if kind is bool:
            return self.boolean(node)
        if kind in (int, float):
            return self.number(node, kind)
        if kind is date:
            return self.day(node)
        if kind is str or (isinstance(kind, type) and issubclass(kind, PurePath)):
            return self.text(node, kind)
        raise TypeError(f"{kind!r} cannot be decoded from YAML")

    def text(self, node: Node, kind: type) -> Any:  # noqa: ANN401
        if node.value == "" and not node.is_quoted:
            return self.refuse(node, "E-EMPTY", "a text is needed here", 'write it, or "" for an empty text')
        if node.comment:
            what = f'the text ends before "{node.comment}", which YAML takes as a comment'
            fix = "put the whole text in quotes, or move the comment to a line of its own"
            return self.refuse(node, "E-CUT", what, fix)
        return kind(node.value)

    def literal(self, node: Node, allowed: tuple[Any, ...]) -> Any:  # noqa: ANN401
        texts = {str(choice).lower() if isinstance(choice, bool) else str(choice): choice for choice in allowed}
        if node.value in texts:
            return texts[node.value]
        fix = f"write one of {', '.join(texts)}"
        return self.refuse(
            node, "E-CHOICE", f"is not allowed here. {nearest(node.value, list(texts))}", fix, node.value
        )

    def boolean(self, node: Node) -> Any:  # noqa: ANN401
        if node.value in ("true", "false") and not node.is_quoted:
            return node.value == "true"
        meant = _YES_NO.get(node.value.lower(), node.value.lower())
        fix = f"write {meant}" if meant in ("true", "false") else "write true or false"
        return self.refuse(node, "E-BOOLEAN", "is not true or false", f"{fix} (without quotes)", node.value)

    def number(self, node: Node, kind: type) -> Any:  # noqa: ANN401
        if not node.is_quoted and (_INT if kind is int else _FLOAT).fullmatch(node.value):
            number = kind(node.value) if len(node.value) <= 40 else math.inf
            if math.isfinite(number):
                return number
        what = "is not a whole number" if kind is int else "is not a number"
        if node.is_quoted:
            return self.refuse(node, "E-NUMBER", f"{what} but text in quotes", "remove the quotes", node.value)
        fix = "write digits only" if kind is int else "write digits with a point, such as 4.5"
        return self.refuse(node, "E-NUMBER", what, fix, node.value)

    def day(self, node: Node) -> Any:  # noqa: ANN401
        if _DATE.fullmatch(node.value):
            try:
                return date.fromisoformat(node.value)
            except ValueError:
                what = "is not a day of the calendar"
                return self.refuse(node, "E-DATE", what, "check day and month", node.value)
        return self.refuse(node, "E-DATE", "is not a date", "write year-month-day: 2026-03-31", node.value)


def _shape(node: Node) -> str:
    if node.kind == "scalar":
        return "empty" if node.is_empty else "a single value"
    return "a list" if node.kind == "list" else 'a block of "name: value" lines'
