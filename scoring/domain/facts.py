"""What was typed for a leaf, from and to plain data. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from scoring.domain.derive import to_places
from scoring.domain.shapes import Facts

NUMBERS: Final = ("points", "actual", "target", "percent", "count", "size")


def facts_of(data: Mapping[str, Any], mark: str = "") -> Facts:
    """Facts from stored data: numbers as text. ``ValueError`` for what is no exact number or an unknown key."""
    values: dict[str, Any] = {}
    for key, value in data.items():
        if key in NUMBERS:
            values[key] = None if value is None else _number(value)
        elif key == "yes":
            values[key] = None if value is None else bool(value)
        elif key == "level":
            values[key] = str(value)
        else:
            raise ValueError(f"unknown fact {key!r}")
    return Facts(**values, mark=mark)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"no exact number: {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"no number: {value!r}") from error
    if not number.is_finite():
        raise ValueError(f"no number: {value!r}")
    return number


def facts_data(facts: Facts) -> dict[str, Any]:
    """Plain data of facts: only what was given, numbers as text; the mark is kept beside it."""
    data: dict[str, Any] = {}
    for key in NUMBERS:
        value = getattr(facts, key)
        if value is not None:
            data[key] = format(
                to_places(Fraction(value), 4, "half_up") if value == round(value, 4) else value, "f"
            )
    if facts.yes is not None:
        data["yes"] = facts.yes
    if facts.level:
        data["level"] = facts.level
    return data


def is_empty(facts: Facts) -> bool:
    """Whether nothing was typed and nothing chosen; the size belongs to the agency and does not count."""
    numbers = (facts.points, facts.actual, facts.target, facts.percent, facts.count)
    return not facts.mark and facts.yes is None and not facts.level and all(one is None for one in numbers)


def own_number(facts: Facts) -> bool:
    """Whether points stand alone: no figure that a rule could compute from."""
    others = (facts.actual, facts.target, facts.percent, facts.count, facts.yes)
    return facts.points is not None and not facts.level and all(one is None for one in others)
