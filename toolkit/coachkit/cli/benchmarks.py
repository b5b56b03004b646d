"""`coachkit benchmark`: how accurate and how fast the analysis is, measured here and now."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

SEGMENTS = "coachkit.analysis.benchmarks.segments"
TITLES = {
    "coverage": "95 % intervals: share of true scores inside, by managers in the cohort and raters",
    "calibration": "P(true score below target): claimed and happened",
    "unchanged": "Unchanged managers whom a reliable change index flags (5 % is right)",
    "engagements": "The whole path on simulated engagements",
    "situations_methods": "Situations: hits and log loss",
    "situations_confusion": "Situations: truth (rows) and our verdict (columns)",
    "situations_calibration": "Situations: claimed and happened",
    "segments": "Segments: false positives, power, agreement with the truth",
    "speed": "Speed, best of several runs",
    "batch": "Batches: medians",
    "batch_ratio": "Plain papermill's seconds a workbook over ours, pair by pair",
}

size_option = click.option("--full", is_flag=True, help="Larger samples: several minutes, smaller Monte Carlo errors.")
out_option = click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also write every table as CSV, all of them as Markdown, and a picture where there is one.",
)


@click.group(short_help="Measure accuracy and speed on simulated data.")
def benchmark() -> None:
    """Measure accuracy, speed and batches on simulated data with known truth."""


@benchmark.command()
@size_option
@out_option
def accuracy(full: bool, out: Path | None) -> None:
    """Coverage, calibration, change and recognition, with naive methods beside ours."""
    from coachkit.analysis.benchmarks.accuracy import Size, accuracy_benchmark
    from coachkit.engagement.instruments import load_instrument
    from coachkit.engagement.rules import load_situation_rules

    size: Size = "full" if full else "quick"
    tables = accuracy_benchmark(load_instrument("manager_transition"), load_situation_rules(), size)
    if find_spec(SEGMENTS) is not None:
        tables["segments"] = import_module(SEGMENTS).benchmark_segments(size)
    _report("accuracy", tables, out)


@benchmark.command()
@size_option
@out_option
def analysis(full: bool, out: Path | None) -> None:
    """Seconds of scoring, item reports, bootstrap, structure test and diagnosis, with library calls beside them."""
    from coachkit.analysis.benchmarks.speed import speed_benchmark
    from coachkit.engagement.instruments import load_instrument
    from coachkit.engagement.rules import load_situation_rules

    table = speed_benchmark(load_instrument("manager_transition"), load_situation_rules(), "full" if full else "quick")
    _report("analysis", {"speed": table}, out)


@benchmark.command()
@click.option(
    "--managers",
    type=click.IntRange(6, 100_000),
    multiple=True,
    default=(50,),
    help="Size of a cohort; may be repeated.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), multiple=True, default=(2,), help="Worker processes; may be repeated."
)
@click.option("--against", type=click.Choice(["papermill", "nothing"]), default="papermill", show_default=True)
@click.option(
    "--sample",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Workbooks that plain papermill makes a repeat.",
)
@click.option(
    "--repeats", type=click.IntRange(1), default=3, show_default=True, help="Runs of each; medians are shown."
)
@click.option("--dask", is_flag=True, help="Also measure a local Dask cluster.")
@out_option
def batch(
    managers: tuple[int, ...],
    jobs: tuple[int, ...],
    against: str,
    sample: int,
    repeats: int,
    dask: bool,
    out: Path | None,
) -> None:
    """Whole runs beside plain papermill and nbconvert: seconds a workbook, memory, time to the first one."""
    from coachkit.delivery.benchmarks.batch import BatchPlan, benchmark_batch

    plan = BatchPlan(managers, jobs, repeats, sample if against == "papermill" else 0, dask)
    _report("batch", benchmark_batch(plan), out)


def _report(name: str, tables: dict[str, pd.DataFrame], out: Path | None) -> None:
    for key, table in tables.items():
        click.echo(f"\n{TITLES.get(key, key)}\n")
        click.echo(table.round(4).to_string(index=False, na_rep=""))
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    parts = [f"## {TITLES.get(key, key)}\n\n{as_markdown(table)}\n" for key, table in tables.items()]
    (out / f"{name}.md").write_text("\n".join(parts), encoding="utf-8")
    for key, table in tables.items():
        table.to_csv(out / f"{key}.csv", index=False)
    if "calibration" in tables:
        from coachkit.analysis.benchmarks.diagram import draw_reliability

        (out / "reliability.svg").write_text(draw_reliability(tables["calibration"]), encoding="utf-8")
    if "batch" in tables:
        from coachkit.delivery.benchmarks.chart import draw_costs

        (out / "batch.svg").write_text(draw_costs(tables["batch"]), encoding="utf-8")
    click.echo(f"\nWritten to {out}.")


def as_markdown(table: pd.DataFrame) -> str:
    """A table in Markdown; numbers with at most four decimals, missing ones empty."""
    head = "| " + " | ".join(str(name) for name in table.columns) + " |"
    rule = "|" + "---|" * len(table.columns)
    rows = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in table.itertuples(index=False)]
    return "\n".join([head, rule, *rows])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)
