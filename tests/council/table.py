"""Workbooks as an office would fill them in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from core import sheets
from members.domain.formation_plan import plan_of
from members.domain.formation_shape import Formation, Order
from members.domain.formation_sheet import FIELDS, TITLES

HEAD = tuple(field.key for field in FIELDS[1:])


def workbook(
    rows: Sequence[dict[str, Any]], head: Sequence[str] = HEAD, *, titles: dict[str, str] | None = None
) -> bytes:
    """The rows under the titles of ``head``, as the bytes of a workbook."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Tổ chức cụm"
    sheet.append([(titles or {}).get(key, TITLES.get(key, key)) for key in head])
    for row in rows:
        sheet.append([row.get(key) for key in head])
    return saved(book)


def saved(book: Any) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(data: bytes) -> sheets.Table:
    """The table of a workbook."""
    return sheets.read(io.BytesIO(data), FIELDS)


def member(agency_name: str, cluster: str = "khoi-a", **more: Any) -> dict[str, Any]:
    """A row of a new cluster in 2021."""
    return {"cluster": cluster, "name": f"Cụm {cluster}", "label": "2021", "agency_name": agency_name} | more


def order(day: date = date(2021, 1, 1), *, complete: bool = False, gives: bool = False) -> Order:
    """The office's word beside the file."""
    return Order(day, complete, date(2021, 3, 1), gives_functions=gives)


def planned(rows: Sequence[dict[str, Any]], **more: Any) -> Formation:
    """What the rows would change."""
    return plan_of(read(workbook(rows)), order(**more))


def upload(data: bytes, name: str = "to-chuc.xlsx") -> SimpleUploadedFile:
    """As a browser sends it."""
    return SimpleUploadedFile(name, data, "application/octet-stream")
