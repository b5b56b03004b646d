"""The questionnaire as data: competencies, items, rater groups, response format and role targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from coachkit.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Anchor:
    """One labelled point of the response format."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """What may be answered: ``low .. high`` in steps, every anchor labelled, and perhaps "Not observed".

    ``n_options`` is the number of distinct ratings, used by within-group agreement.
    """

    low: float
    high: float
    anchors: tuple[Anchor, ...]
    step: float = 1.0
    not_observed: str | None = None

    @property
    def n_options(self) -> int:
        """Number of distinct ratings the format allows."""
        return round((self.high - self.low) / self.step) + 1


@dataclass(frozen=True, slots=True)
class RaterGroup:
    """Who rates: self, manager (the line manager), peers, reports, or a group of the client's own.

    ``minimum`` is the smallest number of raters whose mean may be shown at competency level; ``weight`` the
    declared weight in "others"; ``single_rater_reliability`` the prior inter-rater reliability of one rater.
    """

    id: str
    label: str
    is_self: bool = False
    is_confidential: bool = True
    minimum: int = 3
    weight: float = 1.0
    single_rater_reliability: float = 0.37


@dataclass(frozen=True, slots=True)
class Item:
    """One statement, worded for the person and for raters; ``asked_of`` routes it to rater groups."""

    id: str
    competency_id: str
    indicator: str
    text_self: str
    text_rater: str
    asked_of: tuple[str, ...]
    is_reverse_keyed: bool = False


@dataclass(frozen=True, slots=True)
class Competency:
    """A scale: its items, and the smallest share of them (0-1) a rater must answer to count.

    ``in_profile`` is False for scales that inform the diagnosis without being a development need (TECH).
    """

    id: str
    name: str
    short_name: str
    definition: str
    item_ids: tuple[str, ...]
    min_share_answered: float = 0.5
    in_profile: bool = True


@dataclass(frozen=True, slots=True)
class CommentQuestion:
    """An open question, worded for the person and for raters."""

    id: str
    text_self: str
    text_rater: str


@dataclass(frozen=True, slots=True)
class RoleLevel:
    """A level of role with its default target in scale points, and targets that differ by competency."""

    id: str
    label: str
    target: float
    targets: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Instrument:
    """A questionnaire that can be asked, scored and reported.

    Consistency (item in two scales, unknown ids, gaps in anchors) is checked where files are read, by
    ``coachkit.load_instrument``.
    """

    id: str
    version: str
    language: str
    title: str
    purpose: str
    citation: str
    licence: str
    response_format: ResponseFormat
    rater_groups: tuple[RaterGroup, ...]
    competencies: tuple[Competency, ...]
    items: tuple[Item, ...]
    role_levels: tuple[RoleLevel, ...]
    comment_questions: tuple[CommentQuestion, ...] = ()
    permitted_use: str = ""
    instruction_self: str = ""
    instruction_rater: str = ""

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Ids of all items in questionnaire order."""
        return tuple(item.id for item in self.items)

    @cached_property
    def profile_competencies(self) -> tuple[Competency, ...]:
        """The competencies that make up the development profile."""
        return tuple(competency for competency in self.competencies if competency.in_profile)

    @cached_property
    def profile_ids(self) -> tuple[str, ...]:
        """Ids of the competencies in the development profile."""
        return tuple(competency.id for competency in self.profile_competencies)

    @cached_property
    def self_group(self) -> RaterGroup | None:
        """The group of self-raters, if the instrument asks for a self-assessment."""
        return next((group for group in self.rater_groups if group.is_self), None)

    def competency(self, competency_id: str) -> Competency:
        """Look up a competency; raises UnknownNameError naming the nearest id."""
        return _look_up("competency", competency_id, self.competencies)

    def item(self, item_id: str) -> Item:
        """Look up an item; raises UnknownNameError naming the nearest id."""
        return _look_up("item", item_id, self.items)

    def rater_group(self, group_id: str) -> RaterGroup:
        """Look up a rater group; raises UnknownNameError naming the nearest id."""
        return _look_up("rater group", group_id, self.rater_groups)

    def role_level(self, level_id: str) -> RoleLevel:
        """Look up a role level; raises UnknownNameError naming the nearest id."""
        return _look_up("role level", level_id, self.role_levels)

    def target(self, level_id: str, competency_id: str) -> float:
        """Role target of one competency at one level, in scale points."""
        level = self.role_level(level_id)
        return level.targets.get(competency_id, level.target)


def _look_up(kind, given, records):  # noqa: ANN001, ANN202 - generic over the records above
    for record in records:
        if record.id == given:
            return record
    raise UnknownNameError.from_choice(kind, given, [record.id for record in records])
