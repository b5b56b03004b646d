"""The command line: a thin shell over the package. Exit codes: 0 fine, 1 notes, 2 refused, 3 problems, 130 interrupted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coachkit import __version__

if TYPE_CHECKING:
    from coachkit.delivery.batch import BatchResult, Progress
    from coachkit.engagement.problems import Problem, ProblemReport

FINE, NOTES, REFUSED, PROBLEMS, INTERRUPTED = 0, 1, 2, 3, 130
MESSAGES_SHOWN = 200

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
quiet_option = click.option("--quiet", is_flag=True, help="Print only problems and the result's place.")
jobs_option = click.option("--jobs", type=click.IntRange(1, 256), help="Worker processes (default: one per core).")


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
            sys.exit(REFUSED)
        except OSError as error:
            click.echo(f"Error: {error.strerror or error}: {error.filename or ''}", err=True)
            sys.exit(PROBLEMS)
        except KeyboardInterrupt:
            click.echo("Stopped. Finished reports are kept; run the same command to continue.", err=True)
            sys.exit(INTERRUPTED)

    return wrapped


@click.group(cls=_Cli, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="coachkit")
def main() -> None:
    r"""From a client's spreadsheets to diagnoses, recommendations and a development plan for every manager.

    \b
    First steps:
      coachkit demo              see everything on the sample engagement
      coachkit init client-a     make a folder for your own engagement
      coachkit check client-a    see what is missing or wrong in its files
      coachkit run client-a      make all reports
    """


@main.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("coachkit-demo"))
@jobs_option
@quiet_option
@_refusals_as_messages
def demo(folder: Path, jobs: int | None, quiet: bool) -> None:
    """Copy the sample engagement to DIR (default: coachkit-demo) and make all its reports."""
    from coachkit.engagement.sample import copy_sample

    copy_sample(folder)
    _run(folder, only=(), wave=None, jobs=jobs, formats=("html",), quiet=quiet)


@main.command()
@folder_argument
@click.option("--instrument", default="manager_transition", show_default=True, help="Shipped id, or path to your own.")
@_refusals_as_messages
def init(folder: Path, instrument: str) -> None:
    """Make an engagement folder ready to fill: settings, CSV headers and one workbook."""
    from coachkit.engagement.init import init_engagement

    for path in init_engagement(folder, instrument):
        click.echo(f"  {path.relative_to(folder).as_posix()}")
    click.echo("Next: fill data/data_entry.xlsx (its first sheet says how) or the CSV files, and engagement.yaml;")
    click.echo(f"then run: coachkit check {folder}")


@main.command()
@folder_argument
@click.option("--managers", type=click.IntRange(4, 1_000_000), default=48, show_default=True, help="How many managers.")
@click.option("--seed", type=int, default=2026, show_default=True, help="Same seed, same engagement.")
@_refusals_as_messages
def simulate(folder: Path, managers: int, seed: int) -> None:
    """Make a synthetic engagement in DIR, with the truth behind it kept apart in DIR/truth."""
    from coachkit.analysis.simulation import simulate_engagement
    from coachkit.engagement.instruments import load_instrument
    from coachkit.engagement.simulate import write_simulation

    with _spinner(f"simulating {managers} managers"):
        path = write_simulation(folder, simulate_engagement(load_instrument("manager_transition"), managers, seed=seed))
    click.echo(f"Made {path}. Try: coachkit run {folder}")


@main.command()
@folder_argument
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@_refusals_as_messages
def check(folder: Path, form: str, quiet: bool) -> None:
    """Validate every file and print all problems at once.

    Exit code 0: nothing to say. 1: notes only. 2: problems to fix.
    """
    from coachkit.engagement.check import check_engagement

    with _spinner("checking"):
        report = check_engagement(folder)
    if not quiet:
        _print_report(report, form)
    sys.exit(report.exit_code)


@main.command()
@folder_argument
@click.option("--only", multiple=True, metavar="ID", help="One manager's report; may be repeated.")
@click.option("--wave", help="Measurement occasion (default: the engagement's current wave).")
@jobs_option
@click.option("--formats", default="html", show_default=True, help="Documents to make besides the notebooks.")
@quiet_option
@_refusals_as_messages
def run(folder: Path, only: tuple[str, ...], wave: str | None, jobs: int | None, formats: str, quiet: bool) -> None:
    """Analyse the engagement once and make every report that is missing, changed or failed."""
    _run(folder, only=only, wave=wave, jobs=jobs, formats=_known_formats(formats), quiet=quiet)


@main.command()
@folder_argument
@_refusals_as_messages
def status(folder: Path) -> None:
    """Show what became of every report of the newest run."""
    from coachkit.delivery.runs import newest_ledger

    ledger = newest_ledger(folder)
    rows = ledger.jobs()
    _print_rows(
        f"Run {ledger.path.parent.name}",
        ("report", "manager", "status", "what happened", "what to do"),
        [(row.kind, row.manager_id, row.status, row.message, row.fix) for row in rows],
    )
    sys.exit(PROBLEMS if any(row.status != "done" for row in rows) else FINE)


@main.command()
@folder_argument
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_refusals_as_messages
def approve(folder: Path, notebook: Path) -> None:
    """Approve a changed NOTEBOOK of DIR/notebooks after you have read the change."""
    from coachkit.delivery.notebooks import approve_notebook

    digest = approve_notebook(notebook, folder / "notebooks")
    click.echo(f"Approved {notebook.name} ({digest[:12]}).")


@main.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path("coachkit-notebooks"))
@_refusals_as_messages
def lab(folder: Path) -> None:
    """Copy the notebooks to DIR/notebooks and open them in JupyterLab."""
    from coachkit.delivery.lab import open_lab

    sys.exit(open_lab(folder))


def _known_formats(text: str) -> tuple[str, ...]:
    from coachkit.delivery.jobs import FORMATS
    from coachkit.errors import UnknownNameError

    chosen = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in chosen:
        if name not in FORMATS:
            raise UnknownNameError.from_choice("format", name, FORMATS)
    return chosen


def _run(
    folder: Path, *, only: tuple[str, ...], wave: str | None, jobs: int | None, formats: tuple[str, ...], quiet: bool
) -> None:
    from coachkit.delivery.batch import run_batch
    from coachkit.engagement.folder import open_engagement

    with _spinner("reading the engagement", quiet=quiet):
        engagement = open_engagement(folder)
    if not quiet and engagement.problems.problems:
        _print_report(engagement.problems, "table")
    with _bar(quiet) as on_progress:
        result = run_batch(engagement, only=only, wave=wave, jobs=jobs, formats=formats, on_progress=on_progress)
    _print_result(result, quiet=quiet)
    held = any(problem.severity == "hold" for problem in engagement.problems.problems)
    sys.exit(PROBLEMS if result.failures or held else FINE)


def _print_result(result: BatchResult, *, quiet: bool) -> None:
    if not quiet:
        current = f", {result.n_current} were already up to date" if result.n_current else ""
        click.echo(f"{result.n_done} reports made{current}, {len(result.failures)} failed. Run {result.run_id}.")
        for note in result.notes:
            click.echo(f"Note: {note}")
    if result.failures:
        _print_rows(
            "Reports that failed",
            ("report", "manager", "what happened", "what to do"),
            [(row.kind, row.manager_id, row.message, row.fix) for row in result.failures],
        )
    click.echo(f"Open {result.index}")


def _print_report(report: ProblemReport, form: str) -> None:
    if form != "table":
        click.echo(report.to_csv() if form == "csv" else report.to_json())
        return
    shown, n_more = report.capped(MESSAGES_SHOWN)
    if sys.stdout.isatty():
        _print_rows("", ("code", "where", "what is wrong", "fix"), [_problem_row(problem) for problem in shown])
    else:
        click.echo("\n".join(problem.sentence() for problem in shown), nl=bool(shown))
    if n_more:
        click.echo(f"... and {n_more} more. See all with --format csv.")
    if not shown:
        click.echo("No problems found.")


def _problem_row(problem: Problem) -> tuple[str, str, str, str]:
    from coachkit.engagement.problems import visible

    value = "" if problem.value is None else f'"{visible(problem.value)}" '
    return problem.code, problem.place(), value + problem.what, problem.fix


def _print_rows(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table in a terminal; plain lines when piped, so that nothing is cut."""
    if not rows:
        return
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("  ".join(cell for cell in row if cell))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, title=title or None, title_justify="left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@contextmanager
def _spinner(text: str, *, quiet: bool = False) -> Iterator[None]:
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def _bar(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """A progress bar with rate and time left in a terminal, a line every tenth when piped."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        yield from _rich_bar()
    else:
        yield _print_tenths


def _rich_bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("analysing", total=None)

        def show(step: Progress) -> None:
            failed = f" ({step.failed} failed)" if step.failed else ""
            bar.update(
                task, description=step.stage + failed, completed=step.done + step.failed, total=step.total or None
            )

        yield show


def _print_tenths(step: Progress) -> None:
    finished = step.done + step.failed
    every = max(1, step.total // 10)
    if not step.total:
        click.echo(f"{step.stage} ...", err=True)
    elif finished and (finished % every == 0 or finished == step.total):
        failed = f", {step.failed} failed" if step.failed else ""
        click.echo(f"{step.stage}: {finished} of {step.total}{failed}", err=True)


if __name__ == "__main__":
    main()
