"""The middle of the development plan: the situation, its evidence, and the help that fits."""

from __future__ import annotations

from coachkit.analysis.records import Finding, Intervention, ManagerDossier
from coachkit.presentation.blocks import Block, BulletList, Callout, Cell, Paragraph, Run, Table
from coachkit.presentation.narrative import (
    ATTRIBUTION_WORDS,
    OUTCOME_WORDS,
    capital,
    in_ten,
    join_cut,
    join_words,
    short,
)
from coachkit.presentation.plots import situation_bars
from coachkit.presentation.tables import make_table

ATTRIBUTION_MEANING = {
    "shared": "Other managers of the unit show the same pattern, so look at how the unit works first.",
    "specific": "This stands out from the rest of the unit, so it does not look like a matter of how the unit is set up.",
}
MOST_EVIDENCE = 5
MOST_EXPLAINED = 2
CONFIDED = "confided"
CONFIDED_TEXT = (
    "Judgements of results or potential that the client holds count in these chances and are not quoted here."
)


def situation_section(dossier: ManagerDossier) -> tuple[Block, ...]:
    """The finding, the probabilities, and what to ask when it is not clear."""
    diagnosis = dossier.diagnosis
    outcome = OUTCOME_WORDS[diagnosis.outcome]
    opening = () if diagnosis.summary.startswith(outcome) else (Run(f"{outcome}. ", "strong"),)
    blocks: list[Block] = [Paragraph(runs=(*opening, Run(diagnosis.summary)), tone="lead")]
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
        blocks.append(_evidence_table(explained))
    if any(fact.direction == "context" and fact.field == CONFIDED for f in explained for fact in f.evidence):
        blocks.append(Paragraph(runs=(Run(CONFIDED_TEXT),), tone="small"))
    blocks += _would_change(explained, dossier.recommendation.would_change)
    blocks += _attributions(dossier)
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
    labels = join_words([_with_dose(help_) for help_ in recommendation.interventions])
    status = {
        "proposed": "We suggest",
        "decide_in_conversation": "To be decided in conversation",
        "not_now": "Not now, but later",
    }[recommendation.status]
    rows = [
        ("Why", recommendation.reason),
        ("How sure", recommendation.confidence_text or capital(in_ten(recommendation.confidence))),
        ("What else would do", recommendation.alternative),
        ("What would change this", recommendation.would_change),
        ("Worked on", capital(join_words(_focus(dossier)))),
        ("We will know by", _bullets(recommendation.success_measures)),
    ]
    if recommendation.override_reason:
        rows.append(("Changed by the consultant", recommendation.override_reason))
    blocks: list[Block] = [
        Callout(kind="finding", title=status, runs=(Run(labels or "No coaching or mentoring for now"),)),
        make_table(
            "The recommendation", ("Question", "Answer"), [(Cell(q), Cell(a)) for q, a in rows if a], widths=(22, 78)
        ),
    ]
    if recommendation.gate:
        text = " ".join(f"{entry.rstrip('.')}." for entry in recommendation.gate)
        blocks.append(Callout(kind="caution", title="To settle first", runs=(Run(text),)))
    return tuple(blocks)


def _would_change(findings: list[Finding], said_below: str) -> list[Block]:
    """What would change each finding, unless the recommendation says the same."""
    new = [finding for finding in findings if finding.would_change and finding.would_change not in said_below]
    lead = Run("What would change this: ", "strong")
    if len(new) == 1:
        return [Paragraph(runs=(lead, Run(new[0].would_change)))]
    entries = tuple((Run(f"{finding.title}. ", "strong"), Run(finding.would_change)) for finding in new)
    return [Paragraph(runs=(lead,)), BulletList(entries=entries)] if entries else []


def _to_explain(findings: tuple[Finding, ...], headline_ids: tuple[str, ...]) -> list[Finding]:
    """The headline's findings, else the two most probable ones."""
    chosen = [finding for finding in findings if finding.situation_id in headline_ids]
    if not chosen:
        chosen = sorted(findings, key=lambda finding: -(finding.probability or 0.0))
    return chosen[:MOST_EXPLAINED]


def _evidence_table(findings: list[Finding]) -> Table:
    """For, against and missing; a column that nobody has anything in is left out."""
    columns = {
        "For": [_evidence(finding, "for") for finding in findings],
        "Against": [_evidence(finding, "against") for finding in findings],
        "Missing": [_bullets(finding.missing) for finding in findings],
    }
    columns = {name: texts for name, texts in columns.items() if any(texts)}
    return make_table(
        "What speaks for and against",
        ("Situation", *columns),
        [
            (f"{finding.title} ({in_ten(finding.probability)})", *(texts[row] or "–" for texts in columns.values()))
            for row, finding in enumerate(findings)
        ],
        widths=(20, *([80 / max(len(columns), 1)] * len(columns))),
        note="" if "Against" in columns else "Nothing known speaks against it.",
    )


def _evidence(finding: Finding, direction: str) -> str:
    texts = [evidence.text for evidence in finding.evidence if evidence.direction == direction]
    return _bullets(texts[:MOST_EVIDENCE])


def _bullets(texts: tuple[str, ...] | list[str]) -> str:
    return texts[0] if len(texts) == 1 else "\n".join(f"• {text}" for text in texts)


def _attributions(dossier: ManagerDossier) -> list[Block]:
    """Person or system: what can be told, one line each; what cannot, in one sentence."""
    attributions = dossier.diagnosis.attributions
    told = [attribution for attribution in attributions if attribution.verdict != "cannot_tell"]
    blocks: list[Block] = []
    for verdict in dict.fromkeys(attribution.verdict for attribution in told):
        names = join_words([_name(dossier, a.competency_id) for a in told if a.verdict == verdict])
        runs = (Run(f"{ATTRIBUTION_WORDS[verdict]}: {names}. ", "strong"), Run(ATTRIBUTION_MEANING[verdict]))
        blocks.append(Paragraph(runs=runs))
    open_names = [_name(dossier, a.competency_id) for a in attributions if a.verdict == "cannot_tell"]
    if open_names:
        text = f"Whether it is about you or about how the unit is set up cannot be told for {join_cut(open_names)}."
        blocks.append(Paragraph(runs=(Run(text),), tone="small"))
    return blocks


def _name(dossier: ManagerDossier, competency_id: str) -> str:
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    return names.get(competency_id, competency_id)


def _focus(dossier: ManagerDossier) -> list[str]:
    """Names of what the help works on, each once; words that are no competency id stay as they are."""
    names = {score.competency_id: short(score) for score in dossier.profile.scores}
    ids = [entry for help_ in dossier.recommendation.interventions for entry in help_.focus]
    return list(dict.fromkeys(names.get(entry, entry) for entry in ids))


def _with_dose(help_: Intervention) -> str:
    return f"{help_.label} ({help_.dose})" if help_.dose not in {"", "none"} else help_.label
