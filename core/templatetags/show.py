"""Showing numbers, money, days and words the Vietnamese way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from core import dates, quantity

register = template.Library()


@register.filter
def number(value: Any) -> str:
    """``4500`` → ``4.500``; empty stays empty."""
    return "" if value is None or value == "" else quantity.format_number(Decimal(value))


@register.filter
def points(value: Any, places: int = 2) -> str:
    """``92.5`` → ``92,50``."""
    return "" if value is None else quantity.format_number(Decimal(value), places)


@register.filter
def money(value: Any) -> str:
    """``580000000`` → ``580.000.000 ₫``."""
    return "" if value is None or value == "" else quantity.format_money(int(value))


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as ``05/01/2021``, in Vietnam's time."""
    if value is None:
        return ""
    return dates.format_date(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.filter
def moment(value: datetime | None) -> str:
    """A moment as ``14:32 05/01/2021``, in Vietnam's time."""
    return "" if value is None else f"{timezone.localtime(value):%H:%M} {day(value)}"


@register.filter
def key(mapping: Any, name: Any) -> Any:
    """``mapping[name]``, or empty."""
    return mapping.get(name, "") if mapping else ""
