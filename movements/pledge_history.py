"""What happened to a compact or a registration, out of the audit: by office and agency, never by a person's name."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit_words import action_words
from core.dates import format_date, local_today
from core.models import AuditEvent
from core.quantity import format_number
from members.enums import Role
from members.queries import agency_names

LONGEST: Final = 60
_ROLE: Final = re.compile(r"([a-z]+)/[a-z]+/agency:([0-9]+)")
_ENDS: Final = ("pledge_close", "registration_accept")


def history_of(row: Model) -> list[dict[str, Any]]:
    """The latest events of the row, oldest first, ready for ``<c-timeline>``; two queries, one for no events."""
    events = AuditEvent.objects.filter(target_type=row._meta.label_lower, target_id=str(row.pk))
    found = list(events.order_by("-id")[:LONGEST])[::-1]
    roles = [_ROLE.match(event.role) for event in found]
    ids = {int(role[2]) for role in roles if role}
    names = agency_names(ids, local_today(timezone.now())) if ids else {}
    lines = []
    for event, role in zip(found, roles, strict=True):
        moment = timezone.localtime(event.at)
        lines.append(
            {
                "when": f"{moment:%H:%M} {format_date(moment.date())}",
                "when_iso": moment.isoformat(timespec="seconds"),
                "title": f"{_who(role, names)}: {action_words(event.action)}",
                "text": event.reason or _changes(event),
                "end": event.action in _ENDS,
            }
        )
    return lines


def _who(role: re.Match[str] | None, names: dict[int, tuple[str, str]]) -> str:
    if role is None:
        return _("Hệ thống")
    agency = names.get(int(role[2]), ("", _("Một đơn vị")))[1]
    return f"{agency} ({Role(role[1]).label})" if role[1] in Role.values else agency


def _changes(event: AuditEvent) -> str:
    """What an edit touched, in short: targets with their figures before and after, titles by their names."""
    if event.action not in ("registration_edit", "target_actual") or not event.after:
        return ""
    before, after = json.loads(event.before or "{}"), json.loads(event.after)
    figure = "actual" if event.action == "target_actual" else "plan"
    words = []
    for key in sorted(before.keys() | after.keys()):
        kind, _colon, name = key.partition(":")
        if kind == "target":
            words.append(_target(before.get(key) or {}, after.get(key) or {}, figure))
        elif kind == "title":
            words.append(name)
    return "; ".join(word for word in words if word)


def _target(old: dict[str, Any], new: dict[str, Any], figure: str) -> str:
    content = new.get("content") or old.get("content") or ""
    pair = [_number(side.get(figure)) if side else _("chưa có") for side in (old, new)]
    if not new:
        return _("bỏ “%(what)s”") % {"what": content}
    if pair[0] == pair[1]:
        return content
    return f"{content}: {pair[0]} → {pair[1]}"


def _number(value: Any) -> str:
    if value is None:
        return _("để trống")
    try:
        return format_number(Decimal(str(value)))
    except InvalidOperation:
        return str(value)
