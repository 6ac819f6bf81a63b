"""Sơ kết and tổng kết of a movement: written as a draft, closed once with the counts of that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError, Problem, Stale
from core.folding import fold
from core.quantity import Qualifier, Quantity, add
from members.domain.lock import lock_year
from members.models import Membership
from members.scope import Scope
from movements.enums import ActivityState, ReviewKind
from movements.models import Activity, Contribution, Movement, MovementReview, Participation
from movements.queries import totals_of_many

TEXTS = ("result", "shortcomings", "lessons")
LONGEST = 4000
COUNTED = (ActivityState.SUBMITTED, ActivityState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """A review as it is to stand."""

    kind: str
    held_on: date | None
    result: str = ""
    shortcomings: str = ""
    lessons: str = ""


# -- counts --------------------------------------------------------------------------------------
def counts_of(movement: Movement) -> dict[str, Any]:
    """What a movement comes to now, as plain values without ids (so that a year file carries them); six queries.

    Of the activities that were sent or confirmed: ``activities``, ``gifts``, ``joint``, ``figures`` and ``left_out``
    (lists of {unit, number, qualifier}; money in đồng), ``left_out_gifts``, ``places`` and ``beneficiaries`` (different
    ones, places by their folded name), ``members`` that joined ``of`` those of the year.
    """
    seen = Activity.objects.filter(movement=movement, state__in=COUNTED)
    gifts = Contribution.objects.filter(activity__in=seen.order_by().values("pk"))
    totals = totals_of_many(seen)
    doubtful: dict[str, list[Quantity]] = {}
    for row in totals.left_out:
        for one in row.figures:
            doubtful.setdefault(one.unit, []).append(one)
    places = [*seen.order_by().values_list("place", flat=True).distinct()]
    places += gifts.order_by().values_list("place", flat=True).distinct()
    beneficiaries = (
        gifts.order_by().filter(beneficiary__isnull=False).values("beneficiary").distinct().count()
    )
    return {
        "members": Participation.objects.filter(movement=movement).count(),
        "of": Membership.objects.filter(year=movement.year_id).count(),
        "activities": seen.count(),
        "gifts": totals.gifts,
        "joint": totals.joint,
        "figures": [_plain(one) for one in (totals.money, *totals.goods) if one],
        "left_out_gifts": len(totals.left_out),
        "left_out": [_plain(add(parts)) for _unit, parts in sorted(doubtful.items())],
        "places": len({fold(place) for place in places if place}),
        "beneficiaries": beneficiaries,
    }


def _plain(one: Quantity) -> dict[str, str]:
    return {"unit": one.unit, "number": format(one.number.normalize(), "f"), "qualifier": str(one.qualifier)}


def figures_in(counts: Mapping[str, Any], name: str = "figures") -> list[Quantity]:
    """The figures of frozen counts as quantities."""
    return [
        Quantity(Decimal(one["number"]), one["unit"], Qualifier(one["qualifier"]), "")
        for one in counts.get(name, ())
    ]


# -- verbs ---------------------------------------------------------------------------------------
def save_review(
    scope: Scope,
    movement_pk: int,
    draft: ReviewDraft,
    pk: int | None = None,
    *,
    version: int | None = None,
    close: bool = False,
) -> MovementReview:
    """Write a new review of a movement, or change the draft with ``pk``; ``close`` keeps the counts of this moment with
    it for good, and neither words nor counts change again.

    Raises ``Movement.DoesNotExist``, ``MovementReview.DoesNotExist``, ``Refused``, ``Stale``, ``DomainError``. Effects
    in order: lock on the year, lock on the movement, lock on the review, counts, review, audit.
    """
    with transaction.atomic():
        scope, movement = _for_review(scope, movement_pk)
        review = _open_review(movement, pk, version) if pk else MovementReview(movement=movement)
        if found := problems_of(movement, draft, pk, close=close):
            raise DomainError(found)
        before = audit.snapshot(review, "version") if pk else {}
        for name in ("kind", "held_on", *TEXTS):
            setattr(review, name, getattr(draft, name))
        if close:
            review.counts, review.closed_at = counts_of(movement), timezone.now()
        if pk:
            review.version += 1
        review.save()
        old, new = audit.changed(before, audit.snapshot(review, "version"))
        if new:
            action = "review_close" if close else "review_edit" if pk else "review_add"
            audit.record(
                audit.cluster_chain(scope.year.cluster_id), action, review,
                actor_id=scope.user.pk, role=scope.audit_role, before=old if pk else None, after=new,
            )  # fmt: skip
        return review


def _for_review(scope: Scope, movement_pk: int) -> tuple[Scope, Movement]:
    scope = lock_year(scope)
    movement = Movement.objects.select_for_update(of=("self",)).get(year=scope.year, pk=movement_pk)
    check(scope, "movement_review", movement)
    return scope, movement


def _open_review(movement: Movement, pk: int, version: int | None) -> MovementReview:
    review = MovementReview.objects.select_for_update(of=("self",)).get(movement=movement, pk=pk)
    if review.closed_at is not None:
        raise DomainError(_("Bản này đã chốt, không sửa được nữa."))
    if version is not None and review.version != version:
        raise Stale(review)
    return review


def problems_of(
    movement: Movement, draft: ReviewDraft, pk: int | None = None, *, close: bool = False
) -> list[Problem]:
    """Everything wrong with a draft; fields are the names of the draft."""
    found = []
    if close and not draft.result:
        found.append(Problem(_("Ghi kết quả trước khi chốt."), "result"))
    others = MovementReview.objects.filter(movement=movement).exclude(pk=pk or 0)
    if draft.kind not in ReviewKind.values:
        found.append(Problem(_("Chọn sơ kết hoặc tổng kết."), "kind"))
    elif draft.kind == ReviewKind.FINAL and others.filter(kind=ReviewKind.FINAL).exists():
        found.append(Problem(_("Phong trào này đã có bản tổng kết."), "kind"))
    elif draft.held_on and others.filter(kind=draft.kind, held_on=draft.held_on).exists():
        found.append(Problem(_("Phong trào này đã có bản cùng loại, cùng ngày."), "held_on"))
    if draft.held_on is None:
        found.append(Problem(_("Ghi ngày sơ kết, tổng kết."), "held_on"))
    elif movement.starts_on and draft.held_on < movement.starts_on:
        found.append(Problem(_("Ngày này đứng trước ngày phát động phong trào."), "held_on"))
    for name in TEXTS:
        if len(getattr(draft, name)) > LONGEST:
            found.append(Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST}, name))
    return found
