"""Totals of frozen contributions: money and each kind of goods, for the cluster and for each giver.

Promises (domain 7.14, 7.16, 7.17): a joint gift counts once for the cluster; a figure that is inside another one, or may
be, is not added to it and is named in ``unknown`` when nobody said; a sum keeps the qualifier its parts allow. Pure
Python: plain data in, plain data out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.folding import fold
from core.quantity import Qualifier, Quantity, add

Data = dict[str, Any]


def totals_of(contributions: Iterable[Mapping[str, Any]]) -> Data:
    """``value`` (đồng), ``goods`` by description and unit, ``unknown`` (keys left out), ``agencies`` with the same."""
    rows = list(contributions)
    wholes = {row["key"]: row for row in rows}
    givers: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        for code in dict.fromkeys(giver["agency"] for giver in row["contributors"] if giver["agency"]):
            givers.setdefault(code, []).append(row)
    return {
        **_totals(rows, wholes),
        "agencies": [{"agency": code, **_totals(own, wholes)} for code, own in givers.items()],
    }


def _totals(rows: list[Mapping[str, Any]], wholes: Mapping[str, Mapping[str, Any]]) -> Data:
    values: list[Quantity] = []
    goods: dict[tuple[str, str], tuple[str, list[Quantity]]] = {}
    unknown: list[str] = []
    for row in rows:
        whole = wholes.get(row["part_of"])
        outside = whole is None or row["part_state"] == "not_included"
        if row["value"] is not None:
            if outside or whole is None or whole["value"] is None:
                values.append(quantity(row["value"]))
            elif row["part_state"] == "unknown":
                unknown.append(row["key"])
        if row["quantity"] is not None and (outside or not _same_measure(row, whole)):
            key = (fold(row["description"]), row["quantity"]["unit"])
            goods.setdefault(key, (row["description"], []))[1].append(quantity(row["quantity"]))
    return {
        "value": plain(add(values)) if values else None,
        "unknown": unknown,
        "goods": [
            {"description": description, "lines": len(figures), **plain(add(figures))}
            for description, figures in goods.values()
        ],
    }


def _same_measure(row: Mapping[str, Any], whole: Mapping[str, Any] | None) -> bool:
    """Whether the whole counts the same things, so that adding the part would count them twice."""
    counted = whole["quantity"] if whole else None
    return counted is not None and bool(counted["unit"] == row["quantity"]["unit"])


def quantity(figure: Mapping[str, str]) -> Quantity:
    """A frozen figure as a quantity."""
    return Quantity(
        Decimal(figure["number"]), figure["unit"], Qualifier(figure["qualifier"]), figure.get("words", "")
    )


def plain(figure: Quantity) -> dict[str, str]:
    """A quantity as frozen text."""
    return {"number": format(figure.number, "f"), "unit": figure.unit, "qualifier": figure.qualifier.value}
