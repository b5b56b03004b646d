"""One report in an ordinary kernel: the right person or nothing, and a failure that says where and what to do."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from coachkit.delivery.execution import prepare_process
from coachkit.delivery.jobs import ReportJob, published_notebook, run_job
from coachkit.delivery.receipts import MIME, Receipt, parameters_hash, subject_hash
from coachkit.engagement.storage import sha256_of

RECEIPT = Receipt("development_plan", "r1", subject_hash("M1"), "a" * 64, 1, parameters_hash(manager_id="M1"))
GOOD = """
from coachkit.presentation.blocks import Heading
from coachkit.presentation.show import show
show(Heading(level=1, text="Plan for " + manager_id))
"""
SHOW_RECEIPT = f"""
from IPython.display import display
display({{{MIME!r}: {RECEIPT.as_dict()!r}, "text/plain": "receipt"}}, raw=True)
"""


@pytest.fixture(scope="module", autouse=True)
def _quiet_worker(tmp_path_factory):
    before = dict(os.environ)
    prepare_process(str(tmp_path_factory.mktemp("scratch")))
    yield
    os.environ.clear()
    os.environ.update(before)


def make_job(out: Path, *cells: str, **changes) -> ReportJob:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell('manager_id: str = "M0"', metadata={"tags": ["parameters"]})]
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    source = nbformat.writes(notebook).encode()
    job = ReportJob(
        "development_plan/m1",
        "development_plan",
        "M1",
        "m1",
        str(out),
        "managers/m1",
        "work/m1",
        source,
        sha256_of(source),
        {"manager_id": "M1"},
        RECEIPT,
        "Plan",
        is_warm=False,
    )
    return replace(job, **changes)


@pytest.mark.case("P1")
def test_a_matching_receipt_publishes_notebook_and_page(tmp_path):
    outcome = run_job(make_job(tmp_path, GOOD, SHOW_RECEIPT))
    assert (outcome.is_done, outcome.message) == (True, "")
    assert set(outcome.files) == {"managers/m1/development_plan.ipynb", "managers/m1/development_plan.html"}
    page = (tmp_path / "managers/m1/development_plan.html").read_text("utf-8")
    assert "Plan for M1" in page
    assert not (tmp_path / "work" / "m1").exists()


@pytest.mark.case("P7")
def test_a_relative_output_folder_means_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run_job(make_job(Path("out"), GOOD, SHOW_RECEIPT))
    assert outcome.is_done
    assert (tmp_path / "out" / "managers/m1/development_plan.html").is_file()
    assert Path.cwd() == tmp_path


@pytest.mark.case("P1")
@pytest.mark.parametrize("wrong", ["subject", "slice_sha256"])
def test_another_persons_receipt_publishes_nothing(tmp_path, wrong):
    job = make_job(tmp_path, GOOD, SHOW_RECEIPT, receipt=replace(RECEIPT, **{wrong: "other"}))
    outcome = run_job(job)
    assert not outcome.is_done
    assert f"does not match the request ({wrong})" in outcome.message
    assert list((tmp_path).rglob("*.html")) == []
    assert list((tmp_path / "managers").rglob("*")) == []


@pytest.mark.case("P1")
@pytest.mark.case("SEC-25")
def test_a_notebook_without_receipt_publishes_nothing(tmp_path):
    outcome = run_job(make_job(tmp_path, GOOD))
    assert "emitted no receipt" in outcome.message
    assert not (tmp_path / "managers").exists()


@pytest.mark.case("SEC-41")
@pytest.mark.case("P4")
def test_a_failing_cell_is_named_without_quoting_it_and_the_notebook_is_kept(tmp_path):
    outcome = run_job(make_job(tmp_path, "raise KeyError('canary name')"))
    assert outcome.message == "cell 3 stopped with KeyError"
    assert "canary" not in outcome.message + outcome.fix
    kept = tmp_path / "failed" / "m1.ipynb"
    assert "canary name" in kept.read_text("utf-8")
    assert not (tmp_path / "managers").exists()


@pytest.mark.case("P5")
def test_a_hanging_cell_is_stopped(tmp_path):
    outcome = run_job(make_job(tmp_path, "while True: pass", cell_timeout_s=2))
    assert outcome.message == "a cell ran longer than 2 s and was stopped"
    assert outcome.seconds < 30


@pytest.mark.case("P4")
def test_a_dying_kernel_costs_this_report_only(tmp_path):
    outcome = run_job(make_job(tmp_path, "import os; os._exit(1)"))
    assert "the kernel ended early" in outcome.message
    assert not (tmp_path / "managers").exists()


@pytest.mark.case("SEC-40")
@pytest.mark.case("SEC-44")
def test_a_published_notebook_names_no_path_machine_or_parameters(tmp_path):
    run_job(make_job(tmp_path, GOOD, SHOW_RECEIPT))
    text = (tmp_path / "managers/m1/development_plan.ipynb").read_text("utf-8")
    notebook = json.loads(text)
    assert str(tmp_path) not in text
    assert "papermill" not in notebook["metadata"]
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])


@pytest.mark.case("P3")
def test_an_unwritable_folder_is_a_message(tmp_path):
    (tmp_path / "managers").write_text("a file where the folder should be")
    outcome = run_job(make_job(tmp_path, GOOD, SHOW_RECEIPT))
    assert outcome.message.startswith("could not write into managers/m1")
    assert (tmp_path / "managers").read_text() == "a file where the folder should be"


def test_cell_ids_are_stable():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1"), nbformat.v4.new_markdown_cell("x")])
    assert [cell.id for cell in published_notebook(notebook).cells] == ["cell-00", "cell-01"]


@pytest.mark.case("SEC-41")
def test_a_broken_notebook_goes_once_its_report_is_made(tmp_path):
    run_job(make_job(tmp_path, "raise KeyError('canary name')"))
    assert (tmp_path / "failed" / "m1.ipynb").is_file()
    assert run_job(make_job(tmp_path, GOOD, SHOW_RECEIPT)).is_done
    assert not (tmp_path / "failed" / "m1.ipynb").exists()


@pytest.mark.case("SEC-29")
@pytest.mark.skipif(os.name != "posix", reason="links of POSIX systems")
@pytest.mark.parametrize("link", ["managers/m1", "work/m1", "logs"])
def test_a_link_waiting_in_a_jobs_way_is_never_followed(tmp_path, link):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "theirs.txt").write_text("theirs")
    path = tmp_path / "out" / link
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    outcome = run_job(make_job(tmp_path / "out", GOOD, SHOW_RECEIPT))
    assert [found.name for found in elsewhere.iterdir()] == ["theirs.txt"]
    assert outcome.is_done == (link == "logs")
    if not outcome.is_done:
        assert outcome.message.startswith("refused to write through the symbolic link 'm1'. Remove the link")


@pytest.mark.case("P3")
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux which file is being flushed")
def test_a_full_disk_names_the_file_and_the_bytes(tmp_path, monkeypatch):
    real = os.fsync

    def full(descriptor):
        if "coachkit-" in Path(f"/proc/self/fd/{descriptor}").readlink().name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr("coachkit.engagement.storage.os.fsync", full)
    outcome = run_job(make_job(tmp_path, GOOD, SHOW_RECEIPT))
    told = r"could not write into managers/m1/development_plan\.ipynb: No space left on device \([\d,]+ bytes needed\)"
    assert re.fullmatch(told, outcome.message)
    assert list((tmp_path / "managers" / "m1").iterdir()) == []
