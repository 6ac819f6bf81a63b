"""What a shape is, and the reasons for which a column is left out of a year file; ``shapes`` lists them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Field, Model

ID: Final = "a number of this database; the identity of the item takes its place"
STAMP: Final = "when this installation wrote the row; the audit tells the history"
PLACE: Final = "said by the place in the file: items stand inside what they belong to"
FOLDED: Final = "made from the other fields when the file is loaded"
COUNTER: Final = "counts saves so that two people notice each other; starts again at 1"
ACCOUNT: Final = "accounts are people of one installation; no file carries a person"
OWN: Final = "what one person keeps while working; it is not of the year, and no file carries a person"
HELD: Final = "names agencies and accounts by numbers of this installation; the audit keeps it"
SCANNED: Final = "what the scanner of this installation said; another one asks its own"
LINK: Final = "a secret link of one installation: it works nowhere else, and no file carries a person"


@dataclass(frozen=True)
class Shape:
    """How rows of ``model`` stand in the file; keys of the file are the names of the model's fields."""

    model: type[Model]
    carried: tuple[str, ...]
    identity: tuple[str, ...] = ()
    parent: str = ""
    lists: Mapping[str, Shape] = field(default_factory=dict)
    sort: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    single: bool = False
    unique: bool = True

    def fields(self) -> Iterator[tuple[str, Field[Any, Any]]]:
        """Each carried field by its key."""
        for key in self.carried:
            yield key, self.model._meta.get_field(key)  # type: ignore[misc]

    def name_of(self, item: Mapping[str, Any]) -> tuple[Any, ...]:
        """The identity of an item."""
        return tuple(item.get(key) for key in self.identity)


def child(model: type[Model], parent: str, carried: str, identity: str, **options: Any) -> Shape:
    left_out = {parent: PLACE, **options.pop("left_out", {})}
    return Shape(model, tuple(carried.split()), tuple(identity.split()), parent, left_out=left_out, **options)


def of_year(model: type[Model], carried: str, identity: str, **options: Any) -> Shape:
    return child(model, "year", carried, identity, **options)
