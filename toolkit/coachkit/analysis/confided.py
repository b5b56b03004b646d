"""What others said about a manager in confidence: it counts in the judgement and is quoted on no page of the manager's."""

from __future__ import annotations

from dataclasses import replace

from coachkit.analysis.records import Diagnosis, Evidence, Finding

CONFIDED_FIELDS = frozenset({"potential_seen", "potential_rated_by", "performance_vs_expectations", "open_hr_process"})


def for_the_manager(diagnosis: Diagnosis) -> Diagnosis:
    """A diagnosis without what others said about the manager in confidence: talent review, performance, HR.

    The judgement still counts in the probability; the report does not quote it.
    """
    return replace(diagnosis, findings=tuple(_without_confided(finding) for finding in diagnosis.findings))


def _without_confided(finding: Finding) -> Finding:
    """The finding with a remark in place of what was confided, so that the reader knows something is left out."""
    kept = tuple(fact for fact in finding.evidence if fact.field not in CONFIDED_FIELDS)
    if len(kept) == len(finding.evidence):
        return finding
    return replace(
        finding, evidence=(*kept, Evidence("Judgements held by the client count too.", "context", "confided"))
    )
