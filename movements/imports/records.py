"""Recorded activities as the table sees them: one query, row after row, with no more in memory than one activity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, QuerySet

from core.dates import PartialDate, Precision
from core.db import joined
from core.folding import clean, clean_line
from movements.enums import QualifierChoice
from movements.imports.words import Giver, tidy_name
from movements.models import Activity, ActivityPartner, Contribution, Contributor

_OWN = (
    "pk", "key", "version", "state", "scope", "agency_id", "title", "movement_id", "precision", "starts_on", "ends_on",
    "place", "people", "attended", "story", "result", "in_summary",
)  # fmt: skip
_GIFT = (
    "id", "key", "order", "kind", "description", "quantity", "unit", "quantity_qualifier", "value", "value_qualifier",
    "given_on", "place", "purpose", "beneficiary__name", "part_state", "part_of_id", "part_of__key",
    "part_of__activity__key",
)  # fmt: skip
_GIVER = ("agency_id", "outside_name", "share")


@dataclass
class RecordedGift:
    """A recorded contribution with its values by column."""

    pk: int
    key: str
    order: int
    values: dict[str, Any]
    part_of: int | None


@dataclass
class Recorded:
    """A recorded activity; has what rights ask of an activity."""

    pk: int
    key: str
    version: int
    state: str
    scope: str
    agency_id: int | None
    values: dict[str, Any]
    files: int = 0
    is_partner: bool = False
    gifts: list[RecordedGift] = field(default_factory=list)

    def gift(self, key: str) -> RecordedGift | None:
        """One of its contributions."""
        return next((gift for gift in self.gifts if gift.key == key), None)


def recorded(activities: QuerySet[Activity], members: list[int], *, chunk: int = 1000) -> Iterator[Recorded]:
    """The activities newest first, each with its contributions in order; one query, read as it is asked for.

    ``members``: the members in charter order. An annotation ``files`` is taken over.
    """
    partners = joined(ActivityPartner.objects.filter(activity=OuterRef("pk")), "agency_id")
    gift = {f"gift_{name}": F(f"contributions__{name}") for name in _GIFT}
    giver = {f"giver_{name}": F(f"contributions__contributors__{name}") for name in _GIVER}
    more = ["files"] if "files" in activities.query.annotations else []
    rows = (
        activities.annotate(partner_ids=partners, **gift, **giver)
        .order_by(
            "-sorted_on", "-id", "contributions__order", "contributions__id", "contributions__contributors__order"
        )
        .values(*_OWN, "partner_ids", *gift, *giver, *more)
    )  # fmt: skip
    place = {pk: number for number, pk in enumerate(members)}
    for _pk, group in groupby(rows.iterator(chunk_size=chunk), key=lambda row: row["pk"]):
        yield _activity(list(group), place)


def _activity(rows: list[dict[str, Any]], place: dict[int, int]) -> Recorded:
    row = rows[0]
    partners = [int(pk) for pk in (row["partner_ids"] or "").split(",") if pk]
    time = PartialDate(row["starts_on"], row["ends_on"], Precision(row["precision"]))
    values = {
        "owner": row["agency_id"],
        "title": clean_line(row["title"]),
        "movement": row["movement_id"],
        "when": time,
        "place": clean_line(row["place"]),
        "partners": tuple(sorted(partners, key=lambda pk: (place.get(pk, len(place)), pk))),
        "people": clean_line(row["people"]),
        "attended": row["attended"],
        "story": clean(row["story"]),
        "result": clean(row["result"]),
        "in_summary": row["in_summary"],
    }
    found = Recorded(
        row["pk"], row["key"], row["version"], row["state"], row["scope"], row["agency_id"], values,
        row.get("files", 0),
    )  # fmt: skip
    for gift_id, group in groupby(rows, key=lambda one: one["gift_id"]):
        if gift_id is not None:
            found.gifts.append(_gift(list(group), row))
    return found


def _gift(rows: list[dict[str, Any]], activity: dict[str, Any]) -> RecordedGift:
    owner = activity["agency_id"]
    row = {name: rows[0][f"gift_{name}"] for name in _GIFT}
    givers: list[Giver] = [
        (one["giver_agency_id"], tidy_name(one["giver_outside_name"] or ""), one["giver_share"])
        for one in rows
        if one["giver_agency_id"] is not None or one["giver_outside_name"]
    ]
    if not givers and owner is not None:  # nobody named means the owner
        givers = [(owner, "", None)]
    exact = str(QualifierChoice.EXACT)
    values = {
        "kind": row["kind"],
        "description": clean_line(row["description"]),
        "quantity_qualifier": row["quantity_qualifier"] if row["quantity"] is not None else exact,
        "quantity": row["quantity"],
        "unit": row["unit"],
        "value_qualifier": row["value_qualifier"] if row["value"] is not None else exact,
        "value": row["value"],
        "given_on": row["given_on"],
        "givers": tuple(givers),
        "beneficiary": clean_line(row["beneficiary__name"] or ""),
        "gift_place": clean_line(row["place"]),
        "purpose": clean_line(row["purpose"]),
        "part_state": row["part_state"],
        "whole": _whole(row, activity),
    }
    return RecordedGift(row["id"], row["key"], row["order"], values, row["part_of_id"])


def _whole(gift: dict[str, Any], activity: dict[str, Any]) -> str:
    """The key of the figure it is part of; of one in another activity "activity/key"."""
    key = gift["part_of__key"] or ""
    inside = gift["part_of__activity__key"] in (None, activity["key"])
    return key if inside else f"{gift['part_of__activity__key']}/{key}"


def with_givers(gift: Contribution, givers: Sequence[Contributor]) -> None:
    """Let the contribution know its contributors as if they had been fetched with it."""
    held = Contributor.objects.all()
    held._result_cache = list(givers)
    gift._prefetched_objects_cache = {"contributors": held}  # type: ignore[attr-defined]
