"""Files of activities as an office would fill them in, and what a browser does with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from core.sheets import Table, read
from movements.imports.columns import FIELDS, MAX_ROWS, SHEET, TITLES
from movements.imports.plan import make_plan
from movements.imports.shape import Order, Plan
from movements.models import ImportRun

HEAD = (
    "owner", "title", "when", "place", "kind", "description", "quantity_qualifier", "quantity", "unit",
    "value_qualifier", "value", "givers", "beneficiary", "part_state", "whole",
)  # fmt: skip
GIFT = {"title": "Tặng quà hộ nghèo", "when": "05/04/2020", "description": "Tiền ủng hộ", "value": "10 triệu"}


def row(**more: Any) -> dict[str, Any]:
    """A row with ten million đồng."""
    return GIFT | more


def workbook(rows: Sequence[dict[str, Any]], head: Sequence[str] = HEAD) -> bytes:
    """The rows under the titles of ``head``."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([TITLES.get(key, key) for key in head])
    for one in rows:
        sheet.append([one.get(key) for key in head])
    for cell in sheet[2] if rows else ():
        if str(cell.value).startswith("=HYPERLINK"):
            cell.data_type = "s"  # text, as somebody pasted it
    return saved(book)


def csv_text(rows: Sequence[dict[str, Any]], head: Sequence[str] = HEAD, separator: str = ",") -> str:
    """The same as CSV."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator)
    writer.writerow([TITLES.get(key, key) for key in head])
    writer.writerows([one.get(key, "") for key in head] for one in rows)
    return target.getvalue()


def saved(book: Any) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def opened(data: bytes) -> Any:
    """The workbook of some bytes."""
    return load_workbook(io.BytesIO(data))


def table(data: bytes) -> Table:
    """The table of a workbook."""
    return read(io.BytesIO(data), FIELDS, MAX_ROWS)


def planned(
    scope: Any, rows: Sequence[dict[str, Any]], order: Order | None = None, head: Sequence[str] = HEAD
) -> Plan:
    """What the rows would change."""
    return make_plan(scope, table(workbook(rows, head)), order or Order())


def faults(plan: Plan) -> list[tuple[str, str]]:
    """Cells and sentences of what is wrong."""
    return [(fault.cell, fault.sentence) for fault in plan.faults]


# -- through the pages ---------------------------------------------------------------------------
def upload(cast: Any, user: Any, data: bytes, name: str = "hoat-dong.xlsx", **more: str) -> Any:
    """Choose the file and press "Xem trước"."""
    file = SimpleUploadedFile(name, data, "application/octet-stream")
    return cast.client(user).post(cast.url("activity_import"), {"file": file, **more})


def preview(cast: Any, user: Any, data: bytes, name: str = "hoat-dong.xlsx", **more: str) -> Any:
    """Upload, and open what it leads to."""
    answer = upload(cast, user, data, name, **more)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return cast.client(user).get(answer["Location"])


def confirm(cast: Any, user: Any, shown: Any, **more: str) -> Any:
    """Press "Nhập vào hệ thống" on a preview."""
    seen = shown.context["plan"].mark
    return cast.client(user).post(shown.request["PATH_INFO"], {"confirm": "1", "seen": seen, **more})


def imported(cast: Any, user: Any, data: bytes, name: str = "hoat-dong.xlsx", **more: str) -> ImportRun:
    """The whole way, for a file without faults."""
    shown = preview(cast, user, data, name, **more)
    assert faults(shown.context["plan"]) == []
    answer = confirm(cast, user, shown)
    assert answer.status_code == 302
    return ImportRun.objects.latest("pk")
