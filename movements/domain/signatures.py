"""Signing the compact: a leader of each member signs for it in the application, and may take that back while open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import audit
from core.access import check, may
from core.errors import DomainError
from members.domain.lock import lock_year
from members.domain.terms import is_member_on
from members.enums import Function
from members.models import Membership
from members.scope import Hat, Scope
from movements.domain.pledges import is_whole, locked_pledge
from movements.enums import PledgeState
from movements.models import Pledge, Signature
from movements.queries_pledges import clauses_of, roll_day


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of an agency under the compact, as the right ``pledge_sign`` asks for it."""

    agency_id: int


def seats_for(scope: Scope) -> list[Hat]:
    """The agencies that the person may sign for now, each by the hat that signs."""
    found: dict[int, Hat] = {}
    for hat in scope.staff_hats:
        if hat.agency_id not in found and may(scope, "pledge_sign", Seat(hat.agency_id)):
            found[hat.agency_id] = signing_hat(scope, hat.agency_id)
    return list(found.values())


def signing_hat(scope: Scope, agency_id: int) -> Hat:
    """The leader's hat at the agency: the own one first, then one that stands in; one with a post first."""
    hats = [hat for hat in scope.staff_hats if hat.agency_id == agency_id and hat.function == Function.LEADER]
    return min(hats, key=lambda hat: (bool(hat.stands_for), not hat.post))


def post_of(hat: Hat) -> str:
    """The office a person signs by, in Vietnamese; no name."""
    with translation.override("vi"):
        return (hat.post_words or str(Function(hat.function).label))[:200]


def sign(scope: Scope, agency_id: int, expected: str) -> Signature:
    """Sign for the agency the words that ``expected`` names (``Pledge.mark``); a second signature changes nothing.

    Raises ``Refused`` (not a leader of the agency), ``DomainError`` (not open, no member of that day, other words than
    those that were read). Effects in order: lock on the year, lock on the compact, signature, audit.
    """
    with transaction.atomic():
        scope, pledge = _open(scope, agency_id)
        standing = Signature.objects.filter(pledge=pledge, agency=agency_id, lapsed_at__isnull=True).first()
        if standing is not None:
            return standing
        if expected != pledge.mark or not is_whole(pledge, clauses_of(pledge), scope.year):
            raise DomainError(
                _("Lời giao ước vừa đổi khi bạn đang đọc, nên chưa ký. Đọc lại rồi ký lần nữa.")
            )
        _check_member(scope, pledge, agency_id)
        signature = Signature.objects.create(
            pledge=pledge, agency_id=agency_id, signed_at=timezone.now(), signed_by_id=scope.user.pk,
            post=post_of(signing_hat(scope, agency_id)), mark=pledge.mark,
        )  # fmt: skip
        told = {"agency_id": agency_id, "mark": pledge.mark, "post": signature.post}
        _tell(scope, "pledge_sign", pledge, after=told)
        return signature


def take_back(scope: Scope, agency_id: int) -> bool:
    """Take the agency's signature back while the compact is open; False when there is none.

    Raises as :func:`sign`. Effects in order: lock on the year, lock on the compact, signature lapses, audit.
    """
    with transaction.atomic():
        scope, pledge = _open(scope, agency_id)
        standing = Signature.objects.filter(pledge=pledge, agency=agency_id, lapsed_at__isnull=True)
        if not standing.update(lapsed_at=timezone.now(), updated_at=timezone.now()):
            return False
        _tell(scope, "pledge_unsign", pledge, before={"agency_id": agency_id, "mark": pledge.mark})
        return True


def _open(scope: Scope, agency_id: int) -> tuple[Scope, Pledge]:
    scope = lock_year(scope)
    check(scope, "pledge_sign", Seat(agency_id))
    pledge = locked_pledge(scope)
    if pledge is None or pledge.state == PledgeState.DRAFT:
        raise DomainError(_("Giao ước chưa mở ký."))
    if pledge.state == PledgeState.CLOSED:
        raise DomainError(_("Giao ước đã chốt: chữ ký không thêm, không rút được nữa."))
    return scope, pledge


def _check_member(scope: Scope, pledge: Pledge, agency_id: int) -> None:
    """The agency stands in the cluster on the day that counts."""
    day = roll_day(scope.year, scope.today, pledge)
    row = Membership.objects.filter(year=scope.year, agency=agency_id).first()
    if row is None or not is_member_on(row, day):
        raise DomainError(_("Đơn vị không là thành viên của Cụm vào ngày ký nên không ký giao ước này."))


def _tell(scope: Scope, action: str, pledge: Pledge, **values: Any) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, pledge,
        actor_id=scope.user.pk, role=scope.audit_role, **values,
    )  # fmt: skip
