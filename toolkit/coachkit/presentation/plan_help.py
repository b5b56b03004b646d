"""The middle of the development plan: the situation, its evidence, and the help that fits."""

from __future__ import annotations

from coachkit.analysis.records import Attribution, Finding, ManagerDossier
from coachkit.presentation.blocks import Block, BulletList, Callout, Cell, Paragraph, Run
from coachkit.presentation.narrative import ATTRIBUTION_WORDS, OUTCOME_WORDS, capital, in_ten, join_words
from coachkit.presentation.plots import situation_bars
from coachkit.presentation.tables import make_table

MOST_EVIDENCE = 5
MOST_EXPLAINED = 2


def situation_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """The finding, the probabilities, and what to ask when it is not clear."""
    diagnosis = dossier.diagnosis
    blocks: list[Block] = [
        Paragraph(runs=(Run(f"{OUTCOME_WORDS[diagnosis.outcome]}. ", "strong"), Run(diagnosis.summary)), tone="lead")
    ]
    if diagnosis.findings:
        blocks.append(situation_bars(diagnosis.findings))
    if diagnosis.question_to_ask:
        blocks.append(Callout(kind="question", title="What to ask", runs=(Run(diagnosis.question_to_ask),)))
    return tuple(blocks)


def evidence_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Evidence for and against the most probable situations, what is missing, and person or system."""
    diagnosis = dossier.diagnosis
    blocks: list[Block] = []
    explained = _to_explain(diagnosis.findings, diagnosis.headline_ids)
    if explained:
        blocks.append(
            make_table(
                "What speaks for and against",
                ("Situation", "For", "Against", "Missing"),
                [
                    (
                        f"{finding.title} ({in_ten(finding.probability)})",
                        _evidence(finding, "for"),
                        _evidence(finding, "against"),
                        _bullets(finding.missing) or "nothing",
                    )
                    for finding in explained
                ],
                widths=(18, 34, 30, 18),
            )
        )
    would_change = join_words(list(dict.fromkeys(f.would_change.rstrip(".") for f in explained if f.would_change)))
    if would_change:
        blocks.append(Paragraph(runs=(Run("What would change this: ", "strong"), Run(f"{would_change}."))))
    if diagnosis.attributions:
        blocks.append(BulletList(entries=tuple(_attribution(dossier, a) for a in diagnosis.attributions)))
    if dossier.segment_name:
        share = max(dossier.segment_membership.values(), default=None)
        text = (
            f"Your answers most resemble the group “{dossier.segment_name}” ({in_ten(share)}); this describes "
            "answers, not you."
        )
        blocks.append(Paragraph(runs=(Run(text),), tone="small"))
    return tuple(blocks)


def recommendation_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """What help fits, why, how sure, what else would do and what would change the answer."""
    recommendation = dossier.recommendation
    labels = join_words([f"{help_.label} ({help_.dose})" for help_ in recommendation.interventions])
    status = {
        "proposed": "We suggest",
        "decide_in_conversation": "To be decided in conversation",
        "not_now": "Not now, but later",
    }[recommendation.status]
    rows = [
        ("Why", recommendation.reason),
        ("How sure", _sure(recommendation.confidence, recommendation.confidence_text)),
        ("What else would do", recommendation.alternative),
        ("What would change this", recommendation.would_change),
        ("Worked on", capital(join_words(_focus(dossier)))),
        ("We will know by", _bullets(recommendation.success_measures)),
    ]
    if recommendation.override_reason:
        rows.append(("Changed by the consultant", recommendation.override_reason))
    blocks: list[Block] = [
        Callout(kind="finding", title=status, runs=(Run(labels or "no coaching or mentoring for now"),)),
        make_table(
            "The recommendation", ("Question", "Answer"), [(Cell(q), Cell(a)) for q, a in rows if a], widths=(22, 78)
        ),
    ]
    if recommendation.gate:
        text = f"Before coaching starts: {'; '.join(entry.rstrip('.') for entry in recommendation.gate)}."
        blocks.append(Callout(kind="caution", title="To settle first", runs=(Run(text),)))
    return tuple(blocks)


def _to_explain(findings: tuple[Finding, ...], headline_ids: tuple[str, ...]) -> list[Finding]:
    """The headline's findings, else the two most probable ones."""
    chosen = [finding for finding in findings if finding.situation_id in headline_ids]
    if not chosen:
        chosen = sorted(findings, key=lambda finding: -(finding.probability or 0.0))
    return chosen[:MOST_EXPLAINED]


def _evidence(finding: Finding, direction: str) -> str:
    texts = [evidence.text for evidence in finding.evidence if evidence.direction == direction]
    return _bullets(texts[:MOST_EVIDENCE]) or "nothing known"


def _bullets(texts: tuple[str, ...] | list[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"• {text}" for text in texts)


def _attribution(dossier: ManagerDossier, attribution: Attribution) -> tuple[Run, ...]:
    names = {score.competency_id: score.name for score in dossier.profile.scores}
    name = names.get(attribution.competency_id, attribution.competency_id)
    return Run(f"{name}: {ATTRIBUTION_WORDS[attribution.verdict]}. ", "strong"), Run(attribution.text)


def _focus(dossier: ManagerDossier) -> list[str]:
    """Names of what the help works on, each once; words that are no competency id stay as they are."""
    names = {score.competency_id: score.name for score in dossier.profile.scores}
    ids = [entry for help_ in dossier.recommendation.interventions for entry in help_.focus]
    return list(dict.fromkeys(names.get(entry, entry) for entry in ids))


def _sure(confidence: float | None, text: str) -> str:
    return text if confidence is None else f"{in_ten(confidence)}. {text}"
