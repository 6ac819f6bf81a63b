"""Receivers as a shared list of the cluster: one row for one receiver, under its best name.

A list of the cluster, but a verb of one year: a name that differs by more than its marks, or a merge, concerns the
contributions of the year at hand alone; other years, closed ones among them, keep what they were recorded with.
Never the name of a private person: a household is "hộ nghèo xã …".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.access import check
from core.errors import DomainError
from core.folding import clean_line, fold
from members.domain.lock import lock_year
from members.scope import Scope
from movements.domain.confirmations import mark_of, standing_of, with_confirmations
from movements.domain.ledger import entries
from movements.domain.search_text import activity_search
from movements.models import Activity, Beneficiary, Contribution, GiftConfirmation
from movements.queries import LARGEST_ID

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver with the number of its contributions that the person may see in the year."""

    pk: int
    name: str
    gifts: int


def receivers(scope: Scope, query: str = "", most: int = 300) -> list[Receiver]:
    """The receivers of the year, those with most contributions first; one query."""
    seen: QuerySet[Any] = entries(scope).exclude(beneficiary=None).order_by()
    if query:
        seen = seen.filter(beneficiary__folded__contains=fold(query)[:LONGEST])
    rows = seen.values("beneficiary", "beneficiary__name").annotate(gifts=Count("pk"))
    found = [Receiver(row["beneficiary"], row["beneficiary__name"], row["gifts"]) for row in rows]
    return sorted(found, key=lambda row: (-row.gifts, fold(row.name), row.pk))[:most]


def receiver_for(scope: Scope, pk: int) -> Beneficiary | None:
    """A receiver of contributions that the person may see; one query."""
    if not 0 < pk <= LARGEST_ID:
        return None
    return Beneficiary.objects.filter(pk__in=entries(scope).order_by().values("beneficiary"), pk=pk).first()


def rename(scope: Scope, pk: int, name: str) -> Beneficiary:
    """Give a receiver a better name: better marks everywhere, other words in this year alone.

    Raises ``Beneficiary.DoesNotExist``, ``Refused``, ``DomainError`` at ``name`` (empty, too long, or the name of
    another receiver: merge them). Effects in order: lock on the year, name or a row of its own, contributions moved
    with their activities' version and search text, confirmations marked anew, audit.
    """
    name = clean_line(name)
    with transaction.atomic():
        scope, row = _locked(scope, pk)
        folded = fold(name)[:LONGEST]
        if not folded or len(name) > LONGEST:
            raise DomainError(_("Ghi tên nơi nhận, nhiều nhất 300 ký tự."), "name")
        taken = Beneficiary.objects.filter(cluster=row.cluster_id, folded=folded).exclude(pk=row.pk).first()
        if taken:
            other = {"name": taken.name}
            raise DomainError(_("Đã có nơi nhận “%(name)s”: hãy gộp hai nơi nhận làm một.") % other, "name")
        before, recorded = {"name": row.name}, _recorded(scope, row)
        elsewhere = Contribution.objects.filter(beneficiary=row).exclude(activity__year=scope.year).exists()
        moved: Sequence[str] = []
        if folded != row.folded and elsewhere:
            new = Beneficiary.objects.create(cluster_id=row.cluster_id, name=name, folded=folded)
            moved = _move(recorded, new)
        else:
            new, row.name, row.folded = row, name, folded
            row.save(update_fields=["name", "folded", "updated_at"])
            moved = _move(recorded, row) if before["name"] != name else []
        _record(scope, "beneficiary_rename", new, before, {"name": name, "contributions": moved})
        return new


def merge(scope: Scope, pk: int, into: int) -> Beneficiary:
    """Two receivers are one: the year's contributions of ``pk`` go to ``into``.

    Raises ``Beneficiary.DoesNotExist``, ``Refused``, ``DomainError`` at ``into``. The audit keeps name and keys of the
    contributions, so that it can be undone. Effects in order: lock on the year, contributions with their activities'
    version and search text, confirmations marked anew, the empty row goes, audit.
    """
    with transaction.atomic():
        scope, row = _locked(scope, pk)
        target = receiver_for(scope, into)
        if target is None or target.pk == row.pk:
            raise DomainError(_("Chọn một nơi nhận khác trong danh sách để gộp vào."), "into")
        moved = _move(_recorded(scope, row), target)
        before = {"name": row.name, "into": target.name}
        Beneficiary.objects.select_for_update().get(
            pk=row.pk
        )  # who records a gift to it elsewhere comes first
        if not Contribution.objects.filter(beneficiary=row).exists():
            row.delete()
        _record(scope, "beneficiary_merge", target, before, {"name": target.name, "contributions": moved})
        return target


def _locked(scope: Scope, pk: int) -> tuple[Scope, Beneficiary]:
    scope = lock_year(scope)
    row = receiver_for(scope, pk)
    if row is None:
        raise Beneficiary.DoesNotExist
    check(scope, "beneficiary_edit")
    return scope, Beneficiary.objects.select_for_update(of=("self",)).get(pk=row.pk)


Recorded = tuple[list[Contribution], list[GiftConfirmation]]


def _recorded(scope: Scope, row: Beneficiary) -> Recorded:
    """The year's contributions that name the receiver, and what holds of their confirmations under its present name."""
    here = Contribution.objects.filter(activity__year=scope.year, beneficiary=row)
    gifts = list(with_confirmations(here).order_by("pk"))
    return gifts, [one.row for gift in gifts for one in standing_of(gift) if one.holds]


def _move(recorded: Recorded, new: Beneficiary) -> list[str]:
    """The contributions name ``new`` from now on; what was confirmed of them stays so. Their keys."""
    gifts, held = recorded
    pks, activities = [gift.pk for gift in gifts], sorted({gift.activity_id for gift in gifts})
    now = timezone.now()
    rows = Contribution.objects.filter(pk__in=pks)
    rows.update(beneficiary=new, version=F("version") + 1, updated_at=now)
    Activity.objects.filter(pk__in=activities).update(version=F("version") + 1, updated_at=now)
    for activity in Activity.objects.filter(pk__in=activities).order_by("pk"):
        Activity.objects.filter(pk=activity.pk).update(search=activity_search(activity))
    marks = {gift.pk: mark_of(gift) for gift in with_confirmations(rows)} if held else {}
    for row in held:
        row.mark = marks[row.contribution_id]
    GiftConfirmation.objects.bulk_update(held, ["mark"])
    return [gift.key for gift in gifts]


def _record(
    scope: Scope, action: str, row: Beneficiary, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        audit.cluster_chain(scope.year.cluster_id), action, row,
        actor_id=scope.user.pk, role=scope.audit_role, before=before, after={**after, "year": scope.year.label},
    )  # fmt: skip
