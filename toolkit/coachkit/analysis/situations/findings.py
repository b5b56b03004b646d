"""Turns probabilities into findings a reader can follow: evidence, what is missing, what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from coachkit.analysis.records import Evidence, Finding, UnitFinding
from coachkit.analysis.situations.base import Check
from coachkit.analysis.situations.engine import CHECKS, UNIT_CHECK, Judged, answer_options
from coachkit.analysis.situations.evidence import Facts, context_note
from coachkit.analysis.situations.inputs import CohortInputs
from coachkit.analysis.situations.outcome import Status, status_of
from coachkit.analysis.situations.thresholds import SituationRules
from coachkit.analysis.wording import in_ten

STATUS_WORDS = {"recognised": "recognised", "possible": "possible", "unlikely": "unlikely"}


def manager_facts(inputs: CohortInputs, p_below: dict[str, np.ndarray], rules: SituationRules, i: int) -> Facts:
    """Everything known about the manager in row ``i``."""

    def pick(part: dict[str, np.ndarray]) -> dict[str, float]:
        return {name: float(values[i]) for name, values in part.items()}

    return Facts(
        rules,
        "",
        pick(inputs.context),
        pick(inputs.estimate),
        pick(p_below),
        pick(inputs.target),
        inputs.names,
        inputs.profile_ids,
    )


def unit_facts(inputs: CohortInputs, p_below: dict[str, np.ndarray], rules: SituationRules, u: int) -> Facts:
    """Everything known about unit ``u``; of its managers only the expected share below target in IMP."""
    context = {name: float(values[u]) for name, values in inputs.unit_context.items()}
    chances = p_below["IMP"][inputs.unit_code == u] if "IMP" in p_below else np.array([])
    chances = chances[~np.isnan(chances)]
    context["share_below_imp"] = float(chances.mean()) if chances.size else np.nan
    return Facts(rules, UNIT_CHECK.id, context, {}, {}, {}, inputs.names, inputs.profile_ids)


def word_finding(check: Check, facts: Facts, judged: Judged, row: int, column: int) -> Finding:
    """One situation's finding for one manager (or unit)."""
    rules = facts.rules
    facts = replace(facts, situation_id=check.id)
    low, mid, high = (float(part[row, column]) for part in (judged.low, judged.mid, judged.high))
    status = status_of(low, mid, high, rules)
    not_asked = [scale for scale in check.scales if scale not in facts.profile_ids]
    if not_asked and status != "recognised":
        status = "cannot_tell"
    found = list(check.evidence(facts))
    if status == "cannot_tell" and low < high:
        found.append(
            context_note(
                f"What is missing decides it: the chance could be anything from {in_ten(low)} to {in_ten(high)}."
            )
        )
    return Finding(
        situation_id=check.id,
        title=rules.situations[check.id].title,
        probability=None if status == "cannot_tell" else round(mid, 4),
        status=status,
        evidence=tuple(found),
        missing=missing_words(check, facts),
        would_change=would_change(check, facts, judged.by_answer[row, column], status),
    )


def missing_words(check: Check, facts: Facts) -> tuple[str, ...]:
    """What the rule asks for and does not know, in plain words; a wish for a senior role is always asked for."""
    fields = [name for name in check.fields if np.isnan(facts.value(name))]
    if check.id == "senior_potential" and np.isnan(facts.value("aspires_to_senior")):
        fields.append("aspires_to_senior")
    scales = [name for name in check.scales if np.isnan(facts.p_below.get(name, np.nan))]
    return (
        *(facts.rules.label(name) for name in fields),
        *(
            f"ratings for {facts.named(name)}"
            if name in facts.profile_ids
            else f"{name}, which this instrument does not ask for"
            for name in scales
        ),
    )


def would_change(check: Check, facts: Facts, by_answer: Sequence[float], status: Status) -> str:
    """What would lead to another answer: a missing field's answer if one does, else the rule's own words."""
    rules, best, rank = facts.rules, "", (False, 0.0)
    for (name, k), chance in zip(answer_options(rules), by_answer, strict=True):
        if name not in check.fields or not np.isnan(facts.value(name)) or np.isnan(chance):
            continue
        then = status_of(chance, chance, chance, rules)
        if then != status and (then == "recognised", abs(chance - 0.5)) > rank:
            rank = (then == "recognised", abs(chance - 0.5))
            answer = rules.fields[name].answers[k].wording
            best = (
                f"Still to be learnt: {rules.label(name)}. With the answer “{answer}” this would become "
                f"{STATUS_WORDS[then]} ({in_ten(float(chance))})."
            )
    rule = rules.situations[check.id]
    return best or (rule.if_recognised if status == "recognised" else rule.if_not_recognised)


def unit_finding(inputs: CohortInputs, facts: Facts, judged: Judged, u: int) -> UnitFinding:
    """The unit's situation; with too few managers only that nothing can be said."""
    n_managers = int((inputs.unit_code == u).sum())
    if np.isnan(judged.mid[u, 0]):
        least = facts.limit("minimum_managers")
        finding = Finding(
            UNIT_CHECK.id,
            facts.rules.situations[UNIT_CHECK.id].title,
            None,
            "cannot_tell",
            missing=(f"scores of at least {least:.0f} managers of the unit",),
            would_change="With scores of more managers of the unit something could be said.",
        )
    else:
        finding = word_finding(UNIT_CHECK, facts, judged, u, 0)
    figures = {name: _plain(facts.value(name)) for name in inputs.unit_context}
    return UnitFinding(inputs.unit_ids[u], inputs.unit_names[u], n_managers, finding, figures)


def of_unit(finding: UnitFinding | None, rules: SituationRules) -> Finding:
    """The unit's finding as a manager reads it: about the unit, never about the person."""
    title = rules.situations[UNIT_CHECK.id].title
    if finding is None:
        return Finding(UNIT_CHECK.id, title, None, "cannot_tell", missing=("the unit this manager works in",))
    remark: Evidence = context_note(f"This describes the unit {finding.unit_name}, not one manager.", "unit_id")
    return replace(finding.finding, evidence=(remark, *finding.finding.evidence))


def all_findings(facts: Facts, judged: Judged, row: int, unit: UnitFinding | None) -> tuple[Finding, ...]:
    """Findings of all five situations for one manager, in the order of the checks."""
    worded = [
        of_unit(unit, facts.rules) if check is UNIT_CHECK else word_finding(check, facts, judged, row, column)
        for column, check in enumerate(CHECKS)
    ]
    for column, finding in enumerate(worded):
        if judged.alone[row, column] > judged.mid[row, column] and finding.probability is not None:
            remark = context_note("The unit as a whole shows the pattern, so the unit is looked at first.", "unit_id")
            worded[column] = replace(finding, evidence=(*finding.evidence, remark))
    return tuple(worded)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value
