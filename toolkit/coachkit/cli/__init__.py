"""The command line: a thin shell over the package. Exit codes: 0 fine, 1 notes, 2 refused, 3 problems, 130 interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from pathlib import Path
from typing import Any

import click

from coachkit import __version__
from coachkit.cli.benchmarks import benchmark
from coachkit.cli.output import (
    print_report,
    print_result,
    print_status,
    print_verification,
    progress_bar,
    spinner,
)

INTRODUCTION = """From a client's spreadsheets to diagnoses, recommendations and a development plan for every manager.

\b
First steps:
  coachkit demo              see everything on the sample engagement
  coachkit init client-a     make a folder for your own engagement
  coachkit check client-a    see what is missing or wrong in its files
  coachkit run client-a      make all reports

coachkit COMMAND --help says more about each command.
"""
FINE, NOTES, REFUSED, PROBLEMS, INTERRUPTED = 0, 1, 2, 3, 130

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
quiet_option = click.option("--quiet", is_flag=True, help="Print only problems and the result's place.")
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="A table to read, or CSV or JSON for other programs.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Worker processes (default: one per core)."
)


class _Cli(click.Group):
    """Turns deliberate refusals into one clear message and an exit code; commands keep their written order."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


def _refusals_as_messages(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def wrapped(*arguments: object, **options: object) -> None:
        from coachkit.errors import CoachkitError

        try:
            command(*arguments, **options)
        except CoachkitError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(getattr(error, "exit_code", REFUSED))
        except OSError as error:
            click.echo(f"Error: {error.strerror or error}: {error.filename or ''}", err=True)
            sys.exit(PROBLEMS)
        except KeyboardInterrupt:
            click.echo("Stopped. Finished reports are kept; run the same command to continue.", err=True)
            sys.exit(INTERRUPTED)

    return wrapped


@click.group(
    cls=_Cli, help=INTRODUCTION, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="coachkit")
def main() -> None:
    """The group of all commands."""


@main.command(short_help="See everything on the sample engagement.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("coachkit-demo"))
@jobs_option
@quiet_option
@_refusals_as_messages
def demo(folder: Path, jobs: int | None, quiet: bool) -> None:
    """Copy the sample engagement to DIR (default: coachkit-demo) and make all its reports."""
    from coachkit.engagement.sample import copy_sample

    copy_sample(folder)
    _run(folder, jobs=jobs, quiet=quiet)


@main.command(short_help="Make an engagement folder ready to fill.")
@folder_argument
@click.option(
    "--instrument",
    default="manager_transition",
    show_default=True,
    metavar="NAME",
    help="A shipped questionnaire, or the folder of your own.",
)
@_refusals_as_messages
def init(folder: Path, instrument: str) -> None:
    """Make an engagement folder ready to fill: settings, CSV headers and one workbook."""
    from coachkit.engagement.init import init_engagement

    for path in init_engagement(folder, instrument):
        click.echo(f"  {path.relative_to(folder).as_posix()}")
    click.echo("Next: fill data/data_entry.xlsx (its first sheet says how) or the CSV files, and engagement.yaml;")
    click.echo(f"then run: coachkit check {folder}")


@main.command(short_help="Make a synthetic engagement with known truth.")
@folder_argument
@click.option("--managers", type=click.IntRange(6, 1_000_000), default=48, show_default=True, help="How many managers.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Same seed, same engagement.")
@_refusals_as_messages
def simulate(folder: Path, managers: int, seed: int) -> None:
    """Make a synthetic engagement in DIR, with the truth behind it kept apart in DIR/truth."""
    from coachkit.analysis.simulation import simulate_engagement
    from coachkit.engagement.instruments import load_instrument
    from coachkit.engagement.simulate import write_simulation

    with spinner(f"simulating {managers} managers"):
        path = write_simulation(folder, simulate_engagement(load_instrument("manager_transition"), managers, seed=seed))
    click.echo(f"Made {path}. Try: coachkit run {folder}")


@main.command(short_help="List every problem in the files at once, with its fix.")
@folder_argument
@format_option
@click.option("--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@_refusals_as_messages
def check(folder: Path, form: str, quiet: bool) -> None:
    """Validate every file and print all problems at once.

    Exit code 0: nothing to say. 1: notes only. 2: problems to fix.
    """
    from coachkit.engagement.check import check_engagement

    with spinner("checking"):
        report = check_engagement(folder)
    if not quiet:
        print_report(report, form)
    sys.exit(report.exit_code)


@main.command(short_help="Make every report that is missing, changed or failed.")
@folder_argument
@click.option("--only", multiple=True, metavar="ID", help="One manager's report; may be repeated.")
@click.option("--wave", metavar="ID", help="Measurement occasion (default: the engagement's current wave).")
@jobs_option
@click.option("--formats", default="html", show_default=True, help="Documents to make besides the notebooks.")
@click.option(
    "--resume/--restart",
    default=True,
    help="Make what is missing, failed or changed (default), or every report again.",
)
@click.option(
    "--keep-going/--stop-on-failure",
    default=True,
    help="A failed report costs itself only (default), or ends the run.",
)
@click.option("--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait for another run to end.")
@click.option("--shard", metavar="i/n", help="Make only the i-th of n shares of the reports, for job arrays.")
@click.option("--scheduler", metavar="URL", help="Work on a Dask cluster, for example tcp://10.0.0.5:8786.")
@click.option("--plain-kernels", is_flag=True, help="An ordinary kernel per notebook: slower, the same results.")
@quiet_option
@_refusals_as_messages
def run(folder: Path, formats: str, scheduler: str | None, shard: str | None, **options: Any) -> None:  # noqa: ANN401 - click's
    """Analyse the engagement once and make every report that is missing, changed or failed."""
    from coachkit.delivery.shards import Shard

    options["formats"] = _known_formats(formats)
    options["shard"] = Shard.parse(shard) if shard else None
    options["restart"], options["stop_on_failure"] = not options.pop("resume"), not options.pop("keep_going")
    options["wait_s"] = options.pop("wait")
    if scheduler is None:
        return _run(folder, **options)
    from coachkit.delivery.cluster import cluster_executor

    with cluster_executor(scheduler) as executor:
        return _run(folder, executor=executor, **{**options, "jobs": options["jobs"] or executor.n_workers})


@main.command(short_help="Show what became of every report of the newest run.")
@folder_argument
@format_option
@click.option("--all", "everything", is_flag=True, help="List finished reports too.")
@_refusals_as_messages
def status(folder: Path, form: str, everything: bool) -> None:
    """Show what became of the reports of the newest run: counts, and those that are not done.

    Exit code 0: all are done. 3: some are waiting, running, failed, skipped or stale.
    """
    from coachkit.delivery.runs import newest_ledger
    from coachkit.delivery.status import read_status

    ledger = newest_ledger(folder)
    rows = read_status(folder, ledger)
    print_status(ledger.path.parent.name, rows, form, everything=everything)
    sys.exit(PROBLEMS if any(row.status != "done" for row in rows) else FINE)


@main.command(short_help="Compare every file of the newest run with its hash.")
@folder_argument
@click.option(
    "--repair", is_flag=True, help="Mark reports with missing or edited files, so that the next run makes them."
)
@_refusals_as_messages
def verify(folder: Path, repair: bool) -> None:
    """Recompute the hash of every file of the newest run and name what is not as it was made.

    Exit code 0: all is as recorded. 3: files are missing, edited or nobody's.
    """
    from coachkit.delivery.lock import run_lock
    from coachkit.delivery.runs import newest_ledger
    from coachkit.delivery.verify import mark_broken, verify_run

    ledger = newest_ledger(folder)
    with run_lock(folder) if repair else nullcontext(), spinner("verifying"):
        found = verify_run(ledger)
        broken = mark_broken(ledger, found) if repair else []
    print_verification(found)
    if broken:
        click.echo(f"{len(broken)} reports marked; make them again with: coachkit run {folder}")
    sys.exit(FINE if found.is_sound else PROBLEMS)


@main.command(short_help="Approve a notebook that you have changed.")
@folder_argument
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_refusals_as_messages
def approve(folder: Path, notebook: Path) -> None:
    """Approve a changed NOTEBOOK of DIR/notebooks after you have read the change."""
    from coachkit.delivery.notebooks import approve_notebook

    digest = approve_notebook(notebook, folder / "notebooks")
    click.echo(f"Approved {notebook.name} ({digest[:12]}).")


@main.command(short_help="Open the notebooks in JupyterLab.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("coachkit-notebooks"))
@_refusals_as_messages
def lab(folder: Path) -> None:
    """Copy the notebooks to DIR/notebooks and open them in JupyterLab."""
    from coachkit.delivery.lab import open_lab

    sys.exit(open_lab(folder))


main.add_command(benchmark)


def _known_formats(text: str) -> tuple[str, ...]:
    from coachkit.delivery.documents.formats import known_formats

    return known_formats([part.strip() for part in text.split(",") if part.strip()])


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Let a scheduler's or a service's request to end do what Ctrl-C does: end the workers, keep what is finished."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(folder: Path, *, quiet: bool, **options: object) -> None:
    from coachkit.delivery.batch import run_batch
    from coachkit.engagement.folder import open_engagement

    with spinner("reading the engagement", quiet=quiet):
        engagement = open_engagement(folder)
    if not quiet and engagement.problems.problems:
        print_report(engagement.problems, "table")
    with _termination_interrupts(), progress_bar(quiet) as on_progress:
        result = run_batch(engagement, on_progress, **options)
    print_result(result, quiet=quiet)
    held = any(problem.severity == "hold" for problem in engagement.problems.problems)
    sys.exit(PROBLEMS if result.failures or result.n_skipped or held else FINE)
