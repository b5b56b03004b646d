"""The shipped sample: equal to its generator, and holding everything it promises."""

from pathlib import Path

import pandas as pd
import pytest

from coachkit.analysis.simulation import simulate_engagement
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.simulate import write_simulation

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "alderbrook"
TABLES = ("roster", "context", "units", "kpis", "coaches", "responses")


@pytest.fixture(scope="module")
def tables():
    return {name: pd.read_csv(SAMPLE / "data" / f"{name}.csv", dtype=str) for name in TABLES}


@pytest.fixture(scope="module")
def truth():
    return {path.stem: pd.read_csv(path, dtype=str) for path in (SAMPLE / "truth").glob("*.csv")}


@pytest.fixture(scope="module")
def cases(truth):
    return truth["cases"].groupby("case")["subject_id"].agg(list)


def test_regenerating_the_sample_gives_the_same_bytes(tmp_path):
    made = write_simulation(tmp_path, simulate_engagement(load_instrument("manager_transition")))
    files = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    shipped = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file()}
    assert shipped >= files
    for name in files:
        assert (made / name).read_bytes() == (SAMPLE / name).read_bytes(), f"{name} differs from its generator"


def test_the_sample_has_48_managers_in_six_units_of_known_sizes(tables):
    assert tables["roster"]["manager_id"].tolist() == [f"M{number:03d}" for number in range(1, 49)]
    assert tables["roster"]["name"].nunique() == 48
    assert tables["roster"]["unit_id"].value_counts(sort=False).tolist() == [12, 10, 9, 7, 6, 4]
    assert len(tables["coaches"]) == 10


def test_about_eight_to_ten_raters_answer_for_each_manager_and_wave(tables):
    counts = tables["responses"].groupby(["manager_id", "wave"]).size()
    assert 8 <= counts.mean() <= 10
    assert set(tables["responses"]["wave"]) == {"w1", "w2"}


def test_every_situation_and_an_ambiguous_mixture_are_present(truth):
    counts = truth["managers"]["situation"].value_counts()
    assert set(counts.index) == {
        "new_manager", "steady_state", "beyond_technology", "stale_organisation", "senior_potential", "none", "mixture",
    }  # fmt: skip
    assert counts.min() >= 3


def test_the_promised_special_cases_are_in_the_data(tables, cases):
    forms = tables["responses"].query("wave == 'w2'")
    now = pd.crosstab(forms["manager_id"], forms["rater_group"])
    assert now.loc[cases["few_reports"][0], "report"] == 2
    assert now.loc[cases["no_self"][0], "self"] == 0
    alone = now.loc[cases["only_line_manager"][0]]
    assert (alone["manager"], alone.sum()) == (1, 1)
    context = tables["context"].query("wave == 'w2'").set_index("manager_id")
    assert context.loc[cases["open_hr_process"][0], "open_hr_process"] == "yes"
    assert context.loc[cases["missing_context"][0]].isna().sum() > 15
    assert context.drop(index=cases["missing_context"]).isna().any().sum() > 10
    assert cases["stale_unit"] == ["U3"]
    assert cases["small_unit"] == ["U6"]
    assert len(cases["mixture"]) >= 2


def test_peers_of_one_manager_could_not_observe_much(tables, cases):
    answers = tables["responses"].query("rater_group == 'peer' and wave == 'w2'").set_index("manager_id")
    items = answers.loc[cases["hard_to_observe"][0]].filter(regex=r"^[A-Z]+\d\d$")
    assert (items == "NO").to_numpy().sum() / items.notna().to_numpy().sum() > 0.3


def test_the_over_rater_sees_self_far_above_all_others(tables, cases):
    answers = tables["responses"].query("wave == 'w2'").set_index("manager_id").loc[cases["over_rater"][0]]
    means = answers.filter(regex=r"^[A-Z]+\d\d$").apply(pd.to_numeric, errors="coerce").mean(axis=1)
    is_self = (answers["rater_group"] == "self").to_numpy()
    assert means[is_self].mean() - means[~is_self].mean() > 0.8


def test_careless_forms_are_present(truth):
    assert set(truth["forms"]["kind"]) == {"speeder", "straight_liner"}


def test_managers_get_several_comments_none_of_them_repeated_in_a_wave(tables):
    frame = tables["responses"].query("wave == 'w2' and rater_group != 'self'")
    for question in ("COM_STRENGTH", "COM_DEVELOP"):
        given = frame[["manager_id", question]].dropna()
        assert given.groupby("manager_id").size().median() >= 3
        assert not given.duplicated().any()


def test_the_first_manager_is_a_complete_example(tables, truth):
    assert truth["managers"].set_index("manager_id").loc["M001", "situation"] == "beyond_technology"
    context = tables["context"].query("wave == 'w2'").set_index("manager_id").loc["M001"]
    assert context.drop(["specific_situation", "mentor_preference", "aspires_to_senior"]).notna().all()


def test_no_file_of_the_sample_is_large():
    assert max(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 500_000


def test_no_cell_of_the_sample_reads_as_a_formula(tables):
    for table in tables.values():
        for column in table:
            assert not table[column].dropna().str.startswith(("=", "+", "-", "@")).any()
