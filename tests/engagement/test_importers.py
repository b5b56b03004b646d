"""Exports of LimeSurvey, Microsoft Forms and Qualtrics: mapped, unfinished rows left out, nobody's address kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest

from coachkit.engagement.folder import open_engagement
from coachkit.engagement.importers.columns import map_columns, plain_text

LABELS = {"1": "Not yet effective"}


def items_of(folder, group):
    return [item for item in folder.instrument.items if group in item.asked_of]


def write_rows(folder, name, rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    (folder.path / "data").mkdir(parents=True, exist_ok=True)
    (folder.path / "data" / name).write_text(out.getvalue(), encoding="utf-8")


def answers(engagement, **wanted):
    keys = engagement.responses.keys
    mask = (keys[list(wanted)] == list(wanted.values())).all(axis=1)
    return engagement.responses.ratings[mask.to_numpy()]


@pytest.fixture
def limesurvey(folder):
    """Peers asked by LimeSurvey: question codes as headers, one answer begun but not sent."""
    items = items_of(folder, "peer")
    head = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "token",
        "ipaddr",
        "refurl",
        "G0Q1",
        "interviewtime",
    ]
    codes = [f"G1Q{number}[{item.id}]" for number, item in enumerate(items, 1)]
    sent, values = "2026-02-03 10:11:12", ["4"] * len(items)
    rows = [
        [*head, *codes, "COM_STRENGTH", "G9Q1[other]"],
        ["1", sent, "5", "en", "17", "tokA", "10.0.0.1", "", "M2", "312.5", *values, 'Listens; "always"', ""],
        ["2", sent, "5", "en", "18", "tokB", "10.0.0.2", "", "M2", "290", *values[:-1], "-oth-", "", "x"],
        ["3", "", "2", "en", "19", "tokC", "10.0.0.3", "", "M2", "", "9", *values[1:], "", ""],
        ["4", "1980-01-01 00:00:00", "5", "en", "20", "tokD", "", "", "007", "288", *values, "", ""],
    ]
    folder.settings += (
        "files:\n  responses:\n    path: data/responses.csv\n  responses_peers:\n    path: data/lime.csv\n"
        "    format: limesurvey\n    columns:\n      G0Q1: manager_id\n    constants:\n      rater_group: peer\n"
    )
    write_rows(folder, "lime.csv", rows)
    return folder


def test_limesurvey_export_becomes_forms(limesurvey):
    engagement = limesurvey.open()
    assert not [problem.sentence() for problem in engagement.problems if problem.severity != "note"]
    forms = answers(engagement, manager_id="M2", rater_id="tokA")
    assert forms["OPP01"].tolist() == [4.0]
    seconds = engagement.responses.keys.set_index("rater_id")["seconds"]
    assert seconds["tokA"] == 312.5
    assert engagement.responses.comments["text"].tolist() == ['Listens; "always"']


def test_limesurvey_other_code_is_no_answer_and_unsent_rows_are_left_out(limesurvey):
    engagement = limesurvey.open()
    last = items_of(limesurvey, "peer")[-1].id
    assert answers(engagement, rater_id="tokB")[last].isna().all()
    assert answers(engagement, rater_id="tokC").empty
    assert len(answers(engagement, rater_id="tokD")) == 1
    notes = [problem.sentence() for problem in engagement.problems if problem.code == "N-UNFINISHED"]
    assert "1 rows of the LimeSurvey export were left out: begun but not sent" in notes[0]


def test_personal_columns_are_named_and_not_stored(limesurvey):
    engagement = limesurvey.open()
    note = next(problem for problem in engagement.problems if problem.code == "N-PERSONAL")
    assert "ipaddr, refurl" in note.sentence()
    assert not engagement.responses.keys.astype(str).apply(lambda c: c.str.contains("10.0.0")).any().any()


def test_bad_answer_in_an_export_holds_its_own_row(limesurvey):
    text = (limesurvey.path / "data" / "lime.csv").read_text(encoding="utf-8")
    (limesurvey.path / "data" / "lime.csv").write_text(text.replace("M2,312.5,4", "M2,312.5,44"), encoding="utf-8")
    engagement = limesurvey.open()
    held = [problem for problem in engagement.problems if problem.severity == "hold"]
    assert [(problem.file, problem.row, problem.value) for problem in held] == [("data/lime.csv", 2, "44")]
    assert len(answers(engagement, rater_id="tokD")) == 1


@pytest.fixture
def qualtrics(folder):
    """Direct reports asked by Qualtrics: three header rows, labels, a preview and an unfinished answer."""
    items = items_of(folder, "report")
    labels = [anchor.label for anchor in folder.instrument.response_format.anchors]
    meta = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished",
            "RecordedDate", "ResponseId", "RecipientLastName", "RecipientEmail", "Q1"]  # fmt: skip
    codes = [f"Q{number}_{number}" for number, _ in enumerate(items, 2)]
    texts = [f"How effective is your manager? - {item.text_rater}" for item in items]
    ids = [json.dumps({"ImportId": f"QID{number}"}) for number in range(len(meta) + len(items))]

    def row(response, status="IP Address", finished="True", manager="M3", answer=labels[3]):
        start = ["2026-02-03 10:00:00", "2026-02-03 10:06:00", status, "10.1.1.1", "100", "360", finished,
                 "2026-02-03 10:06:01", response, "Doe", "jo@example.org", manager]  # fmt: skip
        return start + [answer] * (len(items) - 1) + ["Cannot judge"]

    rows = [
        [*meta, *codes],
        [*(f"{name}\n(text)" for name in meta[:-1]), "Whom do you rate?", *texts],
        ids,
        row("R_1"),
        row("R_2", status="Survey Preview", answer="junk"),
        row("R_3", finished="False"),
        row("R_4", manager="007"),
    ]
    folder.settings += (
        "files:\n  responses_reports:\n    path: data/qualtrics.csv\n    format: qualtrics\n"
        "    columns:\n      Q1: manager_id\n    constants:\n      rater_group: report\n      wave: w1\n"
        '    value_labels:\n      Cannot judge: "NO"\n'
    )
    folder.rows["responses"] = []
    write_rows(folder, "qualtrics.csv", rows)
    return folder


def test_qualtrics_export_is_mapped_by_question_text_and_labels(qualtrics):
    engagement = qualtrics.open()
    assert not [problem.sentence() for problem in engagement.problems if problem.severity != "note"]
    forms = answers(engagement, rater_group="report")
    assert len(forms) == 2
    asked = items_of(qualtrics, "report")
    assert (forms[asked[0].id] == 4.0).all()
    assert engagement.responses.not_observed[asked[-1].id].all()
    assert engagement.responses.keys["seconds"].tolist() == [360.0, 360.0]
    assert engagement.responses.keys["rater_id"].tolist() == ["R_1", "R_4"]


def test_qualtrics_previews_and_unfinished_rows_are_counted(qualtrics):
    notes = [problem.what for problem in qualtrics.found("N-UNFINISHED")]
    assert [note.split(":")[1].strip() for note in notes] == ["previews, tests or spam", "begun but not sent"]
    assert all(note.startswith("1 rows of the Qualtrics export") for note in notes)


def test_qualtrics_names_and_addresses_stay_out_of_problems_and_data(qualtrics):
    engagement = qualtrics.open()
    everything = engagement.problems.to_json() + engagement.responses.keys.to_csv()
    assert "jo@example.org" not in everything
    assert "Doe" not in everything


@pytest.fixture
def forms(folder):
    """Self-assessments by Microsoft Forms: a workbook with whole questions as headers and labels as answers."""
    items = items_of(folder, "self")
    labels = [anchor.label for anchor in folder.instrument.response_format.anchors]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["ID", "Start time", "Completion time", "Email", "Name", "Your code", *(
        f"{item.text_self}\u00a0" for item in items
    )])  # fmt: skip
    start = dt.datetime(2026, 2, 3, 10, 0)  # noqa: DTZ001 - workbooks hold local times
    for number, manager in enumerate(("007", "M2", "M3"), 1):
        person = [number, start, start + dt.timedelta(minutes=6), f"{manager}@example.org", "Jo Doe", manager]
        sheet.append([*person, *([labels[number]] * len(items))])
    (folder.path / "data").mkdir(parents=True)
    book.save(folder.path / "data" / "forms.xlsx")
    folder.settings += (
        "files:\n  responses_self:\n    path: data/forms.xlsx\n    format: forms\n"
        "    columns:\n      Your code: manager_id\n      Email: rater_id\n"
        "    constants:\n      rater_group: self\n      wave: w1\n"
    )
    folder.rows["responses"] = []
    return folder


def test_forms_export_is_mapped_by_the_items_wording(forms):
    engagement = forms.open()
    assert not [problem.sentence() for problem in engagement.problems if problem.severity != "note"]
    assert answers(engagement, manager_id="M2")["OPP01"].tolist() == [3.0]
    assert len(engagement.responses.keys) == 3


def test_addresses_used_as_rater_ids_become_codes(forms):
    engagement = forms.open()
    raters = engagement.responses.keys["rater_id"]
    assert raters.str.fullmatch(r"R-[0-9a-f]{12}").all()
    assert raters.nunique() == 3
    assert "example.org" not in engagement.problems.to_json()


def test_missing_manager_column_is_refused_with_the_way_to_map_it(forms):
    forms.settings = forms.settings.replace("      Your code: manager_id\n", "")
    found = forms.found("E-MISSING-COLUMN")
    assert 'required column "manager_id" is missing' in found[0].sentence()


def test_constant_that_is_no_choice_is_refused(forms):
    forms.settings = forms.settings.replace("rater_group: self", "rater_group: boss")
    found = forms.found("E-SETTING")
    assert '"boss" under constants is not one of manager, peer, report, self' in found[0].sentence()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("OPP01", "OPP01"),
        ("opp01", "OPP01"),
        ("G1Q1[OPP01]", "OPP01"),
        ("OPP01. Links each proposal", "OPP01"),
        ("Q5_OPP01", "OPP01"),
        ("COM_STRENGTH", "COM_STRENGTH"),
        ("G1Q1[OPP01][other]", None),
        ("G1Q1[SQ001]", None),
        ("OPP05", None),
    ],
)
def test_header_is_read_as_item_id(folder, header, expected):
    assert map_columns([header], {}, {}, folder.instrument).get(header) == expected


def test_given_map_wins_and_double_claims_are_left_alone(folder):
    headers = ["G1[OPP01]", "G2[OPP01]", "G1[OPP02]"]
    assert map_columns(headers, {}, {}, folder.instrument) == {"G1[OPP02]": "OPP02"}
    given = {"G2[OPP01]": "OPP01"}
    assert map_columns(headers, {}, given, folder.instrument) == {"G1[OPP02]": "OPP02", "G2[OPP01]": "OPP01"}


def test_plain_text_ignores_markup_and_typography():
    assert plain_text("<p>It’s  <b>clear</b>. </p>") == plain_text("it's clear")


def test_export_of_an_empty_file_is_refused(qualtrics):
    (qualtrics.path / "data" / "qualtrics.csv").write_bytes(b"")
    qualtrics.write()
    engagement = open_engagement(qualtrics.path)
    assert {problem.code for problem in engagement.problems.of("refuse")} == {"E-EMPTY-FILE"}
