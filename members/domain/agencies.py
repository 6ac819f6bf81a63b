"""What an agency is called from which day, and who follows whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.errors import DomainError, Problem
from core.folding import clean_line, sort_key
from members.domain.actor import Actor
from members.models import Agency, AgencyLink, AgencyName


def fill_sort_key(row: AgencyName) -> AgencyName:
    """Give the row its place in Vietnamese order; every writer of a name calls this."""
    row.sort_key = sort_key(row.name)
    return row


def overlaps(rows: Sequence[AgencyName]) -> list[Problem]:
    """A sentence for each two names of one agency that are valid on the same day."""
    ordered = sorted(rows, key=lambda row: row.valid_from or date.min)
    problems = []
    for first, second in pairwise(ordered):
        if first.valid_to is None or (second.valid_from or date.min) < first.valid_to:
            words = {
                "first": first.name,
                "second": second.name,
                "day": format_date(second.valid_from) if second.valid_from else _("ban đầu"),
            }
            sentence = _("Hai tên cùng có hiệu lực từ %(day)s: “%(first)s” và “%(second)s”.")
            problems.append(Problem(sentence % words, "valid_from"))
    return problems


def add_name(
    actor: Actor,
    agency_id: int,
    name: str,
    short_name: str,
    valid_from: date,
    *,
    aliases: str = "",
    reason: str = "",
) -> AgencyName:
    """A new name from a day on: the name that covers that day ends there, so that no two are ever valid at once.

    Effects in order: lock of the agency, end of the earlier name, the new row, audit. Raises ``DomainError`` when a
    name is missing or a later name exists already.
    """
    name, short_name = clean_line(name), clean_line(short_name)
    if not name or not short_name:
        raise DomainError(_("Ghi tên đầy đủ và tên gọn."), "name")
    with transaction.atomic():
        agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency_id)
        rows = list(AgencyName.objects.filter(agency=agency).order_by("valid_from"))
        later = next((row for row in rows if row.valid_from and row.valid_from >= valid_from), None)
        if later and later.valid_from:
            sentence = _("Đơn vị đã có tên “%(name)s” từ ngày %(day)s; tên mới phải bắt đầu sau ngày đó.")
            raise DomainError(
                sentence % {"name": later.name, "day": format_date(later.valid_from)}, "valid_from"
            )
        ended = [row for row in rows if row.valid_to is None or row.valid_to > valid_from]
        for row in ended:
            row.valid_to = valid_from
            row.save(update_fields=["valid_to"])
        new = fill_sort_key(
            AgencyName(
                agency=agency, name=name, short_name=short_name, aliases=aliases, valid_from=valid_from
            )
        )
        new.save(force_insert=True)
        audit.record(
            audit.SITE, "agency_rename", agency, actor_id=actor.user_id, role=actor.role,
            before={"names": [row.name for row in ended]}, after=audit.snapshot(new), reason=reason,
        )  # fmt: skip
    return new


def link(actor: Actor, predecessor_id: int, successor_id: int, on: date, basis: str = "") -> AgencyLink:
    """Say that an agency follows another from a day on; twice the same pair is refused.

    Effects in order: the row, audit. Raises ``DomainError`` for an agency that follows itself, a pair known already
    and a circle.
    """
    if predecessor_id == successor_id:
        raise DomainError(_("Đơn vị không thể kế thừa chính mình."), "successor")
    with transaction.atomic():
        list(
            Agency.objects.select_for_update(of=("self",))
            .filter(pk__in=(predecessor_id, successor_id))
            .order_by("pk")
        )
        pairs = set(AgencyLink.objects.values_list("predecessor", "successor"))
        if (predecessor_id, successor_id) in pairs:
            raise DomainError(_("Quan hệ kế thừa này đã được ghi."), "successor")
        if follows(pairs, predecessor_id, successor_id):
            raise DomainError(_("Hai đơn vị không thể kế thừa lẫn nhau."), "successor")
        row = AgencyLink.objects.create(
            predecessor_id=predecessor_id, successor_id=successor_id, on=on, basis=clean_line(basis)
        )
        audit.record(
            audit.SITE, "agency_link", row, actor_id=actor.user_id, role=actor.role, after=audit.snapshot(row)
        )
    return row


def follows(pairs: set[tuple[int, int]], later: int, earlier: int) -> bool:
    """Whether ``later`` comes from ``earlier`` over any number of links."""
    seen, front = set(), {earlier}
    while front:
        seen |= front
        front = {after for before, after in pairs if before in front} - seen
    return later in seen and later != earlier
