"""Questions about frozen data: who gave what, by movement; which ranks; names of codes.

The words of gifts (group, deed, whole) are those of ``movements.domain.deeds``. Pure Python; the sentences are made in
``prose_vi`` and ``prose_en``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.folding import fold
from core.quantity import Quantity, add
from movements.domain.deeds import Deed as Deed
from movements.domain.deeds import Group as Group
from movements.domain.deeds import groups as groups
from movements.domain.deeds import name as name
from movements.domain.deeds import quantity
from movements.domain.deeds import short_name as short_name
from movements.domain.deeds import unclear as unclear

Data = Mapping[str, Any]


def role_holders(data: Data, role: str) -> list[str]:
    """Codes of the chair or the deputies on the last day of the year."""
    held = [row for row in data["members"] if row["role"] == role]
    return [row["agency"] for row in sorted(held, key=lambda row: row["role_order"])]


def unranked(data: Data) -> list[str]:
    """Members without a published rank, in charter order."""
    ranked = {entry["agency"] for entry in (data["ranking"] or {"entries": ()})["entries"]}
    return [row["agency"] for row in data["members"] if row["agency"] not in ranked]


def places(data: Data) -> list[tuple[int, list[Data]]]:
    """Published ranks with those who share them, best first."""
    shared: dict[int, list[Data]] = {}
    for entry in (data["ranking"] or {"entries": ()})["entries"]:
        shared.setdefault(entry["rank"], []).append(entry)
    return sorted(shared.items())


@dataclass(frozen=True, slots=True)
class Bars:
    """One kind of goods by receiver, for a chart."""

    description: str
    unit: str
    rows: tuple[tuple[str, Quantity], ...]


def bars(data: Data, most: int = 2) -> list[Bars]:
    """Goods that went to at least two receivers, those with most receivers first."""
    kinds: dict[tuple[str, str], tuple[str, dict[str, list[Quantity]]]] = {}
    for gift in data["contributions"]:
        if gift["quantity"] and gift["beneficiary"]:
            key = (fold(gift["description"]), gift["quantity"]["unit"])
            by_receiver = kinds.setdefault(key, (gift["description"], {}))[1]
            by_receiver.setdefault(gift["beneficiary"], []).append(quantity(gift["quantity"]))
    found = [
        Bars(description, unit, tuple((receiver, add(figures)) for receiver, figures in by_receiver.items()))
        for (_folded, unit), (description, by_receiver) in kinds.items()
        if len(by_receiver) > 1
    ]
    return sorted(found, key=lambda one: -len(one.rows))[:most]


def headline_goods(data: Data, most: int = 2) -> list[Data]:
    """The goods worth a big figure: those recorded most often, in the order of the page."""
    goods: Sequence[Data] = data["totals"]["goods"]
    chosen = sorted(range(len(goods)), key=lambda index: (-goods[index]["lines"], index))[:most]
    return [goods[index] for index in sorted(chosen)]
