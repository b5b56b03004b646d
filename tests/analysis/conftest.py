"""A cohort in miniature: scores and context given as literals, with the fields the diagnosis reads."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coachkit.core.cohort import Minimums
from coachkit.engagement.rules import load_catalogue, load_situation_rules

PROFILE = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
NAMES = dict(
    zip(
        PROFILE,
        (
            "Opportunities",
            "Business cases",
            "Change plan",
            "Benefit",
            "Continual improvement",
            "People",
            "Team performance",
            "Output",
            "Behaviours",
            "Own development",
        ),
        strict=True,
    )
)
AT_TARGET = dict.fromkeys(PROFILE, 3.7)


def person(scores=None, unit="U1", technical=3.0, self_score=3.7, **context):
    """One manager: scores that differ from 3.7 (target 3.5, error 0.2), and context fields."""
    return {
        "scores": AT_TARGET | (scores or {}),
        "unit": unit,
        "technical": technical,
        "self_score": self_score,
        "context": context,
    }


def cohort(people, units=None, kpis=None, error=0.2, target=3.5):
    """Profiles of a cohort; ``people`` maps manager ids to ``person(...)``."""
    index = pd.Index(people, name="manager_id")

    def frame(values):
        return pd.DataFrame(values, index=index, columns=list(PROFILE), dtype=float)

    estimate = frame([[one["scores"][c] for c in PROFILE] for one in people.values()])
    standard_error = frame(error).where(estimate.notna())
    others = estimate.copy()
    self_score = frame([[one["self_score"]] * len(PROFILE) for one in people.values()])
    from scipy.special import ndtr

    units = pd.DataFrame.from_dict(units or {}, orient="index")
    units.index.name = "unit_id"
    data = SimpleNamespace(
        instrument=SimpleNamespace(
            competencies=tuple(SimpleNamespace(id=c, name=NAMES[c], short_name=NAMES[c]) for c in PROFILE)
        ),
        roster=pd.DataFrame({"unit_id": [one["unit"] for one in people.values()]}, index=index),
        context=pd.DataFrame([one["context"] for one in people.values()], index=index),
        units=units,
        kpis=pd.DataFrame(kpis or [], columns=["unit_id", "kpi", "tag", "direction", "period", "value", "owner"]),
        minimums=Minimums(),
        reference_date=date(2026, 9, 1),
    )
    return SimpleNamespace(
        data=data,
        manager_ids=tuple(people),
        estimate=estimate,
        standard_error=standard_error,
        target=frame(target),
        others=others,
        self_score=self_score,
        p_below_target=frame(ndtr((target - estimate) / standard_error)),
        technical=pd.DataFrame(
            {"estimate": [one["technical"] for one in people.values()], "standard_error": 0.15}, index=index
        ),
    )


SETTLED = {
    "months_in_role": 40,
    "months_managing_people_before_role": 24,
    "management_training_hours": 30,
    "performance_vs_expectations": 3,
    "improvement_capacity_pct": 20,
    "team_kpi_trend": "rising",
    "potential_rating": 3,
    "potential_rated_by": "head of function",
    "volunteered": True,
    "line_manager_supports": True,
    "open_hr_process": False,
    "aspires_to_senior": False,
}


@pytest.fixture(scope="session")
def rules():
    return load_situation_rules()


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="session")
def build():
    """Builders of the miniature: ``build.person``, ``build.cohort``, ``build.settled`` (a complete context)."""

    def settled(scores=None, without=(), unit="U1", technical=3.0, self_score=3.7, **changes):
        context = {name: value for name, value in (SETTLED | changes).items() if name not in without}
        return person(scores, unit, technical, self_score, **context)

    return SimpleNamespace(person=person, cohort=cohort, settled=settled, profile=PROFILE, nan=np.nan)
