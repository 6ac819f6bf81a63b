"""More time for single agencies: an extension lets an agency go on with a step after it has closed for the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check, may
from core.dates import format_date, local_today
from core.errors import DomainError, Problem, Stale
from core.folding import clean_line
from members import phases
from members.domain.lock import lock_year
from members.enums import PhaseKind, Role
from members.models import Membership, Phase, PhaseExtension, RoleTerm
from members.queries import agency_name, covering
from members.scope import Scope

LONGEST_REASON = 300
FAR = timedelta(days=366)  # a day further than this after the year and after today is a slip of the pen
KINDS = tuple(kind for kind in PhaseKind.values if any(phases.extends(kind, name) for name in phases.OWN))


@dataclass(frozen=True, slots=True)
class Receiver:
    """A member of the year that may be given more time; the object of the right ``extension_edit``."""

    agency_id: int
    name: str
    is_chair: bool


def receivers(scope: Scope) -> list[Receiver]:
    """Members of the year that have not left, in charter order, with whether they chair the cluster; one query."""
    chairs = covering(RoleTerm.objects.filter(cluster=scope.year.cluster_id, role=Role.CHAIR), scope.today)
    rows = (
        Membership.objects.filter(year=scope.year)
        .filter(Q(left_on__isnull=True) | Q(left_on__gt=scope.today))
        .order_by("order", "pk")
        .annotate(
            name=agency_name("agency", min(scope.today, scope.year.ends_on), "short_name"),
            chairs=Exists(chairs.filter(agency=OuterRef("agency"))),
        )
    )
    return [
        Receiver(pk, name or code, bool(chairs))
        for pk, name, code, chairs in rows.values_list("agency", "name", "agency__code", "chairs")
    ]


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """An extension as lists show it, with the agency's name of its last day."""

    pk: int
    kind: str
    step: str
    receiver: Receiver
    until: date
    reason: str


def extension_rows(scope: Scope, *, running: bool = False) -> list[ExtensionRow]:
    """Extensions of the year by step and charter order, all or those that have not ended today; one query."""
    chairs = covering(RoleTerm.objects.filter(cluster=scope.year.cluster_id, role=Role.CHAIR), scope.today)
    order = Membership.objects.filter(year=scope.year, agency=OuterRef("agency")).values("order")[:1]
    rows = (
        PhaseExtension.objects.filter(phase__year=scope.year)
        .annotate(
            name=agency_name("agency", min(scope.today, scope.year.ends_on), "short_name"),
            place=Subquery(order),
            chairs=Exists(chairs.filter(agency=OuterRef("agency"))),
        )
        .order_by("phase__order", "place", "pk")
    )
    if running:
        rows = rows.filter(until__gte=scope.today)
    return [
        ExtensionRow(
            pk, kind, str(PhaseKind(kind).label), Receiver(agency, name or code, bool(chairs)), until, reason
        )
        for pk, kind, agency, name, code, chairs, until, reason in rows.values_list(
            "pk", "phase__kind", "agency", "name", "agency__code", "chairs", "until", "reason"
        )
    ]


def give(
    scope: Scope, kind: str, agency_ids: Iterable[int], until: date | None, reason: str
) -> list[PhaseExtension]:
    """Let these agencies go on with a step to the end of the day ``until`` (Viet Nam time); all or none.

    Effects in order: right ``extension_edit``, lock of the year, right for each agency, a row each, an audit event
    each. Raises ``Refused``, and ``DomainError`` with every problem (fields ``kind``, ``agencies``, ``until``,
    ``reason``); an agency that has an extension of the step already is a problem: that one is changed instead.
    """
    check(scope, "extension_edit")
    with transaction.atomic():
        scope = lock_year(scope)
        check(scope, "extension_edit")
        step = Phase.objects.filter(year=scope.year, kind=kind).first() if kind in KINDS else None
        reason = clean_line(reason)
        members = {row.agency_id: row for row in receivers(scope)}
        chosen = list(dict.fromkeys(agency_ids))
        found = [] if step else [Problem(_("Chọn bước được gia hạn."), "kind")]
        found += _whom(scope, step, chosen, members)
        found += _day(scope, step, until) + _why(reason)
        if found or step is None or until is None:
            raise DomainError(found)
        rows = [
            PhaseExtension.objects.create(phase=step, agency_id=pk, until=until, reason=reason)
            for pk in chosen
        ]
        for row in rows:
            _tell(scope, "extension_give", row, None, _picture(row, step), reason)
    return rows


def change(scope: Scope, pk: int, until: date | None, reason: str, mark: str) -> PhaseExtension:
    """Another last day, or another reason, for an extension.

    ``mark`` is that of the row the form was shown with. Raises ``PhaseExtension.DoesNotExist`` (taken back, or of
    another year), ``Refused``, ``Stale`` with the row as it stands, ``DomainError``. Effects in order: right, lock of
    the year, right for the agency, row, audit.
    """
    check(scope, "extension_edit")
    with transaction.atomic():
        scope = lock_year(scope)
        row = _again(scope, pk)
        _check_agency(scope, row)
        reason = clean_line(reason)
        found = _day(scope, row.phase, until) + _why(reason)
        if found or until is None:
            raise DomainError(found)
        if (row.until, row.reason) == (until, reason):
            return row
        if mark != mark_of(row):
            raise Stale(row)
        before = _picture(row, row.phase)
        row.until, row.reason = until, reason
        row.save(update_fields=["until", "reason", "updated_at"])
        _tell(scope, "extension_change", row, before, _picture(row, row.phase), reason)
    return row


def take_back(scope: Scope, pk: int, reason: str) -> PhaseExtension:
    """End an extension at once, with a reason that the audit keeps.

    Raises ``PhaseExtension.DoesNotExist`` (taken back before, or of another year), ``Refused``, ``DomainError`` without
    a reason. Effects in order: right, lock of the year, right for the agency, the row goes, audit.
    """
    check(scope, "extension_edit")
    with transaction.atomic():
        scope = lock_year(scope)
        row = _again(scope, pk)
        _check_agency(scope, row)
        reason = clean_line(reason)
        if found := _why(reason):
            raise DomainError(found)
        before, target = _picture(row, row.phase), PhaseExtension(pk=row.pk)
        row.delete()
        _tell(scope, "extension_take_back", target, before, None, reason)
    return row


def extension_for(scope: Scope, pk: int) -> PhaseExtension:
    """An extension of this year with its step, for who may change it.

    Raises ``PhaseExtension.DoesNotExist``, and ``Refused`` where another decides for the agency.
    """
    if pk >= 2**63:
        raise PhaseExtension.DoesNotExist
    row = PhaseExtension.objects.select_related("phase").get(phase__year=scope.year, pk=pk)
    _check_agency(scope, row)
    return row


def _again(scope: Scope, pk: int) -> PhaseExtension:
    """The same, read under the lock of the year."""
    return PhaseExtension.objects.select_related("phase").get(phase__year=scope.year, pk=pk)


def mark_of(row: PhaseExtension) -> str:
    """A mark of what an extension says."""
    return row.updated_at.isoformat()


# -- checks --------------------------------------------------------------------------------------
def _check_agency(scope: Scope, row: PhaseExtension) -> None:
    is_chair = covering(
        RoleTerm.objects.filter(cluster=scope.year.cluster_id, role=Role.CHAIR, agency=row.agency_id),
        scope.today,
    ).exists()
    check(scope, "extension_edit", Receiver(row.agency_id, "", is_chair))


def _whom(
    scope: Scope, step: Phase | None, chosen: Sequence[int], members: dict[int, Receiver]
) -> list[Problem]:
    if not chosen:
        return [Problem(_("Chọn ít nhất một đơn vị."), "agencies")]
    if not members.keys() >= set(chosen):
        words = {"label": scope.year.label}
        return [Problem(_("Chỉ gia hạn được cho đơn vị thành viên của năm %(label)s.") % words, "agencies")]
    not_mine = [members[pk].name for pk in chosen if not may(scope, "extension_edit", members[pk])]
    if not_mine:
        text = _(
            "%(agencies)s: không ai tự gia hạn cho đơn vị mình. Đơn vị Cụm trưởng do Cụm phó hoặc Thường trực Hội đồng "
            "gia hạn; các đơn vị khác do Cụm trưởng hoặc Thường trực Hội đồng."
        )
        return [Problem(text % {"agencies": ", ".join(not_mine)}, "agencies")]
    given = PhaseExtension.objects.filter(phase=step, agency__in=chosen).order_by("pk") if step else []
    text = _("%(agency)s đã được gia hạn bước này đến hết %(day)s: hãy sửa gia hạn đó.")
    return [
        Problem(
            text % {"agency": members[row.agency_id].name, "day": format_date(row.until)}, "agencies"
        )
        for row in given
    ]  # fmt: skip


def _day(scope: Scope, step: Phase | None, until: date | None) -> list[Problem]:
    if until is None:
        return [Problem(_("Ghi ngày cuối cùng được gia hạn."), "until")]
    today = local_today(timezone.now())
    if until < today:
        return [Problem(_("Ngày %(day)s đã qua.") % {"day": format_date(until)}, "until")]
    if until > max(scope.year.ends_on, today) + FAR:
        return [Problem(_("Ngày %(day)s còn quá xa.") % {"day": format_date(until)}, "until")]
    if step and step.closed_at is None and step.planned_to and until <= step.planned_to:
        words = {"day": format_date(step.planned_to)}
        return [
            Problem(_("Hạn chung của bước là hết %(day)s: ngày gia hạn phải sau ngày đó.") % words, "until")
        ]
    return []


def _why(reason: str) -> list[Problem]:
    if not reason:
        return [Problem(_("Ghi lý do."), "reason")]
    if len(reason) > LONGEST_REASON:
        return [Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_REASON}, "reason")]
    return []


# -- audit ---------------------------------------------------------------------------------------
def _picture(row: PhaseExtension, step: Phase) -> dict[str, Any]:
    return {"phase": step.kind, "agency_id": row.agency_id, "until": row.until, "reason": row.reason}


def _tell(
    scope: Scope,
    action: str,
    row: PhaseExtension,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user_key(), role=scope.audit_role, before=before, after=after, reason=reason,
    )  # fmt: skip
