"""Actions of a plan: two or three per priority, of different kinds, fitting the level and the lowest items.

References
----------
The mix of work, other people and courses is a prompt, not a formula: Clardy, A. (2018). 70-20-10 and the dominance
of informal learning: a fact in search of evidence. Human Resource Development Review, 17, 153-178.
"""

from __future__ import annotations

from coachkit.analysis.planning.goals import PLACEHOLDER
from coachkit.analysis.planning.library import ActionKind, ActionTemplate, PlanLibrary
from coachkit.analysis.records import Action, Priority, Profile

ALL_KINDS: tuple[ActionKind, ...] = ("on_the_job", "with_others", "learning")
PAIRS: tuple[tuple[ActionKind, ...], ...] = (("on_the_job", "with_others"), ("on_the_job", "learning"))
TRAINING_PAIR: tuple[ActionKind, ...] = ("on_the_job", "learning")
LEARNING_FIRST: tuple[ActionKind, ...] = ("learning", "on_the_job")


def choose_actions(
    profile: Profile,
    priorities: tuple[Priority, ...],
    library: PlanLibrary,
    role_level: str,
    is_training_first: bool = False,
    is_waiting: bool = False,
) -> tuple[Action, ...]:
    """Choose the actions of a plan, in the order of the priorities.

    Within a kind, actions for the manager's level come first, then those that train the indicator others rated
    lowest (where item means are released), then the order of the file; so equal input gives equal plans.

    Parameters
    ----------
    profile : Profile
        Its released item means steer the choice.
    priorities : tuple of Priority
        One or two get three actions each, three get two each.
    library : PlanLibrary
        Where the actions come from.
    role_level : str
        Role level id of the instrument; unknown levels get whatever fits every level, then the rest.
    is_training_first, is_waiting : bool
        Training comes first, or the readiness conditions are not met: every priority has a learning action.
    """
    chosen: list[Action] = []
    for position, priority in enumerate(priorities):
        kinds = _kinds(position, len(priorities), is_training_first, is_waiting)
        used: set[str] = set()
        for kind in kinds:
            candidates = [a for a in library.actions_for(priority.competency_id) if a.kind == kind]
            template = _best(candidates, profile, role_level, used)
            if template is not None:
                used.add(template.item_id)
                chosen.append(_action(template, priority))
    return tuple(chosen)


def _kinds(position: int, n_priorities: int, is_training_first: bool, is_waiting: bool) -> tuple[ActionKind, ...]:
    if is_waiting:
        return LEARNING_FIRST
    if n_priorities < 3:
        return ALL_KINDS
    return TRAINING_PAIR if is_training_first else PAIRS[position % len(PAIRS)]


def _best(candidates: list[ActionTemplate], profile: Profile, role_level: str, used: set[str]) -> ActionTemplate | None:
    """The action that fits best: level, an indicator not yet used here, the lowest item, file order."""
    lowest = {item.item_id: item.others for item in profile.items if item.others is not None}

    def order(action: ActionTemplate) -> tuple[int, bool, float]:
        fit = 0 if role_level in action.levels else 1 if not action.levels else 2
        return fit, action.item_id in used, lowest.get(action.item_id, float("inf"))

    return min(candidates, key=order, default=None)


def _action(template: ActionTemplate, priority: Priority) -> Action:
    def named(text: str) -> str:
        return text.replace(PLACEHOLDER, priority.name)

    return Action(
        id=template.id,
        competency_id=priority.competency_id,
        kind=template.kind,
        title=named(template.title),
        purpose=named(template.purpose),
        first_step=named(template.first_step),
        evidence_of_success=named(template.evidence_of_success),
        levels=template.levels,
        effort=template.effort,
    )
