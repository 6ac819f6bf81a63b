"""Documents of earlier schemas, brought to the present one before anything else is asked.

Each step takes a document of its number to the next; it says only what the later form says of the same facts, invents
nothing, and leaves broken parts as they are for the checks to name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from members.enums import LinkKind

Document = dict[str, Any]
NO_REASON: Final = "Không ghi lý do"


def _from_1(document: Document) -> Document:
    """2 says how an agency follows another, and why a charter was changed; 1 knew neither."""
    links = document.get("agency_links")
    if isinstance(links, list):
        document["agency_links"] = [
            {"kind": LinkKind.TAKEOVER.value, **link} if isinstance(link, dict) else link for link in links
        ]
    charter = document.get("charter")
    version = charter.get("version") if isinstance(charter, dict) else None
    if isinstance(charter, dict) and isinstance(version, int) and version > 1:
        document["charter"] = {"reason": NO_REASON, **charter}
    return document


STEPS: Final[dict[int, Callable[[Document], Document]]] = {1: _from_1}


def upgraded(document: Any) -> Any:
    """The document in the present form; one of an unknown number, or none at all, as it is."""
    if not isinstance(document, dict):
        return document
    number = document.get("schema")
    while type(number) is int and number in STEPS:
        document = STEPS[number](dict(document)) | {"schema": number + 1}
        number += 1
    return document
