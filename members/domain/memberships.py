"""Who belongs to a cluster from which day: joining, leaving, order. Merging and splitting are in ``succession``.

Words: a membership *covers* half-open days; an agency *stands* in a year on a day that its membership covers. What is
changed from a day on is changed in every year of the cluster that is not sealed and has not ended on that day: a year
that was opened ahead follows. A sealed year never changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import audit
from core.dates import format_date
from core.errors import DomainError, Problem
from core.folding import clean_line
from members.domain.actor import Actor
from members.domain.agencies import NewAgency, hold_names, lock_agencies, make_agency
from members.domain.ledger import Ledger
from members.domain.pictures import check_seen
from members.domain.terms import is_member_on, lock_cluster
from members.enums import AgencyKind, Role
from members.models import Agency, ClusterYear, Membership, RoleTerm
from members.queries import agency_names
from members.usage import agencies_in_use


def open_years(cluster_ids: Collection[int], day: date) -> list[ClusterYear]:
    """Years that a change from ``day`` on touches: not sealed, not ended before; in the order of time; one query.

    They are held until the transaction ends, so that none is sealed meanwhile: after the clusters and before the
    agencies in the order of locks.
    """
    years = ClusterYear.objects.filter(cluster__in=cluster_ids, sealed_at__isnull=True, ends_on__gte=day)
    held = years.select_for_update(of=("self",))
    return list(held.order_by("cluster", "starts_on").select_related("cluster"))


def members_of(year: ClusterYear) -> list[Membership]:
    """All memberships of a year in charter order, whatever their days; one query."""
    return list(Membership.objects.filter(year=year).order_by("order", "joined_on", "pk"))


def picture_of(rows: Sequence[Membership]) -> list[dict[str, object]]:
    """Memberships as the audit keeps them."""
    return [
        {"agency": row.agency_id, "order": row.order, "joined_on": row.joined_on, "left_on": row.left_on}
        for row in rows
    ]


def renumber(rows: Sequence[Membership]) -> None:
    """Give the rows the places 1, 2, 3 … of their order here."""
    for place, row in enumerate(rows, 1):
        if row.order != place:
            row.order = place
            row.save(update_fields=["order", "updated_at"])


def enter(
    year: ClusterYear, rows: list[Membership], agency_id: int, day: date, at: int | None = None
) -> None:
    """Make the agency stand in the year from ``day`` on; ``rows`` are all of the year's, and are kept in order.

    An agency that was to join later joins on ``day``; one that leaves on that very day stays. Raises ``DomainError``
    for one that left before: a year knows one membership of an agency.
    """
    joined = day if day > year.starts_on else None
    row = next((row for row in rows if row.agency_id == agency_id), None)
    if row is None:
        row = Membership.objects.create(year=year, agency_id=agency_id, order=len(rows) + 1, joined_on=joined)
        rows.insert(len(rows) if at is None else at, row)
    elif row.left_on and row.left_on < day:
        raise DomainError(_left_before(row, year), "agency")
    elif row.left_on == day:
        row.left_on = None
        row.save(update_fields=["left_on", "updated_at"])
    elif row.joined_on and row.joined_on > day:
        row.joined_on = joined
        row.save(update_fields=["joined_on", "updated_at"])


def _left_before(row: Membership, year: ClusterYear) -> str:
    name = agency_names([row.agency_id], year.ends_on).get(row.agency_id, ("", "?"))[1]
    sentence = _(
        "%(agency)s đã rời cụm trong năm %(label)s từ ngày %(day)s; mỗi năm một đơn vị chỉ vào cụm một lần."
    )
    return sentence % {"agency": name, "label": year.label, "day": format_date(row.left_on or year.ends_on)}


def depart(year: ClusterYear, rows: list[Membership], agency_id: int, day: date) -> None:
    """Make the agency stand in the year no more from ``day`` on; ``rows`` are kept in order.

    In a year that begins with or after that day its row goes, unless something is recorded for it there: then the row
    stays and covers no day.
    """
    row = next((row for row in rows if row.agency_id == agency_id), None)
    if row is None or (row.left_on and row.left_on <= day):
        return
    if day <= (row.joined_on or year.starts_on):
        if agency_id not in agencies_in_use(year):
            rows.remove(row)
            row.delete()
            return
        row.joined_on = None
    row.left_on = day
    row.save(update_fields=["joined_on", "left_on", "updated_at"])


def running_terms(agency_ids: Collection[int], day: date, cluster_id: int | None = None) -> list[RoleTerm]:
    """Offices that the agencies hold on ``day`` or get later; one query."""
    terms = RoleTerm.objects.filter(agency__in=agency_ids).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    )
    if cluster_id is not None:
        terms = terms.filter(cluster=cluster_id)
    return list(terms.order_by("cluster", "role", "order", "starts_on"))


def join(
    actor: Actor, year_id: int, who: int | NewAgency, on: date, *, reason: str, seen: str = ""
) -> Membership:
    """An agency, known or new, enters the cluster from a day of the year on, as the last in order.

    Effects in order: lock of the cluster, its years and the agency, a new agency with its name, memberships of this
    year and of those opened after it, audit. Raises ``Refused`` for anybody but the officer, ``DomainError`` with a
    sentence.
    """
    with transaction.atomic():
        hold_names([who])
        year = lock_open_year(actor, year_id, on, seen)
        years = open_years([year.cluster_id], on)
        ledger = Ledger(actor, clean_line(reason))
        if isinstance(who, NewAgency):
            agency = make_agency(who, on)
            ledger.tell(audit.SITE, "agency_add", agency, after={"name": clean_line(who.name), "from": on})
        else:
            agency = _existing(who, on)
        known = Membership.objects.filter(year=year, agency=agency).first()
        if known and is_member_on(known, on):
            raise DomainError(_("Đơn vị đã là thành viên của cụm vào ngày này."), "agency")
        for one in years:
            rows = members_of(one)
            before = picture_of(rows)
            enter(one, rows, agency.pk, max(on, one.starts_on))
            renumber(rows)
            tell_members(ledger, "member_join", one, before, rows)
        ledger.write()
    return Membership.objects.get(year=year, agency=agency)


def _existing(agency_id: int, on: date) -> Agency:
    agency = lock_agencies([agency_id]).get(agency_id)
    if agency is None or agency.kind == AgencyKind.COUNCIL:
        raise DomainError(_("Chọn một đơn vị trong danh sách."), "agency")
    if agency.closed_on and agency.closed_on <= on:
        raise DomainError(
            _("Đơn vị này đã giải thể từ ngày %(day)s.") % {"day": format_date(agency.closed_on)}, "agency"
        )
    return agency


def leave(actor: Actor, year_id: int, agency_id: int, on: date, *, reason: str, seen: str = "") -> None:
    """An agency leaves the cluster from a day of the year on; what it did stays under its name.

    Effects in order: lock of the cluster, memberships of this year and of those opened after it, audit. Raises
    ``Refused`` for anybody but the officer; ``DomainError`` while it is chair or deputy on that day or later, with a
    link to where somebody takes its place.
    """
    with transaction.atomic():
        year = lock_open_year(actor, year_id, on, seen)
        row = Membership.objects.filter(year=year, agency=agency_id).first()
        if row is None or not is_member_on(row, on):
            raise DomainError(_("Đơn vị này không phải thành viên của cụm vào ngày này."), "agency")
        if terms := running_terms([agency_id], on, year.cluster_id):
            raise DomainError([_holds_office(term, on) for term in terms])
        ledger = Ledger(actor, clean_line(reason))
        for one in open_years([year.cluster_id], on):
            rows = members_of(one)
            before = picture_of(rows)
            depart(one, rows, agency_id, on)
            renumber(rows)
            tell_members(ledger, "member_leave", one, before, rows)
        ledger.write()


def _holds_office(term: RoleTerm, on: date) -> Problem:
    name = agency_names([term.agency_id], on).get(term.agency_id, ("", "?"))[1]
    sentence = _("%(agency)s đang là %(role)s từ ngày %(from)s: thay vai trò này trước, rồi mới ghi rời cụm.")
    words = {"agency": name, "role": Role(term.role).label, "from": format_date(term.starts_on)}
    return Problem(sentence % words, "agency", "roles")


def reorder(
    actor: Actor, year_id: int, agency_ids: Sequence[int], *, reason: str = "", seen: str = ""
) -> None:
    """Put the members of a year into an order; all of them are named, once each.

    Effects in order: lock of the cluster, places, audit. Raises ``Refused``, ``DomainError`` when the list is not the
    year's any more.
    """
    with transaction.atomic():
        year = lock_open_year(actor, year_id, None, seen)
        rows = {row.agency_id: row for row in members_of(year)}
        if sorted(agency_ids) != sorted(rows):
            raise DomainError(_("Danh sách đơn vị vừa thay đổi. Xem lại thứ tự rồi ghi lại."))
        before = picture_of(list(rows.values()))
        ordered = [rows[pk] for pk in agency_ids]
        renumber(ordered)
        ledger = Ledger(actor, clean_line(reason))
        tell_members(ledger, "member_reorder", year, before, ordered)
        ledger.write()


def lock_open_year(actor: Actor, year_id: int, on: date | None, seen: str = "") -> ClusterYear:
    """The year with its cluster locked; the caller is in a transaction.

    Raises ``Refused`` for anybody but the officer, ``DomainError`` for a sealed year, a day outside it, or when what
    the form showed (``seen``) is not so any more.
    """
    cluster_id = ClusterYear.objects.values_list("cluster", flat=True).get(pk=year_id)
    actor.check(cluster_id)
    lock_cluster(cluster_id)
    year = ClusterYear.objects.select_for_update(of=("self",)).select_related("cluster").get(pk=year_id)
    if year.is_sealed:
        raise DomainError(_("Năm %(label)s đã đóng, không sửa được nữa.") % {"label": year.label})
    if on is not None and not year.starts_on <= on <= year.ends_on:
        sentence = _("Ngày phải nằm trong năm %(label)s: từ %(first)s đến %(last)s.")
        words = {
            "label": year.label,
            "first": format_date(year.starts_on),
            "last": format_date(year.ends_on),
        }
        raise DomainError(sentence % words, "on")
    check_seen(seen, [cluster_id])
    return year


def tell_members(
    ledger: Ledger,
    action: str,
    year: ClusterYear,
    before: list[dict[str, object]],
    rows: Sequence[Membership],
) -> None:
    """An event with the members of a year before and after, if they differ."""
    after = picture_of(rows)
    if after != before:
        ledger.tell(
            audit.cluster_chain(year.cluster_id), action, year, {"members": before}, {"members": after}
        )
