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


def _from_2(document: Document) -> Document:
    """3 keeps files in the library of their agency, from where they serve activities; 2 kept them beside each activity.

    The same bytes of one agency become one file of the library; a removed one stays by itself.
    """
    activities = document.get("activities")
    if not isinstance(activities, list):
        return document
    library: list[Document] = []
    kept: dict[tuple[Any, Any], str] = {}
    moved = []
    for activity in activities:
        files = activity.get("evidence") if isinstance(activity, dict) else None
        if not isinstance(files, list):
            moved.append(activity)
            continue
        uses = [_into_library(file, activity, library, kept) for file in files]
        rest = {name: value for name, value in activity.items() if name != "evidence"}
        moved.append(rest | {"evidence_uses": uses} if uses else rest)
    document["activities"] = moved
    if library:
        document["library"] = library
    return document


def _into_library(file: Any, activity: Document, library: list[Document], kept: dict[Any, str]) -> Any:
    """What takes the place of a file beside an activity; a broken one stays as it is."""
    if not isinstance(file, dict) or not isinstance(file.get("key"), str):
        return file
    place = (str(activity.get("agency")), str(file.get("file")))
    removed = file.get("removed_at")
    if not removed and place in kept:
        return {"evidence": kept[place]}
    taken = {item["key"] for item in library}
    key = file["key"]
    number = 2
    while key in taken:
        key, number = f"{file['key'][:36]}-{number}", number + 1
    owner = {"agency": activity["agency"]} if activity.get("agency") else {}
    library.append({**file, **owner, "key": key})
    if removed:
        return {"evidence": key, "removed_at": removed}
    kept[place] = key
    return {"evidence": key}


def _from_3(document: Document) -> Document:
    """4 carries criteria tables and score sheets; what 3 says means the same."""
    return document


STEPS: Final[dict[int, Callable[[Document], Document]]] = {1: _from_1, 2: _from_2, 3: _from_3}


def upgraded(document: Any) -> Any:
    """The document in the present form; one of an unknown number, or none at all, as it is."""
    if not isinstance(document, dict):
        return document
    number = document.get("schema")
    while type(number) is int and number in STEPS:
        document = STEPS[number](dict(document)) | {"schema": number + 1}
        number += 1
    return document
