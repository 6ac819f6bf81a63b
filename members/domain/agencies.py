"""What an agency is called from which day, and who follows whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.db import hold
from core.errors import DomainError, Problem, Refused
from core.folding import clean_line, fold, sort_key
from members.domain.actor import Actor
from members.enums import AgencyKind, LinkKind
from members.models import Agency, AgencyLink, AgencyName, Cluster, Membership, RoleTerm
from members.queries import agency_names

LOCK = "members.agencies"  # whoever makes an agency out of a name waits here


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency that does not exist yet: its name, and what it is."""

    name: str
    short_name: str
    kind: str = AgencyKind.CENTRAL_LOCAL


def hold_names(who: Iterable[int | NewAgency]) -> None:
    """Wait for others who make agencies, if one of ``who`` is new: first in the order of locks, before the clusters."""
    if any(isinstance(one, NewAgency) for one in who):
        hold(LOCK)


def make_agency(new: NewAgency, on: date, ending: Collection[int] = ()) -> Agency:
    """The agency with its name from ``on`` and a code made of the short name; the caller audits.

    ``ending``: agencies that end on that day, whose name is free for the new one. The caller has called ``hold_names``.
    Raises ``DomainError`` when a name is missing, or an agency that goes on has it already.
    """
    name, short_name = clean_line(new.name), clean_line(new.short_name)
    if not name or not short_name:
        raise DomainError(_("Ghi tên đầy đủ và tên gọn."), "name")
    if code := _code_with_name(name, on, ending):
        sentence = _("Đã có đơn vị mang tên này, mã “%(code)s”.")
        raise DomainError(sentence % {"code": code}, "name")
    agency = Agency.objects.create(code=_free_code(short_name), kind=new.kind)
    fill_sort_key(AgencyName(agency=agency, name=name, short_name=short_name, valid_from=on)).save()
    return agency


def _code_with_name(name: str, on: date, ending: Collection[int]) -> str:
    """The code of an agency that goes on after ``on`` and bears the name then, in capitals or not; one query."""
    names = AgencyName.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    going_on = names.filter(Q(agency__closed_on__isnull=True) | Q(agency__closed_on__gt=on))
    rows = going_on.exclude(agency__in=ending).order_by("agency").values_list("agency__code", "name")
    return next((code for code, other in rows if clean_line(other).casefold() == name.casefold()), "")


def _free_code(short_name: str) -> str:
    wanted = slugify(fold(short_name))[:50] or "don-vi"
    taken = set(Agency.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    if wanted not in taken:
        return wanted
    return next(code for place in range(2, len(taken) + 3) if (code := f"{wanted}-{place}") not in taken)


def lock_agencies(agency_ids: Collection[int]) -> dict[int, Agency]:
    """The agencies, held until the transaction ends; after the clusters in the order of locks."""
    rows = Agency.objects.select_for_update(of=("self",)).filter(pk__in=agency_ids).order_by("pk")
    return {row.pk: row for row in rows}


def clusters_of(agency_ids: Collection[int]) -> frozenset[int]:
    """Every cluster in which one of the agencies ever stood or held an office; two queries."""
    members = Membership.objects.filter(agency__in=agency_ids).values_list("year__cluster", flat=True)
    terms = RoleTerm.objects.filter(agency__in=agency_ids).values_list("cluster", flat=True)
    return frozenset(members) | frozenset(terms)


def check_reach(actor: Actor, agency_ids: Collection[int], on: date) -> None:
    """Raise ``Refused`` unless every cluster of the agencies is the actor's: what is changed is changed everywhere.

    The sentence names an agency's clusters that the actor does not look after.
    """
    foreign = {pk for pk in clusters_of(agency_ids) if not actor.covers(pk)}
    if not foreign:
        return
    names = agency_names(agency_ids, on)
    for agency_id in sorted(agency_ids):
        if others := clusters_of([agency_id]) & foreign:
            clusters = Cluster.objects.filter(pk__in=others).order_by("name").values_list("name", flat=True)
            sentence = _(
                "%(agency)s còn thuộc %(clusters)s, nơi bạn không phụ trách. Việc này cần chuyên viên phụ trách tất cả "
                "các cụm đó."
            )
            words = {"agency": names.get(agency_id, ("", "?"))[1], "clusters": ", ".join(clusters)}
            raise Refused(sentence % words)


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


def rename(
    actor: Actor, agency_id: int, name: str, short_name: str, on: date, *, aliases: str = "", reason: str
) -> AgencyName:
    """:func:`add_name` by the officer of every cluster where the agency stands: its name changes in all of them."""
    check_reach(actor, [agency_id], on)
    return add_name(actor, agency_id, name, short_name, on, aliases=aliases, reason=clean_line(reason))


def link(
    actor: Actor,
    predecessor_id: int,
    successor_id: int,
    on: date,
    basis: str = "",
    kind: str = LinkKind.TAKEOVER,
) -> AgencyLink:
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
            predecessor_id=predecessor_id,
            successor_id=successor_id,
            on=on,
            basis=clean_line(basis),
            kind=kind,
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
