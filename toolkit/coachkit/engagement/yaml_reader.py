"""Strict YAML: text only, no tags, no aliases, no guessing; every error with file, line and key path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import yaml

from coachkit.engagement.problems import Problem
from coachkit.engagement.yaml_decode import decode
from coachkit.engagement.yaml_nodes import Node
from coachkit.errors import SettingsProblemsError

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_T = TypeVar("_T")


def read_yaml(source: str | Path, *, name: str | None = None) -> Node:
    r"""Read a YAML file, or YAML text, into nodes.

    Parameters
    ----------
    source : Path or str
        A ``Path`` is read from disk; a ``str`` is YAML text.
    name : str, optional
        File name to show in messages.

    Raises
    ------
    SettingsProblemsError
        With every problem found: syntax, tags, aliases, duplicate keys, depth, size, encoding.

    Examples
    --------
    >>> node = read_yaml("countries: [NO, off]\nversion: 1.10")
    >>> node.plain()
    {'countries': ['NO', 'off'], 'version': '1.10'}
    """
    file = name or (source.name if isinstance(source, Path) else "text.yaml")
    text = _read_file(source, file) if isinstance(source, Path) else source
    if len(text) > MAX_BYTES:
        raise SettingsProblemsError([_too_large(file, len(text))])
    unsafe = _UNSAFE.search(text)
    if unsafe:
        line = text.count("\n", 0, unsafe.start()) + 1
        what = f"a character that cannot be shown (U+{ord(unsafe.group()):04X})"
        raise SettingsProblemsError(
            [
                Problem(
                    "E-CHARACTER",
                    "refuse",
                    file,
                    row=line,
                    what=what,
                    fix="delete it and type the text again",
                )
            ]
        )
    return _Composer(text, file).compose()


def load_yaml(path: str | Path, cls: type[_T]) -> _T:
    """Read a YAML file into the frozen dataclass ``cls``; see :func:`decode` for how types are checked.

    Raises
    ------
    SettingsProblemsError
        With all problems found, each with line and key path.
    """
    return decode(read_yaml(Path(path)), cls)


def _too_large(file: str, size: int) -> Problem:
    what = f"the file is larger than {MAX_BYTES:,} bytes ({size:,})"
    return Problem("E-SIZE", "refuse", file, what=what, fix="split it, or remove what does not belong in settings")


def _read_file(path: Path, file: str) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SettingsProblemsError([_too_large(file, size)])
        raw = path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or error})"
        problem = Problem("E-FILE", "refuse", file, what=what, fix="check the path and that it is a readable file")
        raise SettingsProblemsError([problem]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what, fix = "the file is not UTF-8 text", 'save it again with the encoding "UTF-8"'
        raise SettingsProblemsError([Problem("E-ENCODING", "refuse", file, row=line, what=what, fix=fix)]) from None


class _Composer:
    """Builds nodes from parse events; never follows an alias, never resolves a tag."""

    def __init__(self, text: str, file: str) -> None:
        self.lines = text.splitlines() or [""]
        self.text = text
        self.file = file
        self.problems: list[Problem] = []

    def compose(self) -> Node:
        try:
            root = self._document()
        except yaml.YAMLError as error:
            self.problems.append(self._syntax(error))
            root = None
        if self.problems:
            raise SettingsProblemsError(self.problems)
        return root if root is not None else Node("scalar", "", self.file, 1)

    def _document(self) -> Node | None:
        events = iter(yaml.parse(self.text, Loader=yaml.BaseLoader))
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._refuse(event, "", "a second document starts here (---)", "keep one document in a file")
                    return root
                root = self._node(next(events), events, "", 0)
        return root

    def _refuse(self, event: yaml.Event, path: str, what: str, fix: str, code: str = "E-YAML") -> None:
        line = event.start_mark.line + 1
        self.problems.append(Problem(code, "refuse", self.file, row=line, column=path or None, what=what, fix=fix))

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int) -> Node:
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            self._refuse(event, path, f"nested more than {MAX_DEPTH} levels deep", "flatten the structure")
            raise SettingsProblemsError(self.problems)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, path, f"refers to another place (*{event.anchor})", "write the value out here")
            return Node("scalar", "", self.file, line, path)
        self._check_marks(event, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, Node("list", [], self.file, line, path), depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, Node("map", {}, self.file, line, path), depth)
        return self._scalar(event, path)

    def _check_marks(self, event: yaml.Event, path: str) -> None:
        if event.anchor:
            self._refuse(event, path, f"has an anchor (&{event.anchor})", "delete the anchor; write values out")
        if event.tag and event.tag != "!":
            what = f"has a tag ({event.tag}); tags can run code and are never followed"
            self._refuse(event, path, what, "delete the tag; quote a text that starts with !")

    def _sequence(self, events: Iterator[yaml.Event], node: Node, depth: int) -> Node:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node.value.append(self._node(event, events, f"{node.path}[{len(node.value)}]", depth + 1))
        return node

    def _mapping(self, events: Iterator[yaml.Event], node: Node, depth: int) -> Node:
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, events, node, depth)
            path = f"{node.path}.{key}" if node.path else key
            value = self._node(next(events), events, path, depth + 1)
            if key in node.value:
                first = node.key_lines[key]
                what = f"the key is given twice (first on line {first})"
                self._refuse(event, path, what, "keep one of the two", "E-DUPLICATE-KEY")
                continue
            node.value[key] = value
            node.key_lines[key] = event.start_mark.line + 1
        return node

    def _key(self, event: yaml.Event, events: Iterator[yaml.Event], node: Node, depth: int) -> str:
        key = self._node(event, events, node.path, depth + 1)
        if key.kind != "scalar":
            what = "a key is a list or a map"
            self._refuse(event, node.path, what, "write a plain word before the colon; quote { and [")
            return "?"
        return key.value

    def _scalar(self, event: yaml.ScalarEvent, path: str) -> Node:
        plain = event.style is None
        unsafe = _UNSAFE.search(event.value)
        if unsafe:
            what = f"holds a character that cannot be shown (U+{ord(unsafe.group()):04X})"
            self._refuse(event, path, what, "delete the escape and type the text again", "E-CHARACTER")
        node = Node("scalar", event.value, self.file, event.start_mark.line + 1, path, not plain)
        if plain and event.value:
            mark = event.end_mark
            rest = self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
            node.comment = rest.strip() if rest.lstrip().startswith("#") else ""
        return node

    def _syntax(self, error: yaml.YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        row = mark.line + 1 if mark else 1
        text = self.lines[row - 1] if row <= len(self.lines) else ""
        words = str(getattr(error, "problem", None) or error).strip()
        tabbed = next((n for n, line in enumerate(self.lines[:row], 1) if re.match(" *\t", line)), None)
        if tabbed or "\\t" in words:
            what, fix = "the line is indented with a tab", "indent with spaces"
            return Problem("E-TAB", "refuse", self.file, row=tabbed or row, what=what, fix=fix)
        if "mapping values are not allowed" in words:
            what = "a colon and a space inside a text that has no quotes"
            fix = f"put the text in quotes: {_quoted(text)}"
            return Problem("E-QUOTE", "refuse", self.file, row=row, what=what, fix=fix)
        what = f"this is not valid YAML: {words}"
        fix = "check indentation and brackets, and put texts with special characters in quotes"
        return Problem("E-YAML", "refuse", self.file, row=row, what=what, fix=fix)


def _quoted(line: str) -> str:
    """The line as it was probably meant: everything after its first colon in quotes."""
    key, _, text = line.strip().partition(":")
    safe = text.strip().replace('"', '\\"')
    return f'{key}: "{safe}"'
