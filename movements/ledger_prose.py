"""The ledger as a sentence: contributions of the database as the plain data that ``domain.sentence`` speaks from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.quantity import MONEY_UNIT
from members.scope import Scope
from movements.domain import sentence
from movements.domain.ledger import with_day
from movements.domain.sums import Rows
from movements.domain.totals import Totals
from movements.models import Contribution, Movement
from movements.queries import Choices

MOST_GIFTS = 200


def paragraph_of(scope: Scope, rows: Rows, totals: Totals, choices: Choices) -> str:
    """What the rows say in prose; beyond ``MOST_GIFTS`` only the total. Two more queries than the rows' own."""
    if totals.gifts > MOST_GIFTS:
        return sentence.total_sentence(totals)
    gifts = list(
        with_day(rows)
        .select_related("activity", "beneficiary")
        .prefetch_related("contributors")
        .order_by("activity__sorted_on", "activity_id", "order", "id")
    )
    return sentence.paragraph(_data(scope, gifts, choices), totals)


def _data(scope: Scope, gifts: Sequence[Contribution], choices: Choices) -> dict[str, Any]:
    shown = {gift.pk for gift in gifts}
    activities = {gift.activity_id: gift.activity for gift in gifts}
    movements = Movement.objects.filter(pk__in={one.movement_id for one in activities.values()})
    return {
        "cluster": {"kind": scope.cluster.kind},
        "agencies": {str(pk): {"name": full, "short_name": short} for pk, (full, short) in choices.agencies.items()},
        "members": [{"agency": str(pk)} for pk in choices.agencies],
        "movements": [
            {"key": row.pk, "title": row.title, "level": row.level} for row in movements.order_by("order", "pk")
        ],
        "activities": [
            {"key": row.pk, "agency": _code(row.agency_id), "movement": row.movement_id or "", "title": row.title,
             "place": row.place}
            for row in activities.values()
        ],
        "contributions": [_gift(gift, shown) for gift in gifts],
    }  # fmt: skip


def _code(agency_id: int | None) -> str:
    return "" if agency_id is None else str(agency_id)


def _gift(gift: Contribution, shown: set[int]) -> dict[str, Any]:
    inside = gift.part_of_id in shown
    return {
        "key": gift.pk,
        "activity": gift.activity_id,
        "kind": gift.kind,
        "description": gift.description,
        "quantity": _figure(gift.quantity, gift.unit, gift.quantity_qualifier),
        "value": _figure(gift.value, MONEY_UNIT, gift.value_qualifier),
        "beneficiary": gift.beneficiary.name if gift.beneficiary else "",
        "place": gift.place,
        "purpose": gift.purpose,
        "part_of": gift.part_of_id if inside else "",
        "part_state": gift.part_state if inside else "",
        "contributors": [
            {"agency": _code(giver.agency_id), "outside": giver.outside_name}
            for giver in sorted(gift.contributors.all(), key=lambda giver: giver.order)
        ],
    }


def _figure(number: Any, unit: str, qualifier: str) -> dict[str, str] | None:
    if number is None:
        return None
    return {
        "number": format(number, "f" if unit != MONEY_UNIT else "d"),
        "unit": unit,
        "qualifier": qualifier,
    }
