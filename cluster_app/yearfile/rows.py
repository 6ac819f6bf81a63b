"""From items of a year file to columns of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from cluster_app.yearfile import canon
from core.fields import FixedField
from core.folding import sort_key
from members.models import AgencyName, Directive
from movements.models import Activity, DuplicateRuling

Item = Mapping[str, Any]


def value(column: Any, value: Any) -> Any:
    """A plain value of the file as the model wants it."""
    if value is None:
        return None
    if isinstance(column, FixedField):
        return Decimal(value)
    kind = column.get_internal_type()
    if kind == "DateField":
        return date.fromisoformat(value)
    return canon.moment(value) if kind == "DateTimeField" else value


def derive(row: models.Model) -> None:
    """Columns that are made from the others."""
    if isinstance(row, AgencyName):
        row.sort_key = sort_key(row.name)
    elif isinstance(row, Activity):
        row.sorted_on = max(row.starts_on or row.year.starts_on, row.year.starts_on)
    elif isinstance(row, DuplicateRuling) and row.first_id > row.second_id:
        row.first, row.second = row.second, row.first


def paper(item: Item) -> tuple[str, str, str]:
    return item["number"], item["issuer"], item.get("issued_on") or ""


def paper_of(row: Directive) -> tuple[str, str, str]:
    return row.number, row.issuer, row.issued_on.isoformat() if row.issued_on else ""
