"""One value of a YAML file and the place it stands at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from coachkit.engagement.problems import Problem

_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass(slots=True)
class Node:
    """One value of a YAML file with the place it stands at.

    ``value`` is a str, a list of nodes, or a dict of str to node. ``is_quoted`` tells ``"3"`` from ``3``;
    ``comment`` is the comment that follows an unquoted text on its line and may have been meant as text.
    """

    kind: Literal["scalar", "list", "map"]
    value: Any
    file: str
    line: int
    path: str = ""
    is_quoted: bool = False
    comment: str = ""
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given (``key:``, ``~`` or ``null``)."""
        return self.kind == "scalar" and not self.is_quoted and self.value in _NULLS

    def get(self, key: str) -> Node | None:
        """The value under ``key`` of a map; None when absent or not a map."""
        return self.value.get(key) if self.kind == "map" else None

    def plain(self) -> Any:  # noqa: ANN401 - nested dicts, lists and strings
        """The same content as plain dicts, lists and strings."""
        if self.kind == "map":
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if self.kind == "list" else self.value

    def problem(self, code: str, what: str, fix: str, value: str | None = None) -> Problem:
        """A refusal at this place."""
        return Problem(
            code,
            "refuse",
            self.file,
            row=self.line,
            column=self.path or None,
            value=value,
            what=what,
            fix=fix,
        )
