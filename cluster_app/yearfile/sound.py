"""Faults by place, and the parts of a document that can still be asked about after some were found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cluster_app.yearfile.schema import Path
from cluster_app.yearfile.shapes import SECTIONS, Shape
from core.errors import Problem

Item = Mapping[str, Any]
Faults = Iterator[tuple[Path, str]]


class Findings:
    """Faults by place, and which items are too broken to be asked more."""

    def __init__(self) -> None:
        """None yet."""
        self.faults: dict[tuple[Path, str], None] = {}
        self.broken: set[Path] = set()

    def add(self, place: Path, sentence: str) -> None:
        """Note a fault; its item (or section) is broken from now on."""
        self.faults[(place, sentence)] = None
        self.broken.add(item_of(place))

    def sound(self, place: Path) -> bool:
        """Whether nothing is wrong with the item at ``place`` or with what it stands in."""
        return not any(place[:size] in self.broken for size in range(1, len(place) + 1))

    def problems(self) -> list[Problem]:
        """One problem for each fault, in the order of the places."""
        ordered = sorted(self.faults, key=lambda fault: [(isinstance(part, str), part) for part in fault[0]])
        return [Problem(sentence, pointer(place)) for place, sentence in ordered]


def item_of(place: Path) -> Path:
    """The innermost item (or section) that ``place`` lies in; a list inside a field is no list of items."""
    shape, size = SECTIONS.get(str(place[0])) if place else None, 1
    while shape and not shape.single and size < len(place):
        shape = shape.lists.get(str(place[size + 1])) if size + 2 < len(place) else None
        size += 2 if shape else 1
    return place[:size]


def pointer(place: Path) -> str:
    """RFC 6901: ``/activities/3/title``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


class Sound:
    """The parts of a document that later questions may ask."""

    def __init__(self, document: Any, findings: Findings) -> None:
        self.document, self.findings = document, findings

    def single(self, name: str) -> Item:
        """A section that is one object; empty when broken or absent."""
        return self.document.get(name) or {} if self.findings.sound((name,)) else {}

    def each(self, name: str) -> Iterator[tuple[Path, Item]]:
        """Sound items of a section."""
        for place, item, shape in self.everything():
            if shape is SECTIONS[name] and self.findings.sound(place):
                yield place, item

    def everything(self) -> Iterator[tuple[Path, Item, Shape]]:
        """Every sound item of every list, however deep."""
        for name, shape in SECTIONS.items():
            if not shape.single and name in self.document:
                yield from self._inside(shape, self.document[name], (name,))

    def _inside(self, shape: Shape, items: Any, place: Path) -> Iterator[tuple[Path, Item, Shape]]:
        if not isinstance(items, list):
            return
        for index, item in enumerate(items):
            here = (*place, index)
            if isinstance(item, dict) and self.findings.sound(here):
                yield here, item, shape
                for key, child in shape.lists.items():
                    yield from self._inside(child, item.get(key, []), (*here, key))

    def inside(self, place: Path, item: Item, key: str) -> Iterator[tuple[Path, Item]]:
        """Sound items of a list inside ``item``, which is sound itself and stands at ``place``."""
        for index, inner in enumerate(item.get(key, [])):
            if self.findings.sound((*place, key, index)):
                yield (*place, key, index), inner

    def items(self, name: str) -> list[Item]:
        """All items of a section that are objects at all, broken ones too."""
        items = self.document.get(name, [])
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def named(self, name: str, key: str) -> set[Any]:
        """What items of a section are called, broken ones too: a second fault must not follow from the first."""
        return {value for item in self.items(name) if isinstance(value := item.get(key), str)}
