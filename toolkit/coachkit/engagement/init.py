"""Make an engagement folder that is ready to fill: settings with comments, tables as CSV and as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
from dataclasses import fields
from pathlib import Path

import jinja2

from coachkit.core.cohort import FLOOR, Minimums
from coachkit.core.instrument import Instrument
from coachkit.engagement.entry_workbook import build_workbook
from coachkit.engagement.instruments import load_instrument
from coachkit.engagement.resources import template_path
from coachkit.engagement.schema import specs_for
from coachkit.engagement.settings import SETTINGS_FILE
from coachkit.engagement.sources import DATA_FOLDER, RESPONSES_LONG, WORKBOOK
from coachkit.engagement.storage import FOLDER_MODE, OutputRefusedError, make_folder, write_atomic
from coachkit.engagement.tables import TableSpec

RETENTION_YEARS = 2  # proposed in the file; the consultant sets the agreed date
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_GITIGNORE = "# personal data: nothing in this folder belongs into a repository\n*\n"
_OWN_INSTRUMENT = "instrument"


def init_engagement(
    path: str | Path,
    instrument_id: str | Path = "manager_transition",
    *,
    client: str | None = None,
    owner: str = "",
    today: dt.date | None = None,
) -> tuple[Path, ...]:
    """Write an engagement folder ready to fill.

    Parameters
    ----------
    path : str or Path
        A folder that is empty or does not exist yet.
    instrument_id : str or Path
        A shipped questionnaire, or the path of one's own; that one is copied into the folder.
    client, owner : str, optional
        Written into engagement.yaml; the folder's name stands in for the client.
    today : date, optional
        The day written into engagement.yaml; the computer's own when absent.

    Returns
    -------
    tuple of Path
        Every file written, readable only by its owner where the system knows file modes.

    Raises
    ------
    OutputRefusedError
        If the folder is not empty, or the path is a file.
    UnknownNameError, SettingsError
        If there is no such instrument, or it contradicts itself.
    """
    root = Path(path)
    instrument = load_instrument(instrument_id)
    _refuse_occupied(root)
    make_folder(root)
    if os.name == "posix":
        root.chmod(FOLDER_MODE)
    own = _own_instrument(instrument_id)
    files = {
        SETTINGS_FILE: _settings_text(
            instrument,
            instrument_id=_OWN_INSTRUMENT if own else instrument.id,
            client=client if client is not None else root.resolve().name,
            owner=owner,
            today=today or dt.datetime.now().astimezone().date(),
        ).encode("utf-8"),
        ".gitignore": _GITIGNORE.encode("utf-8"),
    }
    if own:
        files[f"{_OWN_INSTRUMENT}/{own.name}"] = own.read_bytes()
    specs = {name: spec for name, spec in specs_for(instrument).items() if name != RESPONSES_LONG}
    files |= {f"{DATA_FOLDER}/{name}.csv": header_csv(spec) for name, spec in specs.items()}
    guide = template_path("engagement", "how_to_fill.md").read_text(encoding="utf-8")
    files[f"{DATA_FOLDER}/{WORKBOOK}"] = build_workbook(tuple(specs.values()), guide)
    for name, content in files.items():
        write_atomic(root / name, content)
    return tuple(root / name for name in files)


def header_csv(spec: TableSpec) -> bytes:
    r"""The header of a table as a CSV file that Excel opens well: UTF-8 with byte order mark.

    Examples
    --------
    >>> from coachkit.engagement.tables import ColumnSpec
    >>> header_csv(TableSpec("t", "T", (ColumnSpec("manager_id", "id"), ColumnSpec("name", "name"))))
    b'\xef\xbb\xbfmanager_id,name\r\n'
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(spec.column_names)
    return out.getvalue().encode("utf-8-sig")


def _refuse_occupied(root: Path) -> None:
    if root.is_dir():
        present = sorted(entry.name for entry in root.iterdir() if entry.name not in _LITTER)
        if present:
            raise OutputRefusedError(
                f"the folder {root.name!r} is not empty (it holds {present[0]!r}); nothing was written. "
                "Name a new folder, or empty this one."
            )
    elif root.exists() or root.is_symlink():
        raise OutputRefusedError(f"{root.name!r} is a file or a link, not a folder. Name a new folder.")


def _own_instrument(instrument_id: str | Path) -> Path | None:
    """The file of a questionnaire of one's own; None for a shipped one."""
    path = Path(instrument_id)
    if path.is_dir():
        return path / "instrument.yaml"
    return path if path.is_file() else None


def _settings_text(instrument: Instrument, *, instrument_id: str, client: str, owner: str, today: dt.date) -> str:
    environment = jinja2.Environment(  # noqa: S701 - YAML text, values quoted by _quoted
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    source = template_path("engagement", f"{SETTINGS_FILE}.j2").read_text(encoding="utf-8")
    defaults = Minimums()
    return environment.from_string(source).render(
        client=_quoted(client),
        owner=_quoted(owner),
        today=today.isoformat(),
        retention_date=_years_later(today).isoformat(),
        instrument_id=instrument_id,
        levels=instrument.role_levels,
        competency_id=instrument.profile_ids[0],
        item_id=instrument.item_ids[0],
        groups=instrument.rater_groups,
        minimums=[(item.name, getattr(defaults, item.name)) for item in fields(Minimums)],
        floor=FLOOR,
    )


def _quoted(text: str) -> str:
    """A text as YAML in double quotes; JSON's escapes are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _years_later(day: dt.date) -> dt.date:
    return (dt.date(day.year + RETENTION_YEARS, day.month, 1) + dt.timedelta(days=31)).replace(day=1)
