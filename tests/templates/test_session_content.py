"""Sessions, mentoring and worksheets are complete, add up, and read as a coach would write them."""

import re
from itertools import chain

import pytest

from coachkit.analysis.planning.library import MentoringTerms, QuestionBank, SessionPlan
from coachkit.analysis.records import Worksheet
from coachkit.engagement.resources import list_templates, template_path
from coachkit.engagement.yaml_reader import load_yaml

PLANS = {path.stem: load_yaml(path, SessionPlan) for path in list_templates("sessions")}
SHEETS = {path.stem: load_yaml(path, Worksheet) for path in list_templates("worksheets")}
TERMS = load_yaml(template_path("mentoring", "agreement.yaml"), MentoringTerms)
BANK = load_yaml(template_path("mentoring", "questions.yaml"), QuestionBank)
SITUATIONS = {"new_manager", "steady_state", "beyond_technology", "stale_organisation", "senior_potential"}
SESSIONS = [
    pytest.param(session, id=f"{plan.intervention_id}-{variant}-{session.number}")
    for plan in PLANS.values()
    for variant, sessions in [("default", plan.sessions), *((v.situation_id, v.sessions) for v in plan.variants)]
    for session in sessions
]
OWN_FILES = sorted(chain.from_iterable(list_templates(folder) for folder in ("sessions", "mentoring", "worksheets")))

AMERICAN = re.compile(
    r"\b(\w*(?:ization|izations|izing|ized|izes|ize)|behavior\w*|color\w*|favor\w*|labor\w*|center\w*|program|"
    r"programs|fulfill\w*|judgment\w*|learned|toward|gotten|analyz\w*|catalog|skeptic\w*|license|modeling)\b",
    re.IGNORECASE,
)
BRITISH_IN_ITSELF = {"size", "sized", "sizes", "seized", "prize", "Organizational", "Behavioral"}


# ------------------------------------------------------------------ sessions
def test_every_intervention_with_meetings_has_its_sessions():
    assert set(PLANS) == {
        "short_coaching",
        "long_coaching",
        "mentoring",
        "team_coaching",
        "sponsor_coaching",
        "training_first",
    }
    assert all(plan.intervention_id == name for name, plan in PLANS.items())
    assert all(plan.source for plan in PLANS.values())


@pytest.mark.parametrize("session", SESSIONS)
def test_agenda_adds_up_to_the_session(session):
    assert sum(entry.minutes for entry in session.agenda) == session.minutes
    assert 3 <= len(session.agenda) <= 5
    assert all(5 <= entry.minutes <= 45 for entry in session.agenda)


@pytest.mark.parametrize("session", SESSIONS)
def test_grow_asks_one_open_question_each(session):
    for question in session.grow.questions():
        assert question.count("?") == 1
        assert question.endswith("?")
        assert not re.match(r"(Do|Did|Is|Are|Can|Could|Will|Would|Have|Has) ", question), "asks for a yes or no"
    assert len(set(session.grow.questions())) == 4


@pytest.mark.parametrize("session", SESSIONS)
def test_session_is_worth_printing(session):
    assert 20 <= len(session.purpose) <= 160
    assert session.purpose.endswith(".")
    for text in (session.before, session.after):
        assert 20 <= len(text) <= 220
        assert text.endswith((".", "?"))
    assert all(len(entry.text) <= 170 for entry in session.agenda)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_sessions_are_numbered_upwards_and_variants_replace_existing_ones(plan):
    numbers = [session.number for session in plan.sessions]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    by_number = {session.number: session for session in plan.sessions}
    situations = [variant.situation_id for variant in plan.variants]
    assert len(set(situations)) == len(situations)
    assert set(situations) <= SITUATIONS
    for variant in plan.variants:
        own = [session.number for session in variant.sessions]
        assert own == sorted(set(own))
        for session in variant.sessions:
            assert session.from_dose == by_number[session.number].from_dose


def test_every_situation_has_sessions_written_for_it():
    covered = {variant.situation_id for plan in PLANS.values() for variant in plan.variants}
    assert covered == SITUATIONS


@pytest.mark.parametrize(
    ("name", "doses"),
    [("short_coaching", (4, 5, 6)), ("long_coaching", (8, 9, 10, 11, 12)), ("team_coaching", (6, 7, 8, 9, 10))],
)
def test_each_dose_keeps_exactly_as_many_sessions_the_last_included(name, doses):
    for dose in doses:
        kept = [session for session in PLANS[name].sessions if session.from_dose <= dose]
        assert len(kept) == dose
        assert kept[-1] is PLANS[name].sessions[-1]


def test_long_coaching_starts_with_three_and_stops_or_goes_on_at_mid_point():
    for dose in range(8, 13):
        kept = [session for session in PLANS["long_coaching"].sessions if session.from_dose <= dose]
        place = next(k for k, session in enumerate(kept, start=1) if "stop rule" in session.title)
        assert abs(place - (dose + 1) / 2) <= 1
    first = PLANS["long_coaching"].sessions[0]
    assert first.title == "Three-way contract"
    assert any("stop rule" in entry.text for entry in first.agenda)


def test_mentoring_reviews_at_six_months_and_lets_the_manager_set_the_aims():
    by_number = {session.number: session for session in PLANS["mentoring"].sessions}
    assert "Review after six months" in by_number[6].title
    assert all(60 <= session.minutes <= 90 for session in by_number.values())
    variant = PLANS["mentoring"].sessions_for(("senior_potential",))
    assert "set by you" in variant[1].title
    assert variant[0] is by_number[1]


def test_beyond_technology_works_on_one_live_case_throughout():
    sessions = PLANS["short_coaching"].sessions_for(("beyond_technology",))
    assert sessions[0].title == "Choose a live case"
    text = " ".join(entry.text for session in sessions for entry in session.agenda)
    for phrase in ("live case", "Business-case page", "Change-plan page", "diary"):
        assert phrase in text


def test_team_coaching_meets_the_sponsor_and_the_sponsor_is_coached_beside_it():
    text = " ".join(f"{s.title} {s.after}" for s in PLANS["team_coaching"].sessions)
    assert text.count("ponsor") >= 3
    assert PLANS["team_coaching"].sessions[-1].title.startswith("Team and sponsor")
    assert [session.title for session in PLANS["sponsor_coaching"].sessions][:2] == [
        "Contract and starting values",
        "Clear the way",
    ]


def test_a_new_manager_beyond_technology_keeps_one_course():
    sessions = PLANS["short_coaching"].sessions_for(("new_manager", "beyond_technology"))
    assert sessions == PLANS["short_coaching"].sessions_for(("new_manager",))


# ------------------------------------------------------------------ mentoring
@pytest.mark.parametrize(
    "subject",
    ["Safe space", "Confidentiality", "Limits of confidentiality", "Boundaries", "Conflict of interest",
     "Notes", "Rhythm", "Review at 6 months", "Ending", "Signed"],
)  # fmt: skip
def test_agreement_covers(subject):
    assert any(clause.startswith(subject) for clause in TERMS.clauses)


def test_agreement_keeps_content_from_sponsor_and_line_manager():
    clause = next(clause for clause in TERMS.clauses if clause.startswith("Confidentiality"))
    for who in ("line manager", "sponsor", "human resources", "consultant"):
        assert who in clause
    assert any("never your line manager" in clause for clause in TERMS.clauses)


def test_standing_agenda_fits_an_hour_or_a_little_more():
    minutes = [int(re.search(r"\((\d+) min\)", line).group(1)) for line in TERMS.agenda]
    assert 60 <= sum(minutes) <= 90


def test_question_bank_has_ten_questions_for_every_situation_and_none_twice():
    assert {entry.situation_id for entry in BANK.sets} == SITUATIONS | {"any"}
    assert all(len(entry.questions) >= 10 for entry in BANK.sets)
    questions = [question for entry in BANK.sets for question in entry.questions]
    assert len({question.casefold() for question in questions}) == len(questions)
    assert all(question.endswith("?") and question.count("?") == 1 for question in questions)


def test_no_grow_question_is_used_twice_in_one_course():
    for plan in PLANS.values():
        for situation in ("", *SITUATIONS):
            asked = [q for session in plan.sessions_for((situation,)) for q in session.grow.questions()]
            assert len(set(asked)) == len(asked)


# ------------------------------------------------------------------ worksheets
def test_worksheets_are_the_five_of_a_plan():
    assert set(SHEETS) == {"business_case", "change_plan", "benefits_register", "specific_situation", "session_log"}
    assert all(sheet.id == name for name, sheet in SHEETS.items())


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_worksheet_can_be_filled_in_on_one_page(sheet):
    assert sheet.intro
    assert all(field.label and field.hint for field in sheet.fields)
    assert len({field.label for field in sheet.fields}) == len(sheet.fields)
    assert bool(sheet.columns) == bool(sheet.rows)
    assert len(sheet.columns) <= 9
    lines = sum(field.lines + 2 for field in sheet.fields) + 2 * sheet.rows
    assert lines <= 50, "does not fit a page"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("business_case", ["nothing", "Benefit", "Cost", "risk", "Owner", "Weakest assumptions"]),
        ("change_plan", ["First visible result", "People affected", "Daily service", "value today", "held"]),
        ("benefits_register", ["Better, faster or cheaper", "Value before", "Owner", "Attribution %", "Confidence %", "Confirmed on"]),
        ("session_log", ["Goal", "Reality", "Options", "Will"]),
        ("specific_situation", ["Fact and guess", "My own part", "My question"]),
    ],
)  # fmt: skip
def test_worksheet_asks_for(name, wanted):
    sheet = SHEETS[name]
    text = " ".join([*sheet.columns, *(field.label for field in sheet.fields)])
    assert [phrase for phrase in wanted if phrase not in text] == []


# ------------------------------------------------------------------ language
@pytest.mark.parametrize(
    "path",
    [*OWN_FILES, template_path("README.md"), template_path("instruments", "manager_transition", "README.md"),
     template_path("instruments", "manager_transition", "instrument.yaml")],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)  # fmt: skip
def test_spelling_is_british_and_no_placeholder_is_left(path):
    text = path.read_text("utf-8")
    found = {match.group() for match in AMERICAN.finditer(text)} - BRITISH_IN_ITSELF
    assert found == set()
    assert not re.search(r"\b(TODO|TBD|FIXME|lorem|xxx)\b", text, re.IGNORECASE)


def test_templates_readme_names_every_session_file():
    text = template_path("README.md").read_text("utf-8")
    assert [path.name for path in list_templates("sessions") if path.name not in text] == []
