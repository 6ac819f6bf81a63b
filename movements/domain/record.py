"""A recorded activity with all that belongs to it: fetched as a person may, locked, pictured for the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from core.audit import snapshot
from core.quantity import Qualifier
from members.enums import Role
from members.models import CarryOver, RoleTerm
from members.queries import covering
from members.scope import Scope
from movements.domain.totals import Gift, Giver
from movements.models import Activity, Contribution, Contributor, Evidence, Tag
from movements.queries import activities_for


def activity_for(scope: Scope, pk: int, *, lock: bool = False) -> Activity | None:
    """An activity the person may see, as rights need it (``is_partner``, ``owner_is_chair``); one query.

    What an agency took over is judged like its own: the chair is owner of what its predecessors recorded.
    """
    rows = visible_for(scope)
    if lock:
        return rows.select_for_update(of=("self",)).filter(pk=pk).first()
    return rows.select_related("movement").filter(pk=pk).first()


def visible_for(scope: Scope) -> QuerySet[Activity]:
    """The activities the person may see, as rights need them."""
    chairs = covering(RoleTerm.objects.filter(cluster=scope.year.cluster_id, role=Role.CHAIR), scope.today)
    heir = CarryOver.objects.filter(
        year=scope.year, predecessor=OuterRef("agency"), successor__in=chairs.values("agency")
    )
    return activities_for(scope).annotate(
        owner_is_chair=Exists(chairs.filter(agency=OuterRef("agency"))) | Exists(heir)
    )


@dataclass(frozen=True, slots=True)
class Record:
    """An activity, its contributions with their contributors in order, partner ids, files not removed, labels."""

    activity: Activity
    gifts: Sequence[Contribution] = ()
    partners: tuple[int, ...] = ()
    files: Sequence[Evidence] = ()
    tags: Sequence[Tag] = ()

    def gift(self, pk: int | None) -> Contribution | None:
        """One of its contributions."""
        return next((gift for gift in self.gifts if gift.pk == pk), None)

    def contributors(self, gift: Contribution) -> list[Contributor]:
        """Who gave, in order."""
        return list(gift.contributors.all())


def load_record(activity: Activity) -> Record:
    """All that belongs to the activity; five queries."""
    givers = Prefetch("contributors", Contributor.objects.order_by("order"))
    gifts = Contribution.objects.filter(activity=activity).order_by("order", "id")
    files = Evidence.objects.filter(
        uses__activity=activity, uses__removed_at__isnull=True, removed_at__isnull=True
    ).order_by("uses__id")
    return Record(
        activity,
        list(gifts.select_related("beneficiary", "part_of", "part_of__activity").prefetch_related(givers)),
        tuple(activity.partners.order_by("id").values_list("agency_id", flat=True)),
        list(files.select_related("file")),
        list(activity.tags.order_by("kind", "order", "id")),
    )


def picture(record: Record) -> dict[str, Any]:
    """The record as flat plain values for the audit: the activity's columns, ``gift:<key>`` and ``file:<key>``."""
    drawn = snapshot(record.activity, "edited_by_id", "version", "sorted_on")
    drawn["partners"] = list(record.partners)
    drawn["tags"] = [str(tag) for tag in record.tags]
    for gift in record.gifts:
        row = snapshot(gift, "id", "activity_id", "key", "beneficiary_id")
        row["beneficiary"] = gift.beneficiary.name if gift.beneficiary else ""
        row["contributors"] = [
            giver.agency_id if giver.agency_id is not None else giver.outside_name
            for giver in record.contributors(gift)
        ]
        if shares := [giver.share for giver in record.contributors(gift) if giver.share is not None]:
            row["shares"] = shares
        drawn[f"gift:{gift.key}"] = row
    for file in record.files:
        drawn[f"file:{file.key}"] = {"name": file.name, "sha256": file.file.sha256}
    return drawn


def differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two pictures, in both versions; what is missing on one side stands there as None."""
    keys = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def totals_gift(record: Record, gift: Contribution) -> Gift:
    """A contribution as totals see it."""
    givers = tuple(Giver(row.agency_id, row.outside_name, row.share) for row in record.contributors(gift))
    if not givers and record.activity.agency_id is not None:
        givers = (Giver(record.activity.agency_id),)
    return Gift(
        id=gift.pk,
        activity_id=record.activity.pk,
        description=gift.description,
        kind=gift.kind,
        receiver=gift.beneficiary.name if gift.beneficiary else "",
        place=gift.place,
        value=gift.value,
        value_qualifier=Qualifier(gift.value_qualifier),
        quantity=gift.quantity,
        unit=gift.unit,
        quantity_qualifier=Qualifier(gift.quantity_qualifier),
        part_state=gift.part_state,
        whole_id=gift.part_of_id,
        whole_has_value=gift.part_of is not None and gift.part_of.value is not None,
        whole_unit=gift.part_of.unit if gift.part_of else "",
        givers=givers,
    )
