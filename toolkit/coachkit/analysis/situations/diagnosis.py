"""`diagnose`: the five situations for a whole cohort; records are worded only for the managers asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coachkit.analysis.records import Attribution, Diagnosis, UnitFinding
from coachkit.analysis.situations.engine import (
    CHECKS,
    SITUATION_IDS,
    UNIT_CHECK,
    Judged,
    answer_options,
    check_rules,
    judge_cohort,
)
from coachkit.analysis.situations.evidence import Facts
from coachkit.analysis.situations.findings import all_findings, manager_facts, unit_facts, unit_finding
from coachkit.analysis.situations.inputs import CohortInputs
from coachkit.analysis.situations.outcome import Outcome, Standing, decide, status_of
from coachkit.analysis.situations.summary import summarize
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.analysis.units import attribute
from coachkit.errors import UnknownNameError

if TYPE_CHECKING:
    from coachkit.analysis.profiles import CohortProfiles

ASPIRES = "aspires_to_senior"
PERSONAL = tuple(name for name in SITUATION_IDS if name != UNIT_CHECK.id)
STEADY = SITUATION_IDS.index("steady_state")


@dataclass(frozen=True)
class CohortDiagnosis:
    """Situations of a whole cohort.

    Attributes
    ----------
    inputs : CohortInputs
        The numbers the rules were judged on, managers in roster order.
    judged, judged_units : Judged
        Probabilities per manager and per unit.
    rules : SituationRules
    attributions : dict of manager id -> tuple of Attribution
        Person or system, for IMP and every clear gap.
    """

    inputs: CohortInputs
    judged: Judged
    judged_units: Judged
    rules: SituationRules
    attributions: dict[str, tuple[Attribution, ...]]

    @property
    def manager_ids(self) -> tuple[str, ...]:
        """Ids in roster order."""
        return self.inputs.manager_ids

    @cached_property
    def probability(self) -> pd.DataFrame:
        """Managers x situations, 0-1; what is missing counts as its documented answers. NaN = nothing known."""
        return pd.DataFrame(self.judged.mid, index=list(self.manager_ids), columns=list(SITUATION_IDS))

    @property
    def p_below(self) -> dict[str, np.ndarray]:
        """P(true < target) per scale, shape (n_managers,)."""
        return self.inputs.p_below

    @cached_property
    def units(self) -> tuple[UnitFinding, ...]:
        """The unit situation for every unit."""
        return tuple(
            unit_finding(self.inputs, unit_facts(self.inputs, self.p_below, self.rules, u), self.judged_units, u)
            for u in range(len(self.inputs.unit_ids))
        )

    @cached_property
    def _row(self) -> dict[str, int]:
        return {manager_id: row for row, manager_id in enumerate(self.manager_ids)}

    def unit_of(self, manager_id: str) -> str | None:
        """The manager's unit id, None without one."""
        code = int(self.inputs.unit_code[self.row(manager_id)])
        return None if code < 0 else self.inputs.unit_ids[code]

    def row(self, manager_id: str) -> int:
        """Position in roster order; raises UnknownNameError."""
        try:
            return self._row[manager_id]
        except KeyError:
            raise UnknownNameError.from_choice("manager", manager_id, self.manager_ids) from None

    def facts(self, manager_id: str) -> Facts:
        """Everything known about one manager."""
        return manager_facts(self.inputs, self.p_below, self.rules, self.row(manager_id))

    def clear_gaps(self, manager_id: str) -> tuple[str, ...]:
        """Competencies that lie clearly below target, most certain first."""
        row, limit = self.row(manager_id), self.rules.engine_value("clear_gap")
        chances = {scale: float(values[row]) for scale, values in self.p_below.items() if values[row] >= limit}
        return tuple(sorted(chances, key=lambda scale: (-chances[scale], scale)))

    def outcome(self, manager_id: str) -> tuple[Outcome, tuple[str, ...]]:
        """Kind of answer and headline situations of one manager."""
        return decide(self.standing(manager_id), self.rules)

    def standing(self, manager_id: str) -> Standing:
        """What the outcome rests on."""
        row = self.row(manager_id)
        scored = [not np.isnan(values[row]) for values in self.p_below.values()]
        undecided = frozenset(
            name for name in PERSONAL if self._status(row, SITUATION_IDS.index(name)) == "cannot_tell"
        )
        return Standing(
            {name: float(self.judged.mid[row, SITUATION_IDS.index(name)]) for name in PERSONAL},
            undecided,
            self._shares_unit_pattern(row),
            len(self.clear_gaps(manager_id)),
            float(np.mean(scored)) if scored else 0.0,
        )

    def _status(self, row: int, column: int) -> str:
        low, mid, high = (float(part[row, column]) for part in (self.judged.low, self.judged.mid, self.judged.high))
        return status_of(low, mid, high, self.rules)

    def _shares_unit_pattern(self, row: int) -> bool:
        if self._status(row, SITUATION_IDS.index(UNIT_CHECK.id)) != "recognised":
            return False
        limit = self.rules.engine_value("shares_unit_pattern")
        below = float(self.p_below["IMP"][row]) if "IMP" in self.p_below else 0.0
        return below >= limit or float(self.judged.alone[row, STEADY]) >= limit

    def diagnosis(self, manager_id: str) -> Diagnosis:
        """The worded diagnosis of one manager; raises UnknownNameError."""
        row = self.row(manager_id)
        facts = self.facts(manager_id)
        code = int(self.inputs.unit_code[row])
        findings = all_findings(facts, self.judged, row, self.units[code] if code >= 0 else None)
        outcome, headline = self.outcome(manager_id)
        field = self.most_useful_missing(manager_id)
        question = self._question(outcome, headline, field)
        recognised = headline if outcome == "recognised" else ()
        return Diagnosis(
            manager_id=manager_id,
            outcome=outcome,
            headline_ids=recognised,
            summary=summarize(outcome, headline, self.standing(manager_id), findings, self.rules),
            findings=findings,
            most_useful_missing=self.rules.label(field) if field else None,
            question_to_ask=question,
            attributions=self.attributions.get(manager_id, ()),
        )

    def most_useful_missing(self, manager_id: str) -> str | None:
        """The missing field whose answers would move a situation most; None if none would move one enough.

        Only situations count that some answer would make possible; a move among unlikely chances settles nothing.

        A wish for a senior role is asked for whenever that situation leads: it is never inferred. The unit's
        situation settles nothing about the person, so what a situation of the person hangs on is still asked for.
        """
        row, facts = self.row(manager_id), self.facts(manager_id)
        outcome, headline = self.outcome(manager_id)
        if self._awaits_wish(outcome, headline, manager_id) and np.isnan(facts.value(ASPIRES)):
            return ASPIRES
        if outcome in ("none_of_the_five", "no_intervention"):
            return None
        if outcome == "recognised" and not (headline == (UNIT_CHECK.id,) and self.standing(manager_id).undecided):
            return None
        options = answer_options(self.rules)
        moves: dict[str, float] = {}
        for name in dict.fromkeys(name for name, _ in options):
            asked_by = [k for k, check in enumerate(CHECKS) if name in check.fields and check is not UNIT_CHECK]
            if asked_by and np.isnan(facts.value(name)):
                columns = [k for k, (field, _) in enumerate(options) if field == name]
                chances = self.judged.by_answer[row][np.ix_(asked_by, columns)]
                counts = chances.max(axis=1) >= self.rules.engine_value("possible")
                moves[name] = float((np.ptp(chances, axis=1) * counts).max())
        best = max(moves, key=lambda name: moves[name], default=None)
        return best if best is not None and moves[best] >= self.rules.engine_value("useful_change") else None

    def _awaits_wish(self, outcome: Outcome, headline: tuple[str, ...], manager_id: str) -> bool:
        if headline != ("senior_potential",):
            return False
        return outcome == "recognised" or "senior_potential" not in self.standing(manager_id).undecided

    def _question(self, outcome: Outcome, headline: tuple[str, ...], field: str | None) -> str | None:
        if field is not None:
            return self.rules.fields[field].question
        return self.rules.situations[headline[0]].question if outcome == "unclear" else None

    def all(self) -> tuple[Diagnosis, ...]:
        """Every manager's diagnosis in roster order."""
        return tuple(self.diagnosis(manager_id) for manager_id in self.manager_ids)


def diagnose(
    profiles: CohortProfiles, rules: SituationRules, n_draws: int = 2000, random_state: int = 0
) -> CohortDiagnosis:
    """Recognise the five situations in a cohort.

    Parameters
    ----------
    profiles : CohortProfiles
        Estimates, standard errors and targets (managers x competencies, scale points) and the cohort's tables.
    rules : SituationRules
        Thresholds, as :func:`coachkit.engagement.rules.load_situation_rules` reads them.
    n_draws : int
        Draws per manager; the same draws serve every manager, so results do not depend on row order.
    random_state : int
        Seed; equal seeds give equal results.

    Returns
    -------
    CohortDiagnosis
        ``probability`` (managers x situations, 0-1) at once; worded records when asked for.

    Raises
    ------
    SettingsError
        If the rules lack a threshold, support or field.

    Notes
    -----
    The probability is the share of draws of (true profile, thresholds, missing answers) that satisfy the rule,
    its log-odds moved by the supports. Errors of a manager's competencies correlate by ``shared_error``.

    References
    ----------
    Saltelli et al. (2008), Global Sensitivity Analysis: the Primer. Wiley.
    """
    check_rules(rules)
    inputs, judged, units = judge_cohort(profiles, rules, n_draws, random_state)
    return CohortDiagnosis(inputs, judged, units, rules, attribute(profiles, rules))
