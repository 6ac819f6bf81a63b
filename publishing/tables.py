"""Rows of the publishing pages, ready to be drawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.dates import format_date
from members.scope import Scope
from publishing.domain.canonical import parse
from publishing.domain.handover import Standing
from publishing.domain.handover_shape import Part, Row
from publishing.enums import Side

HALF = 22  # letters that fit into half a line of a phone


def handover_sides(standing: Standing, own: Collection[Side]) -> list[dict[str, Any]]:
    """Both sides: agency, office, how far the marks have come, signature and note."""
    change, row = standing.change, standing.row
    last = format_date(change.effective_on - timedelta(days=1))
    office = {
        Side.GIVER: _("Cụm trưởng đến hết ngày %(day)s") % {"day": last},
        Side.RECEIVER: _("Cụm trưởng từ ngày %(day)s") % {"day": format_date(change.effective_on)},
    }
    return [
        {
            "side": side,
            "title": str(side.label),
            "agency": standing.ground.full(change.agency_of(side)),
            "office": office[side],
            "mine": side in own,
            "done": len(standing.parts) - len(standing.left(side)),
            "total": len(standing.parts),
            "signed_at": standing.signed_at(side),
            "post": getattr(row, f"{side}_post", ""),
            "holds": standing.holds(side),
            "note": standing.note(side),
        }
        for side in Side
    ]


def handover_groups(
    standing: Standing, side: Side | None, scope: Scope, typed: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Each group with its lines, the marks of both sides, and the box of one's own; frozen ones as they were frozen.

    ``typed``: the boxes as a refused form had them.
    """
    frozen = standing.row.content if standing.row else ""
    parts = _frozen_parts(standing, frozen) if frozen else standing.parts
    return [_group(standing, part, side, scope, typed) for part in parts]


def _group(
    standing: Standing, part: Part, side: Side | None, scope: Scope, typed: Sequence[str] | None
) -> dict[str, Any]:
    value = f"{part.key}:{part.mark}"
    ticked = bool(side) and standing.is_ticked(side or "", part)
    return {
        "key": part.key,
        "title": part.title,
        "columns": part.columns,
        "rows": [_line(line, part.columns, scope) for line in part.rows],
        "foot": {"first": part.foot[0], "cells": _cells(part.foot[1:], part.columns[1:])}
        if part.foot
        else None,
        "none": part.none,
        "note": part.note,
        "private": part.private,
        "value": value,
        "checked": value in typed if typed is not None else ticked,
        "box": bool(side) and not standing.frozen and not standing.holds(side or ""),
        "foots": not standing.frozen or bool(part.note or part.private or not part.rows),
        "marks": [] if standing.frozen else [_mark(standing, part, one) for one in Side],
    }


def _line(line: Row, columns: Sequence[str], scope: Scope) -> dict[str, Any]:
    kwargs = {"pk": line.pk} if line.pk is not None else {}
    return {
        "url": scope.address(line.page, **kwargs) if line.page else "",
        "first": line.cells[0],
        "cells": _cells(line.cells[1:], columns[1:], line.state),
    }


def _cells(cells: Sequence[str], columns: Sequence[str], state: str = "") -> list[dict[str, str]]:
    """Cells behind the first: text, heading, half or full width on a phone, the look of the last one."""
    return [
        {
            "text": cell,
            "head": head,
            "css": "h" if len(cell) <= HALF else "f",
            "state": state if place == len(cells) else "",
        }
        for place, (cell, head) in enumerate(zip(cells, columns, strict=True), 1)
    ]


def _mark(standing: Standing, part: Part, side: Side) -> dict[str, Any]:
    tick = standing.tick(side, part)
    if tick is None:
        return {"title": str(side.label), "kind": "", "icon": "circle-dashed", "text": _("chưa đánh dấu")}
    if tick.mark != part.mark:
        return {
            "title": str(side.label), "kind": "warn", "icon": "", "text": _("đã đổi từ lúc đánh dấu"), "at": tick.at,
        }  # fmt: skip
    return {
        "title": str(side.label),
        "kind": "ok",
        "icon": "",
        "text": _("đã đánh dấu lúc"),
        "at": tick.at,
    }


def _frozen_parts(standing: Standing, content: str) -> list[Part]:
    """The groups out of the frozen content; private ones, which are not frozen, as they are now."""
    live = {part.key: part for part in standing.parts if part.private}
    return [
        live.get(data["key"])
        or Part(
            data["key"], data["title"], tuple(data["columns"]),
            tuple(Row(tuple(cells)) for cells in data["rows"]), None, data["none"], data["note"], tuple(data["foot"]),
        )
        for data in parse(content)["parts"]
    ]  # fmt: skip
