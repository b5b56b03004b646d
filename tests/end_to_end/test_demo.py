"""The README's first command: 48 workbooks and the cohort's diagnostics, every one in the ledger."""

from __future__ import annotations

import json
import re
import sqlite3
import stat

import nbformat
import pytest
from tests.end_to_end.conftest import coachkit

from coachkit.delivery.ledger import Ledger

pytestmark = pytest.mark.slow
N_MANAGERS = 48


def test_the_demo_ends_well_and_names_its_index(demo):
    assert demo.exit_code == 0, demo.printed
    assert f"{N_MANAGERS + 1} reports made, 0 failed" in demo.printed
    assert demo.printed.rstrip().endswith("index.html")
    assert (demo.out / "index.html").is_file()


def test_every_manager_has_notebook_and_page(demo):
    assert len(list((demo.out / "managers").glob("*/development_plan.html"))) == N_MANAGERS
    assert len(list((demo.out / "managers").glob("*/development_plan.ipynb"))) == N_MANAGERS
    assert {path.name for path in (demo.out / "cohort").iterdir()} == {
        "cohort_diagnostics.html",
        "cohort_diagnostics.ipynb",
    }


def test_the_ledger_knows_every_report_and_every_file_is_intact(demo):
    ledger = Ledger(demo.out / "ledger.sqlite")
    jobs = ledger.jobs()
    assert [job.status for job in jobs] == ["done"] * (N_MANAGERS + 1)
    assert all(ledger.is_intact(job.job_id, demo.out) for job in jobs)
    assert {"data_hash", "seed", "version", "wave", "made_on"} <= set(ledger.facts())


def test_the_manifest_records_inputs_versions_and_seed(demo):
    manifest = json.loads((demo.out / "manifest.json").read_text("utf-8"))
    assert {"inputs", "versions", "seed", "notebooks", "data_hash", "run_id"} <= set(manifest)
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in manifest["inputs"].values())


def test_every_page_states_its_origin_and_its_limits(demo):
    run_id = demo.out.name
    for page in demo.out.rglob("*.html"):
        text = page.read_text("utf-8")
        assert run_id in text, page
        assert "onfidential" in text, page
        assert "hiring, pay, promotion or dismissal" in text, page


@pytest.mark.case("PRIV-14")
def test_no_page_claims_to_be_anonymous(demo):
    for page in demo.out.rglob("*.html"):
        assert "anonym" not in page.read_text("utf-8").lower(), page


@pytest.mark.case("SEC-28")
def test_file_names_carry_no_names(demo):
    roster = (demo.engagement / "data" / "roster.csv").read_text("utf-8-sig").splitlines()[1:]
    names = {part.strip('"').casefold() for line in roster for part in line.split(",")[1].split()}
    for path in demo.out.rglob("*"):
        words = set(re.split(r"[^\w]+", path.name.casefold()))
        assert not words & {name for name in names if len(name) > 3}, path


@pytest.mark.case("SEC-43")
def test_everything_written_is_private(demo):
    for path in demo.engagement.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.case("SEC-44")
def test_no_output_names_a_path_of_this_machine(demo):
    for path in demo.out.rglob("*"):
        if path.is_file():
            assert str(demo.engagement).encode() not in path.read_bytes(), path


@pytest.mark.case("SEC-42")
def test_a_managers_name_is_in_no_other_managers_report(demo):
    from coachkit.delivery.runs import open_run

    run = open_run(demo.engagement)
    people = {f"M{number:03d}": run.manager(f"M{number:03d}").manager.name for number in (1, 12, 30)}
    pages = {path: path.read_text("utf-8") for path in sorted(demo.out.glob("managers/*/*.html"))}
    for manager_id, name in people.items():
        holders = [path for path, text in pages.items() if name in text]
        assert len(holders) == 3  # the plan and the two briefs
        assert holders == [path for path in pages if path.parent.name.startswith(manager_id.lower())]


@pytest.mark.case("PRIV-07")
def test_the_cohort_report_names_no_manager(demo):
    from coachkit.delivery.runs import open_run

    text = (demo.out / "cohort" / "cohort_diagnostics.html").read_text("utf-8")
    run = open_run(demo.engagement)
    for number in range(1, N_MANAGERS + 1):
        assert run.manager(f"M{number:03d}").manager.name not in text


@pytest.mark.case("PRIV-09")
def test_no_report_holds_a_rater_id(demo):
    responses = next((demo.engagement / "data").glob("responses*.csv")).read_text("utf-8-sig").splitlines()
    column = responses[0].split(",").index("rater_id")
    raters = {line.split(",")[column] for line in responses[1:] if line.count(",") >= column}
    raters = {rater for rater in raters if not re.fullmatch(r"M\d{3}", rater)}
    text = b"".join(path.read_bytes() for path in demo.out.rglob("*") if path.is_file()).decode("utf-8", "ignore")
    assert not {rater for rater in raters if rater in text}


def test_a_second_run_has_nothing_to_do(demo):
    before = {path: path.stat().st_mtime_ns for path in demo.out.glob("managers/*/*")}
    again = coachkit("run", demo.engagement)
    assert "0 reports made, 49 were already up to date, 0 failed" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in demo.out.glob("managers/*/*")} == before


def test_only_one_manager_is_redone_when_asked(demo):
    again = coachkit("run", demo.engagement, "--only", "M012", "--quiet")
    assert again.returncode == 0, again.stderr
    assert again.stdout.strip().endswith("index.html")
    assert len(list((demo.out / "managers").glob("*/development_plan.html"))) == N_MANAGERS


def test_status_lists_every_report(demo):
    result = coachkit("status", demo.engagement, "--all")
    assert result.returncode == 0
    assert result.stdout.count("development_plan") == N_MANAGERS


def test_published_notebooks_are_valid_and_carry_no_errors(demo):
    for path in demo.out.glob("managers/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        assert not [out for cell in notebook.cells for out in cell.get("outputs", []) if out.output_type == "error"]


def test_no_scratch_is_left_behind(demo):
    assert {path.name for path in demo.out.iterdir()} == {
        "analysis", "cohort", "index.html", "ledger.sqlite", "logs", "managers", "manifest.json",
    }  # fmt: skip
    connection = sqlite3.connect(demo.out / "ledger.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
