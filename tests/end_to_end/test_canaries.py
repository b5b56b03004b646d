"""Words that must not travel: a comment, a name and a secret are searched for in every byte a run leaves behind."""

from __future__ import annotations

import csv
import getpass
import io
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.end_to_end.conftest import coachkit
from tests.end_to_end.folders import edit, light_notebooks, simulated

from coachkit.delivery.ledger import Ledger
from coachkit.engagement.init import init_engagement
from coachkit.engagement.problems import Problem, ProblemReport

pytestmark = pytest.mark.slow

COMMENT, NAME, SECRET = "xqcommentcanaryqx", "Xqnamecanaryqx Ada", "xqsecretcanaryqx"
LONE = "xqlonecommentqx"  # a comment nobody else keeps company
N_MANAGERS = 6


def run_with_secret(engagement: Path, scratch: Path, *options: str) -> subprocess.CompletedProcess:
    """``coachkit run`` with a password in its environment and temporary files where they can be searched."""
    environment = {**os.environ, "TMPDIR": str(scratch), "COACHKIT_DB_URL": f"postgresql://me:{SECRET}@db/x"}
    command = [sys.executable, "-m", "coachkit", "run", str(engagement), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def files_with(folder: Path, word: str) -> set[str]:
    """Files below a folder that hold a word, in UTF-8 or UTF-16 and in any case."""
    pattern = re.compile(b"|".join(re.escape(word.encode(code)) for code in ("utf-8", "utf-16-le")), re.IGNORECASE)
    found = (path for path in folder.rglob("*") if path.is_file() and pattern.search(path.read_bytes()))
    return {path.relative_to(folder).as_posix() for path in found}


def plant(engagement: Path) -> None:
    """Manager M001 gets the name; peers of M001 write the canary comments, one lone report the other."""

    def names(rows):
        rows[0]["name"] = NAME

    def comments(rows):
        writers = [row for row in rows if row["manager_id"] == "M001" and row["wave"] == "w2"]
        for row in writers:
            row["COM_STRENGTH"] = f"{COMMENT} said by one of many"
            row["COM_DEVELOP"] = LONE if row["rater_group"] == "report" and row is _first_report(writers) else ""

    edit(engagement, "roster", names)
    edit(engagement, "responses", comments)


def _first_report(rows):
    return next(row for row in rows if row["rater_group"] == "report")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run in which everything goes well, its folder, its scratch folder and what it printed."""
    root = tmp_path_factory.mktemp("canaries")
    engagement, scratch = simulated(root / "engagement", N_MANAGERS), root / "scratch"
    scratch.mkdir()
    plant(engagement)
    result = run_with_secret(engagement, scratch)
    assert result.returncode == 0, result.stdout + result.stderr
    return engagement, scratch, result.stdout + result.stderr


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """A run whose plan notebook raises, for M001 only, an error that quotes the name."""
    root = tmp_path_factory.mktemp("failing")
    engagement, scratch = simulated(root / "engagement", N_MANAGERS), root / "scratch"
    scratch.mkdir()
    plant(engagement)
    trap = (
        "import os\nname = run.manager(manager_id).manager.name\nprint(name)\nos.write(2, name.encode())\n"
        "if manager_id == 'M001':\n    raise KeyError(name)"
    )
    light_notebooks(engagement, before_plan=trap)
    result = run_with_secret(engagement, scratch)
    return engagement, scratch, result.returncode, result.stdout + result.stderr


def outputs(engagement: Path) -> Path:
    return next((engagement / "out").glob("*/ledger.sqlite")).parent


@pytest.mark.case("SEC-40")
def test_a_secret_of_the_environment_is_nowhere(finished, failed):
    for engagement, scratch, *_, printed in (finished, failed):
        assert files_with(engagement, SECRET) == set()
        assert files_with(scratch, SECRET) == set()
        assert SECRET not in printed


@pytest.mark.case("SEC-40")
@pytest.mark.case("SEC-41")
def test_a_run_leaves_nothing_in_the_temporary_folder(finished, failed):
    for _, scratch, *_ in (finished, failed):
        assert [path.name for path in scratch.rglob("*") if path.is_file()] == []


@pytest.mark.case("SEC-41")
def test_what_is_printed_names_nobody_and_quotes_nothing(finished, failed):
    for *_, printed in (finished, failed):
        for word in (NAME, COMMENT, LONE):
            assert word.casefold() not in printed.casefold()


@pytest.mark.case("SEC-42")
def test_a_comment_is_in_its_managers_report_and_nowhere_else(finished):
    engagement = finished[0]
    run = outputs(engagement)
    holders = files_with(run, COMMENT)
    assert holders
    assert {re.sub(r"m001-\w+", "m001", name) for name in holders} == {
        "analysis/managers/m001.json", "managers/m001/development_plan.html", "managers/m001/development_plan.ipynb",
    }  # fmt: skip
    outside = files_with(engagement, COMMENT) - {f"out/{run.name}/{name}" for name in holders}
    assert {name.partition("/")[0] for name in outside} == {"data", "releases"}


@pytest.mark.case("SEC-42")
def test_a_name_is_in_its_own_report_and_the_consultants_index_only(finished):
    holders = {re.sub(r"m001-\w+", "m001", name) for name in files_with(outputs(finished[0]), NAME)}
    assert holders == {
        "analysis/managers/m001.json", "managers/m001/development_plan.html", "managers/m001/development_plan.ipynb",
        "managers/m001/coach_brief.html", "managers/m001/sponsor_summary.html", "index.html",
    }  # fmt: skip


@pytest.mark.case("PRIV-02")
def test_a_lone_comment_is_withheld_everywhere(finished):
    engagement = finished[0]
    assert {name.partition("/")[0] for name in files_with(engagement, LONE)} == {"data"}


@pytest.mark.case("SEC-44")
def test_no_output_names_machine_user_or_path(finished):
    run = outputs(finished[0])
    words = [str(finished[0]), str(Path(sys.prefix).resolve()), str(Path.home())]
    words += [word for word in (getpass.getuser(), socket.gethostname()) if len(word) > 5]
    assert {word: files_with(run, word) for word in words} == {word: set() for word in words}


@pytest.mark.case("P4")
@pytest.mark.case("SEC-41")
def test_a_failing_notebook_costs_one_report_and_tells_no_name(failed):
    engagement, _, exit_code, printed = failed
    run = outputs(engagement)
    assert exit_code == 3
    assert "cell 4 stopped with KeyError" in printed
    rows = {row.manager_id: row for row in Ledger(run / "ledger.sqlite").jobs()}
    assert {key: row.status for key, row in rows.items()} == {
        "": "done", "M001": "failed", "M002": "done", "M003": "done", "M004": "done", "M005": "done", "M006": "done",
    }  # fmt: skip
    assert NAME not in rows["M001"].message + rows["M001"].fix
    assert "ledger.sqlite" not in files_with(run, NAME)
    assert "manifest.json" not in files_with(run, NAME)
    assert not list(run.glob("managers/m001*"))


@pytest.mark.case("SEC-41")
@pytest.mark.case("SEC-43")
def test_the_failed_notebook_is_kept_for_its_owner_only(failed):
    (kept,) = (outputs(failed[0]) / "failed").iterdir()
    assert re.fullmatch(r"m001-\w+\.ipynb", kept.name)
    assert NAME in kept.read_text("utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


@pytest.mark.case("P4")
def test_the_next_run_makes_the_failed_report_only(failed, tmp_path):
    engagement = Path(shutil.copytree(failed[0], tmp_path / "engagement"))  # the others look at it as it failed
    run, before = outputs(engagement), {}
    for path in run.glob("managers/*/*"):
        before[path] = path.stat().st_mtime_ns
    light_notebooks(engagement)
    result = coachkit("run", engagement)
    assert result.returncode == 0, result.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before


FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://127.0.0.1:9/")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
)


def our_csv_files(folder: Path) -> list[Path]:
    """Every CSV the toolkit writes, with formulas wherever a client's text can reach."""
    problems = [
        Problem("E-RANGE", "hold", text, sheet=text, row=2, column=text, value=text, what=text, fix=text)
        for text in FORMULAS
    ]
    folder.mkdir()
    with (folder / "problems.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write(ProblemReport(problems).to_csv())
    made = init_engagement(folder / "=client", client="=1+1", owner="@SUM(A1)")
    return [folder / "problems.csv", *(path for path in made if path.suffix == ".csv")]


@pytest.mark.case("SEC-12")
def test_no_cell_of_our_csv_files_starts_a_formula(tmp_path):
    files = our_csv_files(tmp_path / "csv")
    assert len(files) >= 7
    for path in files:
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.lstrip(" \t\r\n").startswith(("=", "+", "@", "-")) or not cell, (path.name, cell)


@pytest.mark.case("SEC-12")
def test_a_spreadsheet_finds_no_formula_in_our_csv_files(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: the CSV files are checked cell by cell only")
    files, out = our_csv_files(tmp_path / "csv"), tmp_path / "out"
    plain = [shutil.copyfile(path, tmp_path / f"{number}.csv") for number, path in enumerate(files)]
    control = tmp_path / "control.csv"
    control.write_text("=1+1\n", "utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "fods", "--outdir", out, *plain, control]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=120)
    assert "table:formula" in (out / "control.fods").read_text("utf-8")
    for path in plain:
        assert "table:formula" not in (out / f"{path.stem}.fods").read_text("utf-8"), path
