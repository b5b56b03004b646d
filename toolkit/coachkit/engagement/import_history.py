"""Which files earlier runs used: a file that came back, or changed, is told with the difference in rows.

The history lies beside the releases, holds no words of the files, and is written by runs only: opening and checking an
engagement leave the folder as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from coachkit.engagement.problems import Problem
from coachkit.engagement.release_key import FOLDER, read_key
from coachkit.engagement.rows import file_problem
from coachkit.engagement.storage import confined, write_atomic
from coachkit.engagement.tables import FileFacts

FILE = "imports.json"
MOST_ROWS = 200_000  # rows remembered of one file
_ROW_BYTES = 6
_WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Version:
    """One content of a file: its hash, the day a run first used it, and keyed hashes of its lines (none: a workbook)."""

    sha256: str
    first_used: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportHistory:
    """Versions of every file by its name in the engagement, oldest first."""

    files: dict[str, tuple[Version, ...]] = field(default_factory=dict)
    is_damaged: bool = False

    @classmethod
    def read(cls, engagement: Path) -> ImportHistory:
        """The history of an engagement; empty before its first run, and empty and marked where it cannot be read."""
        path = confined(engagement, FOLDER, FILE)
        if not path.is_file():
            return cls()
        try:
            return cls(msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[Version, ...]]))
        except (msgspec.DecodeError, UnicodeDecodeError):  # only notes rest on it: no reason to stop a run
            return cls(is_damaged=True)

    def with_run(self, facts: Iterable[FileFacts], key: str, day: str) -> ImportHistory:
        """The history after a run that used these files on a day; the newest version of each file comes last."""
        files = dict(self.files)
        for name, digest, path in _files(facts):
            known = files.get(name, ())
            kept = tuple(version for version in known if version.sha256 != digest)
            again = next((version for version in known if version.sha256 == digest), None)
            newest = again or Version(digest, day, _line_hashes(path, key))
            if not known or known[-1].sha256 != digest:
                files[name] = (*kept, newest)
        return ImportHistory(files)

    def write(self, engagement: Path) -> None:
        """Store the history, whole or not at all."""
        write_atomic(confined(engagement, FOLDER, FILE), msgspec.json.encode(self.files, order="sorted"))

    def notes(self, facts: Iterable[FileFacts], key: str) -> tuple[Problem, ...]:
        """What the consultant should know about files that changed, came back or were renamed since they were used."""
        used = _files(facts)
        names = {name for name, *_ in used}
        found = tuple(note for name, digest, path in used for note in self._about(name, digest, path, names, key))
        return (*self._own_damage(), *found)

    def _own_damage(self) -> Iterator[Problem]:
        if self.is_damaged:
            what = "the record of the files that earlier runs used cannot be read, so no file is compared with it"
            fix = "restore it from a backup, or let the next run begin a new one"
            yield _note(f"{FOLDER}/{FILE}", "N-IMPORT-HISTORY", what, fix)

    def _about(self, name: str, digest: str, path: Path, names: set[str], key: str) -> Iterator[Problem]:
        known = self.files.get(name, ())
        if known and known[-1].sha256 != digest:
            latest = known[-1]
            difference = _difference(latest.rows, _line_hashes(path, key))
            before = next((version for version in known[:-1] if version.sha256 == digest), None)
            if before is not None:
                what = (
                    f"the file is the one already imported on {before.first_used}; a newer one was imported on "
                    f"{latest.first_used}{difference}"
                )
                yield _note(name, "N-OLDER-FILE", what, "put the newer file back unless you mean the older one")
            else:
                what = f"the file has changed since it was imported on {latest.first_used}{difference}"
                yield _note(name, "N-CHANGED-FILE", what, "check that you mean this file; nothing else is needed")
        if not known:
            for other, versions in self.files.items():
                if other not in names and any(version.sha256 == digest for version in versions):
                    day = next(version.first_used for version in versions if version.sha256 == digest)
                    what = f"the file was already imported on {day} as {other}"
                    yield _note(name, "N-KNOWN-FILE", what, "nothing, if you renamed it")


def import_notes(engagement: Path, facts: tuple[FileFacts, ...]) -> tuple[Problem, ...]:
    """Notes about the files of an engagement as they are now; nothing before its first run."""
    key = read_key(engagement)
    return ImportHistory.read(engagement).notes(facts, key) if key else ()


def _files(facts: Iterable[FileFacts]) -> list[tuple[str, str, Path]]:
    return sorted({(fact.name, fact.sha256, fact.path) for fact in facts})


def _line_hashes(path: Path, key: str) -> tuple[str, ...]:
    """Keyed hashes of a text file's lines; without the key they tell nothing."""
    if path.suffix.lower() in _WORKBOOKS or not path.is_file():
        return ()
    secret = blake2b(key.encode(), digest_size=32).digest()
    lines = [line for line in path.read_bytes().splitlines()[: MOST_ROWS + 1] if line.strip()]
    return tuple(blake2b(line, key=secret, digest_size=_ROW_BYTES).hexdigest() for line in lines)


def _difference(before: tuple[str, ...], now: tuple[str, ...]) -> str:
    """Rows that came and went, in words; nothing for workbooks."""
    if not before or not now:
        return ""
    old, new = Counter(before), Counter(now)
    came, went = (new - old).total(), (old - new).total()
    if not came and not went:
        return ": the same rows in another order or form"
    return f": {came} {'row is' if came == 1 else 'rows are'} new or changed, {went} of the rows before {'is' if went == 1 else 'are'} gone"


def _note(name: str, code: str, what: str, fix: str) -> Problem:
    return file_problem(name, what, fix, code=code, severity="note")
