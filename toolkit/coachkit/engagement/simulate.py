"""Write a synthetic engagement as a folder: engagement.yaml, the client's tables, and the truth kept apart.

Equal seeds give equal bytes, so that a sample can be checked against its generator.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from coachkit.analysis.simulation import SimulatedEngagement
from coachkit.engagement.storage import FILE_MODE, TEMPORARY_PREFIX, make_folder, write_atomic
from coachkit.errors import CoachkitError

DATA, TRUTH, SETTINGS = "data", "truth", "engagement.yaml"
_CHUNK = 20_000  # rows written at a time, which bounds the memory

_YAML = """\
# A synthetic engagement: every person, answer and figure in this folder is invented.
# Made by: coachkit simulate DIR --managers {n_managers} --seed {seed}
client: Alderbrook Utilities (fictional)
title: Leading Better, Faster, Cheaper
purpose: Development of the managers who take part, and of their units; not for appraisal, pay or promotion
owner: Director of People and Organisation
recorded_on: 2026-01-15
consultancy: Example Consultancy
reviewer: Lead consultant
retention_date: 2028-12-31
instrument: {instrument}

waves:
{waves}
# The wave that reports are about.
wave: {current}

# When coaching and mentoring would begin.
start_date: 2026-10-05
seed: {seed}

# Rates are a range, because a programme is quoted as one.
rates:
  currency: GBP
  coaching_hour_low: 180
  coaching_hour_high: 260
  mentoring_hour_low: 110
  mentoring_hour_high: 170
  team_session_low: 900
  team_session_high: 1400
  training_day_low: 350
  training_day_high: 550
  participant_hour_low: 45
  participant_hour_high: 70

branding:
  name: Example Consultancy
  colour_primary: "#0B3C5D"
  colour_accent: "#D55E00"
  paper: A4
"""

_README = """\
# A synthetic engagement

Alderbrook Utilities does not exist. Every person, answer, comment and figure in this folder is invented by a
generator with a fixed seed; names are random combinations of common names.

Made with `coachkit simulate DIR --managers {n_managers} --seed {seed}`; running it again gives the same bytes.

| | |
|---|---|
| Managers | {n_managers} in {n_units} units |
| Waves | {wave_words} |
| Forms | {n_forms} |
| Instrument | `{instrument}` |
| Coaches and mentors | {n_coaches} |

- `engagement.yaml` - client, purpose, owner, waves, rates
- `data/` - what a client would hand over: `roster`, `context`, `units`, `kpis`, `coaches`, `responses`
- `truth/` - what the generator knew, for tests and for learning; no report reads it

## The known truth
- `truth/managers.csv` - each manager's situation, the intervention that fits, the gain it is expected to bring (points
  of a five-point scale) and who was coached between the waves (`is_pilot`)
- `truth/profiles.csv` - true scores by wave, before any rater errs
- `truth/expected_scores.csv` - the same on the scale raters use: what a form says on average, over raters of all groups.
  Ratings cannot pass the ends of the scale, so these are less spread; estimates and intervals speak of them
- `truth/units.csv` - the state of each unit
- `truth/raters.csv` - single-rater reliability assumed for each rater group
- `truth/cases.csv` - the special cases below
- `truth/forms.csv` - forms filled in without care

## Special cases
{cases}
"""


def write_simulation(path: Path | str, simulated: SimulatedEngagement, *, overwrite: bool = False) -> Path:
    """Write a synthetic engagement folder.

    Parameters
    ----------
    path : Path or str
        The folder; made if missing.
    simulated : SimulatedEngagement
    overwrite : bool
        Whether an engagement that is already there may be replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    CoachkitError
        If the folder already holds an engagement and ``overwrite`` is False.
    """
    folder = Path(path)
    if (folder / SETTINGS).exists() and not overwrite:
        raise CoachkitError(
            f"{folder.name!r} already holds an engagement ({SETTINGS}). Name an empty folder, so that no client's data is lost."
        )
    make_folder(folder)
    for place, tables in ((DATA, simulated.tables), (TRUTH, simulated.truth)):
        for name, table in tables.items():
            _write_csv(folder / place / f"{name}.csv", table)
    write_atomic(folder / SETTINGS, _settings(simulated).encode("utf-8"))
    write_atomic(folder / "README.md", _readme(simulated).encode("utf-8"))
    return folder


def _settings(simulated: SimulatedEngagement) -> str:
    waves = "".join(
        f"  - id: {wave.id}\n    label: {wave.label}\n    date: {wave.date.isoformat()}\n" for wave in simulated.waves
    )
    return _YAML.format(
        n_managers=len(simulated.tables["roster"]),
        seed=simulated.seed,
        instrument=simulated.instrument_id,
        waves=waves,
        current=simulated.waves[-1].id,
    )


def _readme(simulated: SimulatedEngagement) -> str:
    cases = simulated.truth["cases"]
    rows = "\n".join(f"| {row.subject_id} | {row.case} | {row.what} |" for row in cases.itertuples())
    head = "| manager or unit | case | what |\n|---|---|---|\n"
    return _README.format(
        n_managers=len(simulated.tables["roster"]),
        n_units=len(simulated.tables["units"]),
        n_coaches=len(simulated.tables["coaches"]),
        n_forms=len(simulated.tables["responses"]),
        seed=simulated.seed,
        instrument=simulated.instrument_id,
        wave_words=", ".join(f"{wave.label} (`{wave.id}`)" for wave in simulated.waves),
        cases=head + rows if len(cases) else "None: the cohort is too small for them.",
    )


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write one table as UTF-8 CSV in pieces, whole or not at all."""
    make_folder(path.parent)
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            for piece in _csv_pieces(table):
                stream.write(piece)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _csv_pieces(table: pd.DataFrame) -> Iterator[str]:
    yield _as_csv([table.columns.tolist()])
    for start in range(0, len(table), _CHUNK):
        columns = [_as_text(table[name].iloc[start : start + _CHUNK]) for name in table.columns]
        yield _as_csv(list(zip(*columns, strict=True)))


def _as_csv(rows: list) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _as_text(column: pd.Series) -> list[str]:
    """Cells as text: missing ones empty, whole numbers without a decimal point."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = np.array([*column.cat.categories, ""], dtype=object)  # code -1, the last word, is missing
        return words[column.cat.codes.to_numpy()].tolist()
    values = column.astype(object)
    return ["" if missing else str(value) for value, missing in zip(values, column.isna(), strict=True)]
