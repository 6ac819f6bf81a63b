"""What a browser sends from the quick entry grid."""

from __future__ import annotations

import secrets
from typing import Any

from movements.domain.quick import ACTIVITIES, GIFTS, NEW, Row, Sent, tidy

GIFT = {
    "day": "5/4",
    "what": "Khẩu trang y tế",
    "quantity": "3000 chiec",
    "receiver": "Sở Y tế",
    "place": "Chi Lăng",
}
DEED = {"day": "5/4", "title": "Ra quân làm sạch đường phố", "place": "Chi Lăng", "attended": "120"}


def new_key() -> str:
    return secrets.token_urlsafe(24)


def sent(grid: str = GIFTS, *, live: bool = False, **cells: Any) -> Sent:
    """A new row; ``key``, ``pk``, ``mark``, ``group`` beside the cells."""
    more = {name: cells.pop(name) for name in ("key", "pk", "mark", "group") if name in cells}
    base = GIFT if grid == GIFTS else DEED
    return Sent(cells=tidy(grid, {**base, **cells}), live=live, **{"key": new_key(), **more})


def again(row: Row, grid: str = GIFTS, *, live: bool = False, **cells: str) -> Sent:
    """The row as it came back, with some cells typed over."""
    return Sent(row.key or new_key(), {**row.cells, **cells}, row.pk, row.mark, row.group, live)


def posted(user: Any, row: Sent, **more: str) -> dict[str, str]:
    """The fields of one row as the browser posts them by itself."""
    fields = {"key": row.key, "pk": str(row.pk or ""), "mark": row.mark, "group": row.group, **row.cells}
    return {"nguoi": str(user.pk), **fields, **({"live": "1"} if row.live else {}), **more}


def form_of(*rows: Sent, **more: Any) -> dict[str, Any]:
    """The fields of the whole form."""
    data: dict[str, Any] = {
        "dong-TOTAL_FORMS": str(len(rows)),
        "dong-INITIAL_FORMS": "0",
        "then": "save",
        **more,
    }
    for index, row in enumerate(rows):
        fields = {"key": row.key, "pk": str(row.pk or ""), "mark": row.mark, "group": row.group, **row.cells}
        data |= {f"dong-{index}-{name}": value for name, value in fields.items()}
    return data


__all__ = ["ACTIVITIES", "GIFTS", "NEW", "again", "form_of", "new_key", "posted", "sent"]
