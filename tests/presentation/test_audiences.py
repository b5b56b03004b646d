"""Who may read what: every field has its readers, and what is not allowed is gone before anything is written."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest
from tests.fixtures.dossiers import longest_dossier, manager_dossier, sparse_dossier

from coachkit.analysis.records import Intervention
from coachkit.presentation.audiences import READERS, field_paths, has_help, restricted
from coachkit.presentation.coach_brief import brief_title, coach_brief
from coachkit.presentation.sponsor_summary import sponsor_summary

MENTORING = Intervention("mentoring", "Mentoring", "monthly", 12, 12, 1.0, 12, ())
NONE = Intervention("no_intervention", "No intervention now", "none", 0, 0, 0.0, 0, ())


def with_help(*interventions, status="proposed"):
    dossier = longest_dossier()
    help_ = replace(dossier.recommendation, interventions=interventions, status=status)
    return replace(dossier, recommendation=help_)


def values(record, wanted):
    """Every value of one type anywhere in a record."""
    if isinstance(record, wanted) and not isinstance(record, bool):
        yield record
    elif isinstance(record, tuple):
        for entry in record:
            yield from values(entry, wanted)
    elif isinstance(record, dict):
        yield from values(tuple(record.values()), wanted)
    elif is_dataclass(record):
        for item in fields(record):
            yield from values(getattr(record, item.name), wanted)


def test_every_field_of_a_dossier_has_its_readers():
    paths = set(field_paths(longest_dossier()))
    assert paths - set(READERS) == set()
    assert set(READERS) - paths == set()


def test_the_manager_reads_everything():
    for dossier in (manager_dossier(), longest_dossier(), sparse_dossier()):
        assert restricted(dossier, "manager") == dossier


@pytest.mark.case("SEC-42")
@pytest.mark.parametrize("audience", ["coach", "sponsor"])
def test_nobody_else_gets_a_score_a_comment_or_a_difference(audience):
    profile = restricted(longest_dossier(), audience).profile
    assert list(values(profile, int | float)) == []
    assert [text for text in values(profile, str) if text] == []


def test_a_field_without_readers_is_nobodys(monkeypatch):
    monkeypatch.delitem(READERS, "plan.goals")
    assert restricted(manager_dossier(), "coach").plan.goals != manager_dossier().plan.goals
    assert [text for text in values(restricted(manager_dossier(), "coach").plan.goals, str) if text] == []


def test_baselines_and_reasons_that_quote_scores_stay_with_the_manager():
    plan = restricted(longest_dossier(), "coach").plan
    assert {measure.baseline for measure in plan.measures} == {""}
    assert {theme.why for theme in (*plan.priorities, *plan.strengths)} == {""}
    assert all(theme.name for theme in plan.priorities)


def test_of_mentoring_alone_the_sponsor_learns_only_that_it_takes_place():
    plan = restricted(with_help(MENTORING), "sponsor").plan
    assert plan.goals == plan.measures == ()
    assert {(s.title, s.purpose, s.agenda, s.grow) for s in plan.sessions} == {("", "", (), ())}
    assert all(session.planned_on for session in plan.sessions)
    assert restricted(with_help(MENTORING), "coach").plan.goals


@pytest.mark.parametrize("write", [coach_brief, sponsor_summary])
def test_where_nothing_starts_the_document_says_so_and_holds_no_reason(write):
    for dossier in (with_help(NONE), with_help(MENTORING, status="not_now")):
        assert not has_help(dossier)
        blocks = write(dossier)
        text = " ".join(values(blocks, str))
        assert "No coaching or mentoring" in text
        assert "A service that users trust" not in text.replace(dossier.manager.job_title, "").replace(
            dossier.manager.unit_name, ""
        )


def test_the_brief_is_named_after_the_help():
    coaching = replace(MENTORING, id="short_coaching")
    assert brief_title(with_help(MENTORING)) == "Mentor brief"
    assert brief_title(with_help(coaching)) == "Coach brief"
    assert brief_title(with_help(coaching, MENTORING)) == "Coach and mentor brief"
