"""Totals of frozen contributions, added by the one rule of ``movements.domain.totals``.

Promises: a joint gift counts once for the cluster; a figure that may already be inside another is not added and is
named in ``unknown``; goods are added by description and unit. Pure Python: plain data in, plain data out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.folding import fold
from core.quantity import MONEY_UNIT, Qualifier, Quantity, add
from movements.domain.deeds import quantity as quantity
from movements.domain.totals import Gift, Giver, Totals, total, totals_by_agency

Data = dict[str, Any]


def totals_of(contributions: Iterable[Mapping[str, Any]], owners: Mapping[str, int | None]) -> Data:
    """``value`` (đồng), ``goods`` by description and unit, ``unknown`` (keys left out), ``agencies`` by giver.

    ``owners`` names the agency of each activity: it gave what names no giver.
    """
    rows = dict(enumerate(contributions))
    numbers = {row["key"]: number for number, row in rows.items()}
    gifts = [_gift(number, row, numbers, rows, owners) for number, row in rows.items()]
    keys = {number: row["key"] for number, row in rows.items()}
    return {
        **_plain_totals(total(gifts), keys),
        "goods": _by_description(gifts),
        "agencies": [
            {"agency": agency, **_plain_totals(sums, keys)}
            for agency, sums in totals_by_agency(gifts).items()
        ],
    }


def _gift(
    number: int,
    row: Mapping[str, Any],
    numbers: Mapping[str, int],
    rows: Mapping[int, Mapping[str, Any]],
    owners: Mapping[str, int | None],
) -> Gift:
    whole = rows.get(numbers.get(row["part_of"], -1))
    value, goods = _figure(row["value"]), _figure(row["quantity"])
    givers = tuple(
        Giver(one["agency"], one["outside"], int(one["share"]) if one["share"] else None)
        for one in row["contributors"]
    )
    owner = owners.get(row["activity"])
    return Gift(
        id=number,
        activity_id=0,
        description=row["description"],
        value=int(value.number) if value else None,
        value_qualifier=value.qualifier if value else Qualifier.EXACT,
        quantity=goods.number if goods else None,
        unit=goods.unit if goods else "",
        quantity_qualifier=goods.qualifier if goods else Qualifier.EXACT,
        part_state=row["part_state"],
        whole_id=numbers.get(row["part_of"]),
        whole_has_value=bool(whole and whole["value"]),
        whole_unit=whole["quantity"]["unit"] if whole and whole["quantity"] else "",
        givers=givers or ((Giver(owner),) if owner else ()),
    )


def _plain_totals(sums: Totals, keys: Mapping[int, str]) -> Data:
    return {
        "value": plain(sums.money) if sums.money else None,
        "goods": [plain(figure) for figure in sums.goods],
        "unknown": [keys[row.gift_id] for row in sums.left_out],
    }


def _by_description(gifts: list[Gift]) -> list[Data]:
    """Goods added by what they are, in the order they first come; ``lines`` says how often they were recorded."""
    present = frozenset(gift.id for gift in gifts)
    kinds: dict[tuple[str, str], tuple[str, list[Quantity]]] = {}
    for gift in gifts:
        for figure in gift.added(present):
            if figure.unit != MONEY_UNIT:
                kinds.setdefault((fold(gift.description), figure.unit), (gift.description, []))[1].append(
                    figure
                )
    return [
        {"description": description, "lines": len(figures), **plain(add(figures))}
        for description, figures in kinds.values()
    ]


def _figure(figure: Mapping[str, str] | None) -> Quantity | None:
    return quantity(figure) if figure else None


def plain(figure: Quantity) -> dict[str, str]:
    """A quantity as frozen text."""
    return {"number": format(figure.number, "f"), "unit": figure.unit, "qualifier": figure.qualifier.value}
