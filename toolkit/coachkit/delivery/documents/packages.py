"""Office files packed so that equal contents give equal bytes."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can have


def repacked(package: bytes) -> bytes:
    """The same parts with one fixed time and no trace of the system that wrote them.

    Examples
    --------
    >>> first = io.BytesIO()
    >>> with zipfile.ZipFile(first, "w") as archive:
    ...     archive.writestr("a.xml", "<a/>")
    >>> repacked(first.getvalue()) == repacked(repacked(first.getvalue()))
    True
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            fresh = zipfile.ZipInfo(entry.filename, EPOCH)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.create_system = 0
            target.writestr(fresh, source.read(entry))
    return packed.getvalue()
