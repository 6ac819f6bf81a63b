"""Figures of one criterion that look like another unit than the others used (domain 7, case 7). Pure: no Django.

A warning only: a figure may be right although it is odd. Compared are the figures typed for one leaf by all agencies;
each is held against the middle one of the others (of two middle ones the one nearer to it: where the others disagree
among themselves nobody is warned).

* A percentage (typed as such, or an actual figure or target whose unit is "%") from 0 to 1,5 while the others' middle
  is 15 or more: "0,9" among "90". The other way round, 15 or more among figures up to 1,5: "90" among "0,9".
* Any other figure a thousand times the others' middle or a thousandth of it: đồng among triệu đồng.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeVar

from core.marks import _
from scoring.domain.degree import PERCENT_FROM, SHARE_UP_TO
from scoring.domain.derive import said
from scoring.domain.shapes import Facts, Leaf, Said

FAR: Final = 1000
FIELDS: Final = ("percent", "actual", "target", "count", "points")

Key = TypeVar("Key", bound=Hashable)


def odd_units(leaf: Leaf, members: Mapping[Key, Facts]) -> dict[Key, Said]:
    """Who typed a figure that looks like another unit, with the warning; who is not named looks like the others."""
    found: dict[Key, Said] = {}
    for field in FIELDS:
        typed = {key: value for key, facts in members.items() if (value := getattr(facts, field)) is not None}
        for key, value in typed.items():
            others = [other for who, other in typed.items() if who != key]
            if key not in found and value > 0 and others and (middle := nearest_middle(others, value)) > 0:
                warning = _compare(value, middle, percent=field == "percent" or _in_percent(leaf, field))
                if warning is not None:
                    found[key] = warning
    return found


def _in_percent(leaf: Leaf, field: str) -> bool:
    return field in ("actual", "target") and "%" in leaf.unit


def _compare(value: Decimal, middle: Decimal, *, percent: bool) -> Said | None:
    if percent:
        if value <= SHARE_UP_TO and middle >= PERCENT_FROM:
            words = _("Đang ghi %(value)s, các đơn vị khác ghi khoảng %(middle)s: có phải ý là %(meant)s %%?")
            return said(words, value=value, middle=middle, meant=Fraction(value) * 100)
        if value >= PERCENT_FROM and middle <= SHARE_UP_TO:
            words = _("Đang ghi %(value)s, các đơn vị khác ghi khoảng %(middle)s: kiểm tra lại đơn vị tính.")
            return said(words, value=value, middle=middle)
        return None
    if Fraction(value) >= FAR * Fraction(middle) or Fraction(value) * FAR <= middle:
        words = _("Đang ghi %(value)s, các đơn vị khác ghi khoảng %(middle)s: kiểm tra lại đơn vị tính.")
        return said(words, value=value, middle=middle)
    return None


def nearest_middle(values: Sequence[Decimal], value: Decimal) -> Decimal:
    """The middle one of some values; of an even number of them the one of the two middle ones nearer to ``value``."""
    row = sorted(values)
    low, high = row[(len(row) - 1) // 2], row[len(row) // 2]
    return low if abs(value - low) <= abs(value - high) else high
