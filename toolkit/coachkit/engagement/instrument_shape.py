"""The form of ``instrument.yaml`` as records; ``instrument.schema.json`` says the same to editors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Sourced:
    """A number that decides something, with where it comes from and how far it is supported."""

    value: float
    source: str
    status: Literal["default", "agreed", "validated"] = "default"


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """One labelled answer."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class ResponseFormatFile:
    """The answers on offer: ``low .. high`` in steps."""

    low: float
    high: float
    anchors: tuple[AnchorFile, ...]
    step: float = 1.0
    not_observed: str | None = None


@dataclass(frozen=True, slots=True)
class RaterGroupFile:
    """One rater group; numbers left out take the toolkit's defaults."""

    label: str
    is_self: bool = False
    is_confidential: bool | None = None
    minimum: Sourced | None = None
    weight: Sourced | None = None
    single_rater_reliability: Sourced | None = None


@dataclass(frozen=True, slots=True)
class RoleLevelFile:
    """One role level with its target, and targets of single competencies that differ."""

    label: str
    target: Sourced
    targets: dict[str, Sourced] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompetencyFile:
    """One scale: which items it has, which of them are reverse-keyed, and who is asked."""

    name: str
    short_name: str
    definition: str
    items: tuple[str, ...]
    reverse_keyed: tuple[str, ...] = ()
    asked_of: tuple[str, ...] | None = None
    min_share_answered: Sourced | None = None
    in_profile: bool = True


@dataclass(frozen=True, slots=True)
class ItemFile:
    """One item's wording; ``asked_of`` replaces the list of its competency."""

    text_rater: str = ""
    text_self: str = ""
    indicator: str = ""
    asked_of: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CommentQuestionFile:
    """One open question."""

    text_rater: str
    text_self: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """``instrument.yaml`` as written."""

    id: str
    version: str
    language: str
    title: str
    purpose: str
    citation: str
    licence: str
    response_format: ResponseFormatFile
    rater_groups: dict[str, RaterGroupFile]
    role_levels: dict[str, RoleLevelFile]
    competencies: dict[str, CompetencyFile]
    items: dict[str, ItemFile]
    comment_questions: dict[str, CommentQuestionFile] = field(default_factory=dict)
    min_share_answered: Sourced | None = None
    permitted_use: str = ""
    instruction_self: str = ""
    instruction_rater: str = ""

    def home_of(self, item_id: str) -> str:
        """Id of the competency an item belongs to, "" for none."""
        homes = (name for name, competency in self.competencies.items() if item_id in competency.items)
        return next(homes, "")

    def asked_of(self, item_id: str) -> tuple[str, ...]:
        """The rater groups an item is asked of: its own list, its competency's, or every group."""
        item, home = self.items.get(item_id), self.competencies.get(self.home_of(item_id))
        if item is not None and item.asked_of is not None:
            return item.asked_of
        if home is not None and home.asked_of is not None:
            return home.asked_of
        return tuple(self.rater_groups)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One contradiction: where, what was given, what is wrong, how to put it right."""

    path: str
    value: str
    what: str
    fix: str
