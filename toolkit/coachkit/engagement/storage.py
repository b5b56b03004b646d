"""Files that are whole or absent: write to a temporary name, check, flush to disk, rename.

No writer in the Jupyter stack is atomic; a kill or a full disk leaves a cut file at the final name and
destroys last month's good one. Everything the toolkit writes goes through :func:`write_atomic`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from coachkit.errors import CoachkitError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
SLUG_LENGTH = 40
TEMPORARY_PREFIX = ".coachkit-"
NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class OutputRefusedError(CoachkitError):
    """A path the toolkit will not write to, or a file that failed its check."""


def sha256_of(data: bytes) -> str:
    """Hexadecimal SHA-256 of some bytes.

    Examples
    --------
    >>> sha256_of(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_stem(identifier: str) -> str:
    """Turn any id into a file stem that is safe and distinct on every file system.

    The stem is an ASCII slug of at most 40 characters and a hash of the exact id, so that ids that differ
    only by case, spaces or Unicode form still get different files. It carries the id, never a person's name.

    Examples
    --------
    >>> file_stem("M001")
    'm001-a47798e0e44f'
    >>> file_stem("../etc/passwd")
    'etc-passwd-0d2980255ff8'
    """
    ascii_text = unicodedata.normalize("NFKD", identifier).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text)[:SLUG_LENGTH].strip("-") or "id"
    digest = hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{slug}-{digest}"


def confined(root: Path, *parts: str) -> Path:
    """Join ``parts`` to ``root`` and refuse to leave it or to pass through a symbolic link.

    Raises
    ------
    OutputRefusedError
        If a part is absolute or ``..``, or an existing folder on the way is a symbolic link.
    """
    path = root
    for part in parts:
        for name in Path(part).parts:
            if name in {"..", "/"} or Path(name).is_absolute() or "\x00" in name:
                msg = (
                    f"refused to write to {'/'.join(parts)!r}: it leaves the output folder. Use a plain relative name."
                )
                raise OutputRefusedError(msg)
            path = path / name
            if path.is_symlink():
                msg = f"refused to write through the symbolic link {path.name!r}. Remove the link and run again."
                raise OutputRefusedError(msg)
    return path


def make_folder(path: Path) -> Path:
    """Create a folder (and its parents) that only its owner may read."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        try:
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        except FileNotFoundError:  # another shard removed the empty folder above in between
            folder.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return path


def write_atomic(
    path: Path, data: bytes, check: Callable[[bytes], None] | None = None, *, is_durable: bool = True
) -> str:
    """Write ``data`` so that readers see the old file or the new one, never a part of it.

    Parameters
    ----------
    path : Path
        Final name; its folder is made if missing. A symbolic link waiting there is replaced, not followed.
    data : bytes
        The whole content.
    check : callable, optional
        Called with the bytes read back from disk; it raises to keep the old file.
    is_durable : bool
        Flush to the disk before and after renaming. Without it a power cut may leave nothing or zeros, which suits only
        what is compared with its hash, and made again, before it is used.

    Returns
    -------
    str
        SHA-256 of the content.

    Raises
    ------
    OSError
        As the file system raises it (full disk, no permission); the previous file is untouched.
    """
    temporary = _write_temporary(path, data, is_durable=is_durable)
    try:
        if check is not None:
            check(temporary.read_bytes())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if is_durable:
        _sync_folder(path.parent)
    return sha256_of(data)


def write_together(contents: Mapping[Path, bytes]) -> dict[Path, str]:
    """Write several files of which none may change unless all can: all under temporary names first, then renamed.

    Returns
    -------
    dict of Path -> str
        SHA-256 of each file.

    Raises
    ------
    OSError
        If one of them cannot be written; every previous file is untouched then.
    """
    temporaries: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            temporaries[path] = _write_temporary(path, data)
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except BaseException:
        for temporary in temporaries.values():
            temporary.unlink(missing_ok=True)
        raise
    for folder in {path.parent for path in contents}:
        _sync_folder(folder)
    return {path: sha256_of(data) for path, data in contents.items()}


def _write_temporary(path: Path, data: bytes, *, is_durable: bool = True) -> Path:
    """Write data beside its final name and flush it to disk; nothing is left when that fails."""
    make_folder(path.parent)
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            if is_durable:
                os.fsync(stream.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.errno not in NO_ROOM:
            raise
        raise OSError(error.errno, f"{error.strerror} ({len(data):,} bytes needed)", str(path)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def write_json(path: Path, value: object) -> str:
    """Write a JSON document atomically, keys sorted so that equal content gives equal bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return write_atomic(path, (text + "\n").encode("utf-8"))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(folder: Path) -> int:
    """Delete temporary files of writers that were killed; returns how many."""
    leftovers = [path for path in folder.rglob(f"{TEMPORARY_PREFIX}*") if path.is_file()]
    for path in leftovers:
        path.unlink(missing_ok=True)
    return len(leftovers)
