"""Somebody says that a gift was received: the receiver by a paper, or the chair's staff with four eyes.

What was confirmed is kept as a mark over the figures in plain words: once they change, the confirmation no longer
holds, every page says so, and it can be given again. Nothing is deleted: one that was taken back stays.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Stale
from core.folding import clean_line, fold
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.ledger import entries
from movements.domain.record import activity_for
from movements.domain.sums import Rows
from movements.enums import ConfirmedBy
from movements.models import Activity, Contribution, Contributor, Evidence, GiftConfirmation

LONGEST_DOCUMENT = 200
RIGHTS = {ConfirmedBy.RECEIVER: "gift_confirm_receiver", ConfirmedBy.CHAIR: "gift_confirm"}


def with_confirmations(rows: Rows) -> Rows:
    """The rows with what :func:`mark_of` and :func:`standing_of` read; three more queries for any number of rows."""
    givers = Contributor.objects.order_by("order").select_related("agency")
    given = (
        GiftConfirmation.objects.filter(withdrawn_at__isnull=True).order_by("id").select_related("evidence")
    )
    return rows.select_related("beneficiary", "activity__agency", "part_of__activity").prefetch_related(
        Prefetch("contributors", givers), Prefetch("confirmations", given, to_attr="given")
    )


def figures_of(gift: Contribution) -> dict[str, Any]:
    """What a confirmation is about, in plain words without ids: what, how much, when, to whom, by whom."""
    givers: list[list[Any]] = [
        [giver.agency.code if giver.agency else fold(giver.outside_name), giver.share]
        for giver in gift.contributors.all()
    ]
    owner = gift.activity.agency
    return {
        "kind": gift.kind,
        "what": fold(gift.description),
        "quantity": None if gift.quantity is None else format(gift.quantity.normalize(), "f"),
        "unit": fold(gift.unit),
        "quantity_qualifier": gift.quantity_qualifier if gift.quantity is not None else "",
        "value": gift.value,
        "value_qualifier": gift.value_qualifier if gift.value is not None else "",
        "receiver": fold(gift.beneficiary.name) if gift.beneficiary else "",
        "given_on": gift.given_on.isoformat() if gift.given_on else "",
        "givers": givers or ([[owner.code, None]] if owner else []),
    }


def mark_of(gift: Contribution) -> str:
    """SHA-256 over :func:`figures_of`."""
    text = json.dumps(figures_of(gift), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """A confirmation that was not taken back; ``holds`` is False where the figures changed since."""

    row: GiftConfirmation
    holds: bool


def standing_of(gift: Contribution) -> list[Standing]:
    """The confirmations of a gift of :func:`with_confirmations`; no query."""
    given: list[GiftConfirmation] = getattr(gift, "given", [])
    mark = mark_of(gift) if given else ""
    return [Standing(row, row.mark == mark) for row in given]


def lapsed(rows: Rows) -> list[int]:
    """Ids of those whose figures changed after a confirmation that still stands."""
    given = GiftConfirmation.objects.filter(contribution=OuterRef("pk"), withdrawn_at__isnull=True)
    confirmed = rows.filter(Exists(given))
    return [
        gift.pk for gift in with_confirmations(confirmed) if any(not one.holds for one in standing_of(gift))
    ]


# -- verbs ---------------------------------------------------------------------------------------
def confirm_gift(
    scope: Scope,
    pk: int,
    source: str,
    *,
    document: str = "",
    evidence_id: int | None = None,
    version: int | None = None,
) -> GiftConfirmation:
    """The receiver's paper is recorded (``document`` or a file of the library), or the chair's staff confirms.

    Raises ``Contribution.DoesNotExist`` (not the person's to see), ``Refused``, ``Stale`` (the row changed after
    ``version``), ``DomainError`` (no paper; confirmed already). Effects in order: lock on the year, lock on the
    activity, an earlier one that no longer holds is taken back, confirmation, audit.
    """
    with transaction.atomic():
        scope, gift = _locked(scope, pk, RIGHTS[ConfirmedBy(source)])
        if version is not None and gift.version != version:
            raise Stale(gift)
        standing = next((one for one in standing_of(gift) if one.row.source == source), None)
        if standing and standing.holds:
            raise DomainError(_("Khoản này đã được xác nhận."))
        paper, evidence = _paper(gift, source, document, evidence_id)
        now = timezone.now()
        if standing:
            GiftConfirmation.objects.filter(pk=standing.row.pk).update(withdrawn_at=now, updated_at=now)
        try:
            with transaction.atomic():
                row = GiftConfirmation.objects.create(
                    contribution=gift, source=source, document=paper, evidence=evidence, mark=mark_of(gift),
                    role=scope.audit_role, confirmed_at=now, confirmed_by=scope.user,
                )  # fmt: skip
        except IntegrityError as error:
            raise DomainError(_("Khoản này đã được xác nhận.")) from error
        _record(scope, "gift_confirm", gift, after={**_said(row), "figures": figures_of(gift)})
        return row


def withdraw_confirmation(scope: Scope, pk: int, source: str) -> Contribution:
    """Take a confirmation back; it stays with its moment.

    Raises as :func:`confirm_gift`, ``DomainError`` where there is none. Effects in order: lock on the year, lock on
    the activity, moment, audit.
    """
    with transaction.atomic():
        scope, gift = _locked(scope, pk, RIGHTS[ConfirmedBy(source)])
        standing = next((one for one in standing_of(gift) if one.row.source == source), None)
        held = GiftConfirmation.objects.filter(
            pk=standing.row.pk if standing else 0, withdrawn_at__isnull=True
        )
        now = timezone.now()
        if standing is None or not held.update(withdrawn_at=now, updated_at=now):
            raise DomainError(_("Khoản này không còn xác nhận nào để rút."))
        _record(scope, "gift_confirm_withdraw", gift, before=_said(standing.row))
        return gift


def _locked(scope: Scope, pk: int, right: str) -> tuple[Scope, Contribution]:
    """The gift with its activity locked, if the person may see it and has the right."""
    scope = lock_year(scope)
    activity_id = entries(scope).filter(pk=pk).values_list("activity", flat=True).first()
    activity = activity_for(scope, activity_id, lock=True) if activity_id else None
    if activity is None:
        raise Contribution.DoesNotExist
    check(scope, right, activity)
    return scope, with_confirmations(Contribution.objects.filter(activity=activity)).get(pk=pk)


def _paper(
    gift: Contribution, source: str, document: str, evidence_id: int | None
) -> tuple[str, Evidence | None]:
    if source == ConfirmedBy.CHAIR:
        return "", None
    document = clean_line(document)
    if len(document) > LONGEST_DOCUMENT:
        raise DomainError(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_DOCUMENT}, "document")
    evidence = None
    if evidence_id is not None:
        evidence = papers_for(gift.activity).filter(pk=evidence_id).first()
        if evidence is None:
            raise DomainError(_("Tệp đã chọn không còn trong kho minh chứng. Hãy chọn lại."), "evidence")
    if not document and evidence is None:
        raise DomainError(_("Ghi số, ngày của giấy xác nhận, hoặc chọn một tệp minh chứng."), "document")
    return document, evidence


def papers_for(activity: Activity) -> Any:
    """Files of the library that the owner of the activity keeps in its year, newest first."""
    rows = Evidence.objects.filter(year=activity.year_id, agency=activity.agency_id, removed_at__isnull=True)
    return rows.order_by("-id")


def _said(row: GiftConfirmation) -> dict[str, Any]:
    return {"source": row.source, "document": row.document, "evidence": row.evidence_id}


def _record(scope: Scope, action: str, gift: Contribution, **values: Any) -> None:
    """Audit at the activity, so that its history tells it; the contribution by its key."""
    for side in values.values():
        side["contribution"] = gift.key
        side["description"] = gift.description
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, gift.activity,
        actor_id=scope.user.pk, role=scope.audit_role, **values,
    )  # fmt: skip
