"""People of an agency that is no more: their functions there end, and go on at the one that follows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from core import audit
from members.domain.ledger import Ledger
from members.enums import Function
from members.models import Person

STAFF = (Function.CLERK, Function.LEADER)


def move_people(ledger: Ledger, agency_ids: Collection[int], heir: int | None, on: date) -> list[Person]:
    """End what people do for the agencies on ``on`` and write the same for the heir from then on; the new rows.

    Who stands in for somebody stands in for that person's new function. Functions of the council stay. Without an heir
    they only end. The caller has locked the agencies and holds the transaction; events go to the ledger, by id only.
    """
    held = Person.objects.filter(agency__in=agency_ids, function__in=STAFF)
    rows = list(held.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).order_by("stands_for", "pk"))
    kept = _held_at(heir)
    moved: dict[int, Person] = {}
    new: list[Person] = []
    for row in sorted(rows, key=lambda row: (row.stands_for_id is not None, row.pk)):
        before = audit.snapshot(row)
        if row.starts_on >= on:  # not begun yet: it begins at the heir
            if heir is not None:
                row.agency_id = heir
                row.save(update_fields=["agency", "updated_at"])
                ledger.tell(audit.SITE, "person_move", row, before, audit.snapshot(row))
            continue
        following = _following(row, heir, on, moved)
        row.ends_on = on
        row.save(update_fields=["ends_on", "updated_at"])
        ledger.tell(audit.SITE, "person_end", row, *audit.changed(before, audit.snapshot(row)))
        if following is None or ((row.user_id, row.function) in kept and row.stands_for_id is None):
            continue
        following.save(force_insert=True)
        moved[row.pk] = following
        new.append(following)
        ledger.tell(audit.SITE, "person_move", following, after=audit.snapshot(following))
    return new


def _held_at(heir: int | None) -> set[tuple[int, str]]:
    """Accounts that do the same for the heir without an end: nothing is written twice."""
    if heir is None:
        return set()
    rows = Person.objects.filter(agency=heir, ends_on__isnull=True, stands_for__isnull=True)
    return set(rows.values_list("user", "function"))


def _following(row: Person, heir: int | None, on: date, moved: dict[int, Person]) -> Person | None:
    if heir is None:
        return None
    stands_for = None
    if row.stands_for_id is not None:
        stands_for = moved.get(row.stands_for_id)
        if stands_for is None:
            return None
    return Person(
        user_id=row.user_id, agency_id=heir, function=row.function, post=row.post, starts_on=on,
        ends_on=row.ends_on, stands_for=stands_for,
    )  # fmt: skip
