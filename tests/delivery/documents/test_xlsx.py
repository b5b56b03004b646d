"""The workbooks: inputs open, formulas protected and right, no text a formula, and the cohort's tables as published."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import openpyxl
import pytest
from tests.delivery.documents.pages import cohort_blocks
from tests.delivery.documents.reading import package_everything, texts_of
from tests.delivery.documents.reports import HOSTILE, REPORTS
from tests.fixtures.dossiers import (
    cohort_dossier,
    longest_dossier,
    manager_dossier,
    sparse_dossier,
    with_text_everywhere,
)
from tests.presentation.conftest import every_block

from coachkit.core.change import gas_t_score
from coachkit.delivery.documents.workbook import business, goals, work
from coachkit.delivery.documents.workbook.book import CUT, LONGEST_TEXT
from coachkit.delivery.documents.workbook.cohort import render_cohort_workbook, sheet_name
from coachkit.delivery.documents.workbook.dashboard import FORM
from coachkit.delivery.documents.xlsx import render_workbook
from coachkit.presentation.blocks import Cell, Table

SHEETS = [
    "Start",
    "Dashboard",
    "Profile",
    "Goals",
    "Actions",
    "Sessions",
    "Business case",
    "Change plan",
    "Benefits",
    "Measures",
]
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://127.0.0.1:9/")',
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(1)",
    "{=1+1}",
    "http://127.0.0.1:9/",
    "mailto:a@b",
    "internal:'Start'!A1",
)


@pytest.fixture(scope="module")
def plan() -> bytes:
    return render_workbook(manager_dossier(), "Development plan")


def opened(package: bytes, **options):
    return openpyxl.load_workbook(BytesIO(package), **options)


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("make", [manager_dossier, longest_dossier, sparse_dossier])
def test_every_sheet_is_there_visible_and_protected_without_a_password(make):
    book = opened(render_workbook(make()))
    assert book.sheetnames == SHEETS + (["Mentoring"] if make().plan.mentoring else [])
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not any(column.hidden for column in sheet.column_dimensions.values())


def test_inputs_are_open_and_everything_calculated_is_locked(plan):
    book = opened(plan)
    for cell in cells(book):
        assert not (cell.data_type == "f" and not cell.protection.locked), cell
    for sheet, place in (
        ("Goals", "B5"),
        ("Goals", "K5"),
        ("Actions", "H5"),
        ("Sessions", "J5"),
        ("Business case", "E6"),
        ("Benefits", "A5"),
    ):
        assert not book[sheet][place].protection.locked, (sheet, place)
    assert book["Profile"]["B5"].protection.locked


def test_what_the_plan_holds_is_in_the_workbook():
    dossier = longest_dossier()
    text = {str(cell.value) for cell in cells(opened(render_workbook(dossier)))}
    joined = "\n".join(text)
    wanted = [
        dossier.manager.name,
        *(goal.title for goal in dossier.plan.goals),
        *(a.title for a in dossier.plan.actions),
    ]
    wanted += [session.purpose for session in dossier.plan.sessions] + [m.baseline for m in dossier.plan.measures]
    wanted += [*dossier.plan.mentoring.agenda, *dossier.plan.goals[0].ladder, FORM, dossier.provenance.run_id]
    assert [entry for entry in wanted if entry not in joined] == []


def test_the_profile_has_a_native_chart_over_its_own_cells(plan):
    chart = opened(plan)["Profile"]._charts
    assert len(chart) == 1
    everything = package_everything(plan).decode("utf-8", "replace")
    for reference in ("Profile!$B$5:$B$14", "Profile!$E$5:$E$14", "Profile!$F$5:$F$14", "Profile!$I$5:$I$14"):
        assert reference in everything
    assert len(opened(plan)["Dashboard"]._charts) == 2


def evaluated(formula: str, weights, levels, rho: float) -> float:
    """The workbook's formula read as Python: ranges become columns, an empty cell is no number and counts as zero."""
    text = re.sub(
        r"\$?([A-Z])\$?\d+:\$?[A-Z]\$?\d+", lambda found: "W" if found[1] == "E" else "X", formula.lstrip("=")
    )
    text = text.replace(f"$E${goals.RHO_ROW + 1}", "RHO").replace("^", "**").replace("=0,", "==0,")
    names = {
        "W": np.array(weights, dtype=float),
        "X": np.array(levels, dtype=float),
        "RHO": rho,
        "ISNUMBER": lambda column: (~np.isnan(column)).astype(float),
        "SUMPRODUCT": lambda *columns: float(np.prod(np.nan_to_num(np.array(columns)), axis=0).sum()),
        "SQRT": np.sqrt,
        "IF": lambda test, yes, no: yes if test else no,
    }
    return eval(text, {"__builtins__": {}}, names)


@pytest.mark.parametrize(
    ("weights", "levels"),
    [
        ([2, 2, 2, None, None], [-1, 0, -2, None, None]),
        ([3, 2, 1, None, None], [1, 0, -1, None, None]),
        ([1, 1, 1, 1, 2], [2, 1, None, 0, -2]),
    ],
)
def test_the_t_score_is_the_one_of_the_method(weights, levels):
    chosen = [(w, x) for w, x in zip(weights, levels, strict=True) if w is not None and x is not None]
    expected = gas_t_score([x for _, x in chosen], [w for w, _ in chosen])
    assert evaluated(goals.t_formula("K"), weights, levels, 0.30) == pytest.approx(expected)


def test_cached_values_are_those_of_an_unfilled_workbook(plan):
    values, formulas = opened(plan, data_only=True), opened(plan)
    found = {}
    for cell in cells(formulas):
        if cell.data_type == "f":
            found[f"{cell.parent.title}!{cell.coordinate}"] = values[cell.parent.title][cell.coordinate].value
    assert found["Dashboard!F9"] == found["Dashboard!B9"] == len(manager_dossier().plan.actions)
    assert found["Dashboard!B13"] == len(manager_dossier().plan.sessions)
    assert found["Goals!K11"] in {None, ""}
    weeks = [found[f"Change plan!{column}6"] for column in ("I", "J", "AH")]
    monday = dt.datetime.fromisoformat("2026-10-19")
    assert weeks == [monday, monday + dt.timedelta(7), monday + dt.timedelta(7 * 25)]
    assert set(map(type, found.values())) <= {int, float, str, type(None), dt.datetime}


def test_no_formula_depends_on_the_day_it_is_opened(plan):
    assert [
        cell for cell in cells(opened(plan)) if cell.data_type == "f" and re.search(r"TODAY|NOW|RAND", cell.value)
    ] == []


def test_lists_dates_and_shares_are_checked_when_typed(plan):
    book = opened(plan)
    rules = {
        sheet.title: [(str(rule.sqref), rule.type, rule.formula1) for rule in sheet.data_validations.dataValidation]
        for sheet in book
    }
    assert ("H5:H16", "list", f'"{",".join(work.STATUSES)}"') in rules["Actions"]
    assert ("K5:K9", "list", '"-2,-1,0,1,2"') in rules["Goals"]
    assert any(kind == "date" for _, kind, _ in rules["Actions"])
    assert any(kind == "list" and business.KINDS[0] in formula for _, kind, formula in rules["Business case"])
    assert any(kind == "decimal" for _, kind, _ in rules["Benefits"])


def test_due_dates_and_the_gantt_chart_colour_themselves(plan):
    book = opened(plan)
    actions = [rule.formula[0] for rules in book["Actions"].conditional_formatting for rule in rules.rules]
    assert any("<TODAY()" in rule for rule in actions)
    assert any('"done"' in rule for rule in actions)
    change = [rule.formula[0] for rules in book["Change plan"].conditional_formatting for rule in rules.rules]
    assert len(change) == 2


@pytest.mark.case("SEC-11", "SEC-01")
@pytest.mark.parametrize("payload", [*FORMULAS, *HOSTILE])
def test_hostile_text_is_a_text_cell_and_never_a_link(payload):
    dossier = with_text_everywhere(longest_dossier(), payload)
    kept = replace(dossier.provenance, made_on="2026-09-30")
    for package in (
        render_workbook(replace(dossier, provenance=kept), payload),
        render_cohort_workbook(every_block(payload), payload),
    ):
        book = opened(package)
        shown = payload.replace("\x07", "␇").replace("\ufffe", "\ufffd").replace("\x00", "␀")
        assert sum(cell.value == shown and cell.data_type == "s" for cell in cells(book)) > 3
        assert not any(cell.hyperlink for cell in cells(book))
        everything = package_everything(package)
        assert b"TargetMode" not in everything
        for word in (b"externalLink", b"vbaProject", b"<hyperlink"):
            assert word not in everything


@pytest.mark.case("SEC-11")
def test_a_text_longer_than_a_cell_says_that_it_is_cut():
    table = Table(caption="T", header=(Cell("a"),), rows=((Cell("x" * 40_000),),))
    (long,) = [cell.value for cell in cells(opened(render_cohort_workbook([table]))) if len(str(cell.value)) > 1000]
    assert len(long) == LONGEST_TEXT
    assert long.endswith(CUT)


@pytest.mark.case("SEC-44")
def test_properties_name_nobody_and_bytes_do_not_change(plan):
    assert render_workbook(manager_dossier(), "Development plan") == plan
    properties = opened(plan).properties
    assert properties.title == "Development plan"
    assert not properties.creator
    assert not properties.lastModifiedBy
    assert b"/home" not in package_everything(plan)


@pytest.mark.case("PRIV-07")
@pytest.mark.parametrize("name", ["cohort", "segments", "empty"])
def test_the_cohorts_workbook_holds_what_the_report_shows_and_nothing_else(name):
    blocks = REPORTS[name]()
    shown = " ".join(texts_of(blocks))
    tables = [block for block in blocks if isinstance(block, Table) and block.rows]
    book = opened(render_cohort_workbook(blocks))
    for cell in cells(book):
        if isinstance(cell.value, int | float):
            number = cell.value
            forms = {
                f"{number:g}",
                f"{number:.1f}",
                f"{number:.2f}",
                f"{number * 100:.0f}%",
                f"{number:.1f}".replace("-", "−"),
            }
            assert any(form in shown for form in forms), cell
    rows = sum(sheet.max_row for sheet in book)
    assert rows >= sum(len(table.rows) for table in tables)


@pytest.mark.case("PRIV-07")
def test_small_counts_stay_hidden_in_the_cohorts_workbook():
    dossier = replace(cohort_dossier(), outcomes={"recognised": 26, "unclear": 3}, interventions={"short_coaching": 4})
    values = [cell.value for cell in cells(opened(render_cohort_workbook(cohort_blocks(dossier))))]
    assert "fewer than can be shown" in values
    book = opened(render_cohort_workbook(cohort_blocks(dossier)))
    counts = {
        sheet.title: [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int)]
        for sheet in book
    }
    assert counts["Suggested help"] == []
    assert counts["Kind of answer"] == [26]


def test_sheet_names_are_accepted_by_excel_and_unique():
    taken: set[str] = set()
    names = [sheet_name(text, taken) for text in ("A" * 40, "a" * 40, "'[x]:*?/\\'", "x", "")]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
