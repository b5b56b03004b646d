"""What the command line prints: tables in a terminal, plain lines when piped, progress on standard error."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from coachkit.delivery.batch import BatchResult
    from coachkit.delivery.ledger import JobRow
    from coachkit.delivery.progress import Progress
    from coachkit.delivery.verify import Verification
    from coachkit.engagement.problems import Problem, ProblemReport

MESSAGES_SHOWN = 200
STATUS_FIELDS = ("kind", "manager_id", "status", "started_at", "seconds", "peak_mb", "made_in", "message", "fix")


def print_result(result: BatchResult, *, quiet: bool) -> None:
    """Say what a run made, list failures with what to do, and name the index."""
    if not quiet:
        parts = [f"{result.n_done} reports made"]
        parts += [f"{result.n_current} were already up to date"] if result.n_current else []
        parts += [f"{result.n_taken_over} taken over unchanged from earlier runs"] if result.n_taken_over else []
        parts += [f"{result.n_skipped} skipped"] if result.n_skipped else []
        click.echo(f"{', '.join(parts)}, {len(result.failures)} failed. Run {result.run_id}.")
        for note in result.notes:
            click.echo(f"Note: {note}")
    if result.failures:
        print_rows(
            "Reports that failed",
            ("report", "manager", "what happened", "what to do"),
            [(row.kind, row.manager_id, row.message, row.fix) for row in result.failures],
        )
    click.echo(f"Open {result.index}")


def print_status(run_id: str, rows: Sequence[JobRow], form: str, *, everything: bool) -> None:
    """What became of the reports: counts and those that are not done (or ``everything``); all rows as CSV or JSON."""
    if form != "table":
        facts = [{name: getattr(row, name) for name in STATUS_FIELDS} for row in rows]
        click.echo(json.dumps(facts, indent=1) if form == "json" else _as_csv(STATUS_FIELDS, facts), nl=form == "json")
        return
    counts = Counter(row.status for row in rows)
    click.echo(f"Run {run_id}: {', '.join(f'{n} {status}' for status, n in sorted(counts.items()))}.")
    shown = [row for row in rows if everything or row.status != "done"]
    print_rows(
        "All reports" if everything else "Reports that are not done",
        ("report", "manager", "status", "what happened", "what to do"),
        [(row.kind, row.manager_id, row.status, row.message, row.fix) for row in shown],
    )


def print_verification(found: Verification) -> None:
    """How many files were compared, and each that is not as recorded with what to do."""
    n_bad = len(found.differences)
    result = "all are as recorded" if found.is_sound else f"{n_bad} {'is' if n_bad == 1 else 'are'} not as recorded"
    click.echo(f"Run {found.run_id}: {found.n_files} files compared, {result}.")
    rows: list[tuple[str, ...]] = [(one.path, one.what, one.fix) for one in found.differences]
    print_rows("Files that are not as recorded", ("file", "what", "what to do"), rows)


def _as_csv(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    from coachkit.engagement.problems import defused

    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows({name: defused(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


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
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    from coachkit.delivery.progress import time_left

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("analysing", total=None, pace="")

        def show(step: Progress) -> None:
            failed = f" ({step.failed} failed)" if step.failed else ""
            pace = ""
            if step.rate is not None and step.seconds_left is not None:
                pace = f"{step.rate:.1f} a second, {time_left(step.seconds_left)} left"
            bar.update(
                task, description=step.stage + failed, completed=step.finished, total=step.total or None, pace=pace
            )

        yield show


def _print_tenths(step: Progress) -> None:
    every = max(1, step.total // 10)
    is_tenth = step.finished and (step.finished % every == 0 or step.finished == step.total)
    if not step.total or is_tenth:
        click.echo(step.sentence(), err=True)
