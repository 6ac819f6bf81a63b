"""What was given, told as deeds: gifts by giver and movement, those of one activity to one receiver together.

Words: *group* = what one giver did within one movement; *deed* = gifts of one activity to one receiver, said together;
*whole* = a figure that others are part of; *data* = plain data as the summary freezes it and the ledger draws it:
agencies by code, activities, movements, contributions, members. Pure Python; sentences are made in ``sentence``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.folding import fold
from core.quantity import Qualifier, Quantity

Data = Mapping[str, Any]


def quantity(figure: Mapping[str, str]) -> Quantity:
    """A frozen figure as a quantity."""
    return Quantity(
        Decimal(figure["number"]), figure["unit"], Qualifier(figure["qualifier"]), figure.get("words", "")
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """Gifts of one activity to one receiver with the same helpers: one clause of a sentence."""

    gifts: tuple[Data, ...]
    activity: Data
    partners: tuple[str, ...]
    is_whole: bool

    @property
    def first(self) -> Data:
        """The gift that gives receiver, place and purpose."""
        return self.gifts[0]

    @property
    def state(self) -> str:
        """Whether the gifts are inside a whole: included, not_included, unknown, or empty."""
        return str(self.first["part_state"])

    @property
    def place(self) -> str:
        """Where, unless the receiver's name says it already."""
        place = str(self.first["place"] or self.activity.get("place", ""))
        return "" if fold(place) in fold(self.first["beneficiary"]) else place


@dataclass(slots=True)
class Group:
    """What one giver did within one movement."""

    giver: str
    movement: Data | None
    deeds: list[Deed] = field(default_factory=list)

    @property
    def gifts(self) -> list[Data]:
        """Every gift, in the order of the deeds."""
        return [gift for deed in self.deeds for gift in deed.gifts]


def name(data: Data, code: str) -> str:
    """Full name of an agency in this year; empty for no code."""
    return str(data["agencies"].get(code, {}).get("name", code))


def short_name(data: Data, code: str) -> str:
    """Short name of an agency in this year."""
    return str(data["agencies"].get(code, {}).get("short_name", code))


def groups(data: Data) -> list[Group]:
    """Gifts by giver (members in charter order, then the cluster as a whole) and movement, wholes before parts."""
    activities = {activity["key"]: activity for activity in data["activities"]}
    movements = {movement["key"]: movement for movement in data["movements"]}
    wholes = {gift["part_of"] for gift in data["contributions"] if gift["part_of"]}
    found: dict[tuple[str, str], Group] = {}
    for deed in _deeds(data["contributions"], activities, wholes, data):
        giver = _giver(deed.first, deed.activity)
        movement = deed.activity.get("movement", "")
        group = found.setdefault((giver, movement), Group(giver, movements.get(movement)))
        group.deeds.append(deed)
    order = {row["agency"]: index for index, row in enumerate(data["members"])}
    ranked = {key: index for index, key in enumerate(movements)}
    listed = sorted(
        found.items(),
        key=lambda item: (order.get(item[0][0], len(order)), ranked.get(item[0][1], len(ranked))),
    )
    for _key, group in listed:
        group.deeds.sort(key=lambda deed: (not deed.is_whole, _STATE_ORDER[deed.state]))
    return [group for _key, group in listed]


_STATE_ORDER = {"included": 0, "": 1, "unknown": 1, "not_included": 2}


def _deeds(gifts: Iterable[Data], activities: Mapping[str, Data], wholes: set[str], data: Data) -> list[Deed]:
    """Neighbouring gifts of one activity, receiver, helpers and state make one deed; a whole stands alone."""
    deeds: list[Deed] = []
    for gift in gifts:
        activity = activities.get(gift["activity"], {})
        partners = tuple(_partners(gift, _giver(gift, activity), data))
        last = deeds[-1] if deeds else None
        if last and not last.is_whole and gift["key"] not in wholes and _alike(last, gift, partners):
            deeds[-1] = Deed((*last.gifts, gift), last.activity, last.partners, False)
        else:
            deeds.append(Deed((gift,), activity, partners, gift["key"] in wholes))
    return deeds


def _alike(deed: Deed, gift: Data, partners: tuple[str, ...]) -> bool:
    same = ("activity", "beneficiary", "place", "part_of", "part_state")
    return partners == deed.partners and all(deed.first[key] == gift[key] for key in same)


def _giver(gift: Data, activity: Data) -> str:
    """Code of the member a gift is told under: its first contributor, else who did the activity; empty: the cluster."""
    codes = [giver["agency"] for giver in gift["contributors"] if giver["agency"]]
    return str(codes[0] if codes else activity.get("agency", ""))


def _partners(gift: Data, giver: str, data: Data) -> Iterable[str]:
    for one in gift["contributors"]:
        if one["agency"] != giver or not one["agency"]:
            yield name(data, one["agency"]) if one["agency"] else one["outside"]


def unclear(gifts: Iterable[Data]) -> list[Data]:
    """Gifts of which nobody said whether they are inside a whole."""
    return [gift for gift in gifts if gift["part_state"] == "unknown"]
