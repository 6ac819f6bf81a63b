"""What happened to an activity, as sentences out of the audit: by office and agency, never by a person's name."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.dates import format_date, local_today
from core.models import AuditEvent
from members.enums import Function, Role
from members.queries import agency_names
from movements.models import Activity, Contribution

LONGEST: Final = 60
_ROLE: Final = re.compile(r"([a-z]+)/([a-z]+)/agency:([0-9]+)")
_DONE: Final = {
    "activity_add": gettext_lazy("%(who)s ghi hoạt động"),
    "activity_edit": gettext_lazy("%(who)s sửa hoạt động"),
    "activity_submit": gettext_lazy("%(who)s gửi hoạt động"),
    "activity_take_back": gettext_lazy("%(who)s thu hồi về bản nháp"),
    "activity_confirm": gettext_lazy("%(who)s xác nhận"),
    "activity_return": gettext_lazy("%(who)s trả lại"),
    "gift_confirm": gettext_lazy("%(who)s ghi xác nhận một khoản đóng góp"),
    "gift_confirm_withdraw": gettext_lazy("%(who)s rút xác nhận một khoản đóng góp"),
    "duplicate_rule": gettext_lazy("%(who)s kết luận hai khoản giống nhau là hai khoản khác nhau"),
    "duplicate_reopen": gettext_lazy("%(who)s bỏ kết luận về hai khoản giống nhau"),
    "activity_publish": gettext_lazy("%(who)s cho công khai"),
    "activity_hide": gettext_lazy("%(who)s thôi công khai"),
}
_ALONE: Final = {
    "partners": gettext_lazy("đơn vị cùng thực hiện"),
    "contributors": gettext_lazy("bên đóng góp"),
    "shares": gettext_lazy("phần góp"),
    "beneficiary": gettext_lazy("nơi nhận"),
    "tags": gettext_lazy("tiêu chí, nhãn"),
}


def history_of(activity: Activity) -> list[dict[str, Any]]:
    """The latest events of an activity, oldest first, ready for ``<c-timeline>``; two queries."""
    events = AuditEvent.objects.filter(target_type=Activity._meta.label_lower, target_id=str(activity.pk))
    found = list(events.order_by("-id")[:LONGEST])[::-1]
    roles = [_ROLE.fullmatch(event.role) for event in found]
    ids = {int(role[3]) for role in roles if role}
    names = agency_names(ids, local_today(timezone.now())) if ids else {}
    lines = []
    for event, role in zip(found, roles, strict=True):
        sentence = _DONE.get(event.action, gettext_lazy("%(who)s cập nhật hồ sơ"))
        moment = timezone.localtime(event.at)
        lines.append(
            {
                "when": f"{moment:%H:%M} {format_date(moment.date())}",
                "when_iso": moment.isoformat(timespec="seconds"),
                "title": sentence % {"who": _who(role, names)},
                "text": event.reason or _changes(event),
                "end": event.action in ("activity_confirm",),
            }
        )
    return lines


def _who(role: re.Match[str] | None, names: dict[int, tuple[str, str]]) -> str:
    if role is None:
        return _("Hệ thống")
    agency = names.get(int(role[3]), ("", _("Một đơn vị")))[1]
    office = role[1] if role[1] in Role.values else role[2]
    known: Any = Role(office).label if office in Role.values else ""
    if not known and role[1] == "council" and office in Function.values:
        known = Function(office).label
    return f"{agency} ({known})" if known else agency


def _changes(event: AuditEvent) -> str:
    """What an edit touched: names of the fields, gifts and files added, changed or removed."""
    if event.action != "activity_edit" or not event.after:
        return ""
    before, after = json.loads(event.before or "{}"), json.loads(event.after)
    heads, parts = [], []
    for key in sorted(after.keys() | before.keys()):
        old, new = before.get(key), after.get(key)
        kind, colon, _rest = key.partition(":")
        if colon:
            parts.append(_piece(kind, old, new))
        else:
            heads.append(_label(Activity, key))
    words = [", ".join(dict.fromkeys(name for name in heads if name))] if heads else []
    return "; ".join(word for word in [*words, *parts] if word)


def _piece(kind: str, old: Any, new: Any) -> str:
    what = (new or old or {}).get("description" if kind == "gift" else "name", "")
    names = {"what": what}
    if kind == "file":
        if old is not None and new is not None:
            return _("thay tệp “%(what)s” bằng bản mới") % names
        return (_("thêm tệp “%(what)s”") if old is None else _("gỡ tệp “%(what)s”")) % names
    if old is None:
        return _("thêm khoản “%(what)s”") % names
    if new is None:
        return _("xóa khoản “%(what)s”") % names
    labels = [_label(Contribution, name) for name in new if old.get(name) != new[name]]
    shown = ", ".join(dict.fromkeys(label for label in labels if label))
    return _("khoản “%(what)s”: %(fields)s") % {**names, "fields": shown} if shown else ""


def _label(model: type[Model], name: str) -> str:
    """The name of a column for people; empty for one that nobody needs to read of."""
    if name in ("order", "sorted_on", "version", "ends_on", "quantity_words", "value_words", "scope"):
        return ""
    if name in _ALONE:
        return str(_ALONE[name])
    column = name.removesuffix("_id")
    known = {field.name for field in model._meta.concrete_fields}
    return str(model._meta.get_field(column).verbose_name) if column in known else ""  # type: ignore[union-attr]
