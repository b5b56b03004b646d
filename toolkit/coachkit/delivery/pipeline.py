"""From an opened engagement to slices and tables: reads the templates, runs the analysis once, keeps releases."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pandas as pd

from coachkit import __version__
from coachkit.analysis.records import CohortDossier, EngagementInfo, ManagerDossier, Provenance
from coachkit.core.confidentiality import Snapshot
from coachkit.delivery.index import IndexEntry, IndexHeading
from coachkit.delivery.releases import ReleaseStore
from coachkit.delivery.runs import COHORT_SLICE, manager_slice
from coachkit.engagement.storage import sha256_of

if TYPE_CHECKING:
    from coachkit.analysis.cohort import CohortAnalysis, Method
    from coachkit.core.cohort import CohortData
    from coachkit.engagement.folder import Engagement

OUTCOME_LABELS = {
    "unclear": "Unclear – decide in conversation",
    "none_of_the_five": "None of the five",
    "no_intervention": "No intervention needed",
    "not_enough_data": "Not enough data yet",
}


@dataclass(frozen=True)
class EngagementAnalysis:
    """One run's analysis with what is needed to write it: slices, tables, titles."""

    analysis: CohortAnalysis
    info: EngagementInfo
    provenance: Provenance
    start: date
    release_key: str

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.provenance.run_id

    @property
    def manager_ids(self) -> tuple[str, ...]:
        """Ids in roster order."""
        return self.analysis.data.manager_ids

    @property
    def n_rows(self) -> int:
        """Rows of a manager's profile, as the receipt counts them."""
        return len(self.analysis.data.instrument.profile_competencies)

    def dossier(self, manager_id: str) -> ManagerDossier:
        """One manager's dossier."""
        return self.analysis.manager_dossier(manager_id, self.info, self.provenance, self.start)

    def slice_of(self, name: str) -> bytes | None:
        """JSON bytes of one slice by its relative name; None for a name the run does not have."""
        if name == COHORT_SLICE:
            return msgspec.json.encode(self.analysis.cohort_dossier(self.info, self.provenance))
        found = {manager_slice(manager_id): manager_id for manager_id in self.manager_ids}.get(name)
        return None if found is None else msgspec.json.encode(self.dossier(found))

    def reports(self) -> Iterator[ReportFacts]:
        """Every report's slice with what the run must know of it, one after the other; the cohort's first.

        Nothing is kept, so that a run of thousands of managers needs the memory of one dossier at a time.
        """
        cohort = self.analysis.cohort_dossier(self.info, self.provenance)
        title = f"Cohort diagnostics – {self.info.client}"
        yield _facts("", COHORT_SLICE, cohort, title, IndexEntry("Cohort diagnostics", "", "", "", ""))
        for manager_id in self.manager_ids:
            dossier = self.dossier(manager_id)
            entry = IndexEntry(
                label=dossier.manager.name,
                unit=dossier.manager.unit_name,
                manager_id=manager_id,
                situation=_situation(dossier),
                help=" + ".join(help_.label for help_ in dossier.recommendation.interventions),
            )
            title = f"Development plan – {dossier.manager.name}"
            yield _facts(manager_id, manager_slice(manager_id), dossier, title, entry)

    def tables(self, score_rows: list[dict[str, object]]) -> dict[str, bytes]:
        """Released scores, groups, situations and recommendations as parquet, for the consultant's own analyses.

        ``score_rows`` are those of all reports, as :meth:`reports` gives them.
        """
        from coachkit.analysis.quality_effects import compare_without_flagged

        frames = {
            "scores": pd.DataFrame(score_rows),
            "groups": self.analysis.profiles.groups,
            "situations": self.analysis.diagnosis.probability.rename_axis("manager_id").reset_index(),
            "recommendations": pd.DataFrame(
                {
                    "manager_id": manager_id,
                    "interventions": "; ".join(help_.id for help_ in recommendation.interventions),
                    "confidence": recommendation.confidence,
                    "status": recommendation.status,
                }
                for manager_id, recommendation in self.analysis.recommendations.items()
            ),
            "flagged_answers": compare_without_flagged(self.analysis.profiles, self.analysis.without_flagged),
        }
        return {name: _parquet(frame) for name, frame in frames.items()}

    def snapshots(self, manager_ids: Iterable[str]) -> dict[str, Snapshot]:
        """What the reports of these managers publish, for the release store."""
        wanted = set(manager_ids)
        return {key: value for key, value in self.analysis.profiles.snapshots.items() if key in wanted}

    def snapshots_before(self, manager_ids: Iterable[str]) -> tuple[str, dict[str, Snapshot]]:
        """The wave before and what its figures tell in these managers' reports, where change is measured."""
        before = self.analysis.profiles_before
        if before is None:
            return "", {}
        wanted = set(manager_ids) & set(before.manager_ids)
        return before.data.wave, {key: value for key, value in before.snapshots.items() if key in wanted}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the consultant should know about this run."""
        frozen = len(self.analysis.profiles.scores.lock.frozen)
        if not frozen:
            return ()
        note = (
            f"{frozen} managers keep the figures of an earlier release: too few raters changed to protect each of them."
        )
        return (note,)

    def index_heading(self) -> IndexHeading:
        """What the index page says about the run."""
        return IndexHeading(
            self.info.title,
            self.info.client,
            self.info.wave_label,
            self.run_id,
            self.provenance.made_on,
            __version__,
            self.provenance.data_hash,
            self.notes,
        )


_NESTED = frozenset({"groups", "definition", "name", "short_name", "self_other"})
_NO_PROVENANCE = Provenance("", "", "", "", 0)


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """One report's slice and what a run keeps of it.

    ``content_sha256`` is the hash of the slice without run id, date and hash of all inputs: two runs that would print
    the same report have the same.
    """

    manager_id: str
    name: str
    data: bytes
    content_sha256: str
    title: str
    entry: IndexEntry
    score_rows: tuple[dict[str, object], ...] = ()


def _facts(
    manager_id: str, name: str, dossier: ManagerDossier | CohortDossier, title: str, entry: IndexEntry
) -> ReportFacts:
    content = sha256_of(msgspec.json.encode(replace(dossier, provenance=_NO_PROVENANCE)))
    rows = _score_rows(dossier) if isinstance(dossier, ManagerDossier) else ()
    return ReportFacts(manager_id, name, msgspec.json.encode(dossier), content, title, entry, rows)


def _score_rows(dossier: ManagerDossier) -> tuple[dict[str, object], ...]:
    """One row per competency for the table of scores, numbers only."""
    own = {"manager_id": dossier.manager.manager_id}
    return tuple(
        {item.name: getattr(score, item.name) for item in fields(score) if item.name not in _NESTED}
        | own
        | {"self_other": score.self_other.verdict}
        for score in dossier.profile.scores
    )


def _situation(dossier: ManagerDossier) -> str:
    titles = [dossier.diagnosis.finding(situation_id).title for situation_id in dossier.diagnosis.headline_ids]
    return " + ".join(titles) or OUTCOME_LABELS.get(dossier.diagnosis.outcome, "")


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def load_method(engagement: Engagement) -> Method:
    """Read thresholds, catalogue and library, and take rates and seed from the engagement."""
    from coachkit.analysis.cohort import Method
    from coachkit.core.measurement import MeasurementSettings
    from coachkit.engagement.library import load_library
    from coachkit.engagement.rules import load_catalogue, load_situation_rules

    return Method(
        load_situation_rules(),
        load_catalogue(),
        load_library(),
        engagement.settings.rates,
        MeasurementSettings(),
        engagement.settings.seed,
    )


def analyse_engagement(
    engagement: Engagement, *, wave: str | None = None, run_id: str, made_on: str
) -> EngagementAnalysis:
    """Analyse one wave of an engagement; keeps its releases when the engagement is a client's folder.

    Raises
    ------
    InputRefusedError
        If the engagement's files cannot be used.
    """
    from coachkit.analysis.cohort import analyse_cohort

    engagement.require_usable()
    wave = wave or engagement.settings.current_wave
    data = engagement.cohort(wave)
    store = ReleaseStore(engagement.path)
    key = store.key()
    before, labels = _wave_before(engagement, wave)
    released_before = {} if before is None else store.load(before.wave)
    analysis = analyse_cohort(
        data, load_method(engagement), store.load(wave), key, before, labels, releases_before=released_before
    )
    provenance = Provenance(run_id, made_on, __version__, engagement.data_hash, engagement.settings.seed)
    start = engagement.settings.start_date or data.reference_date or date.fromisoformat(made_on)
    return EngagementAnalysis(analysis, engagement.info(wave), provenance, start, key)


def _wave_before(engagement: Engagement, wave: str) -> tuple[CohortData | None, tuple[str, str] | None]:
    """Answers of the wave before, if there is one, and the labels of both."""
    position = engagement.waves.index(wave)
    if not position:
        return None, None
    earlier = engagement.waves[position - 1]
    return engagement.cohort(earlier), (engagement.info(earlier).wave_label, engagement.info(wave).wave_label)
