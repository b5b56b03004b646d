"""Briefs in every format hold what their reader may know and not a byte more: searched with a canary in every field."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import get_type_hints

import msgspec
import pytest
from tests.delivery.documents.reading import docx_text, missing_words, package_everything, pdf_everything, pdf_text
from tests.delivery.test_jobs import GOOD, RECEIPT, SHOW_RECEIPT, make_job
from tests.fixtures.dossiers import longest_dossier, manager_dossier

from coachkit.analysis.records import ManagerDossier
from coachkit.delivery.documents.formats import BRIEFS, RENDERERS
from coachkit.delivery.jobs import run_job
from coachkit.delivery.runs import manager_slice
from coachkit.engagement.storage import sha256_of
from coachkit.presentation.audiences import READERS

KEPT = ("engagement.colour_primary", "engagement.colour_accent", "engagement.paper", "recommendation.interventions.id")
AUDIENCE = {"coach_brief": "coach", "sponsor_summary": "sponsor"}
MUST_SHOW = {
    "coach_brief": {
        "manager.name", "diagnosis.summary", "diagnosis.question_to_ask", "recommendation.reason", "plan.goals",
        "plan.sessions.agenda", "plan.sessions.grow", "plan.priorities.name", "plan.mentoring", "plan.measures.target",
    },
    "sponsor_summary": {"manager.name", "plan.goals", "plan.measures.what", "plan.sessions.planned_on", "plan.review_dates"},
}  # fmt: skip


def marked(record, path="", canaries=None):
    """A record whose every free text is a canary of its own, and the field of each canary."""
    canaries = {} if canaries is None else canaries
    if isinstance(record, str):
        if path in KEPT:
            return record, canaries
        word = f"xq{len(canaries):04d}qx"
        canaries[word] = path
        return word, canaries
    if isinstance(record, tuple):
        return tuple(marked(entry, path, canaries)[0] for entry in record), canaries
    if isinstance(record, dict):
        return {marked(key, path, canaries)[0]: value for key, value in record.items()}, canaries
    if is_dataclass(record):
        hints = get_type_hints(type(record))
        changes = {
            item.name: marked(getattr(record, item.name), f"{path}.{item.name}".lstrip("."), canaries)[0]
            for item in fields(record)
            if "Literal" not in str(hints[item.name])
        }
        return replace(record, **changes), canaries
    return record, canaries


def readers_of(path: str) -> frozenset[str]:
    while path and path not in READERS:
        path = path.rpartition(".")[0]
    return READERS.get(path, frozenset())


def everything(form: str, content: bytes) -> bytes:
    return {"html": lambda: content, "pdf": lambda: pdf_everything(content)}.get(
        form, lambda: package_everything(content)
    )()


@pytest.mark.case("SEC-42")
@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("stem", BRIEFS)
@pytest.mark.parametrize("make", [manager_dossier, longest_dossier])
def test_only_what_the_reader_may_know_is_in_the_file(stem, form, make):
    dossier, canaries = marked(make())
    found = everything(form, RENDERERS[form](BRIEFS[stem](dossier), ""))
    shown = {canaries[word] for word in set(re.findall(r"xq\d{4}qx", found.decode("utf-8", "replace")))}
    assert {path for path in shown if AUDIENCE[stem] not in readers_of(path)} == set()
    named = {path for path in MUST_SHOW[stem] if any(entry.startswith(path) for entry in canaries.values())}
    assert {path for path in named if not any(entry.startswith(path) for entry in shown)} == set()


@pytest.mark.case("SEC-42")
@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("stem", BRIEFS)
def test_no_score_is_in_the_file(stem, form):
    dossier = longest_dossier()
    scores = tuple(
        replace(score, estimate=4.73, low=4.61, high=4.87, self_score=4.58, others=4.79)
        for score in dossier.profile.scores
    )
    dossier = replace(dossier, profile=replace(dossier.profile, scores=scores))
    content = RENDERERS[form](BRIEFS[stem](dossier), "")
    text = {"pdf": pdf_text, "docx": docx_text}.get(form, bytes.decode)(content)
    assert not re.search(r"\b4\.[5-9]\d?\b", re.sub(r"<style>.*?</style>|style=\"[^\"]*\"", "", text))


@pytest.mark.parametrize("stem", BRIEFS)
def test_no_word_of_a_brief_is_missing_from_pdf_and_word(stem):
    blocks = BRIEFS[stem](longest_dossier())
    assert missing_words(blocks, pdf_text(RENDERERS["pdf"](blocks, ""))) == {}
    assert missing_words(blocks, docx_text(RENDERERS["docx"](blocks, ""))) == {}


def job_with_briefs(folder, dossier, data: bytes | None = None):
    content = msgspec.json.encode(dossier)
    path = folder / "analysis" / manager_slice("M1")
    path.parent.mkdir(parents=True)
    path.write_bytes(content if data is None else data)
    receipt = replace(RECEIPT, slice_sha256=sha256_of(content))
    shown = SHOW_RECEIPT.replace("a" * 64, receipt.slice_sha256)
    return make_job(folder, GOOD, shown, receipt=receipt, formats=("html", "pdf"), briefs=tuple(BRIEFS))


def test_a_job_publishes_the_briefs_beside_the_plan(tmp_path):
    outcome = run_job(job_with_briefs(tmp_path, manager_dossier()))
    assert outcome.is_done, outcome.message
    names = {path.rpartition("/")[2] for path in outcome.files}
    wanted = {f"{stem}.{form}" for stem in ("development_plan", *BRIEFS) for form in ("html", "pdf")}
    assert names == {"development_plan.ipynb", *wanted}
    page = (tmp_path / "managers/m1/coach_brief.html").read_text("utf-8")
    assert "<title>Coach and mentor brief – Wojciech Dąbrowska</title>" in page


@pytest.mark.case("P1")
def test_a_slice_that_is_not_the_notebooks_publishes_nothing(tmp_path):
    somebody = msgspec.json.encode(replace(manager_dossier(), n_cohort=7))
    assert msgspec.json.decode(somebody, type=ManagerDossier)
    outcome = run_job(job_with_briefs(tmp_path, manager_dossier(), somebody))
    assert not outcome.is_done
    assert "changed while the report was made" in outcome.message
    assert list(tmp_path.glob("managers/*/*")) == []
