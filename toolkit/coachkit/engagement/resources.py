"""Find the templates, notebooks and samples that come with the toolkit, in a checkout or in a wheel."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import coachkit
from coachkit.errors import UnknownNameError

#: Each kind of resource with its folder in a checkout; a wheel holds them all under ``coachkit/_data``.
KINDS = {"templates": "templates", "notebooks": "notebooks", "samples": "data/samples"}


def find_resource(*parts: str) -> Path:
    """Find a file or folder that comes with the toolkit.

    Parameters
    ----------
    *parts : str
        The kind (``templates``, ``notebooks`` or ``samples``), then the names of folders and file. A part may
        itself hold ``/``.

    Returns
    -------
    Path
        An existing file or folder.

    Raises
    ------
    UnknownNameError
        If nothing of that name exists, or the name would leave its folder (``..``, an absolute path, a drive,
        a symbolic link to somewhere else).

    Examples
    --------
    >>> find_resource("templates", "instruments", "manager_transition").name
    'manager_transition'
    >>> find_resource("templates", "..", "pyproject.toml")
    Traceback (most recent call last):
    ...
    coachkit.errors.UnknownNameError: resource name '..' leaves its folder. Use plain names below 'templates'.
    """
    kind, names = (parts[0] if parts else ""), parts[1:]
    if kind not in KINDS:
        raise UnknownNameError.from_choice("kind of resource", kind, list(KINDS))
    root = _root_of(kind)
    path = root
    for name in names:
        _refuse_escape(name, kind)
        path = _step(path, name, kind)
    if not path.resolve().is_relative_to(root.resolve()):
        raise UnknownNameError(f"resource {'/'.join(parts)!r} leaves its folder through a link. Replace the link.")
    return path


def template_path(*parts: str) -> Path:
    """Find a template such as ``template_path("sessions", "mentoring.yaml")``; raises as find_resource."""
    return find_resource("templates", *parts)


def notebook_path(name: str) -> Path:
    """Find a shipped notebook by its name, with or without ``.ipynb``; raises as find_resource."""
    return find_resource("notebooks", name if name.endswith(".ipynb") else f"{name}.ipynb")


def sample_engagement() -> Path:
    """The folder of the sample engagement."""
    return find_resource("samples", "alderbrook")


def list_templates(folder: str, suffix: str = ".yaml") -> tuple[Path, ...]:
    """All files of one kind directly inside a template folder, sorted by name.

    Examples
    --------
    >>> [path.name for path in list_templates("instruments", ".json")]
    ['instrument.schema.json']
    """
    found = (path for path in template_path(folder).iterdir() if path.is_file() and path.suffix == suffix)
    return tuple(sorted(found, key=lambda path: path.name))


def _root_of(kind: str) -> Path:
    package = Path(coachkit.__file__).resolve().parent
    packed = package / "_data"
    return packed / kind if packed.is_dir() else package.parents[1] / KINDS[kind]


def _refuse_escape(name: str, kind: str) -> None:
    windows = PureWindowsPath(name)
    is_plain = bool(name) and not (windows.anchor or windows.drive or "\\" in name or "\0" in name)
    if not is_plain or ".." in PurePosixPath(name).parts:
        raise UnknownNameError(f"resource name {name!r} leaves its folder. Use plain names below {kind!r}.")


def _step(folder: Path, name: str, kind: str) -> Path:
    path = folder / name
    if path.exists():
        return path
    parent = path.parent
    present = [entry.name for entry in parent.iterdir() if not entry.name.startswith(".")] if parent.is_dir() else []
    raise UnknownNameError.from_choice(kind.removesuffix("s"), PurePosixPath(name).name, present)
