"""What the command line prints: tables in a terminal, plain lines when piped, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coachkit.delivery.batch import BatchResult, Progress
    from coachkit.engagement.problems import Problem, ProblemReport

MESSAGES_SHOWN = 200


def print_result(result: BatchResult, *, quiet: bool) -> None:
    """Say what a run made, list failures with what to do, and name the index."""
    if not quiet:
        current = f", {result.n_current} were already up to date" if result.n_current else ""
        click.echo(f"{result.n_done} reports made{current}, {len(result.failures)} failed. Run {result.run_id}.")
        for note in result.notes:
            click.echo(f"Note: {note}")
    if result.failures:
        print_rows(
            "Reports that failed",
            ("report", "manager", "what happened", "what to do"),
            [(row.kind, row.manager_id, row.message, row.fix) for row in result.failures],
        )
    click.echo(f"Open {result.index}")


def print_report(report: ProblemReport, form: str) -> None:
    """Print all problems of a check as sentences, a table, CSV or JSON."""
    if form != "table":
        click.echo(report.to_csv() if form == "csv" else report.to_json())
        return
    shown, n_more = report.capped(MESSAGES_SHOWN)
    if sys.stdout.isatty():
        print_rows("", ("code", "where", "what is wrong", "fix"), [_problem_row(problem) for problem in shown])
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


def print_rows(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
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
def spinner(text: str, *, quiet: bool = False) -> Iterator[None]:
    """A spinner with a word beside it, in a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[Progress], None]]:
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
