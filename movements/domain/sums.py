"""Totals added in the database: the rule of ``domain.totals`` for any number of contributions, whole or by groups.

Promises: a constant number of queries; the same figures as the pure rule gives for the same rows; a group's total is
that of its rows alone, so that the rows behind a figure always add up to it. A part already inside a whole is left
out of a group only where its whole stands in that group too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from core.fields import from_scaled
from core.quantity import Qualifier
from movements.domain.totals import NOBODY, OUTSIDE, Gift, Giver, Totals, giver_keys, own_gifts, total
from movements.enums import PartState
from movements.models import Contribution, Contributor

GIFT = (
    "id", "activity_id", "description", "kind", "beneficiary__name", "place", "value", "value_qualifier", "quantity",
    "unit", "quantity_qualifier", "part_state", "part_of_id", "part_of__value", "part_of__unit",
    "contributors__agency_id", "contributors__outside_name", "contributors__share", "activity__agency_id",
)  # fmt: skip
BILLION = 10**9
PART = Q(part_state__in=(PartState.INCLUDED, PartState.UNKNOWN))

Rows = QuerySet[Contribution]
Key = Callable[[str], Any]  # the group as an expression, of the row ("") or of its whole ("part_of__")


def in_order(rows: Rows) -> Rows:
    """The rows as :func:`gifts_from` wants them: in the order of entry, one line for each giver."""
    return rows.order_by("activity_id", "order", "id", "contributors__order")


def gifts_from(rows: Iterable[tuple[Any, ...]]) -> list[Gift]:
    """One gift for each contribution out of rows of ``GIFT`` that repeat it for each giver.

    Where nobody is named as giver, the activity's own agency is.
    """
    gifts: dict[int, Gift] = {}
    givers: dict[int, list[Giver]] = {}
    for row in rows:
        (
            pk,
            activity,
            description,
            kind,
            receiver,
            place,
            value,
            value_qualifier,
            quantity,
            unit,
            qualifier,
        ) = row[:11]
        state, whole, whole_value, whole_unit, agency, outside, share, owner = row[11:19]
        named = givers.setdefault(pk, [])
        if agency is not None or outside:
            named.append(Giver(agency, outside or "", share))
        elif owner is not None:
            named.append(Giver(owner))
        gifts[pk] = Gift(
            pk, activity, description, kind, receiver or "", place, value, Qualifier(value_qualifier), quantity, unit,
            Qualifier(qualifier), state, whole, whole_value is not None, whole_unit or "", tuple(named),
        )  # fmt: skip
    return list(gifts.values())


def joint(rows: Rows) -> Rows:
    """Those that several gave."""
    return rows.filter(_several())


def _several() -> Exists:
    return Exists(Contributor.objects.filter(contribution=OuterRef("pk"), order__gt=1))


# -- whole and grouped ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Row:
    """A gift, or several added ones, with its group; ``whole`` where a part's whole is among the rows too."""

    group: Any
    gift: Gift
    whole: int | None
    whole_group: Any


def totals_of(rows: Rows, givers: Collection[int] = ()) -> Totals:
    """The totals of the contributions; one query, two with ``givers``, see :func:`totals_by`."""
    return totals_by(rows, givers=givers).get(None, Totals())


def totals_by(
    rows: Rows,
    key: Key | None = None,
    *,
    norm: Callable[[Any], Hashable] = lambda group: group,
    givers: Collection[int] = (),
) -> dict[Any, Totals]:
    """The totals of each group; ``norm`` joins groups that count as one. One query, two with ``givers``.

    ``givers`` (agencies that count as one, ``OUTSIDE``, ``NOBODY``) looks at the rows as theirs: ``rows`` are those
    they gave, and of a joint gift with recorded shares their share counts.
    """
    kept: dict[Any, list[Gift]] = {}
    present: dict[Any, set[int]] = {}
    several = _several()
    found = list(_added(rows.exclude(several) if givers else rows, rows, key))
    if givers:
        found += [
            _Row(row.group, own, row.whole, row.whole_group)
            for row in _single(rows.filter(several), rows, key)
            for own in own_gifts([row.gift], *givers)
        ]
    for row in found:
        kept.setdefault(norm(row.group), []).append(row.gift)
        if row.whole is not None:
            present.setdefault(norm(row.whole_group), set()).add(row.whole)
    return {group: total(gifts, present.get(group, ())) for group, gifts in kept.items()}


def totals_by_giver(rows: Rows) -> dict[int, Totals]:
    """The own totals of each giver, by id of the agency, ``OUTSIDE`` or ``NOBODY``; three queries.

    They do not add up to the total of all: a joint gift stands at each of its givers.
    """
    several = _several()
    sole: dict[int, list[Gift]] = {}
    for row in _added(rows.exclude(several), rows, _sole_giver):
        sole.setdefault(row.group, []).append(row.gift)
    shared = gifts_from(in_order(rows.filter(several)).values_list(*GIFT))
    inside = rows.order_by().filter(part_state=PartState.INCLUDED).values("part_of")
    wholes = gifts_from(in_order(rows.filter(pk__in=inside)).values_list(*GIFT))
    keys = set(sole).union(*(giver_keys(gift) for gift in shared))
    return {
        key: total(
            [*sole.get(key, ()), *own_gifts(shared, key)],
            [whole.id for whole in wholes if key in giver_keys(whole)],
        )
        for key in keys
    }


def _sole_giver(prefix: str) -> Any:
    """Who gave alone. A whole may have several givers, so it is not asked here for its group."""
    if prefix:
        return Value(None, output_field=BigIntegerField())
    whole = BigIntegerField()
    named = Case(
        When(contributors__isnull=False, then=Value(OUTSIDE)),
        default=Coalesce(F("activity__agency_id"), Value(NOBODY), output_field=whole),
        output_field=whole,
    )
    return Coalesce(F("contributors__agency_id"), named, output_field=whole)


def _added(rows: Rows, here: Rows, key: Key | None) -> Iterator[_Row]:
    """One row for each group, unit and qualifier, parts one by one. Sums are taken in two halves, so that no number
    is too large for SQLite's integers; one query."""
    among = here.order_by().values("pk")
    columns: dict[str, Any] = {
        "part": _for_parts(PART, F("pk")),
        "state": _for_parts(PART, F("part_state")),
        "words": _for_parts(PART, F("description")),
        "act": _for_parts(PART, F("activity_id")),
        "whole": _for_parts(PART, F("part_of_id")),
        "whole_value": _for_parts(PART, F("part_of__value")),
        "whole_unit": _for_parts(PART, F("part_of__unit")),
        "whole_place": _for_parts(PART & Q(part_of__in=among), F("part_of_id")),
    }
    if key is not None:
        columns |= {"group": key(""), "whole_group": _for_parts(PART, key("part_of__"))}
    groups: Any = (
        rows.order_by()
        .values("value_qualifier", "unit", "quantity_qualifier", **columns)
        .annotate(
            how_many=Count("pk"),
            joint=Sum(Case(When(_several(), then=1), default=0)),
            **_halves("value", F("value")),
            **_halves("quantity", Cast("quantity", BigIntegerField())),
        )
    )
    for place, row in enumerate(groups, 1):
        value, quantity = _joined(row, "value"), _joined(row, "quantity")
        gift = Gift(
            row["part"] or -place, row["act"] or 0, row["words"] or "",
            value=value, value_qualifier=Qualifier(row["value_qualifier"]),
            quantity=None if quantity is None else from_scaled(quantity), unit=row["unit"],
            quantity_qualifier=Qualifier(row["quantity_qualifier"]), part_state=row["state"] or "",
            whole_id=row["whole"], whole_has_value=row["whole_value"] is not None,
            whole_unit=row["whole_unit"] or "", count=row["how_many"], joint=row["joint"],
        )  # fmt: skip
        yield _Row(row.get("group"), gift, row["whole_place"], row.get("whole_group"))


def _single(rows: Rows, here: Rows, key: Key | None) -> Iterator[_Row]:
    """Each contribution by itself with its givers; one query."""
    empty = Value(None, output_field=BigIntegerField())
    among = PART & Q(part_of__in=here.order_by().values("pk"))
    found = in_order(rows).values_list(
        *GIFT,
        _for_parts(among, F("part_of_id")),
        key("") if key else empty,
        key("part_of__") if key else empty,
    )
    lines = list(found)
    more = {line[0]: line[len(GIFT) :] for line in lines}
    for gift in gifts_from(lines):
        whole, group, whole_group = more[gift.id]
        yield _Row(group, gift, whole, whole_group)


def _for_parts(part: Q, column: Any) -> Case:
    """The column for parts, which stand alone; nothing for the others, which are added together."""
    return Case(When(part, then=column), default=None)


def _halves(name: str, number: Any) -> dict[str, Any]:
    whole = BigIntegerField()
    return {
        f"{name}_high": Sum(ExpressionWrapper(number / BILLION, whole)),
        f"{name}_low": Sum(ExpressionWrapper(number % BILLION, whole)),
    }


def _joined(row: Any, name: str) -> int | None:
    high, low = row[f"{name}_high"], row[f"{name}_low"]
    return None if high is None else int(high) * BILLION + int(low)
