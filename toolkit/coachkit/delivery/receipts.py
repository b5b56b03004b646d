"""Receipts: what a notebook says it reported on, compared with what was asked of it.

papermill can hand over the wrong person's report with status OK (a misspelt parameter, a lost tag). The last
cell of every notebook emits a receipt computed from what the kernel really read; a report is published only
if the receipt equals the request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

MIME = "application/vnd.coachkit.receipt+json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one notebook reported on; ``subject`` is a hash, so that a receipt can be logged."""

    kind: str
    run_id: str
    subject: str
    slice_sha256: str
    n_rows: int
    parameters: str

    def as_dict(self) -> dict[str, str | int]:
        """The receipt as JSON-ready dict."""
        return asdict(self)


def subject_hash(manager_id: str) -> str:
    """Hash of a manager id that may be logged.

    Examples
    --------
    >>> subject_hash("M001")
    'b4edbb32a3df'
    """
    return hashlib.blake2b(manager_id.encode("utf-8", "surrogatepass"), digest_size=6, person=b"subject").hexdigest()


def parameters_hash(**parameters: str) -> str:
    """Hash of the parameter values as the kernel received them.

    Examples
    --------
    >>> parameters_hash(a="1", b="2") == parameters_hash(b="2", a="1")
    True
    """
    text = json.dumps(parameters, sort_keys=True, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def differences(expected: Receipt, found: Mapping[str, object] | None) -> list[str]:
    """Name the fields in which a notebook's receipt differs from the request; empty when they are equal."""
    if found is None:
        return ["the notebook emitted no receipt"]
    wanted = expected.as_dict()
    return [name for name in wanted if found.get(name) != wanted[name]] + sorted(set(found) - set(wanted))
