"""The first and the last lines of every report: who, when, what it is for, where it comes from."""

from __future__ import annotations

from coachkit.analysis.records import CohortDossier, EngagementInfo, ManagerDossier, ManagerInfo, Provenance
from coachkit.presentation.blocks import Block, Callout, Cover, Paragraph, Run
from coachkit.presentation.narrative import count, day
from coachkit.presentation.theme import Theme

LIMITS = (
    "For development only. This report must not be used for hiring, pay, promotion or dismissal. It describes how "
    "people answered a questionnaire at one time; it is not a psychological assessment. Thresholds and priors are "
    "starting values that have not been validated for this organisation. Answers are confidential: groups that are "
    "too small to protect their raters are not shown."
)


def plan_cover(dossier: ManagerDossier) -> tuple[Block, ...]:
    """Cover of the development plan: name, role, unit, wave and confidentiality."""
    confidential = "Confidential. For the manager; shared with the coach or mentor only with the manager's agreement."
    return (audience_cover(dossier, "Development plan", confidential),)


def audience_cover(dossier: ManagerDossier, title: str, confidential: str) -> Cover:
    """Cover of a document about one manager, with what its reader may know of the manager's role."""
    info, manager = dossier.engagement, dossier.manager
    lines = (role_line(manager), _occasion(info))
    return _cover(title, manager.name, lines, confidential, info, dossier.provenance)


def role_line(manager: ManagerInfo) -> str:
    """Title, unit and role level, as far as they are known."""
    return " · ".join(part for part in (manager.job_title, manager.unit_name, manager.role_level) if part)


def cohort_cover(dossier: CohortDossier) -> tuple[Block, ...]:
    """Cover of the cohort report."""
    info = dossier.engagement
    size = f"{dossier.n_managers} managers in {count(dossier.n_units, 'unit')}"
    return (
        _cover(
            "Cohort diagnostics",
            "",
            (info.title, f"{size} · {_occasion(info)}"),
            "Confidential. For the sponsor and the consultant; no manager is named and small groups are not shown.",
            info,
            dossier.provenance,
        ),
    )


def limits_section(dossier: ManagerDossier | CohortDossier) -> tuple[Block, ...]:
    """Purpose, limits and origin, printed at the end of every report."""
    info, origin = dossier.engagement, dossier.provenance
    purpose = f"Purpose agreed with the client: {info.purpose}" if info.purpose else "Purpose: development."
    facts = (
        f"Run {origin.run_id}, made {day(origin.made_on)} with coachkit {origin.version}, seed {origin.seed}, "
        f"data {origin.data_hash}. Data kept until {day(info.retention_date) or 'the date agreed with the client'}; "
        f"responsible: {info.owner or 'the client'}. Questionnaire: {info.instrument_title}. {info.instrument_citation}"
    )
    return (
        Callout(kind="caution", title="Purpose and limits", runs=(Run(f"{purpose.rstrip('.')}. {LIMITS}"),)),
        Paragraph(runs=(Run(facts),), tone="small"),
    )


def _cover(
    title: str, person: str, lines: tuple[str, ...], confidential: str, info: EngagementInfo, origin: Provenance
) -> Cover:
    theme = Theme.from_colours(info.colour_primary, info.colour_accent)
    return Cover(
        title=title,
        person=person,
        lines=tuple(line for line in lines if line),
        confidential=confidential,
        footer=f"Confidential · for development only · run {origin.run_id}",
        publisher=" · ".join(part for part in (info.consultancy, info.client) if part),
        colour_primary=theme.primary,
        colour_accent=theme.accent,
        paper=info.paper if info.paper in {"A4", "Letter"} else "A4",
    )


def _occasion(info: EngagementInfo) -> str:
    return info.wave_label or info.wave
