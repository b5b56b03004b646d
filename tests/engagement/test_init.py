"""A new engagement folder: complete, private, ready to fill, and helpful while it is empty."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import stat

import openpyxl
import pytest

from coachkit.engagement.check import check_engagement
from coachkit.engagement.entry_workbook import GUIDE_SHEET, build_workbook
from coachkit.engagement.folder import open_engagement
from coachkit.engagement.init import header_csv, init_engagement
from coachkit.engagement.schema import load_tables
from coachkit.engagement.storage import OutputRefusedError
from coachkit.engagement.tables import ColumnSpec, TableSpec
from coachkit.engagement.yaml_reader import read_yaml
from coachkit.errors import InputRefusedError

TODAY = dt.date(2026, 2, 1)


@pytest.fixture(scope="module")
def new(tmp_path_factory):
    path = tmp_path_factory.mktemp("new") / "Möller & Söhne: Nord"
    init_engagement(path, owner="Head of Learning", today=TODAY)
    return path


@pytest.fixture(scope="module")
def book(new):
    return openpyxl.load_workbook(new / "data" / "data_entry.xlsx")


def test_new_folder_reads_without_a_problem_in_its_settings(new):
    engagement = open_engagement(new)
    assert engagement.settings.client == "Möller & Söhne: Nord"
    assert engagement.settings.recorded_on == TODAY
    assert not [problem for problem in engagement.problems if problem.file == "engagement.yaml"]


@pytest.mark.case("IN-23")
def test_unfilled_folder_says_what_to_fill(new):
    report = check_engagement(new)
    assert report.exit_code == 2
    refusals = [problem.sentence() for problem in report.of("refuse")]
    assert any("data/roster.csv: there are no people in the file" in text for text in refusals)
    assert any("data/responses.csv: there are no rows" in text for text in refusals)
    with pytest.raises(InputRefusedError, match="no people in the file"):
        open_engagement(new).require_usable()


def test_owner_must_be_filled_in(tmp_path):
    init_engagement(tmp_path / "new", today=TODAY)
    assert "E-PURPOSE" in {problem.code for problem in check_engagement(tmp_path / "new")}


def test_settings_lines_that_are_commented_out_are_valid_once_used(new, tmp_path):
    text = (new / "engagement.yaml").read_text(encoding="utf-8")
    used = re.sub(r"^#(?! \S)", "", text, flags=re.M)
    node = read_yaml(used, name="engagement.yaml")
    assert {"wave", "targets", "minimums", "branding", "rates", "files"} <= set(node.value)
    (tmp_path / "engagement.yaml").write_text(used, encoding="utf-8")
    codes = {problem.code for problem in check_engagement(tmp_path)}
    assert codes <= {"E-MISSING-FILE", "N-NO-CONTEXT", "N-NO-UNITS", "N-NOT-CHECKED"}


def test_csv_headers_hold_every_column_and_open_well_in_excel(new):
    for name, spec in load_tables().items():
        if name in ("responses", "responses_long"):
            continue
        content = (new / "data" / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert next(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == list(spec.column_names)


def test_workbook_has_a_sheet_per_table_after_the_guide(book):
    assert book.sheetnames == [GUIDE_SHEET, "roster", "context", "units", "kpis", "coaches", "responses"]
    for name in ("roster", "context", "units", "kpis", "coaches"):
        assert [cell.value for cell in book[name][1]] == list(load_tables()[name].column_names)
    assert book["responses"].freeze_panes == "B2"
    assert book["responses"].max_row == 1


def test_guide_describes_every_column(book):
    rows = [[cell.value for cell in row] for row in book[GUIDE_SHEET].iter_rows()]
    described = {(row[0], row[1]): row for row in rows}
    assert described["roster", "manager_id"][2] == "yes"
    for name in ("roster", "context", "units", "kpis", "coaches"):
        for column in load_tables()[name].columns:
            assert described[name, column.name][3] == column.description


def test_choices_drop_down_and_numbers_are_limited(book):
    rules = {sheet: {str(rule.sqref).split(":")[0]: rule for rule in book[sheet].data_validations.dataValidation}
             for sheet in ("roster", "context", "responses")}  # fmt: skip
    assert rules["roster"]["D2"].formula1 == '"new,established,senior"'
    assert rules["context"]["E2"].formula1 == '"yes,no"'
    assert (rules["context"]["C2"].type, rules["context"]["C2"].formula2) == ("decimal", "600.0")
    assert rules["responses"]["G2"].formula1 == '"1,2,3,4,5,NO"'
    assert "Must be filled." in rules["roster"]["A2"].prompt


def test_required_columns_look_different(book):
    header = book["roster"][1]
    assert header[0].fill.fgColor.rgb != header[5].fill.fgColor.rgb


def test_ids_are_formatted_as_text(book):
    assert book["roster"].column_dimensions["A"].width > 10
    init_style = book["roster"].column_dimensions["A"]
    assert init_style.number_format == "@"


@pytest.mark.case("SEC-11")
def test_hostile_texts_are_plain_cells_in_the_workbook():
    hostile = ["=1+1", '=HYPERLINK("http://e.org")', "{=1+1}", "http://e.org", "+1", "@x"]
    columns = tuple(ColumnSpec(name, "text", description=name, example=name) for name in hostile)
    content = build_workbook((TableSpec("t", "T", columns),), "# Guide\n=2+2\n")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert {"=1+1", "{=1+1}", "http://e.org", "=2+2"} <= {cell.value for cell in cells}


def test_percent_scale_gets_a_rule_instead_of_a_list():
    column = ColumnSpec("rating", "rating", minimum=0, maximum=100, choices=("NO",))
    book = openpyxl.load_workbook(io.BytesIO(build_workbook((TableSpec("t", "T", (column,)),), "# Guide")))
    rule = book["t"].data_validations.dataValidation[0]
    assert rule.formula1 == 'OR(A2="NO",AND(ISNUMBER(A2),A2>=0,A2<=100))'


def test_equal_input_gives_equal_bytes(new, tmp_path):
    other = tmp_path / new.name
    init_engagement(other, owner="Head of Learning", today=TODAY)
    for file in sorted(path.relative_to(new) for path in new.rglob("*") if path.is_file()):
        assert (other / file).read_bytes() == (new / file).read_bytes(), file


@pytest.mark.case("SEC-43")
@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_folder_is_private(new):
    for path in (new, *new.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_git_ignores_everything(new):
    assert "*" in (new / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_occupied_folder_is_refused_and_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefusedError, match=r"is not empty \(it holds 'notes.txt'\); nothing was written"):
        init_engagement(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(OutputRefusedError, match="is a file or a link"):
        init_engagement(tmp_path / "notes.txt")


def test_empty_existing_folder_becomes_private(tmp_path):
    (tmp_path / "new").mkdir(mode=0o755)
    init_engagement(tmp_path / "new", today=TODAY)
    assert os.name != "posix" or stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_filled_workbook_beside_unfilled_csv_files_is_read(new, folder, tmp_path):
    root = tmp_path / "filled"
    init_engagement(root, owner="Head of Learning", today=TODAY)
    book = openpyxl.load_workbook(root / "data" / "data_entry.xlsx")
    for name, rows in folder.rows.items():
        sheet = book[name]
        header = [cell.value for cell in sheet[1]]
        for row in rows:
            sheet.append([row.get(column, "") or None for column in header])
    book.save(root / "data" / "data_entry.xlsx")
    engagement = open_engagement(root)
    assert [problem.sentence() for problem in engagement.problems if problem.severity != "note"] == []
    assert engagement.cohort().manager_ids == ("007", "M2", "M3")
    assert len(engagement.responses.keys) == 24


def test_filled_csv_files_beside_an_unfilled_workbook_are_read(folder):
    init_engagement(folder.path, owner="Head of Learning", today=TODAY)
    for name, rows in folder.rows.items():
        path = folder.path / "data" / f"{name}.csv"
        header = path.read_text(encoding="utf-8-sig").strip().split(",")
        lines = io.StringIO()
        writer = csv.DictWriter(lines, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(lines.getvalue(), encoding="utf-8-sig")
    engagement = open_engagement(folder.path)
    assert engagement.is_usable, [problem.sentence() for problem in engagement.problems]
    assert len(engagement.responses.keys) == 24
    assert [problem.code for problem in engagement.problems] == []


def test_header_file_is_plain_csv():
    spec = TableSpec("t", "T", (ColumnSpec("a,b", "text"), ColumnSpec("c", "text")))
    assert header_csv(spec) == b'\xef\xbb\xbf"a,b",c\r\n'
